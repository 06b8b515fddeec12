cnncalc summary lenet5 --set width
