cnncalc check --exercise sheets/damaged sheets/no-header.csv
