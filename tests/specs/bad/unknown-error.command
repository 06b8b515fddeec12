cnncalc errors torn-at-coma
