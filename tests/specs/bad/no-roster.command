cnncalc check lenet5 sheets/no-header.csv --roster sheets/roster.csv
