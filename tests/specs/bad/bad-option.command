cnncalc summary lenet5 --format jsno
