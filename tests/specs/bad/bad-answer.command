cnncalc check lenet5 sheets/bad-answer.yaml
