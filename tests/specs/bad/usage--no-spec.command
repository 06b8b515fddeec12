cnncalc summary
