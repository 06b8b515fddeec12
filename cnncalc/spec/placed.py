"""The values of a YAML text or of plain Python data, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.errors import Span, quote
from cnncalc.spec.yaml_scalars import Scalar

MAX_DEPTH = 200
"""Lists and mappings inside each other: a merge with branches takes five levels, and recursing over them is safe."""

MAX_VALUES = 600_000
"""Scalars, lists and mappings of one text: room for 1,000 layers that each read all earlier ones."""

MAX_ALIASED_VALUES = 10_000
"""Values that aliases repeat, counted as if they were copied: a few lines of aliases of aliases mean billions."""


@dataclass(slots=True, eq=False)
class Placed:
    """A value with its place. `key` is the place of its key, if it stands in a mapping.

    Of a scalar, `text` is what was written, without quotes and escapes, and `plain` says that it was not quoted.
    """

    value: Scalar | list[Placed] | dict[str, Placed]
    span: Span
    text: str = ""
    plain: bool = False
    key: Span | None = None

    @property
    def is_scalar(self) -> bool:
        return not isinstance(self.value, (list, dict))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written where a value could be."""
        return self.value is None and not self.text

    def describe(self) -> str:
        """Says what the value is, for a message: `the number 3`, `a list`, `nothing`."""
        match self.value:
            case dict():
                return "a mapping" if self.value else "an empty mapping"
            case list():
                return "a list" if self.value else "an empty list"
            case None:
                return "nothing" if not self.text else quote(self.text)
            case str():
                return quote(self.text)
            case bool():
                return f"the value {quote(self.text)[1:-1]}"
            case _:
                return f"the number {quote(self.text)[1:-1]}"

    def plain_value(self) -> object:
        """Returns the value and all that is in it, without places."""
        if isinstance(self.value, list):
            return [entry.plain_value() for entry in self.value]
        if isinstance(self.value, dict):
            return {name: entry.plain_value() for name, entry in self.value.items()}
        return self.value
