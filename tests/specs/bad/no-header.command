cnncalc check lenet5 sheets/no-header.csv
