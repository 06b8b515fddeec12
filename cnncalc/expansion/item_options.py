"""What the options of an item come to: `if`, `repeat` and `trainable`, which may not wait for shapes, and names."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from cnncalc.errors import Problem, shorten
from cnncalc.layers.values import MAX_INTEGER, compute, show_value
from cnncalc.spec.placed import Placed
from cnncalc.spec.values import Bindings, Value, evaluate, is_late, missing_dollar, need_value

_HINTS: Final = {
    "repeat": "if: false drops an item",
    "if": "write true, false or a comparison: $depth > 18",
    "trainable": "trainable: false freezes an item",
}
_WORDS: Final = ("yes", "no", "on", "off", "true", "false")


def boolean(written: Placed, bindings: Bindings, option: str) -> bool:
    """Evaluates `if` or `trainable`. Raises: Problem, with its place."""
    value = _structural(written, bindings, option)
    if isinstance(value, bool):
        return value
    is_word = isinstance(value, str) and value.lower() in _WORDS
    hint = "write true or false, without quotes" if is_word else missing_dollar(written, bindings)
    raise _bad_option(option, "true or false", value, hint).placed(written.span)


def count(written: Placed, bindings: Bindings, option: str) -> int:
    """Evaluates `repeat`. Raises: Problem, with its place."""
    value = _structural(written, bindings, option)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < MAX_INTEGER:
        return value
    large = isinstance(value, int) and not isinstance(value, bool) and value > 0
    expected = "an integer of at most 18 digits" if large else "a positive integer"
    hint = None
    if isinstance(value, Fraction):
        is_whole = value.denominator == 1 and value < MAX_INTEGER
        rounded = value.numerator // value.denominator
        hint = f"write {value.numerator}" if is_whole else f"use // to round down: {rounded}"
    elif isinstance(value, str) and value.strip().isdecimal():
        hint = f"write {value.strip()} without the quotes"
    else:
        hint = missing_dollar(written, bindings)
    raise _bad_option(option, expected, value, hint).placed(written.span)


def _bad_option(option: str, expected: str, value: Value, hint: str | None) -> Problem:
    found = show_value(value)
    message = f"{option} must be {expected}, not {found}"
    return Problem("bad-value", message, expected=expected, found=found, suggestion=hint or _HINTS.get(option))


def _structural(written: Placed, bindings: Bindings, option: str) -> Value:
    """Evaluates an option that decides which layers there are. Raises: Problem, with its place."""
    try:
        value = evaluate(written, bindings, None)
        need_value(value)
        if is_late(value):
            raise Problem(
                "structure-depends-on-shape",
                f"{option} may not depend on $in_channels: which layers there are can't depend on shapes",
                suggestion="write the number itself, or make it one of the vars",
            )
        return compute(value)  # type: ignore[return-value]
    except Problem as problem:
        if problem.id == "bad-value":
            problem.message = f"{option} {problem.message}"
            problem.suggestion = problem.suggestion or _HINTS.get(option)
        raise problem.placed(written.span) from None


def names(placed: Placed, bindings: Bindings) -> Value:
    """Evaluates a name or a list of names; a number is a name as it is written: `007` is not `7`. Raises: Problem."""
    if isinstance(placed.value, list):
        return [names(entry, bindings) for entry in placed.value]
    if isinstance(placed.value, (int, Fraction)) and not isinstance(placed.value, bool):
        return placed.text
    value = evaluate(placed, bindings, None)
    need_value(value)
    return value


def text(written: Placed | None, bindings: Bindings, option: str) -> str | None:
    """Evaluates a name, or what `spec` says. Raises: Problem, with its place."""
    if written is None:
        return None
    try:
        value = names(written, bindings)
    except Problem as problem:
        raise problem.placed(written.span) from None
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        return value if isinstance(value, str) else str(value)
    found = written.describe()
    if value is None and "$" in written.text:
        found = f"null, which is the value of {shorten(written.text)}"
    what = {"name": "a text such as conv1", "spec": "the name of a spec or file"}.get(option, "the name of an item")
    message = f"{option} must be {what}, not {found}"
    hint = f"give {shorten(written.text)} a value where the block is used, or leave {option} out"
    raise Problem("bad-value", message, expected=what, found=found,
                  suggestion=hint if value is None and "$" in written.text else None).placed(written.span)  # fmt: skip
