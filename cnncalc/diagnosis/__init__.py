"""What is said if the shapes of a net do not fit."""
