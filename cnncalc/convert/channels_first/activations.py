"""Activations, and other functions of one entry at a time."""

from __future__ import annotations

from typing import Final

from cnncalc.convert.channels_first.operations import Constant, Operation
from cnncalc.convert.channels_first.translation import Rule, Translation

NAMED: Final = {
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Selu": "selu", "Celu": "celu", "Softplus": "softplus",
    "Softsign": "softsign",
    "HardSigmoid": "hard_sigmoid", "HardSwish": "hard_silu", "Swish": "silu", "Gelu": "gelu", "FastGelu": "gelu",
    "QuickGelu": "gelu", "BiasGelu": "gelu", "Mish": "mish", "Exp": "exponential", "LogSigmoid": "log_sigmoid",
    "Shrink": "soft_shrink", "HardTanh": "hard_tanh", "ThresholdedRelu": "threshold",
}  # fmt: skip
"""Keras's names of activations."""

ELEMENTWISE: Final = {
    "Abs": "abs", "Neg": "negative", "Sqrt": "sqrt", "Log": "log", "Sin": "sin", "Cos": "cos", "Floor": "floor",
    "Ceil": "ceil", "Round": "round", "Reciprocal": "reciprocal", "Erf": "erf", "Sign": "sign", "Not": "logical_not",
}  # fmt: skip
"""Names of other functions of one entry, as `keras.ops` has them."""


def named(name: str) -> Rule:
    """Makes the rule of an activation by its name in Keras."""

    def rule(t: Translation, operation: Operation) -> None:
        t.layer_result(operation, "Activation", {"activation": name}, t.activation(operation))

    return rule


def elementwise(name: str) -> Rule:
    """Makes the rule of a function of one entry."""

    def rule(t: Translation, operation: Operation) -> None:
        t.layer_result(operation, "Elementwise", {"op": name}, t.activation(operation))

    return rule


def relu(t: Translation, operation: Operation) -> None:
    """Translates Relu."""
    t.layer_result(operation, "ReLU", {}, t.activation(operation))


def leaky_relu(t: Translation, operation: Operation) -> None:
    """Translates LeakyRelu with its slope."""
    slope = operation.attribute("alpha", float, 0.01)
    t.layer_result(operation, "LeakyReLU", {"negative_slope": shortest(slope)}, t.activation(operation))


def elu(t: Translation, operation: Operation) -> None:
    """Translates Elu."""
    alpha = shortest(operation.attribute("alpha", float, 1.0))
    t.layer_result(operation, "ELU", {} if alpha == 1 else {"alpha": alpha}, t.activation(operation))


def shortest(value: float) -> float | int:
    """Returns the decimal number of seven digits that a float of 32 bits stands for."""
    short = float(f"{value:.7g}")
    return int(short) if short == int(short) else short


def clip(t: Translation, operation: Operation) -> None:
    """Translates Clip: a ReLU if it starts at 0, else the activation or function that it is."""
    low, high = _bound(t, operation, "min", 1), _bound(t, operation, "max", 2)
    x = t.activation(operation)
    if low == 0 and high is None:
        t.layer_result(operation, "ReLU", {}, x)
    elif low == 0 and high is not None:
        t.layer_result(operation, "ReLU", {"max_value": shortest(high)}, x)
    elif (low, high) == (-1, 1):
        t.layer_result(operation, "Activation", {"activation": "hard_tanh"}, x)
    else:
        t.layer_result(operation, "Elementwise", {"op": "clip"}, x)


def _bound(t: Translation, operation: Operation, name: str, index: int) -> float | None:
    if name in operation.attributes:
        bound: float | None = operation.attribute(name, float, 0.0)
    else:
        given = t.constant(operation, index)
        value = given.values[0] if isinstance(given, Constant) and given.values else None
        bound = None if value is None else float(value)
    return None if bound is None or abs(bound) > 1e30 else bound


def prelu(t: Translation, operation: Operation) -> None:
    """Translates PRelu: a slope for each channel, or one for all."""
    x = t.activation(operation)
    slope = t.weight(operation, 1)
    dims = (1,) * (len(x.order) - len(slope.dims)) + slope.dims
    shared = [own + 1 for axis, own in enumerate(x.order) if own is not None and dims[axis] == 1 and x.shape[own] != 1]
    arguments: dict[str, object] = {"shared_axes": sorted(shared)} if shared else {}
    t.layer_result(operation, "PReLU", arguments, x)


def softmax(t: Translation, operation: Operation) -> None:
    """Translates Softmax along an axis; in the old operators along all from `axis` on, of which the last counts."""
    x = t.activation(operation)
    axis = operation.attribute("axis", int, -1)
    own = x.order[axis % len(x.order)]
    if own is None:
        t.result(operation, x)  # of one entry, or of the batch
        return
    if own == len(x.shape) - 1:
        t.layer_result(operation, "Softmax", {}, x)
    else:
        t.layer_result(operation, "Softmax", {"axis": own + 1}, x)


RULES: Final[dict[str, Rule]] = {
    "Relu": relu,
    "LeakyRelu": leaky_relu,
    "Elu": elu,
    "Clip": clip,
    "PRelu": prelu,
    "Softmax": softmax,
    "LogSoftmax": named("log_softmax"),
    **{operation: named(name) for operation, name in NAMED.items()},
    **{operation: elementwise(name) for operation, name in ELEMENTWISE.items()},
}
