cnncalc explain resnet50 conv2_1
