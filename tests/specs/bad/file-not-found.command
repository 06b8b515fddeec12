cnncalc summary wrong-rnk.yaml
