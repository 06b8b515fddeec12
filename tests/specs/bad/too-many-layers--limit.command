cnncalc summary resnet50 --max-expanded 100
