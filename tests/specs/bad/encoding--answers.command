cnncalc check lenet5 sheets/encoding--answers.csv
