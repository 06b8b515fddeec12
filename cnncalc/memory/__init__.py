"""How much memory a net takes."""
