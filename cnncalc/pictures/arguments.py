"""A layer's arguments in a few words: `64, 7x7 /2, pad 3` for a convolution of 64 filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnncalc.errors import shorten
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.layers.validation import default_value
from cnncalc.layers.values import show_value

_VALUE_ALONE: Final = ("filters", "units", "kernel_size", "pool_size", "activation", "rate", "size", "target_shape")
"""Arguments that a reader knows without their names."""
_WORDS: Final = {
    "strides": "/", "padding": "pad ", "dilation_rate": "dilation ", "num_heads": "heads ", "key_dim": "key ",
    "depth_multiplier": "times ",
}  # fmt: skip
"""What stands before a value instead of the argument's name."""
_LEFT_OUT: Final = frozenset({"use_bias", "keepdims", "scale", "center", "if"})
_MOST: Final = 5


def short_arguments(layer: Layer) -> str:
    """Writes the arguments that are not their defaults, the most telling first."""
    if isinstance(layer, InputLayer):
        return ""
    shown = [text for name in layer.arguments() if (text := _shown(layer, name)) is not None]
    rank = {name: place for place, name in enumerate(_VALUE_ALONE)}
    texts = [text for _, text in sorted(shown, key=lambda pair: rank.get(pair[0], len(rank)))]
    return ", ".join(texts[:_MOST]).replace(", /", " /") + (", …" if len(texts) > _MOST else "")


def _shown(layer: Layer, name: str) -> tuple[str, str] | None:
    value, field = getattr(layer, name), layer.arguments()[name]
    if name in _LEFT_OUT or value is None or (name == "activation" and value == "linear"):
        return None
    if isinstance(value, Layer):
        return name, f"{value.kind} {short_arguments(value)}".rstrip()
    if not field.is_required() and value == default_value(type(layer), name) and name != "pool_size":
        return None
    if name == "strides" and (_all_one(value) or value == getattr(layer, "pool_size", None)):
        return None
    if name in ("strides", "dilation_rate") and isinstance(value, tuple) and len({*value}) == 1:
        value = value[0]
    text = "x".join(_sizes(value)) if isinstance(value, tuple) else _plain(value)
    if name == "padding" and isinstance(value, str):
        return name, text
    if name in _VALUE_ALONE:
        return name, text
    return name, _WORDS[name] + text if name in _WORDS else f"{name} {text}"


def _plain(value: object) -> str:
    return shorten(value) if isinstance(value, str) else show_value(value)


def _all_one(value: object) -> bool:
    return isinstance(value, tuple) and all(size == 1 for size in value)


def _sizes(value: tuple[object, ...]) -> Iterator[str]:
    """Yields one text for each axis; for padding one number if it is the same all around."""
    entries = [entry if isinstance(entry, tuple) else (entry,) for entry in value]
    if len({*entries}) == 1 and all(len({*entry}) == 1 and len(entry) == 2 for entry in entries):
        yield show_value(entries[0][0])
        return
    for entry in entries:
        yield _plain(entry[0]) if len(entry) == 1 else f"({'+'.join(map(_plain, entry))})"
