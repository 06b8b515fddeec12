cnncalc check lenet5 sheets/no-answers.csv --tolerance 200%
