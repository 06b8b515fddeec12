"""The arguments of layers: what may be written, what it is read as, and what is said when it is something else.

An `Argument` is declared once, on its layer's class; validation, the JSON Schema and the layer reference read it
there. A class of fields costs 20 microseconds to define this way. As pydantic models the same classes take about
1.5 ms each to define and build, which is a third of the whole start-up for the layers of ResNet-50.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Generic, TypeVar, overload

from cnncalc.digits import shown
from cnncalc.errors import SHOWN_LENGTH, Problem, nearest, quote, shorten
from cnncalc.formula import ExpressionError, compile_expression, parse_expression, whole
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer

T = TypeVar("T")
Schema = dict[str, object]
"""A JSON Schema."""
Pair = tuple[int, int]
"""What is added (or cropped) before and after, on one axis."""
Padding = str | tuple[Pair, ...]
"""`same`, `valid` or `causal`, or a pair per axis."""

MAX_INTEGER: Final = 10**18
EXPRESSION: Final[Schema] = {"type": "string", "pattern": r"[$*/+%(-]"}
"""JSON Schema of a value that is computed: a string with a parameter or an operator in it."""


def show_value(value: object) -> str:
    """A value as it would stand in a spec, shortened."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Fraction):
        return _fraction_text(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (list, tuple)):
        return shorten("[" + ", ".join(show_value(entry) for entry in value[:SHOWN_LENGTH]) + "]")
    if isinstance(value, Mapping):
        entries = list(value.items())[:SHOWN_LENGTH]
        return shorten("{" + ", ".join(f"{key}: {show_value(entry)}" for key, entry in entries) + "}")
    return shown(value) if isinstance(value, int) else shorten(str(value))


def _fraction_text(value: Fraction) -> str:
    """`12.5` where a few decimals say it all, else `64/3`."""
    if 10**12 % value.denominator == 0 and abs(value.numerator) < 10**15:
        return str(float(value))
    return shorten(f"{value.numerator}.0" if value.denominator == 1 else str(value))


def compute(value: object) -> object:
    """A string that is arithmetic (`4*16`) as the number or boolean that it comes to; everything else as it is."""
    if not isinstance(value, str) or not re.search(r"[-+*/%(<>=]|\b(?:and|or|not)\b", value):
        return value
    try:
        result = compile_expression(parse_expression(value))({})
        return whole(result) if isinstance(result, Fraction) else result
    except (ExpressionError, KeyError):
        return value


class ArgumentType(ABC, Generic[T]):
    """What an argument may be. `expected` ends the sentence "... must be"."""

    expected: str

    @abstractmethod
    def read(self, value: object, rank: int) -> T:
        """The value, checked and in one form. `rank` is the layer's number of spatial axes.

        Raises: Problem: with what was expected and found; the caller knows the argument's name and place.
        """

    @abstractmethod
    def schema(self, rank: int) -> Schema:
        """The JSON Schema of what may be written (a computed value apart, which every argument takes)."""

    def refuse(self, value: object, suggestion: str | None = None, expected: str | None = None) -> Problem:
        found = show_value(value)
        expected = expected or self.expected
        return Problem(
            "bad-value", f"must be {expected}, not {found}", expected=expected, found=found, suggestion=suggestion
        )


class Integer(ArgumentType[int]):
    """A whole number of at least `minimum`."""

    def __init__(self, minimum: int | None = 1) -> None:
        self.minimum = minimum
        self.expected = {None: "an integer", 0: "an integer of at least 0", 1: "a positive integer"}.get(
            minimum, f"an integer of at least {minimum}"
        )

    def read(self, value: object, rank: int) -> int:
        value = compute(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(value, _whole_number_hint(value))
        if self.minimum is not None and value < self.minimum:
            raise self.refuse(value)
        if abs(value) >= MAX_INTEGER:
            raise self.refuse(value, expected="an integer of at most 18 digits")
        return value

    def schema(self, rank: int) -> Schema:
        return {"type": "integer"} if self.minimum is None else {"type": "integer", "minimum": self.minimum}


def _whole_number_hint(value: object) -> str | None:
    if isinstance(value, Fraction) and value.denominator == 1:
        return f"write {value.numerator}" if abs(value) < MAX_INTEGER else None
    if isinstance(value, Fraction):
        return f"use // to round down: {shorten(str(value.numerator // value.denominator))}"
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,18}\s*", value):
        return f"write {value.strip()} without the quotes"
    return None


class Number(ArgumentType[Fraction]):
    """A number, whole or not, within bounds. No figure depends on one; it is checked so that a slip is seen."""

    def __init__(self, minimum: int | None = None, maximum: int | None = None) -> None:
        self.minimum, self.maximum = minimum, maximum
        if minimum is not None and maximum is not None:
            self.expected = f"a number from {minimum} to {maximum}"
        else:
            self.expected = "a number" if minimum is None else f"a number of at least {minimum}"

    def read(self, value: object, rank: int) -> Fraction:
        value = compute(value)
        if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
            raise self.refuse(value)
        if (self.minimum is not None and value < self.minimum) or (self.maximum is not None and value > self.maximum):
            is_percent = self.maximum == 1 < value <= 100
            raise self.refuse(value, f"{show_value(value)} percent is {float(value) / 100:g}" if is_percent else None)
        return Fraction(value)

    def schema(self, rank: int) -> Schema:
        bounds: Schema = {"type": "number"}
        if self.minimum is not None:
            bounds["minimum"] = self.minimum
        if self.maximum is not None:
            bounds["maximum"] = self.maximum
        return bounds


class Boolean(ArgumentType[bool]):
    """true or false."""

    expected = "true or false"

    def read(self, value: object, rank: int) -> bool:
        value = compute(value)
        if not isinstance(value, bool):
            python = isinstance(value, str) and value.lower() in ("yes", "no", "on", "off", "true", "false")
            raise self.refuse(value, "write true or false, without quotes" if python else None)
        return value

    def schema(self, rank: int) -> Schema:
        return {"type": "boolean"}


class Choice(ArgumentType[str]):
    """One of a few words."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices
        self.expected = choices[0] if len(choices) == 1 else " or ".join([", ".join(choices[:-1]), choices[-1]])

    def read(self, value: object, rank: int) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise self.refuse(value, nearest(value, self.choices) if isinstance(value, str) else None)
        return value

    def schema(self, rank: int) -> Schema:
        return {"enum": list(self.choices)}


class Optional(ArgumentType[T | None]):
    """null, or what another type takes."""

    def __init__(self, inner: ArgumentType[T]) -> None:
        self.inner = inner
        self.expected = f"{inner.expected}, or null"

    def read(self, value: object, rank: int) -> T | None:
        return None if value is None else self.inner.read(value, rank)

    def schema(self, rank: int) -> Schema:
        return {"anyOf": [self.inner.schema(rank), {"type": "null"}]}


class ActivationName(ArgumentType[str]):
    """The name of an activation, read as Keras's own name for it; null is `linear`."""

    expected = "the name of an activation, such as relu, tanh or softmax"

    def read(self, value: object, rank: int) -> str:
        if value is None:
            return "linear"
        if isinstance(value, str):
            name = ACTIVATION_ALIASES.get(value, value)
            if name in ACTIVATION_COSTS:
                return name
            if value == "glu":
                # Keras announces the unchanged shape for it, but what runs has half the channels.
                hint = "write it out: two ChannelSlice, a sigmoid behind the second, and Multiply"
                raise self.refuse(value, hint, "an activation that keeps the shape (glu halves the channels)")
            raise self.refuse(value, nearest(value, [*ACTIVATION_COSTS, *ACTIVATION_ALIASES]))
        raise self.refuse(value)

    def schema(self, rank: int) -> Schema:
        return {"enum": [*ACTIVATION_COSTS, *ACTIVATION_ALIASES, None]}


def read_sizes(value: object) -> list[object] | None:
    """The entries of a list, of `3x3`, of `(3, 3)` or of `[3, 3]` in quotes; `None` where it is none of them."""
    if isinstance(value, (list, tuple)):
        return [None if entry == "None" else entry for entry in value]
    if not isinstance(value, str):
        return None
    text = value.strip()
    if re.fullmatch(r"\(.*\)|\[.*\]", text) and "," in text:
        parts = text[1:-1].strip().removesuffix(",").split(",")
    elif re.fullmatch(r"(?:\d+|null|None)(?:\s*[x\u00d7]\s*(?:\d+|null|None))+", text):
        parts = re.split(r"[x\u00d7]", text)
    else:
        return None
    return [_size_entry(part.strip()) for part in parts]


def _size_entry(text: str) -> object:
    if text in ("null", "None"):
        return None
    return int(text) if re.fullmatch(r"\d{1,18}", text) else text


class AxisIntegers(ArgumentType[tuple[int, ...]]):
    """One integer for all axes, or one per axis: `3`, `[3, 5]`, `3x5`."""

    def __init__(self, minimum: int = 1) -> None:
        self.entry = Integer(minimum)
        self.expected = f"{self.entry.expected}, or one per axis"

    def read(self, value: object, rank: int) -> tuple[int, ...]:
        sizes = read_sizes(value)
        if sizes is None:
            if isinstance(value, dict) or value is None:
                raise self.refuse(value)
            return (self.entry.read(value, rank),) * rank
        if len(sizes) != rank:
            integers = "1 integer" if rank == 1 else f"{rank} integers"
            raise self.refuse(value, expected=f"an integer or a list of {integers} (one per axis)")
        return tuple(self.entry.read(size, rank) for size in sizes)

    def schema(self, rank: int) -> Schema:
        entry = self.entry.schema(rank)
        listed = {"anyOf": [entry, EXPRESSION]}
        return {
            "anyOf": [
                entry,
                {"type": "array", "items": listed, "minItems": rank, "maxItems": rank},
                {"type": "string", "pattern": r"^\(?\s*\d+(\s*[x,]\s*\d+)*\s*\)?$"},
            ]
        }


class AxisPairs(ArgumentType[tuple[Pair, ...]]):
    """What goes before and after on each axis: an integer, one entry per axis, each an integer or `[before, after]`.

    With `bare_pair` a 1D layer reads a list of two integers as Keras does, `[before, after]`.
    """

    def __init__(self, bare_pair: bool = False) -> None:
        self.entry = Integer(0)
        self.bare_pair = bare_pair
        self.expected = "an integer of at least 0, or one entry per axis, each an integer or [before, after]"

    def read(self, value: object, rank: int) -> tuple[Pair, ...]:
        entries = read_sizes(value)
        if entries is None:
            if (isinstance(value, (dict, str)) and not isinstance(compute(value), int)) or value is None:
                raise self.refuse(value)
            amount = self.entry.read(value, rank)
            return ((amount, amount),) * rank
        if self.bare_pair and rank == 1 and len(entries) == 2 and not any(map(_is_list, entries)):
            entries = [entries]
        if len(entries) != rank:
            hint = f"write [{show_value(entries)}]" if rank == 1 and len(entries) == 2 else None
            if len(entries) == 2 * rank > 2:
                hint = f"write {show_value([entries[at : at + 2] for at in range(0, 2 * rank, 2)])}"
            entry = "1 entry" if rank == 1 else f"{rank} entries"
            raise self.refuse(value, hint, f"an integer or a list of {entry} (one per axis)")
        return tuple(self._pair(entry, rank) for entry in entries)

    def _pair(self, entry: object, rank: int) -> Pair:
        pair = read_sizes(entry)
        if pair is None:
            amount = self.entry.read(entry, rank)
            return amount, amount
        if len(pair) != 2:
            raise self.refuse(entry, expected="an integer or [before, after] on each axis")
        return self.entry.read(pair[0], rank), self.entry.read(pair[1], rank)

    def schema(self, rank: int) -> Schema:
        amount = {"anyOf": [self.entry.schema(rank), EXPRESSION]}
        pair: Schema = {"type": "array", "items": amount, "minItems": 2, "maxItems": 2}
        forms: list[Schema] = [
            self.entry.schema(rank),
            {"type": "array", "items": {"anyOf": [amount, pair]}, "minItems": rank, "maxItems": rank},
        ]
        return {"anyOf": [*forms, pair] if self.bare_pair and rank == 1 else forms}


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple))


class PaddingArgument(ArgumentType[Padding]):
    """`same`, `valid` (in 1D `causal` where `causal` is set), or pairs as AxisPairs reads them."""

    def __init__(self, causal: bool = False) -> None:
        self.causal = causal
        self.pairs = AxisPairs()
        self.expected = "same, valid, an integer, or one entry per axis (an integer or [before, after])"

    def words(self, rank: int) -> tuple[str, ...]:
        return ("same", "valid", "causal") if self.causal and rank == 1 else ("same", "valid")

    def read(self, value: object, rank: int) -> Padding:
        if isinstance(value, str) and value.lower() in self.words(rank):
            return value.lower()
        if isinstance(value, str) and isinstance(compute(value), str) and read_sizes(value) is None:
            causal = "causal padding is for Conv1D" if value.lower() == "causal" else None
            raise self.refuse(value, causal or nearest(value, self.words(rank)))
        try:
            return self.pairs.read(value, rank)
        except Problem as problem:
            expected = problem.expected if _is_list(value) else self.expected
            raise self.refuse(value, problem.suggestion, expected) from None

    def schema(self, rank: int) -> Schema:
        return {"anyOf": [{"enum": list(self.words(rank))}, self.pairs.schema(rank)]}


class IntegerList(ArgumentType[tuple[int, ...]]):
    """A list of integers; a single one is a list of one."""

    def __init__(self, minimum: int | None = None) -> None:
        self.entry = Integer(minimum)
        self.expected = f"a list, each entry {self.entry.expected}"

    def read(self, value: object, rank: int) -> tuple[int, ...]:
        sizes = read_sizes(value)
        if sizes is None:
            return (self.entry.read(value, rank),)
        return tuple(self.entry.read(size, rank) for size in sizes)

    def schema(self, rank: int) -> Schema:
        entry = self.entry.schema(rank)
        return {"anyOf": [entry, {"type": "array", "items": {"anyOf": [entry, EXPRESSION]}}, {"type": "string"}]}


class _Required:
    """Stands where an argument has no default."""

    def __repr__(self) -> str:
        return "required"


REQUIRED: Final = _Required()


class Argument(Generic[T]):
    """An argument of a layer: its type, its default and what it means. On an instance it is the value itself."""

    name: str

    def __init__(
        self, type: ArgumentType[T], description: str, *, default: object = REQUIRED, shown: str | None = None
    ) -> None:
        self.type = type
        self.description = description
        self.default = default  # as it would be written in a spec: read by `type` like any other value
        self._shown = shown

    @property
    def required(self) -> bool:
        return isinstance(self.default, _Required)

    @property
    def default_text(self) -> str:
        """The default as it would be written in a spec, or how it comes about."""
        return self._shown or ("required" if self.required else show_value(self.default))

    def __set_name__(self, owner: type[Layer], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Layer]) -> Argument[T]: ...
    @overload
    def __get__(self, instance: Layer, owner: type[Layer]) -> T: ...
    def __get__(self, instance: Layer | None, owner: type[Layer]) -> Argument[T] | T:
        # Not a data descriptor: the value in the instance's dictionary is found first, at full speed.
        return self if instance is None else instance.__dict__[self.name]
