"""Plain Python data, such as `json.load` returns, becomes the values that a YAML text would give.

Their places are paths, as one writes them in Python: `layers[3].Conv2D.filters`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NoReturn

from cnncalc.errors import Collector, Diagnostic, Source, Span, SpecError, quote, shorten
from cnncalc.spec.placed import MAX_DEPTH, MAX_VALUES, Placed
from cnncalc.spec.source_text import character_diagnostic, unreadable_character
from cnncalc.spec.yaml_refusals import number_too_long, too_deep, too_many_values
from cnncalc.spec.yaml_scalars import NumberTooLongError, refuse_long_integer

_NAME = re.compile(r"[\w-]+")

_SHOWN_PATH = 100
"""How much of a path a message shows, in characters, from its end."""


def read_python(value: object, file: str = "<dict>") -> Placed:
    """Reads mappings, sequences and scalars. A float becomes the fraction that its `repr` says.

    Raises: SpecError: for any other type, a key that is no text, a number that is too long, a container that is nested
        too deep or contains itself, too many values; each says where.
    """
    reader = _Reader(Source(file))
    placed = reader.read(value, "")
    reader.problems.raise_spec_error()
    return placed


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems = Collector()
        self.opened: list[int] = []
        """The `id` of each container that is being read, outermost first."""
        self.values = 0

    def read(self, value: object, path: str) -> Placed:
        """Reads the value with all that is in it, with a placeholder wherever a problem was noted."""
        self.values += 1
        if self.values > MAX_VALUES:
            self.fatal(too_many_values(self.span(path), f"at {_shown(path)}"))
        if isinstance(value, str):
            self.check_characters(value, path)
            return Placed(value, self.span(path), value)
        if not isinstance(value, (Mapping, Sequence)) or isinstance(value, (bytes, bytearray)):
            return self.scalar(value, path)
        if id(value) in self.opened:
            self.fatal(_self_reference(self.span(path), _shown(path)))
        if len(self.opened) == MAX_DEPTH:
            self.fatal(too_deep(self.span(path), f"at {_shown(path)}"))
        self.opened.append(id(value))
        placed = Placed(self.entries(value, path), self.span(path))
        self.opened.pop()
        return placed

    def entries(self, value: Mapping[object, object] | Sequence[object], path: str) -> dict[str, Placed] | list[Placed]:
        if not isinstance(value, Mapping):
            return [self.read(entry, f"{path}[{index}]") for index, entry in enumerate(value)]
        entries: dict[str, Placed] = {}
        for key, entry in value.items():
            if not isinstance(key, str):
                place = f"{path}[{key}]" if isinstance(key, int) else f"{path}[...]"
                self.problem(_key_not_text(key, self.span(place), _shown(place)))
                continue
            is_name = _NAME.fullmatch(key) and len(key) <= _SHOWN_PATH
            inner = f"{path}.{key}".removeprefix(".") if is_name else f"{path}[{quote(key)}]"
            self.check_characters(key, inner)
            entries[key] = self.read(entry, inner)
            entries[key].key = entries[key].span
        return entries

    def scalar(self, value: object, path: str) -> Placed:
        span = self.span(path)
        match value:
            case None:
                return Placed(None, span, "null", True)
            case bool():
                return Placed(value, span, "true" if value else "false", True)
            case int():
                return self.integer(int(value), path)
            case float() if math.isnan(value):
                return Placed(value, span, ".nan", True)
            case float() if math.isinf(value):
                return Placed(value, span, ".inf" if value > 0 else "-.inf", True)
            case float():
                return Placed(Fraction(float.__repr__(value)), span, float.__repr__(value), True)
            case Fraction():
                return Placed(value, span, str(value), True)
        self.problem(_unsupported(value, span, _shown(path)))
        return Placed(None, span, "null", True)

    def integer(self, value: int, path: str) -> Placed:
        # Python refuses to print an integer of some thousand digits; 0.30103 is log10(2).
        digits = len(str(abs(value))) if value.bit_length() < 1000 else int(value.bit_length() * 0.30103) + 1
        try:
            refuse_long_integer(digits)
        except NumberTooLongError as error:
            shown = str(value) if value.bit_length() < 1000 else f"of about {digits:,} digits"
            self.problem(number_too_long(error, shown, self.span(path), f"at {_shown(path)}"))
            return Placed(None, self.span(path), "null", True)
        return Placed(value, self.span(path), str(value), True)

    def span(self, path: str) -> Span:
        return Span(self.source, path=_shown(path))

    def check_characters(self, text: str, path: str) -> None:
        if character := unreadable_character(text):
            self.problem(character_diagnostic(character, self.span(path), f"at {_shown(path)}"))

    def problem(self, diagnostic: Diagnostic) -> None:
        """Notes what is wrong, for reading on. Raises: SpecError: when there are enough of them."""
        self.problems.note(diagnostic)
        if self.problems.full:
            self.problems.raise_spec_error()

    def fatal(self, diagnostic: Diagnostic) -> NoReturn:
        self.problem(diagnostic)
        raise SpecError(self.problems.diagnostics)


def _shown(path: str) -> str:
    return (path if len(path) <= _SHOWN_PATH else "..." + path[-_SHOWN_PATH:]) or "the top"


def _unsupported(value: object, span: Span, place: str) -> Diagnostic:
    name = shorten(type(value).__name__)
    return Diagnostic(
        "unsupported-type",
        f"the value at {place} is of type {name}, which a file could not hold",
        span,
        expected="a dict, list, tuple, str, int, float, bool or None",
        found=name,
        suggestion="convert it first: a NumPy number with .item(), a set or an array with list()",
    )


def _key_not_text(key: object, span: Span, place: str) -> Diagnostic:
    name = shorten(type(key).__name__)
    return Diagnostic(
        "key-not-text", f"a key at {place} is of type {name}", span, "a str", name, suggestion="use str(key)"
    )


def _self_reference(span: Span, place: str) -> Diagnostic:
    return Diagnostic(
        "self-reference",
        f"the value at {place} contains itself",
        span,
        expected="a dict or list that ends",
        found="one of those that it is inside of",
        suggestion="use a copy of what it should hold",
    )
