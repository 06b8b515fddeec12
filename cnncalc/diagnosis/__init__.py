"""What is said where the shapes of a net do not fit."""
