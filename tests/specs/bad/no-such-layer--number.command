cnncalc explain lenet5 12
