cnncalc check lenet5 sheets/control-character--answers.csv
