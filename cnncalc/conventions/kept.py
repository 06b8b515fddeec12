"""What a layer keeps for the backward pass, as a table: what PyTorch's autograd keeps of the same layers, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cnncalc.conventions.counters import Part, parts
from cnncalc.layers.activation import Activation
from cnncalc.layers.base import Layer


@dataclass(frozen=True, slots=True)
class Kept:
    """What a layer keeps for its gradient.

    Whole tensors: its `inputs` (with `if_trained` only where it has weights that are trained), its `output`. Beside
    them further `numbers` and `bytes` per sample, and numbers `per_batch`: formulas as those of a profiler's table.
    """

    inputs: bool = False
    output: bool = False
    if_trained: bool = False
    numbers: str = "0"
    bytes: str = "0"
    per_batch: str = "0"


_NOTHING: Final = Kept()
_INPUT: Final = Kept(inputs=True)
_OUTPUT: Final = Kept(output=True)
_MAXIMA: Final = Kept(inputs=True, bytes="8*prod(y)")
"""The input, and where each maximum was found."""

KEPT: Final[dict[str, Kept]] = {
    "input": _NOTHING,
    "convolution": _INPUT,
    "dense": Kept(inputs=True, if_trained=True),
    "Maxout": Kept(inputs=True, bytes="8*units"),
    "Scale": _INPUT,
    "Embedding": _INPUT,
    "batch normalization": Kept(inputs=True, per_batch="2*C"),
    "LayerNormalization": Kept(inputs=True, numbers="2*prod(x)/prod(normalized)"),
    "GroupNormalization": Kept(inputs=True, numbers="2*normalized_groups"),
    "UnitNormalization": Kept(inputs=True, numbers="2*prod(x)/features"),
    "LocalResponseNormalization": Kept(inputs=True, numbers="3*prod(x) + (neighbours - 1)*prod(inp)"),
    "Normalization": _NOTHING,
    "max pooling": _MAXIMA,
    "AdaptiveMaxPooling2D": _MAXIMA,
    "global max pooling": _MAXIMA,
    "average pooling": _INPUT,
    "AdaptiveAveragePooling2D": _INPUT,
    "global pooling": _NOTHING,
    "RoIPooling": Kept(bytes="4*prod(y)"),
    "RoIAlign": _NOTHING,
    "activation": _INPUT,
    **dict.fromkeys(("relu", "sigmoid", "tanh", "softmax", "log_softmax", "exponential"), _OUTPUT),
    "linear": _NOTHING,
    "tanh_shrink": Kept(numbers="prod(y)"),
    **dict.fromkeys(("softsign", "log_sigmoid"), Kept(inputs=True, numbers="prod(y)")),
    "dropout": Kept(bytes="prod(y)"),
    **dict.fromkeys(("AlphaDropout", "GaussianDropout"), Kept(numbers="prod(y)")),
    **dict.fromkeys(("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), Kept(bytes="C")),
    "GaussianNoise": _NOTHING,
    "ActivityRegularization": _INPUT,
    "flatten": _NOTHING,
    "merge": _NOTHING,
    **dict.fromkeys(("Multiply", "Maximum", "Minimum"), _INPUT),
    "data movement": _NOTHING,
    "other": _NOTHING,
}
"""By layer kind, group of kinds, activation or family, as a profiler's table. Dropout's mask: a byte an element."""

VIEWS: Final = frozenset(
    {"Flatten", "Reshape", "Permute", "Identity", "ChannelSlice", "Cropping1D", "Cropping2D", "Cropping3D"}
)
"""Kinds whose output is their input, or a part of it, looked at in another way: they make no tensor."""


def is_view(layer: Layer) -> bool:
    """Whether a layer makes no tensor, in training and at inference alike."""
    return layer.kind in VIEWS or (isinstance(layer, Activation) and layer.activation == "linear")


def hands_on(layer: Layer) -> bool:
    """Whether a layer makes no tensor at inference: dropout and its kin do nothing then."""
    return is_view(layer) or layer.family == "dropout"


def entries(layer: Layer) -> list[Kept]:
    """The table's entry for a layer, and behind it that of the activation fused into it."""
    return [_entry(part) for part in parts(layer)]


def _entry(part: Part) -> Kept:
    return next(KEPT[key] for key in part.keys if key in KEPT)
