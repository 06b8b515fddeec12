"""What layers save for the backward pass: what PyTorch's autograd saves of the same layers, measured.

A family says it for all its kinds, or each kind says it itself (`Layer.saved_for_backward`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cnncalc.layers.activation import Activation
from cnncalc.layers.base import Layer
from cnncalc.layers.saved import INPUT, NOTHING, OUTPUT, Saved
from cnncalc.layers.wrappers import Bidirectional, Wrapper
from cnncalc.profile.counters import Part, parts

SAVED: Final[dict[str, Saved]] = {
    "input": NOTHING,
    "convolution": INPUT,
    "dense": Saved(inputs=True, if_trained=True),
    "batch normalization": Saved(inputs=True, per_batch="2*C"),
    "global pooling": NOTHING,
    "activation": INPUT,
    **dict.fromkeys(("relu", "sigmoid", "tanh", "softmax", "log_softmax", "exponential"), OUTPUT),
    "linear": NOTHING,
    "tanh_shrink": Saved(numbers="prod(y)"),
    **dict.fromkeys(("softsign", "log_sigmoid"), Saved(inputs=True, numbers="prod(y)")),
    **dict.fromkeys(("exp", "exp2", "expm1", "reciprocal", "rsqrt", "sqrt", "tan"), OUTPUT),
    **dict.fromkeys(
        (
            "add", "ceil", "divide", "equal", "floor", "floor_divide", "greater", "greater_equal", "isfinite", "isinf",
            "isnan", "less", "less_equal", "logical_and", "logical_not", "logical_or", "logical_xor", "mod", "multiply",
            "negative", "not_equal", "round", "sign", "subtract", "trunc",
        ),
        NOTHING,
    ),
    "Elementwise": INPUT,
    "dropout": Saved(bytes="prod(y)"),
    "flatten": NOTHING,
    "merge": NOTHING,
    "data movement": NOTHING,
}  # fmt: skip
"""By activation, pointwise operation or family; constants are numbers. Dropout's mask: a byte an element."""


def is_view(layer: Layer) -> bool:
    """Says whether a layer makes no tensor, in training and at inference alike."""
    return layer.is_view or (isinstance(layer, Activation) and layer.activation == "linear")


def hands_on(layer: Layer) -> bool:
    """Says whether a layer makes no tensor at inference: dropout and its kin do nothing then."""
    return is_view(layer) or layer.family == "dropout"


def entries(layer: Layer) -> list[Saved]:
    """Returns what a layer saves, and behind it what the activation fused into it saves."""
    if isinstance(layer, Bidirectional) and layer.backward_layer is not None:
        forward, backward = entries(layer.layer)[0], entries(layer.backward_layer)[0]
        return [replace(forward, numbers=f"{forward.numbers} + {backward.numbers}")]
    if isinstance(layer, Wrapper):
        return [_repeated(entry, layer.times_inner) for entry in entries(layer.inner)]
    own, *fused = parts(layer)
    return [layer.saved_for_backward or _entry(own), *map(_entry, fused)]


def _repeated(entry: Saved, times: str) -> Saved:
    """Returns what a layer saves that is computed several times; its inputs and outputs are those of all times
    together.
    """
    numbers, bytes_, per_batch = (f"{times}*({text})" for text in (entry.numbers, entry.bytes, entry.per_batch))
    return replace(entry, numbers=numbers, bytes=bytes_, per_batch=per_batch)


def _entry(part: Part) -> Saved:
    """Returns the table's entry. Raises: KeyError: if neither the table nor the kind says anything."""
    key = next((key for key in part.keys if key in SAVED), part.label)
    return SAVED[key]
