cnncalc explain lenet5 conv9
