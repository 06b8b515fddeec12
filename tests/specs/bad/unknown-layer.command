cnncalc check lenet5 sheets/unknown-layer.yaml
