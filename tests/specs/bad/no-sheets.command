cnncalc check lenet5 parts/none
