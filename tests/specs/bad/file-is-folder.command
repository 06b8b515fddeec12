cnncalc summary .
