cnncalc sumary lenet5
