cnncalc explain resnet5
