"""What works out and may still be a mistake: each warning with its id, its words and the rule that finds it."""
