cnncalc exercise --template sheets/bad-range.yaml -o /dev/null/never
