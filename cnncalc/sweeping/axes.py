"""What is varied: vars of a spec and shapes of its inputs, each with its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Final, Literal

from cnncalc.errors import Diagnostic, Problem, Source, UsageError, nearest, quote
from cnncalc.expansion.inputs import read_shape, written_inputs
from cnncalc.records import record
from cnncalc.spec.document import Document
from cnncalc.spec.placed import Placed
from cnncalc.spec.python_values import read_python
from cnncalc.spec.values import Bindings, Value, evaluate
from cnncalc.spec.yaml_text import read_yaml
from cnncalc.tensor import Shape

INPUT: Final = "input"
"""The name under which the shape of the only input is varied."""
MAX_VALUES: Final = 10_000_000
EXAMPLE: Final = "NAME=VALUES, such as width=16..128:16 or depth=1,2,3"

Point = tuple[Value | Shape, ...]
"""A value for each axis."""
Type = Literal["count", "sizes", "text", "number", "boolean"]
"""What an entry of a row is: an integer, a list of integers, a text, a number, true or false."""
Plain = int | float | str | bool | list[object] | None
"""A value as JSON has it."""


@record
class Axis:
    """One var, or the shape of one input, and the values that it takes."""

    name: str
    values: Sequence[Value | Shape]
    is_input: bool


def read_axes(texts: Iterable[str], document: Document) -> tuple[Axis, ...]:
    """Reads `width=16..128:16`, `depth=1,2,3`, `input=64x64x3,96x96x3`. Raises: UsageError."""
    written: dict[str, str] = {}
    for text in texts:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not name or not values:
            raise _bad(EXAMPLE, text)
        if name in written:
            raise UsageError(Diagnostic("bad-option", f"{quote(name)} is varied twice", suggestion="join the values"))
        written[name] = values
    return axes_of(written, document)


def axes_of(vary: Mapping[str, object], document: Document) -> tuple[Axis, ...]:
    """Makes an axis of each name; its values are a text, or values of Python. Raises: UsageError."""
    return tuple(_axis(name, values, document) for name, values in vary.items())


def _axis(name: str, given: object, document: Document) -> Axis:
    inputs = written_inputs(document)
    is_input = name not in document.spec.vars and (name in inputs or (name == INPUT and len(inputs) == 1))
    if not is_input and name not in document.spec.vars:
        known = [*document.spec.vars, *(inputs if len(inputs) > 1 else [INPUT])]
        message = f"there is nothing called {quote(name)} to vary"
        hint = nearest(name, known) or "vars: {width: 64} makes it a var, and filters: $width reads it"
        raise UsageError(Diagnostic("unknown-variable", message, None, f"one of {', '.join(known)}", suggestion=hint))
    values: Sequence[Value | Shape] | None = None
    if isinstance(given, range) and given.step > 0 and not is_input:
        values = given
    elif isinstance(given, str) and not is_input:
        values = _range(name, given)
    if values is None:
        values = _without_repeats(value for part in _parts(given) for value in _values(name, part, is_input))
    if not values:
        raise _bad("values, such as 1,2,3", str(given))
    return Axis(name, values, is_input)


def _without_repeats(values: Iterable[Value | Shape]) -> list[Value | Shape]:
    """Returns a point that is there twice would be counted twice."""
    return list({(type(value).__name__, str(value)): value for value in values}.values())


def _parts(given: object) -> Iterable[object]:
    """Splits a text at its commas, those inside of brackets apart; anything else is a value or several."""
    if not isinstance(given, str):
        return given if isinstance(given, Iterable) else [given]
    parts, depth, start = [], 0, 0
    for place, character in enumerate(given):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(given[start:place])
            start = place + 1
    return [*parts, given[start:]]


def _values(name: str, part: object, is_input: bool) -> Iterable[Value | Shape]:
    if isinstance(part, str):
        part = part.strip()
        if not part:
            raise _bad(EXAMPLE, f"{name}=")
        numbers = _range(name, part)
        if numbers is not None:
            return ((number,) if is_input and isinstance(number, int) else number for number in numbers)
    try:
        if is_input:
            whole = isinstance(part, str) and part.isascii() and part.isdigit() and len(part) <= 18
            return [read_shape(int(str(part)) if whole else list(part) if isinstance(part, tuple) else part)]
        placed = read_yaml(Source(f"--vary {name}", part)) if isinstance(part, str) else _python(part, name)
        return [evaluate(placed, Bindings({}), None)]
    except Problem as problem:
        problem.message = f"{name}: {problem.message}"
        raise UsageError(problem.at(None)) from None


def _python(value: object, name: str) -> Placed:
    placed = read_python({name: value}, "<vary>").value
    assert isinstance(placed, dict)
    return placed[name]


def _range(name: str, text: str) -> Sequence[Value] | None:
    """Reads `16..128:16`, both ends included; `None` if it is no range. Raises: UsageError: if it goes nowhere."""
    first_text, dots, rest = text.partition("..")
    last_text, colon, step_text = rest.partition(":")
    if not dots or "," in text:
        return None
    first, last, step = (_number(part) for part in (first_text, last_text, step_text if colon else "1"))
    if first is None or last is None or step is None or step <= 0 or last < first:
        raise _bad("a range from the smaller to the larger number, such as 16..128:16", f"{name}={text}")
    count = floor((last - first) / step) + 1
    if count > MAX_VALUES:
        raise _bad(f"at most {MAX_VALUES:,} values", f"{name}={text}")
    if first.denominator == step.denominator == 1:
        return range(first.numerator, first.numerator + count * step.numerator, step.numerator)
    return [_whole(first + index * step) for index in range(count)]


def _whole(number: Fraction) -> Value:
    return number.numerator if number.denominator == 1 else number


def _number(text: str) -> Fraction | None:
    text = text.strip()
    if not text.isascii() or len(text) > 18 or not set(text) <= set("-.0123456789"):
        return None
    try:
        return Fraction(text)
    except ValueError:
        return None


def _bad(expected: str, found: str) -> UsageError:
    message = f"--vary must be {expected}, not {quote(found)}"
    return UsageError(Diagnostic("bad-option", message, None, expected, quote(found)))


def plain(value: object) -> Plain:
    """Gives a value as JSON has it: `0.25` for a quarter, lists for shapes."""
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value if isinstance(value, (int, float, bool)) or value is None else str(value)


def type_of(axis: Axis) -> Type:
    """Returns what the entries of rows on an axis are."""
    if axis.is_input:
        return "sizes"
    if isinstance(axis.values, range):
        return "count"
    if all(isinstance(value, bool) for value in axis.values):
        return "boolean"
    if not are_numbers(axis.values) or any(isinstance(value, bool) for value in axis.values):
        return "text"
    return "count" if all(isinstance(value, int) for value in axis.values) else "number"


def are_numbers(values: Sequence[Value | Shape]) -> bool:
    """Says whether all values are numbers or booleans: expressions over them can wait until a point says which."""
    return isinstance(values, range) or all(isinstance(value, (bool, int, Fraction)) for value in values)
