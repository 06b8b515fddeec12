"""A model's input: a layer with nothing before it."""

from cnncalc.layers.base import Layer
from cnncalc.tensor import Shape


class InputLayer(Layer):
    """Where a tensor enters the model. It is no kind of the spec language: `input` makes it."""

    family = "input"

    shape: Shape
