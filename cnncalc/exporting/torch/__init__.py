"""A net as a program of PyTorch."""
