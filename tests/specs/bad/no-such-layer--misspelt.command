cnncalc rf lenet5 conv2d1
