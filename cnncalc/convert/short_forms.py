"""Arguments as a person would write them: no defaults, one number for all axes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from pydantic_core import PydanticUndefined

from cnncalc.convert.graph import GraphLayer
from cnncalc.layers import registry

PER_AXIS: Final = frozenset(
    {"kernel_size", "strides", "pool_size", "dilation_rate", "size", "output_size", "padding", "cropping"}
)
"""Arguments that one number sets for all axes."""


def short_value(name: str, value: object) -> object:
    """Shortens a value: `[3, 3]` is 3 for all axes, 1.0 is 1, a tuple a list."""
    if isinstance(value, (list, tuple)):
        entries = [short_value(name, entry) for entry in value]
        same = name in PER_AXIS and entries and all(entry == entries[0] for entry in entries)
        return entries[0] if same and isinstance(entries[0], int) else entries
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return int(value)
    if isinstance(value, Fraction) and value.denominator == 1:
        return int(value)
    return value


def short_arguments(kind: str, arguments: Mapping[str, object]) -> dict[str, object]:
    """Shortens the arguments of a layer, in the order in which its kind has them, and drops defaults."""
    shortened = {name: short_value(name, value) for name, value in arguments.items()}
    if not registry.is_kind(kind):
        return shortened
    fields = registry.layer_class(kind).arguments()
    if "pool_size" in fields and "strides" in shortened:
        default = short_value("pool_size", fields["pool_size"].default)
        if shortened["strides"] == shortened.get("pool_size", default):
            del shortened["strides"]
    if shortened.get("activation") == "linear" and not fields["activation"].is_required():
        del shortened["activation"]
    # Those that must be given come first, then as the reference lists them.
    order = {name: (not field.is_required(), index) for index, (name, field) in enumerate(fields.items())}
    return {
        name: shortened[name]
        for name in sorted(shortened, key=lambda name: order.get(name, (True, len(order))))
        if name not in fields or not is_default(name, shortened[name], fields[name].default)
    }


def drop_last_axis(layer: GraphLayer, rank: int) -> None:
    """Drops an axis that is the last one of an input of so many sizes, if that is the default."""
    axis = layer.arguments.get("axis")
    if not registry.is_kind(layer.kind) or axis not in (rank, [rank]):
        return
    field = registry.layer_class(layer.kind).arguments().get("axis")
    if field is not None and field.default == -1:
        del layer.arguments["axis"]


def is_default(name: str, value: object, default: object) -> bool:
    """Tells whether a shortened value is the argument's default."""
    if default is PydanticUndefined:
        return False
    default = short_value(name, default)
    if isinstance(value, bool) or isinstance(default, bool):
        return value is default
    if isinstance(value, float):
        value = Fraction(repr(value)) if value - value == 0 else value
    return value == default or value == [default]
