cnncalc check lenet5 sheets/no-answer.csv
