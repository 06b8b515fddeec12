cnncalc summary resnet55
