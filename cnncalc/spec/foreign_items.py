"""Items as other frameworks write them, `nn.Conv2d(3, 16, 3)`, written as they stand in a spec.

Nothing is executed: a call is read as a tree, and only literals in it are taken.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Final

from cnncalc.errors import Problem
from cnncalc.layers import registry
from cnncalc.layers.values import show_value
from cnncalc.spec.hints import NO_ARGUMENTS, our_argument, our_kind
from cnncalc.spec.names import ITEM_OPTIONS
from cnncalc.spec.placed import Placed

MAX_LENGTH: Final = 200
"""How long a text may be that is read as a call, in characters, and an item that is suggested."""

_WINDOW: Final = ("kernel_size", "stride", "padding")
PYTORCH: Final[dict[str, tuple[str, ...]]] = {
    "Linear": ("in_features", "out_features", "bias"),
    **{f"Conv{rank}d": ("in_channels", "out_channels", *_WINDOW, "dilation", "groups", "bias") for rank in (1, 2, 3)},
    **{
        f"ConvTranspose{rank}d": ("in_channels", "out_channels", *_WINDOW, "output_padding", "groups", "bias")
        for rank in (1, 2, 3)
    },
    **{f"{pool}Pool{rank}d": _WINDOW for pool in ("Max", "Avg") for rank in (1, 2, 3)},
    **{f"BatchNorm{rank}d": ("num_features",) for rank in (1, 2, 3)},
    **{f"InstanceNorm{rank}d": ("num_features",) for rank in (1, 2, 3)},
    "LayerNorm": ("normalized_shape",),
    "GroupNorm": ("num_groups", "num_channels"),
    "PixelShuffle": ("upscale_factor",),
}
"""The arguments that PyTorch's layers take by their places, where ours are others or in another order."""


@dataclass(frozen=True)
class Call:
    """A layer as a call: its name, and its arguments by place and by name."""

    name: str
    by_place: Sequence[object] = ()
    by_name: Mapping[str, object] = field(default_factory=dict)


def read_call(text: str) -> Call | None:
    """Reads `nn.Conv2d(3, 16, 3)` or `model.add(Dense(10))`; None if it is no call with literals."""
    if len(text) > MAX_LENGTH:
        return None
    try:
        call = ast.parse(text.strip().rstrip(","), mode="eval").body
        if isinstance(call, ast.Call) and len(call.args) == 1 and isinstance(call.args[0], ast.Call):
            call = call.args[0]
        if not isinstance(call, ast.Call) or not isinstance(call.func, (ast.Name, ast.Attribute)):
            return None
        name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        by_place = [ast.literal_eval(argument) for argument in call.args]
        return Call(name, by_place, {str(each.arg): ast.literal_eval(each.value) for each in call.keywords})
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None


def as_call(kind: str, value: Placed) -> Call:
    """Makes a call of an item: what it says by name, or by place in a list, a single value, `2, 2` or `{6, 5}`."""
    written = value.plain_value()
    if isinstance(written, dict):
        if written and all(entry.is_empty for entry in value.value.values()):  # type: ignore[union-attr]
            return Call(kind, [_literal(name) for name in written])
        return Call(kind, by_name=written)
    if isinstance(written, str) and "," in written:
        return Call(kind, [_literal(part) for part in written.split(",")])
    return Call(kind, written if isinstance(written, list) else [] if written is None else [written])


def _literal(text: str) -> object:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 18 else text


def is_only_misspelt(call: Call) -> bool:
    """Tells whether a call differs from an item in the small and capital letters of its kind alone."""
    kind = next((kind for kind in registry.kinds() if kind.lower() == call.name.lower()), None)
    known = (*registry.layer_class(kind).arguments(), *ITEM_OPTIONS) if kind is not None else ()
    return kind is not None and not call.by_place and all(name in known for name in call.by_name)


def as_item(call: Call, rank: int) -> str | None:
    """Writes a call as the item of a spec that says the same, which was tried; None if there is none.

    `rank` is the number of spatial axes for a name that does not say it.
    """
    kind = registry.kind_named(call.name) or our_kind(call.name, rank)
    if kind is None or len(call.by_place) > MAX_LENGTH:
        return None
    if not registry.is_kind(kind):
        return kind  # an activation, which takes no arguments
    arguments = _arguments(kind, call)
    if arguments is None:
        return None
    own = {name: value for name, value in arguments.items() if name not in ITEM_OPTIONS}
    try:
        registry.build(kind, own)
    except Problem:
        return None
    written = [f"{name}: {_written(value)}" for name, value in arguments.items()]
    item = f"{kind}: {{{', '.join(written)}}}" if arguments else kind
    if list(arguments) == [registry.layer_class(kind).primary]:
        item = item.replace(f"{{{written[0]}}}", _written(next(iter(arguments.values()))))
    return item if len(item) <= MAX_LENGTH else None


def _arguments(kind: str, call: Call) -> dict[str, object] | None:
    """Finds what the arguments of a call are here; None if one of them is nothing here."""
    places = PYTORCH.get(call.name) or registry.positional_arguments(kind)
    if len(call.by_place) > len(places):
        return None
    known = registry.layer_class(kind).arguments()
    found: dict[str, object] = {}
    for name, value in {**dict(zip(places, call.by_place, strict=False)), **call.by_name}.items():
        ours = name if name in known or name in ITEM_OPTIONS else our_argument(name, known)
        if ours is not None:
            found[ours] = _as_read(value)
        elif name not in NO_ARGUMENTS and name not in registry.IGNORED_ARGUMENTS:
            return None
    return found


def _as_read(value: object) -> object:
    """Makes of a literal of Python's what a spec's reader makes of the same text."""
    if isinstance(value, tuple):
        return list(map(_as_read, value))
    return Fraction(str(value)) if isinstance(value, float) and isfinite(value) else value


def _written(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, str):
        return value if value.replace("_", "a").replace("$", "a").isalnum() else f'"{value}"'
    return show_value(value)
