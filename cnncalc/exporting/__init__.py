"""A net as a program of Keras or PyTorch, as a file that they and others read, or as the text of a graph."""
