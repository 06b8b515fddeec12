cnncalc summary lenet5 --input 32,32,1
