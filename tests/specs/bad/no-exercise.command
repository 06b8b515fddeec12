cnncalc exercise sheets/no-exercise.yaml -o /dev/null/never
