cnncalc check lenet5 sheets/unclosed-quote--csv.csv
