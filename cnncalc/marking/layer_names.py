"""The layers of a net by the names that students write: exact, by number, or misspelt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Final

from cnncalc.errors import SHOWN_LENGTH, Diagnostic, Span, nearest, quote

_COMPARED: Final = 2000
"""Names that a wrong one is compared with: a net may have a million."""
_CLOSE: Final = 0.8
"""The share of letters that a misspelt name has in common with the right one (`difflib.SequenceMatcher.ratio`)."""


class Layers:
    """The layers of a net, found by name or by number: 1 is the first one after the inputs."""

    def __init__(self, names: Sequence[str], inputs: int) -> None:
        self.names = names
        self.inputs = inputs
        self._index = {name: index for index, name in enumerate(names)}

    @property
    def count(self) -> int:
        return len(self.names) - self.inputs

    def find(self, key: str) -> int | None:
        """Finds a layer's index by its name, its number, or both name and kind as a table shows them."""
        if key in self._index:
            return self._index[key]
        if key.isdecimal() and len(key) <= 18:
            return self.numbered(int(key))
        return self._index.get(without_kind(key))

    def numbered(self, number: int) -> int | None:
        return self.inputs + number - 1 if 1 <= number <= self.count else None

    def misspelt(self, key: str, taken: Collection[int | None]) -> int | None:
        """Finds the one layer whose name is close to a misspelt one; `None` if none is, or several are.

        Layers that the sheet names otherwise (`taken`) are not meant.
        """
        names = [name for name in islice(self.names, _COMPARED) if self._index[name] not in taken]
        found = closest_one(without_kind(key), names)
        return None if found is None else self._index[found]

    def unknown(self, key: str, span: Span | None) -> Diagnostic:
        """Makes the diagnostic for a key that is no layer."""
        hint = nearest(key, islice(self.names, _COMPARED))
        return Diagnostic(
            "unknown-layer",
            f"the net has no layer {quote(key)}",
            span,
            expected=f"a layer's name, or a number from 1 to {self.count}, or totals",
            found=quote(key),
            suggestion=hint or "`cnncalc worksheet` writes a sheet with all names",
        )


def without_kind(key: str) -> str:
    """Takes the kind off a name as a table shows it: `conv2d (Conv2D)` is `conv2d`."""
    name, opening, _ = key.partition(" (")
    return name.strip() if opening and key.endswith(")") else key


def closest_one(written: str, names: Iterable[str]) -> str | None:
    """Finds the one name that a misspelt one stands for; `None` if none is close, or several are.

    Capitals, spaces and punctuation do not count. A digit is never a slip: `conv3` is not `conv2`.
    """
    if len(written) > SHOWN_LENGTH:
        return None
    own, digits = _letters(written), re.findall(r"\d+", written)
    candidates = [(name, _letters(name)) for name in names]
    same = [name for name, letters in candidates if letters == own]
    if same:
        return same[0] if len(same) == 1 else None
    close = [
        name
        for name, letters in candidates
        if abs(len(letters) - len(own)) <= 2
        and re.findall(r"\d+", name) == digits
        and difflib.SequenceMatcher(None, own, letters).ratio() >= _CLOSE
    ]
    return close[0] if len(close) == 1 else None


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())
