"""Names in a program: whatever a spec calls a thing becomes an identifier of Python that nothing else has."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from typing import Final

_TAKEN: Final = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


def identifier(text: str, what: str = "block") -> str:
    """Makes an identifier of a name: `3x3` becomes `block_3x3`, `class` becomes `class_`."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    if not name or name[0].isdigit():
        name = f"{what}_{name}".strip("_")
    return f"{name}_" if name in _TAKEN else name


def camel_case(name: str) -> str:
    """Makes the name of a class of that of a block: `inverted_residual` becomes `InvertedResidual`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) or name


class Names:
    """The names that are taken in a part of a program."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*_TAKEN, *taken}

    def take(self, name: str) -> str:
        """Takes a name, with the first number that makes it unique if it is not."""
        unique, number = name, 1
        while unique in self.taken:
            number += 1
            unique = f"{name.rstrip('_')}_{number}"
        self.taken.add(unique)
        return unique
