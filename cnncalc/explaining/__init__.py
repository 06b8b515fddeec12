"""Where figures come from: every formula of a layer in symbols, in numbers and in words, as plain data."""
