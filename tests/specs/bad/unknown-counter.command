cnncalc counters lenet5 --counter thopp
