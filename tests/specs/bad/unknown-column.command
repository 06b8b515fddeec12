cnncalc summary lenet5 --columns name,parms
