"""Tensors that come from no input: what a network learns, or what is written down, as a tensor of its own."""

from collections.abc import Sequence
from typing import Final

from cnncalc.layers.arguments import KnownShape, required
from cnncalc.layers.base import Layer, Term, Weight
from cnncalc.layers.saved import NOTHING
from cnncalc.tensor import Shape, Tensor

NOT_COUNTED: Final = dict.fromkeys(
    (
        "torchinfo", "torchinfo-1.8.0", "fvcore", "torch", "calflops", "calflops-macs", "ptflops", "thop", "tensorflow",
        "tensorflow-keras2",
    ),
    "0",
)  # fmt: skip
"""What every profiler counts of a layer that computes nothing."""


class Parameter(Layer):
    """A learned tensor that other layers read by its name: a class token, a position embedding, anchors.

    Shape: `shape`. With `trainable: false` it is a constant. It reads nothing, so that no input position reaches it
    and what it is merged with keeps its receptive field. PyTorch's nn.Parameter.
    """

    family = "data movement"
    most_inputs = 0
    fewest_inputs = 0
    is_view = True
    example = "{shape: [1, 768]}"
    primary = "shape"
    saved_for_backward = NOTHING
    profiled = NOT_COUNTED

    shape: KnownShape = required("its sizes, without a batch")

    def output(self, inputs: Sequence[Tensor]) -> Tensor:
        return Tensor(self.infer_shape(self.shape))

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return tuple(Term("target", {"target": size}) for size in self.shape)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("parameter", "prod(y)"),)
