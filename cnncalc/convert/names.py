"""Names that a spec may have, made of those of a file: legal, unique, and as near to the file's as can be."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable
from typing import Final

from cnncalc.convert.graph import GraphLayer
from cnncalc.spec.names import MAX_NAME_LENGTH

RESERVED: Final = frozenset({"input", "prev"})
_ROOM: Final = 20
"""Characters that are left free for a number that makes a name unique."""


def legal_name(name: str, otherwise: str = "layer") -> str:
    """Makes a name that a spec may have of any text: `conv1/relu:0` becomes `conv1_relu_0`."""
    plain = unicodedata.normalize("NFKD", name[: 4 * MAX_NAME_LENGTH]).encode("ascii", "ignore").decode()
    legal = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_")[: MAX_NAME_LENGTH - _ROOM] or otherwise
    return f"{legal}_" if legal in RESERVED else legal


def unique_name(name: str, taken: Container[str], counters: dict[str, int]) -> str:
    """Adds the first number to a name that nobody has; `counters` remembers the last one of each name."""
    unique = name
    while unique in taken:
        counters[name] = counters.get(name, 0) + 1
        unique = f"{name}_{counters[name]}"
    return unique


def legal_names(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Makes a legal name of each, all different, and different from those that are taken.

    A name that is legal already keeps it, whatever others become.
    """
    names = list(names)
    used = set(taken)
    counters: dict[str, int] = {}
    found: dict[str, str] = {}
    for name in names:
        if legal_name(name) == name and name not in used:
            found[name] = name
            used.add(name)
    for name in names:
        if name not in found:
            found[name] = unique_name(legal_name(name), used, counters)
            used.add(found[name])
    return {name: found[name] for name in names}


def automatic_name(base: str, counters: Counter[str]) -> str:
    """Returns the next name that an item without one has: `conv2d`, `conv2d_1`, ..."""
    count = counters[base]
    counters[base] += 1
    return f"{base}_{count}" if count else base


def copy_names(layer: GraphLayer) -> list[str]:
    """Lists the names of the copies of a layer with `repeat`."""
    return [f"{layer.name}_{index}" for index in range(1, layer.repeat + 1)] if layer.repeat > 1 else []
