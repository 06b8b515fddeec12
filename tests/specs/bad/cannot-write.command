cnncalc summary lenet5 -o no-such-folder/table.txt
