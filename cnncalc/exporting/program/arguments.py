"""The arguments of layers as plain Python, and which of them are not the kind's defaults."""

from __future__ import annotations

from typing import Final

from cnncalc.exporting.program.expressions import is_same, plain, shortened
from cnncalc.layers.base import Layer

_SIZES: Final = frozenset(
    {
        "kernel_size", "strides", "dilation_rate", "pool_size", "padding", "cropping", "size", "output_padding",
        "output_size",
    }
)  # fmt: skip
"""Arguments of which one number stands for all axes."""


def argument_value(layer: Layer, name: str) -> object:
    """Finds an argument as a plain value; a layer inside a layer stays one."""
    value = getattr(layer, name)
    if isinstance(value, Layer):
        return value
    return shortened(plain(value)) if name in _SIZES else plain(value)


def default_of(layer: Layer, name: str) -> object:
    """Finds the default of an argument as a plain value; for one without a default something that equals nothing."""
    field = type(layer).model_fields[name]
    if field.is_required():
        return ...
    default = plain(field.default)
    return "linear" if default is None and name == "activation" else default


def given_arguments(layer: Layer) -> dict[str, object]:
    """Lists the arguments of a layer that are not its defaults."""
    values = {name: argument_value(layer, name) for name in type(layer).arguments()}
    return {name: value for name, value in values.items() if not is_same(value, default_of(layer, name))}
