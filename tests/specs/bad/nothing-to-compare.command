cnncalc compare resnet50
