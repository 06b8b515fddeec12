cnncalc check lenet5 sheets/answered-twice.yaml
