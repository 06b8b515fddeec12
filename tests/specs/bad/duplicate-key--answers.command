cnncalc check lenet5 sheets/duplicate-key--answers.yaml
