cnncalc check lenet5 sheets/no-answers-table.md
