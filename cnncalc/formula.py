"""One small expression language: it computes, it prints itself, and it prints itself with the numbers put in.

Two users share it: the arithmetic of specs (`4*$filters`, names with a dollar) and the formulas of layers and
conventions (`prod(k)*C/g*F + F`, bare names). Numbers are exact: whole numbers and fractions, never floats.

    >>> Formula("prod(k)*C/g*F + F").evaluate({"k": (5, 5), "C": 1, "g": 1, "F": 6})
    156
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from cnncalc.records import record

Number = int | Fraction
"""What a formula computes; a whole result is always an `int`."""
Vector = tuple[int | None, ...]
"""One value per axis; `None` for an unknown size. Only `prod` and `sum` read vectors."""
Symbol = Number | Vector | None
Symbols = Mapping[str, Symbol]

MAX_LENGTH = 500
"""Characters of an expression in a spec."""
MAX_DIGITS = 18
"""Of a number that is written out; computed ones have any size."""
MAX_NESTING = 25
"""Parentheses and signs inside each other: the parser recurses, and Python's stack is not deep."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<name>\$?[A-Za-z_][A-Za-z0-9_]*'*)"
    r"|(?P<operator>//|<=|>=|==|!=|[-+*/%()<>,]))"
)
_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_KEYWORDS = frozenset({"and", "or", "not", "true", "false"})
SPEC_FUNCTIONS = frozenset({"min", "max"})
FORMULA_FUNCTIONS = frozenset({"min", "max", "floor", "ceil", "prod", "sum"})

# Binding strengths, weakest first.
_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _NEGATE, _ATOM = range(8)


class ExpressionError(ValueError):
    """An expression that can't be read or evaluated; the message is a sentence for the user."""


@record
class Expression:
    """A node of the syntax tree. `head` is `literal`, `name`, or the operator or function over the operands."""

    head: str
    operands: tuple[Expression, ...] = ()
    literal: Number | bool = 0
    name: str = ""

    def names(self) -> Iterator[str]:
        """Yields the names that it reads, in the order of their first mention, repeats included."""
        if self.head == "name":
            yield self.name
        for operand in self.operands:
            yield from operand.names()


class _Parser:
    """Precedence climbing over the tokens of one expression."""

    def __init__(self, text: str, functions: frozenset[str]) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters, this one has {len(text):,}")
        self.functions = functions
        self.tokens: list[tuple[str, str]] = []
        position = 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None:
                raise ExpressionError(f'"{stripped[position : position + 10].strip()}" is not arithmetic')
            kind = str(match.lastgroup)
            self.tokens.append((kind, match.group(kind)))
            position = match.end()
        self.index = 0
        self.nesting = 0

    def peek(self) -> str | None:
        return self.tokens[self.index][1] if self.index < len(self.tokens) else None

    def take(self, expected: str | None = None) -> tuple[str, str]:
        if self.index >= len(self.tokens):
            raise ExpressionError("the expression ends too early" + (f': "{expected}" is missing' if expected else ""))
        token = self.tokens[self.index]
        if expected is not None and token[1] != expected:
            raise ExpressionError(f'"{expected}" is missing before "{token[1]}"')
        self.index += 1
        return token

    def whole(self) -> Expression:
        tree = self.disjunction()
        if self.index < len(self.tokens):
            raise ExpressionError(f'nothing is expected before "{self.peek()}"')
        return tree

    def disjunction(self) -> Expression:
        return self.chain("or", self.conjunction)

    def conjunction(self) -> Expression:
        return self.chain("and", self.negation)

    def chain(self, word: str, operand: Callable[[], Expression]) -> Expression:
        operands = [operand()]
        while self.peek() == word:
            self.take()
            operands.append(operand())
        return operands[0] if len(operands) == 1 else Expression(word, tuple(operands))

    def inside(self, operand: Callable[[], Expression]) -> Expression:
        """Returns an operand one level further in."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise ExpressionError(f"an expression has at most {MAX_NESTING} parentheses or signs inside each other")
        inner = operand()
        self.nesting -= 1
        return inner

    def negation(self) -> Expression:
        if self.peek() == "not":
            self.take()
            return Expression("not", (self.inside(self.negation),))
        left = self.sum()
        if self.peek() in (*_COMPARISONS, "==", "!="):
            return Expression(self.take()[1], (left, self.sum()))
        return left

    def sum(self) -> Expression:
        left = self.product()
        while self.peek() in ("+", "-"):
            left = Expression(self.take()[1], (left, self.product()))
        return left

    def product(self) -> Expression:
        left = self.signed()
        while self.peek() in ("*", "/", "//", "%"):
            left = Expression(self.take()[1], (left, self.signed()))
        return left

    def signed(self) -> Expression:
        if self.peek() == "-":
            self.take()
            return Expression("negative", (self.inside(self.signed),))
        if self.peek() == "+":
            self.take()
            return self.inside(self.signed)
        return self.atom()

    def atom(self) -> Expression:
        kind, text = self.take()
        if kind == "number":
            if len(text.split(".")[0]) > MAX_DIGITS:
                raise ExpressionError(f"a number has at most {MAX_DIGITS} digits, this one has {len(text)}")
            return Expression("literal", literal=int(text) if text.isdigit() else whole(Fraction(text)))
        if text == "(":
            inner = self.inside(self.disjunction)
            self.take(")")
            return inner
        if kind == "name" and text in ("true", "false"):
            return Expression("literal", literal=text == "true")
        if kind == "name" and text not in _KEYWORDS:
            return self.call(text) if self.peek() == "(" else Expression("name", name=text)
        raise ExpressionError(f'a number or a name is expected, not "{text}"')

    def call(self, function: str) -> Expression:
        if function not in self.functions:
            known = " and ".join(sorted(self.functions, reverse=True))
            raise ExpressionError(f'"{function}" can\'t be called: only {known} can')
        self.take("(")
        operands = [self.inside(self.disjunction)]
        while self.peek() == ",":
            self.take()
            operands.append(self.inside(self.disjunction))
        self.take(")")
        return Expression(function, tuple(operands))


def parse_expression(text: str, functions: frozenset[str] = SPEC_FUNCTIONS) -> Expression:
    """Returns the syntax tree of an expression. Raises: ExpressionError."""
    return _Parser(text, functions).whole()


def whole(value: Number) -> Number:
    """Returns a fraction that is whole as an integer, everything else as it is."""
    return value if isinstance(value, int) or value.denominator != 1 else value.numerator


Evaluator = Callable[[Mapping[str, object]], object]


def _number(value: object) -> Number:
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise ExpressionError(f"a number is wanted in arithmetic, not {str(value).lower()}")
    return value


def _vector(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        raise ExpressionError(f"one value per axis is wanted by prod and sum, not {value!r}")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError(f"true or false is wanted with and, or, not; this is {value}")
    return value


def _divide(a: Number, b: Number) -> Number:
    if b == 0:
        raise ExpressionError("division by zero")
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    return whole(Fraction(a) / b)


def _floor_divide(a: Number, b: Number) -> Number:
    if b == 0:
        raise ExpressionError("division by zero")
    return a // b


def _modulo(a: Number, b: Number) -> Number:
    if b == 0:
        raise ExpressionError("division by zero")
    return whole(a % b)


_BINARY: dict[str, Callable[[Number, Number], Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "//": _floor_divide,
    "%": _modulo,
}


_NUMERIC = frozenset({*_BINARY, "negative", "floor", "ceil", "prod", "sum", "min", "max"})
"""Operators and functions that never come to anything but a number."""


def compile_expression(tree: Expression, trusted: bool = False) -> Evaluator:
    """Returns the tree as nested closures: about ten times faster than walking it, and nothing is ever `eval`ed.

    `trusted`: every name is known to stand for a number (or a vector), as in our own formulas.
    """
    head = tree.head
    if head == "literal":
        value = tree.literal
        return lambda symbols: value
    if head == "name":
        return operator.itemgetter(tree.name)
    if head in ("and", "or", "not"):
        return _compile_logic(head, [compile_expression(operand, trusted) for operand in tree.operands])
    if head in ("prod", "sum"):
        vector = compile_expression(tree.operands[0], trusted)
        fold: Callable[[Any], object] = math.prod if head == "prod" else sum
        if trusted:
            return lambda symbols: fold(vector(symbols))
        return lambda symbols: fold(_vector(vector(symbols)))
    if head in ("==", "!="):
        left, right = (compile_expression(operand, trusted) for operand in tree.operands)
        return lambda symbols: _same(left(symbols), right(symbols)) is (head == "==")
    numbers = [_compile_number(operand, trusted) for operand in tree.operands]
    first = numbers[0]
    if head in _BINARY or head in _COMPARISONS:
        operation = _BINARY[head] if head in _BINARY else _COMPARISONS[head]
        second = numbers[1]
        return lambda symbols: operation(first(symbols), second(symbols))
    if head == "negative":
        return lambda symbols: -first(symbols)
    if head in ("floor", "ceil"):
        rounding = math.floor if head == "floor" else math.ceil
        return lambda symbols: rounding(first(symbols))
    choose = min if head == "min" else max
    return lambda symbols: choose(number(symbols) for number in numbers)


@lru_cache(maxsize=16_384)
def compiled(text: str) -> tuple[tuple[str, ...], Evaluator]:
    """Reads an expression of a spec once, however many copies compute it: the names in it, and what evaluates it.

    Raises: ExpressionError.
    """
    tree = parse_expression(text)
    return tuple(dict.fromkeys(tree.names())), compile_expression(tree)


def expressions_read() -> int:
    """Returns how many texts this process has read as expressions so far."""
    return compiled.cache_info().misses


def _compile_number(tree: Expression, trusted: bool) -> Callable[[Mapping[str, object]], Number]:
    """Returns an operand that has to be a number; checked where it could be something else."""
    evaluator = compile_expression(tree, trusted)
    plain = tree.head in _NUMERIC or (tree.head == "literal" and not isinstance(tree.literal, bool))
    if plain or (tree.head == "name" and trusted):
        return cast("Callable[[Mapping[str, object]], Number]", evaluator)
    return lambda symbols: _number(evaluator(symbols))


def _compile_logic(head: str, operands: list[Evaluator]) -> Evaluator:
    if head == "not":
        return lambda symbols: not _boolean(operands[0](symbols))
    combine = all if head == "and" else any
    return lambda symbols: combine(_boolean(operand(symbols)) for operand in operands)


def _same(a: object, b: object) -> bool:
    """Compares for equality, and tells 1 from true."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


class Formula:
    """A formula of a layer or a convention: `evaluate` computes it, `show` prints it in symbols or in numbers."""

    __slots__ = ("_evaluator", "names", "text", "tree")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = parse_expression(text, FORMULA_FUNCTIONS)
        self.names = tuple(dict.fromkeys(self.tree.names()))
        self._evaluator: Evaluator | None = None

    def evaluate(self, symbols: Symbols) -> Number | None:
        """Returns the exact value; `None` where a symbol that it reads is unknown."""
        if self._evaluator is None:
            self._evaluator = compile_expression(self.tree, trusted=True)
        try:
            value = self._evaluator(symbols)
        except TypeError:  # None takes part in no arithmetic
            if any(is_unknown(symbols[name]) for name in self.names):
                return None
            raise
        if type(value) is int or value is None:
            return value
        return whole(_number(value))

    def integer(self, symbols: Symbols) -> int | None:
        """Returns the value where it must be whole. Raises: ExpressionError: where it is a fraction."""
        try:  # this is asked several times for every layer: the commonest case comes first
            value = self._evaluator(symbols) if self._evaluator is not None else None
        except TypeError:
            value = None
        if type(value) is int:
            return value
        value = self.evaluate(symbols)
        if type(value) is int or value is None:
            return value
        raise ExpressionError(f"{self.text} comes to {value}, which is no whole number")

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


def is_unknown(symbol: Symbol) -> bool:
    """Says whether a size is not known, or one of a vector."""
    return symbol is None or (isinstance(symbol, tuple) and None in symbol)


@lru_cache(maxsize=4096)
def formula(text: str) -> Formula:
    """Returns the formula of a text; parsed once however many layers use it."""
    return Formula(text)
