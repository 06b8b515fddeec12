cnncalc compare lenet5
