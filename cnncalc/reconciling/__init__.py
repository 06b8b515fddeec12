"""Which quantity, counter, unit and variant of a net gives a number that somebody else has."""
