cnncalc layers Conv2d
