cnncalc check lenet5 sheets/answers-not-mapping.yaml
