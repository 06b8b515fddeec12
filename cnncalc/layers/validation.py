"""What is wrong with a layer's arguments: the one place where pydantic's errors become problems with our words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import Tag, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from cnncalc.errors import Problem, Problems, nearest, shorten
from cnncalc.layers.arguments import DefaultWords, Expected
from cnncalc.layers.base import Layer
from cnncalc.layers.values import MAX_INTEGER, compute, show_value

Path = Sequence[int | str]
"""The way from an argument to the entry that is wrong: indices of lists, and tags of unions."""
_QUOTED_BOOLEANS: Final = ("yes", "no", "on", "off", "true", "false")


def problems(layer: type[Layer], values: Mapping[str, object], error: ValidationError) -> list[Problem]:
    """Makes a problem of each argument that is wrong, as they are written, and of each that is missing behind them."""
    by_argument: dict[str, ErrorDetails] = {}
    for details in error.errors(include_url=False):
        by_argument.setdefault(str(details["loc"][0]), details)
    names = dict.fromkeys([*values, *layer.arguments()])
    found: list[Problem] = []
    for name in names:
        if name in by_argument and by_argument[name]["type"] == "inner-layer":
            found += _inside(name, by_argument[name])
        elif name in by_argument:
            found.append(_problem(layer, values, name, by_argument[name]))
    return found


def _inside(name: str, details: ErrorDetails) -> Iterator[Problem]:
    """Yields the problems of a layer that stands in an argument, each with the way to its place."""
    context = details["ctx"]
    problem: Problem = context["problem"]
    for one in problem.problems if isinstance(problem, Problems) else (problem,):
        one.inside = (context["kind"], *((one.argument,) if one.argument else ()), *one.inside)
        one.argument = name
        yield one


def _problem(layer: type[Layer], values: Mapping[str, object], name: str, details: ErrorDetails) -> Problem:
    path = details["loc"][1:]
    if details["type"] == "missing" and not path:
        return _missing(layer, values, name)
    if details["type"] == "extra_forbidden":
        hint = nearest(name, layer.arguments())
        return Problem("unknown-argument", f'{layer.kind} has no argument "{name}"', argument=name, suggestion=hint)
    value = details["input"] if path else compute(values[name])
    problem = _wrong_value(_annotation(layer.arguments()[name]), details, path, value)
    problem.argument = name
    problem.message = f'argument "{name}" of {layer.kind} {problem.message}'
    return problem


def _missing(layer: type[Layer], values: Mapping[str, object], name: str) -> Problem:
    """Returns the problem of a required argument that is not there."""
    written = ", ".join(f"{given}: {show_value(value)}" for given, value in values.items())
    completed = f"{layer.kind}: {{{shorten(written)}, {name}: ...}}"
    field = layer.arguments()[name]
    return Problem(
        "missing-argument",
        f'{layer.kind} needs the argument "{name}" ({field.description})',
        expected=f"{name}: {expected(field)}",
        suggestion=completed if written else f"for example {layer.example_item()}",
    )


def _wrong_value(annotation: object, details: ErrorDetails, path: Path, value: object) -> Problem:
    """Returns the problem of a wrong value; its message starts behind the argument's name: "must be ..."."""
    context = details.get("ctx", {})
    if details["type"] == "bad-value":
        return Problem("bad-value", details["msg"], **context)
    entry = _at(annotation, path)
    words, found = _words(entry), show_value(value)
    suggestion = None
    match details["type"]:
        case "int_type":
            suggestion = _whole_number_hint(value)
        case "bool_type" if isinstance(value, str) and value.lower() in _QUOTED_BOOLEANS:
            suggestion = "write true or false, without quotes"
        case "literal_error" if value == "causal":
            suggestion = "causal padding is for Conv1D"
        case "literal_error" if isinstance(value, str):
            suggestion = nearest(value, filter(lambda word: isinstance(word, str), get_args(_plain(entry))))
        case "less_than_equal" if context["le"] == 1 and isinstance(value, (int, Fraction)) and value <= 100:
            suggestion = f"{found} percent is {float(value) / 100:g}"
    message = f"must be {words}, not {found}"
    return Problem("bad-value", message, expected=words, found=found, suggestion=suggestion)


def _whole_number_hint(value: object) -> str | None:
    if isinstance(value, Fraction) and value.denominator == 1:
        return f"write {value.numerator}" if abs(value) < MAX_INTEGER else None
    if isinstance(value, Fraction):
        return f"use // to round down: {shorten(str(value.numerator // value.denominator))}"
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,18}\s*", value):
        return f"write {value.strip()} without the quotes"
    return None


# Single arguments -----------------------------------------------------------------------------------------------


def read_argument(layer: type[Layer], name: str, value: object) -> object:
    """Reads one argument, as written in a spec. Raises: Problem: with the argument's name."""
    try:
        return _adapter(layer, name).validate_python(value, context={"rank": layer.rank})
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        details["loc"] = (name, *details["loc"])
        raise _problem(layer, {name: value}, name, details) from None


@cache
def default_value(layer: type[Layer], name: str) -> object:
    """Returns the default of an argument in the form in which layers hold it."""
    return read_argument(layer, name, layer.arguments()[name].default)


@cache
def _adapter(layer: type[Layer], name: str) -> TypeAdapter[object]:
    annotation: Any = _annotation(layer.arguments()[name])
    return TypeAdapter(annotation, config={"strict": True})


# Words ----------------------------------------------------------------------------------------------------------


def expected(field: FieldInfo) -> str:
    """Returns what an argument must be, for the reference: `a positive integer, or null`."""
    annotation = _annotation(field)
    words = _words(_at(annotation, ()))
    return f"{words}, or null" if type(None) in get_args(_plain(annotation)) else words


def default_text(field: FieldInfo) -> str:
    """Returns the default as it would be written in a spec, or how it comes about."""
    if field.is_required():
        return "required"
    words = (said.words for said in field.metadata if isinstance(said, DefaultWords))
    return next(words, show_value(field.default))


def words_of(field: FieldInfo) -> tuple[str | bool, ...]:
    """Returns the words that an argument may be, beside other values: `same` and `valid` of a padding."""
    return tuple(_literals(_annotation(field)))


def _literals(annotation: object) -> Iterator[str | bool]:
    for part in get_args(_plain(annotation)):
        if isinstance(part, (str, bool)):
            yield part
        else:
            yield from _literals(part)


def _annotation(field: FieldInfo) -> object:
    """Returns the type of a field with all that was said about it."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _plain(annotation: object) -> object:
    """Returns a type without what was said about it."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _said(annotation: object) -> tuple[object, ...]:
    """Returns what was said about a type."""
    return get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()


def _at(annotation: object, path: Path) -> object:
    """Returns the type of the entry that a path leads to, null apart."""
    parts = get_args(_plain(annotation))
    if type(None) in parts:
        return _at(parts[0], path)
    if not path:
        return annotation
    if isinstance(path[0], int):
        return _at(parts[0], path[1:])  # all entries of a list are alike
    return _at(next(part for part in parts if Tag(path[0]) in _said(part)), path[1:])


def _words(annotation: object) -> str:
    return next(said.words for said in reversed(_said(annotation)) if isinstance(said, Expected))
