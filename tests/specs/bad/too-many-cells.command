cnncalc check lenet5 sheets/too-many-cells.csv
