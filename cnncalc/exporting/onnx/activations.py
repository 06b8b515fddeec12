"""Activations in ONNX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cnncalc.exporting.onnx.calls import Call, Lacking
from cnncalc.exporting.onnx.messages import Attribute
from cnncalc.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax

OPERATORS: Final[Mapping[str, tuple[str, dict[str, Attribute]]]] = {
    "relu": ("Relu", {}), "leaky_relu": ("LeakyRelu", {"alpha": 0.2}), "elu": ("Elu", {}), "selu": ("Selu", {}),
    "celu": ("Celu", {}), "gelu": ("Gelu", {}), "mish": ("Mish", {}), "sigmoid": ("Sigmoid", {}),
    "hard_sigmoid": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}), "hard_silu": ("HardSwish", {}),
    "tanh": ("Tanh", {}), "hard_shrink": ("Shrink", {"lambd": 0.5}),
    "soft_shrink": ("Shrink", {"lambd": 0.5, "bias": 0.5}), "softplus": ("Softplus", {}),
    "softsign": ("Softsign", {}), "exponential": ("Exp", {}),
}  # fmt: skip
"""The operator of each activation that is one, with its attributes."""
CLIPPED: Final = {"relu6": (0, 6), "hard_tanh": (-1, 1)}
"""Activations that cut off what lies outside of two numbers."""
OVER_CHANNELS: Final = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}
"""Activations over the channels of a position."""


def activated(call: Call, x: str, name: str | None) -> str:
    """Adds an activation behind a tensor. Raises: Lacking: if ONNX has none."""
    if name is None or name == "linear":
        return x
    if name in OPERATORS:
        kind, attributes = OPERATORS[name]
        return call.op(kind, x, **attributes)
    if name in CLIPPED:
        return clipped(call, x, *CLIPPED[name])
    if name in OVER_CHANNELS:
        return call.op(OVER_CHANNELS[name], x, axis=call.axis(-1, len(call.y)))
    if name == "silu":
        return call.op("Mul", x, call.op("Sigmoid", x))
    if name == "tanh_shrink":
        return call.op("Sub", x, call.op("Tanh", x))
    if name == "log_sigmoid":
        return call.op("Log", call.op("Sigmoid", x))
    raise Lacking(f"ONNX has no operator for the activation {name}")


def clipped(call: Call, x: str, least: float, most: float) -> str:
    """Cuts off what lies outside of two numbers."""
    return call.op("Clip", x, call.floats([least]), call.floats([most]))


def activation(call: Call) -> str:
    """Activation."""
    return activated(call, call.read(), call.as_kind(Activation).activation)


def relu(call: Call) -> str:
    """ReLU, with a largest value or a slope below 0."""
    layer, x = call.as_kind(ReLU), call.read()
    if layer.threshold or (layer.max_value is not None and layer.negative_slope):
        raise Lacking("ONNX's Relu has no threshold, and no largest value together with a slope")
    if layer.max_value is not None:
        return clipped(call, x, 0, float(layer.max_value))
    return call.op("LeakyRelu", x, alpha=float(layer.negative_slope)) if layer.negative_slope else call.op("Relu", x)


def leaky_relu(call: Call) -> str:
    """LeakyReLU."""
    return call.op("LeakyRelu", call.read(), alpha=float(call.as_kind(LeakyReLU).negative_slope))


def elu(call: Call) -> str:
    """ELU."""
    return call.op("Elu", call.read(), alpha=float(call.as_kind(ELU).alpha))


def prelu(call: Call) -> str:
    """PReLU: slopes of the input's sizes, of 1 on the shared axes."""
    shared = {axis - 1 if axis > 0 else axis for axis in call.as_kind(PReLU).shared_axes or ()}
    rank = len(call.x)
    slopes = [1 if {axis, axis - rank} & shared else size for axis, size in enumerate(call.x)]
    x = call.read_first()
    return call.op("PRelu", x, call.weight("alpha", slopes[-1], *slopes[:-1]))


def softmax(call: Call) -> str:
    """Softmax over one axis."""
    axes, x = call.as_kind(Softmax).axis, call.read()
    if len(axes) > 1:
        raise Lacking("ONNX's Softmax has one axis")
    return call.op("Softmax", x, axis=call.axis(axes[0]))
