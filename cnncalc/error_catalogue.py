CATALOGUE: dict[str, object] = {}
