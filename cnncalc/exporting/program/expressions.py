"""Expressions of Python in a program: each is written as in the spec, and its value is known wherever it stands."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from cnncalc.formula import Expression
from cnncalc.layers.costs import ACTIVATION_ALIASES
from cnncalc.layers.values import compute, read_sizes
from cnncalc.records import record

_CONDITIONAL, _OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _NEGATE, _ATOM = range(9)
_STRENGTH: Final = {
    "if": _CONDITIONAL, "or": _OR, "and": _AND, "not": _NOT, "==": _COMPARE, "!=": _COMPARE, "<": _COMPARE,
    ">": _COMPARE, "<=": _COMPARE, ">=": _COMPARE, "+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY,
    "//": _MULTIPLY, "%": _MULTIPLY, "negative": _NEGATE,
}  # fmt: skip
_OPERATIONS: Final[dict[str, Callable[..., object]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le,
    ">=": operator.ge, "negative": operator.neg, "not": operator.not_, "min": min, "max": max, "int": int,
}  # fmt: skip


class Symbol:
    """Something with a name in the program and a value at each use of the function that it stands in."""

    def text(self) -> str:
        """Writes it as Python."""
        raise NotImplementedError

    def value(self, use: int) -> object:
        """Returns its value at one of the uses."""
        raise NotImplementedError


@record
class Code:
    """A node of the tree of an expression: a constant, a symbol, or an operation on other nodes."""

    head: str
    operands: tuple[Code, ...] = ()
    constant: object = None
    symbol: Symbol | None = None

    def text(self) -> str:
        """Writes the expression as Python, as ruff would."""
        return _write(self)[0]

    def value(self, use: int) -> object:
        """Computes the expression at one of the uses, as Python does."""
        if self.head == "constant":
            return float(self.constant) if isinstance(self.constant, Fraction) else self.constant
        if self.symbol is not None:
            return self.symbol.value(use)
        if self.head == "if":
            return self.operands[0 if self.operands[1].value(use) else 2].value(use)
        values = [operand.value(use) for operand in self.operands]
        if self.head == "tuple":
            return tuple(values)
        if self.head in ("and", "or"):
            return all(values) if self.head == "and" else any(values)
        return _OPERATIONS[self.head](*values)

    def symbols(self) -> Iterator[Symbol]:
        """Lists the symbols in it."""
        if self.symbol is not None:
            yield self.symbol
        for operand in self.operands:
            yield from operand.symbols()

    def replaced(self, known: Callable[[Symbol], Code | None]) -> Code:
        """Puts other expressions in place of symbols."""
        if self.symbol is not None:
            return known(self.symbol) or self
        if not self.operands:
            return self
        return Code(self.head, tuple(operand.replaced(known) for operand in self.operands), self.constant)


def constant(value: object) -> Code:
    """Makes the expression of a plain value: a number, a text, None, or a tuple of them."""
    return Code("constant", (), value)


def named(symbol: Symbol) -> Code:
    """Makes the expression that is a symbol alone."""
    return Code("name", (), None, symbol)


def combined(head: str, *operands: Code) -> Code:
    """Makes the expression of an operation; it is computed if all operands are constants."""
    code = Code(head, operands)
    whole = [type(operand.constant) is int for operand in operands if operand.head == "constant"]
    if len(whole) == len(operands) and all(whole) and head in ("+", "-", "*", "//"):
        return constant(code.value(0))
    if head == "*" and operands[0] == constant(1):
        return operands[1]
    if head in ("+", "-") and operands[1] == constant(0):
        return operands[0]
    return code


def of_spec(tree: Expression, lookup: Callable[[str], Code]) -> Code:
    """Makes the expression of one of the spec language; `lookup` finds what `$name` stands for."""
    if tree.head == "name":
        return lookup(tree.name.removeprefix("$"))
    if tree.head == "literal":
        return constant(tree.literal)
    return Code(tree.head, tuple(of_spec(operand, lookup) for operand in tree.operands))


# Plain values -------------------------------------------------------------------------------------------------------


def plain(value: object) -> object:
    """Makes plain Python of a value: a whole fraction is an integer, a list a tuple, arithmetic its result."""
    if isinstance(value, (list, tuple)):
        return tuple(map(plain, value))
    if isinstance(value, str):
        value = compute(str(value))  # no text with its place
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else value
    return value


def shortened(sizes: object) -> object:
    """Makes one number of equal ones: a window of (3, 3) is one of 3, a padding of ((1, 1), (1, 1)) one of 1."""
    if isinstance(sizes, tuple):
        entries = tuple(map(shortened, sizes))
        if all(isinstance(entry, int) for entry in entries) and len(set(entries)) == 1:
            return entries[0]
        return entries
    return sizes


def spelled(value: object) -> object:
    """Makes plain Python of a value of the spec language: `1x7` are sizes, `swish` is another name of `silu`."""
    value = plain(value)
    if not isinstance(value, str):
        return value
    sizes = read_sizes(value)
    return ACTIVATION_ALIASES.get(value, value) if sizes is None else plain(sizes)


def is_same(found: object, wanted: object) -> bool:
    """Tells whether what Python computes is the value that is wanted."""
    if isinstance(found, tuple):
        if isinstance(wanted, tuple) and len(found) == len(wanted):
            return all(map(is_same, found, wanted))
        return isinstance(wanted, int) and all(is_same(entry, wanted) for entry in found)
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    if isinstance(wanted, Fraction):
        return isinstance(found, (int, float)) and found == float(wanted)
    return type(found) is type(wanted) and found == wanted


# Text ---------------------------------------------------------------------------------------------------------------


def literal(value: object) -> str:
    """Writes a plain value as Python, with double quotes."""
    if isinstance(value, Fraction):
        decimal = repr(float(value))
        return decimal if Fraction(decimal) == value else f"{value.numerator} / {value.denominator}"
    if isinstance(value, (tuple, list)):
        entries = ", ".join(map(literal, value))
        if isinstance(value, list):
            return f"[{entries}]"
        return f"({entries},)" if len(value) == 1 else f"({entries})"
    if isinstance(value, str):
        text = repr(value)
        return text if text.startswith('"') or '"' in text else '"' + text[1:-1].replace("\\'", "'") + '"'
    return repr(value)


def _write(code: Code) -> tuple[str, int]:
    """Writes an expression; returns how strongly its outermost operator binds as well."""
    head, operands = code.head, code.operands
    if head == "constant":
        text = literal(code.constant)
        is_compound = isinstance(code.constant, Fraction) and "/" in text
        negative = text.startswith("-")
        return text, _MULTIPLY if is_compound else _NEGATE if negative else _ATOM
    if code.symbol is not None:
        return code.symbol.text(), _ATOM
    if head == "tuple":
        entries = ", ".join(operand.text() for operand in operands)
        return (f"({entries},)" if len(operands) == 1 else f"({entries})"), _ATOM
    if head in ("min", "max", "int"):
        return f"{head}({', '.join(operand.text() for operand in operands)})", _ATOM
    strength = _STRENGTH[head]
    if head == "if":
        first, condition, second = operands
        middle = f"{_inside(first, strength + 1)} if {_inside(condition, strength + 1)}"
        return f"{middle} else {_inside(second, strength)}", strength
    if head in ("negative", "not"):
        return ("-" if head == "negative" else "not ") + _inside(operands[0], strength), strength
    if head in ("and", "or"):
        return f" {head} ".join(_inside(operand, strength + 1) for operand in operands), strength
    left = _inside(operands[0], strength + (strength == _COMPARE))
    apart = head not in ("+", "*") or operands[1].head in ("//", "%", "/")
    return f"{left} {head} {_inside(operands[1], strength + apart)}", strength


def _inside(code: Code, strength: int) -> str:
    text, own = _write(code)
    return text if own >= strength else f"({text})"


def call(name: str, positional: Sequence[str], keywords: Sequence[tuple[str, str]] = ()) -> str:
    """Writes a call."""
    return f"{name}({', '.join([*positional, *(f'{key}={value}' for key, value in keywords)])})"
