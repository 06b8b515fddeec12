cnncalc summary lenet5 --max-expanded many
