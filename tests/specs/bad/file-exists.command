cnncalc new unknown-kind.yaml
