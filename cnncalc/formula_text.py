"""Formulas in writing: plain text or LaTeX, in symbols or with the numbers put in."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from cnncalc.formula import Expression, Formula, Symbols

Leaf = Callable[[str], str | tuple[str, ...]]
"""How a name is written: one text, or one per axis for a vector."""

_STRENGTH = {
    "or": 0, "and": 1, "not": 2, "==": 3, "!=": 3, "<": 3, ">": 3, "<=": 3, ">=": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "//": 5, "%": 5, "negative": 6,
}  # fmt: skip
_ATOM = 9
_LATEX_OPERATOR = {"*": r" \cdot ", "<=": r" \le ", ">=": r" \ge ", "!=": r" \ne ", "%": r" \bmod "}


class _Style(NamedTuple):
    latex: bool
    leaf: Leaf

    def write(self, tree: Expression) -> tuple[str, int]:
        """Returns the text of a tree and how strongly its outermost operator binds."""
        head = tree.head
        if head == "literal":
            return number_text(tree.literal), _ATOM
        if head == "name":
            return self.one(self.leaf(tree.name)), _ATOM
        if head in ("prod", "sum"):
            return self.fold(head, tree.operands[0])
        if head in ("floor", "ceil", "min", "max"):
            return self.function(head, [self.write(operand)[0] for operand in tree.operands]), _ATOM
        strength = _STRENGTH[head]
        if head in ("negative", "not"):
            word = "-" if head == "negative" else "not "
            return word + self.inside(tree.operands[0], strength), strength
        return self.between(head, strength, tree.operands)

    def between(self, head: str, strength: int, operands: tuple[Expression, ...]) -> tuple[str, int]:
        """Returns two operands and what stands between them."""
        left, right = operands[0], operands[1]
        if self.latex and head in ("/", "//"):
            fraction = rf"\frac{{{self.write(left)[0]}}}{{{self.write(right)[0]}}}"
            return (fraction if head == "/" else self.function("floor", [fraction])), _ATOM
        if head == "*" and self.is_one(left):
            return self.write(right)
        if head == "*" and self.is_one(right):
            return self.write(left)
        # What does not associate keeps its parentheses on the right: a - (b - c), a*(b // c).
        apart = head in ("-", "/", "//", "%") or (head == "*" and right.head in ("//", "%"))
        parts = [self.inside(left, strength), self.inside(right, strength + apart)]
        return self.operator(head).join(parts), strength

    def is_one(self, tree: Expression) -> bool:
        """Says whether a factor is the product of no sizes: a vector has no positions to multiply by."""
        return tree.head == "prod" and self.leaf(tree.operands[0].name) == ()

    def inside(self, tree: Expression, strength: int) -> str:
        text, own = self.write(tree)
        if own >= strength:
            return text
        return rf"\left({text}\right)" if self.latex else f"({text})"

    def operator(self, head: str) -> str:
        if self.latex:
            return _LATEX_OPERATOR.get(head, f" {head} ")
        return head if head in ("*", "/") else f" {head} "

    def one(self, leaf: str | tuple[str, ...]) -> str:
        if isinstance(leaf, tuple):
            return "(" + ", ".join(self.one(part) for part in leaf) + ")"
        return latex_name(leaf) if self.latex else leaf

    def fold(self, head: str, vector: Expression) -> tuple[str, int]:
        leaf = self.leaf(vector.name)
        parts = [self.one(part) for part in (leaf if isinstance(leaf, tuple) else (leaf,))]
        if not parts:
            return ("1" if head == "prod" else "0"), _ATOM
        operator = "*" if head == "prod" else "+"
        return self.operator(operator).join(parts), _ATOM if len(parts) == 1 else _STRENGTH[operator]

    def function(self, head: str, operands: list[str]) -> str:
        if self.latex and head in ("floor", "ceil"):
            return rf"\left\l{head} {operands[0]} \right\r{head}"
        if self.latex:
            return rf"\{head}\left({', '.join(operands)}\right)"
        return f"{head}({', '.join(operands)})"


def latex_name(name: str) -> str:
    r"""Returns a symbol or a number for LaTeX: `k_eff` is `k_{\mathrm{eff}}`, `neurons` is upright text."""
    match = re.fullmatch(r"([A-Za-z]+)(?:_([A-Za-z0-9_]+))?('*)", name)
    if match is None:
        return name
    base, index, primes = match.groups()
    if index and len(base) > 1 and not index.isdigit():
        base, index = f"{base}_{index}".replace("_", r"\_"), None
    base = base if len(base) == 1 else rf"\mathrm{{{base}}}"
    if index:
        escaped = index.replace("_", r"\_")
        base += f"_{{{escaped}}}" if len(index) == 1 or index.isdigit() else rf"_{{\mathrm{{{escaped}}}}}"
    return base + primes


def in_symbols(formula: Formula, parts: Leaf, latex: bool = False) -> str:
    """Returns the formula in symbols; `parts` says how a name is written, one text per axis for a vector."""
    return _Style(latex, parts).write(formula.tree)[0]


def in_numbers(formula: Formula, symbols: Symbols, latex: bool = False) -> str:
    """Returns the formula with the numbers put in; `?` for what is unknown."""
    values = [symbols[name] for name in formula.names]
    lengths = tuple([len(value) if isinstance(value, tuple) else None for value in values])
    pieces, places = _with_gaps(formula, lengths, latex)
    texts = [number_text(number) for value in values for number in (value if isinstance(value, tuple) else (value,))]
    filled = list(pieces)
    filled[1::2] = [texts[place] for place in places]
    return "".join(filled)


@lru_cache(maxsize=4096)
def _with_gaps(formula: Formula, lengths: tuple[int | None, ...], latex: bool) -> tuple[list[str], list[int]]:
    """Returns the pieces of a formula, every second one a gap, and which of its numbers each gap takes.

    A number is written alike wherever it stands, so that the text around the numbers depends on the lengths of the
    vectors alone.
    """
    leaves: dict[str, str | tuple[str, ...]] = {}
    numbers = count()
    for name, length in zip(formula.names, lengths, strict=True):
        gaps = tuple(f"\0{next(numbers)}\0" for _ in range(1 if length is None else length))
        leaves[name] = gaps[0] if length is None else gaps
    pieces = _Style(latex, leaves.__getitem__).write(formula.tree)[0].split("\0")
    return pieces, [int(place) for place in pieces[1::2]]


def number_text(value: int | Fraction | None) -> str:
    """Returns a number as it stands in a formula: negative ones and fractions in parentheses, `?` for an unknown
    one.
    """
    if value is None:
        return "?"
    if isinstance(value, Fraction):
        return f"({value})"
    return str(value) if value >= 0 else f"({value})"
