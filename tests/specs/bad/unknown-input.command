cnncalc summary lenet5 --input image=32x32x1
