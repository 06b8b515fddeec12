cnncalc check lenet5 sheets/unknown-quantity.yaml
