"""Activations in PyTorch."""

from __future__ import annotations

from typing import Final

from cnncalc.exporting.program.calls import Lacking
from cnncalc.exporting.program.expressions import constant, literal
from cnncalc.exporting.torch.calls import FIRST, LAST, TorchCall

ACTIVATIONS: Final = {
    "relu": "nn.ReLU", "relu6": "nn.ReLU6", "leaky_relu": "nn.LeakyReLU(0.2)", "elu": "nn.ELU", "selu": "nn.SELU",
    "celu": "nn.CELU", "gelu": "nn.GELU", "silu": "nn.SiLU", "mish": "nn.Mish", "sigmoid": "nn.Sigmoid",
    "log_sigmoid": "nn.LogSigmoid", "hard_sigmoid": "nn.Hardsigmoid", "hard_silu": "nn.Hardswish", "tanh": "nn.Tanh",
    "hard_tanh": "nn.Hardtanh", "tanh_shrink": "nn.Tanhshrink", "hard_shrink": "nn.Hardshrink",
    "soft_shrink": "nn.Softshrink", "softplus": "nn.Softplus", "softsign": "nn.Softsign",
    "exponential": "Elementwise(torch.exp)", "threshold": "nn.Threshold(0, 0)",
    "squareplus": "Elementwise(lambda x: (x + (x**2 + 4).sqrt()) / 2)",
    "sparse_plus": "Elementwise(lambda x: torch.where(x.abs() < 1, (x + 1) ** 2 / 4, x.relu()))",
    "sparse_sigmoid": "Elementwise(lambda x: ((x + 1) / 2).clamp(0, 1))",
    "linear": "nn.Identity",
}  # fmt: skip
"""The module of each activation that looks at each element by itself; without brackets it takes no arguments."""

OVER_CHANNELS: Final = {"softmax": "nn.Softmax", "log_softmax": "nn.LogSoftmax", "sparsemax": "Sparsemax"}
"""The module of each activation that looks at all channels of a position."""


def activation(call: TorchCall, argument: str = "activation") -> None:
    """Adds the module of a fused activation, if there is one."""
    code = call.code(argument)
    if code in (constant(None), constant("linear")):
        return
    if code.head != "constant":
        known = {str(code.value(use)) for use in call.uses}
        if not all(name in ACTIVATIONS and "(" not in ACTIVATIONS[name] for name in known):
            raise call.not_shared()
        call.needs("ACTIVATIONS")
        call.module(f"ACTIVATIONS[{code.text()}]()")
        return
    call.module(activation_module(call, str(code.constant)))


def activation_module(call: TorchCall, name: str) -> str:
    """Writes the module of an activation."""
    if name in OVER_CHANNELS:
        call.needs(OVER_CHANNELS[name])
        axis = {FIRST: "1", LAST: "-1"}.get(call.written.layout, str(call.written.layout))
        return f"{OVER_CHANNELS[name]}({'1' if call.is_vector else axis})"
    if name not in ACTIVATIONS:
        raise Lacking(f"PyTorch has no activation {name}")
    text = ACTIVATIONS[name]
    if text.startswith("Elementwise"):
        call.needs("Elementwise")
    return text if "(" in text else f"{text}()"


def activation_layer(call: TorchCall) -> None:
    """Writes the layer Activation."""
    call.keeps()
    activation(call)
    if not call.written.modules:
        call.module("nn.Identity()")


def relu(call: TorchCall) -> None:
    """Writes ReLU with its arguments."""
    call.keeps()
    if not any(map(call.has, ("max_value", "negative_slope", "threshold"))):
        call.module("nn.ReLU()")
        return
    if call.code("max_value") == constant(6) and not call.has("negative_slope") and not call.has("threshold"):
        call.module("nn.ReLU6()")
        return
    threshold = call.number("threshold")
    slope = call.number("negative_slope")
    below = f"{slope} * (x - {threshold})" if threshold != "0" else f"{slope} * x"
    if slope == "0":
        below = "0"
    above = "x" if call.code("max_value") == constant(None) else f"x.clamp(max={call.number('max_value')})"
    call.needs("Elementwise")
    call.module(f"Elementwise(lambda x: torch.where(x >= {threshold}, {above}, {below}))")


def leaky_relu(call: TorchCall) -> None:
    """Writes LeakyReLU, whose slope is 0.3 in Keras unless told."""
    call.keeps()
    slope = call.number("negative_slope") if call.has("negative_slope") else "0.3"
    call.module(f"nn.LeakyReLU({slope})")


def elu(call: TorchCall) -> None:
    """Writes ELU."""
    call.keeps()
    call.module(f"nn.ELU({call.number('alpha') if call.has('alpha') else ''})")


def prelu(call: TorchCall) -> None:
    """Writes PReLU: PyTorch has one slope for each channel; any others are those of a class of the program's own."""
    rank = call.rank()

    def slopes(use: int) -> tuple[int | None, ...]:
        shape = list(call.read_shape(use))
        for axis in getattr(call.at(use), "shared_axes", None) or ():
            shape[axis - 1] = 1  # as in Keras, whatever the sign
        return tuple(shape)

    if rank > 1 and call.same(lambda use: set(slopes(use)[:-1]) == {1} and slopes(use)[-1] != 1):
        call.wants(FIRST)
        call.module(f"nn.PReLU({call.in_channels})", is_weighted=True)
        return
    call.wants(LAST)
    sizes = call.same(lambda use: tuple(map(call.known, slopes(use))))
    assert isinstance(sizes, tuple)
    call.module(f"{call.needs('PReLU')}({', '.join(map(str, sizes))})", is_weighted=True)


def softmax(call: TorchCall) -> None:
    """Writes softmax over an axis, or over several."""
    axes = call.value("axis")
    assert isinstance(axes, tuple)
    call.keeps()
    places = [call.axis(axis) for axis in axes]
    if len(places) == 1:
        is_last = axes[0] == -1 and call.layouts[0] == LAST and not call.is_vector
        call.module(f"nn.Softmax({-1 if is_last else places[0]})")
    else:
        call.needs("softmax_over")
        call.expression(f"softmax_over({{0}}, {literal(tuple(places))})")
