cnncalc check lenet5 sheets/torn-number--answers.yaml
