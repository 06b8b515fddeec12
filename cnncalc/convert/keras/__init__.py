"""The configuration of a Keras model, from any file that has one, becomes a graph."""
