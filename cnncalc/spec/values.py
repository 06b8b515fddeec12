"""Values of a spec: what a value comes to once parameters are known, or once a shape is (`$in_channels`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from cnncalc.errors import SHOWN_LENGTH, Problem, nearest, quote, shorten
from cnncalc.formula import MAX_LENGTH, Evaluator, ExpressionError, compiled
from cnncalc.layers.inner_model import InnerModel
from cnncalc.layers.values import compute, show_value
from cnncalc.records import entity
from cnncalc.spec.names import IN_CHANNELS
from cnncalc.spec.placed import Placed

SHOWN_NAMES: Final = 8
"""How many names a message lists."""
MAX_MAGNITUDE: Final = 10**100
"""Arithmetic in a spec stays below this: chains of parameters that square each other would not end."""


class ScopedText(str):
    """A text passed as a parameter, with the place where it was written: a name in it is looked up there."""

    __slots__ = ("place",)

    place: object

    def __new__(cls, text: str, place: object) -> ScopedText:
        made = super().__new__(cls, text)
        made.place = place
        return made


@entity
class Channels:
    """`$in_channels`: the channels of a node's output, known when shapes are."""

    node: int


@entity
class Variable:
    """A var that has no value yet: each point of a sweep gives it one."""

    name: str


class ValueNeeded(Exception):
    """What is computed here can't wait for the values of these vars: which layers there are depends on them."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(names)
        self.names = names


@entity
class Late:
    """A value that waits for shapes or vars: an expression over values, some of which wait as well."""

    text: str
    evaluator: Evaluator
    operands: Mapping[str, Value]
    variables: frozenset[str]
    waits_for_shape: bool


Value = (
    None | bool | int | Fraction | float | str | list["Value"] | dict[str, "Value"]
    | Channels | Variable | Late | InnerModel
)  # fmt: skip


@dataclass(eq=False, slots=True)
class Bindings:
    """The parameters of one block instance over the vars of its file; of the file itself, its vars.

    `layers` remembers what was built from these values, so that copies share it.
    """

    values: Mapping[str, Value]
    vars: Mapping[str, Value] = field(default_factory=dict)
    layers: dict[tuple[int, bool], object] = field(default_factory=dict)

    def lookup(self, name: str, channels: bool) -> Value:
        """Returns a parameter's value; `channels`: whether `$in_channels` may stand there.

        Raises: Problem: if there is no such parameter.
        """
        if name in self.values:
            return self.values[name]
        if name in self.vars:
            return self.vars[name]
        own = (IN_CHANNELS,) if channels else ()
        known = [f"${known}" for known in dict.fromkeys((*self.values, *self.vars, *own))]
        some = known[:SHOWN_NAMES]
        raise Problem(
            "unknown-parameter",
            f"there is no parameter {quote('$' + name)} here",
            expected=f"one of {', '.join(map(shorten, some))}{'' if some == known else ', ...'}" if known else None,
            found=f"${shorten(name)}",
            suggestion=nearest("$" + name, known) or "declare it: in params of the block, or in vars of the file",
        )


def missing_dollar(placed: Placed, bindings: Bindings) -> str | None:
    """Suggests `2*$width` if a text has a parameter's name without its dollar."""
    if not isinstance(placed.value, str) or len(placed.text) > SHOWN_LENGTH:
        return None
    if re.match(r"\*[A-Za-z_]", placed.text):
        return f"did you mean {quote('$' + placed.text[1:])}?"
    known = {*bindings.values, *bindings.vars}
    meant = re.sub(r"(?<![$\w])[A-Za-z_]\w*", lambda word: "$" * (word[0] in known) + word[0], placed.text)
    return f"did you mean {quote(meant)}?" if meant != placed.text else None


def not_arithmetic(placed: Placed) -> str | None:
    """Says why a text that looks like arithmetic without a parameter is none: `5/0`, `2**3`, `round(3.5)`."""
    if not isinstance(placed.value, str) or "$" in placed.text:
        return None
    if not re.search(r"\d.*[-+*/%(<>=]|\w\(", placed.text):
        return None
    try:
        compiled(placed.text)[1]({})
    except ExpressionError as error:
        problem = _not_computable(placed.text, error)
        return problem.suggestion or f"it can't be computed: {error}"
    except KeyError:
        pass
    return None


def is_late(value: Value) -> bool:
    """Tells whether a value, or one in its list, waits for a shape or a var."""
    if isinstance(value, list):
        return any(is_late(entry) for entry in value)
    if isinstance(value, dict):
        return any(is_late(entry) for entry in value.values())
    return isinstance(value, (Channels, Variable, Late))


def waits_for_shape(value: Value) -> bool:
    """Tells whether a value, or one in its list, waits for a shape."""
    if isinstance(value, (list, dict)):
        return any(map(waits_for_shape, value if isinstance(value, list) else value.values()))
    return isinstance(value, Channels) or (isinstance(value, Late) and value.waits_for_shape)


def variables_in(value: Value) -> frozenset[str]:
    """Lists the vars that a value, or one in its list, waits for."""
    if isinstance(value, (list, dict)):
        return frozenset().union(*map(variables_in, value if isinstance(value, list) else value.values()))
    if isinstance(value, Variable):
        return frozenset({value.name})
    return value.variables if isinstance(value, Late) else frozenset()


def need_value(value: Value) -> None:
    """Refuses a value that waits for vars. Raises: ValueNeeded: with their names."""
    if names := variables_in(value):
        raise ValueNeeded(names)


def key_of(value: Value) -> object:
    """Makes a value part of a key: 1 and true, equal to Python, are told apart; what waits for a shape is not."""
    if isinstance(value, list):
        return tuple(map(key_of, value))
    if isinstance(value, dict):
        return tuple((name, key_of(entry)) for name, entry in value.items())
    if isinstance(value, (Channels, Variable, Late)):
        return None
    return type(value).__name__, value


def evaluate_mapping(placed: Placed, bindings: Bindings, channels: Channels | None) -> Value:
    """Evaluates a written value that may be a mapping, as `evaluate` does every other one. Raises: Problem."""
    if not isinstance(placed.value, dict):
        return evaluate(placed, bindings, channels)
    values: dict[str, Value] = {}
    for name, entry in placed.value.items():
        try:
            values[name] = evaluate_mapping(entry, bindings, channels)
        except Problem as problem:
            raise problem.placed(entry.span) from None
    return values


def evaluate(placed: Placed, bindings: Bindings, channels: Channels | None, place: object = None) -> Value:
    """Evaluates a written value. `$name` alone stands for any value; with operators it is arithmetic.

    `channels` is what `$in_channels` means here, `None` if it may not stand; `place` is kept with texts.
    Raises: Problem.
    """
    text = placed.value
    if isinstance(text, list):
        return [evaluate(entry, bindings, channels, place) for entry in text]
    if isinstance(text, dict):
        message = "a single value or a list is wanted here, not a mapping"
        raise Problem("bad-value", message, expected="a single value or a list", found="a mapping")
    if not isinstance(text, str):
        return text
    if "$" not in text:
        return text if place is None else ScopedText(text, place)
    return compute_text(text, lambda name: _parameter(name, bindings, channels))


def _parameter(name: str, bindings: Bindings, channels: Channels | None) -> Value:
    if name != IN_CHANNELS:
        return bindings.lookup(name, channels is not None)
    if channels is None:
        raise Problem(
            "structure-depends-on-shape",
            "$in_channels may not stand here: which layers there are can't depend on shapes",
            suggestion="write the number itself, or make it one of the vars",
        )
    return channels


def compute_text(text: str, lookup: Callable[[str], Value]) -> Value:
    """Computes the value of an expression with parameters. Raises: Problem."""
    stripped = text.strip()
    if stripped.startswith("$") and stripped[1:].isidentifier() and stripped.isascii():
        return lookup(stripped[1:])
    try:
        names, evaluator = compiled(text)
        operands: dict[str, Value] = {}
        for name in names:
            if not name.startswith("$"):
                raise ExpressionError(f'"{name}" is no number; a parameter is written "${name}"')
            operands[name] = compute_operand(lookup(name[1:]), name)
    except ExpressionError as error:
        raise _not_computable(text, error) from None
    if any(is_late(value) for value in operands.values()):
        entries = list(operands.values())
        return Late(text, evaluator, operands, variables_in(entries), waits_for_shape(entries))
    return evaluate_late(text, evaluator, operands)


def compute_operand(value: Value, name: str) -> Value:
    """Computes a parameter's value inside arithmetic: a text that is arithmetic itself counts as its result."""
    if isinstance(value, (list, float)) or value is None:
        raise ExpressionError(f"{name} is {show_value(value)}, which is no number")
    computed = compute(value) if isinstance(value, str) else value
    if isinstance(computed, str):
        raise ExpressionError(f"{name} is {show_value(computed)}, which is no number")
    return computed  # type: ignore[return-value]


def evaluate_late(text: str, evaluator: Evaluator, operands: Mapping[str, Value]) -> Value:
    """Computes an expression whose operands are all known. Raises: Problem."""
    try:
        result = evaluator(operands)
    except ExpressionError as error:
        raise _not_computable(text, error) from None
    if isinstance(result, bool):
        return result
    if isinstance(result, (int, Fraction)):
        if abs(result.numerator) >= MAX_MAGNITUDE or result.denominator >= MAX_MAGNITUDE:
            message = f"{quote(text)} comes to a number of more than 100 digits"
            raise Problem("number-too-large", message, expected="at most 100 digits", suggestion="use smaller numbers")
        return result.numerator if result.denominator == 1 else Fraction(result)
    raise Problem("bad-expression", f"{quote(text)} comes to no number")


_EXPRESSION_HINTS: Final = (
    (r"\*\*|\^", "there is no power: write the product out"),
    (r"\$\{", "write a parameter without braces: $NAME"),
    (r"\[", "a list can't be taken apart: make each entry a parameter of its own"),
    (r"&&|\|\||!(?!=)", "write and, or, not"),
    (r"(?<![<>=!])=(?!=)", "write == to compare"),
    (r"\b(?:True|False)\b", "write true and false in small letters"),
    (r"\$\s", "no space stands behind the dollar: $NAME"),
    (r"<[^<>=]*<|>[^<>=]*>", "compare two values at a time: $a > 1 and $a < 3"),
    (r"\d,\d", "write a number without commas"),
    (r"\d\s*x\s*[$\d]", "write * to multiply; a list of sizes is written in brackets"),
)


def _not_computable(text: str, error: ExpressionError) -> Problem:
    hint = next((hint for pattern, hint in _EXPRESSION_HINTS if re.search(pattern, text[:MAX_LENGTH])), None)
    message = f"{quote(text)} can't be computed: {error}"
    return Problem("bad-expression", message, expected="+ - * / // %, comparisons, and, or, not, min, max",
                   suggestion=hint)  # fmt: skip


def resolve(value: Value, channels: Callable[[int], int | None], known: dict[int, Value]) -> Value:
    """Computes a value that waited, once `channels` of a node can be asked. `known` remembers what was resolved, by
    the `id` of what waited; the values of vars stand there from the start.

    Iterative: parameters passed down through hundreds of blocks wait for each other. Raises: Problem.
    """
    if isinstance(value, list):
        return [resolve(entry, channels, known) for entry in value]
    if isinstance(value, dict):
        return {name: resolve(entry, channels, known) for name, entry in value.items()}
    waiting = [value]
    while waiting:
        current = waiting[-1]
        if isinstance(current, Late) and id(current) not in known:
            open_operands = [
                operand
                for operand in current.operands.values()
                if isinstance(operand, (Late, Channels)) and id(operand) not in known
            ]
            if open_operands:
                waiting.extend(open_operands)
                continue
            operands = {name: known.get(id(operand), operand) for name, operand in current.operands.items()}
            known[id(current)] = evaluate_late(current.text, current.evaluator, operands)
        elif isinstance(current, Channels) and id(current) not in known:
            count = channels(current.node)
            if count is None:
                raise Problem(
                    "unknown-size",
                    "$in_channels is not known here: it depends on an unknown size",
                    expected="a known number of channels",
                    suggestion="write the sizes of the model's input instead of null",
                )
            known[id(current)] = count
        waiting.pop()
    return known.get(id(value), value)
