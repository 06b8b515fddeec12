cnncalc summary lenet5 --fromat json
