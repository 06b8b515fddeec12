"""Arithmetic at random: what Python's fractions come to, or a diagnostic."""

from __future__ import annotations

import operator
from contextlib import suppress
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import Problem
from cnncalc.spec.values import MAX_MAGNITUDE, compute_text
from tests.fuzz.outcomes import soon

TOKENS = [
    "1", "2", "0", "3.5", ".5", "10", "$a", "$b", "+", "-", "*", "/", "//", "%", "(", ")", ",", "min(", "max(", "<",
    "<=", "==", "!=", ">", ">=", "and", "or", "not", "true", "false", " ", "**", "=", "x", "[", "é", "9" * 30,
]  # fmt: skip
PARAMETERS: dict[str, Any] = {"a": 6, "b": Fraction(1, 2)}
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
             "//": operator.floordiv, "%": operator.mod}  # fmt: skip

Tree = Any
"""A number, or an operator with two trees."""

TREES = st.recursive(
    st.integers(0, 99),
    lambda inner: st.tuples(st.sampled_from(sorted(OPERATORS)), inner, inner),
    max_leaves=12,
)


def text_of(tree: Tree) -> str:
    """A tree as it is written, every operation in parentheses."""
    return str(tree) if isinstance(tree, int) else f"({text_of(tree[1])} {tree[0]} {text_of(tree[2])})"


def value_of(tree: Tree) -> Fraction | None:
    """What Python makes of a tree; None where it divides by zero."""
    if isinstance(tree, int):
        return Fraction(tree)
    left, right = value_of(tree[1]), value_of(tree[2])
    if left is None or right is None or (tree[0] in ("/", "//", "%") and right == 0):
        return None
    return Fraction(OPERATORS[tree[0]](left, right))


@settings(max_examples=50, deadline=None)
@given(TREES)
def test_arithmetic_is_exact(tree: Tree) -> None:
    expected = value_of(tree)
    too_deep = len(text_of(tree)) > 100
    if expected is None or abs(expected) >= MAX_MAGNITUDE or too_deep:
        with suppress(Problem):
            assert compute_text(text_of(tree), PARAMETERS.__getitem__) == expected
        return
    computed = compute_text(text_of(tree), PARAMETERS.__getitem__)
    assert computed == expected
    assert isinstance(computed, int) or (isinstance(computed, Fraction) and computed.denominator > 1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_any_tokens_come_to_a_value_or_a_problem(tokens: list[str]) -> None:
    def lookup(name: str) -> Any:
        if name not in PARAMETERS:
            raise Problem("unknown-parameter", f"there is no {name}")
        return PARAMETERS[name]

    with soon():
        try:
            value = compute_text("".join(tokens), lookup)
        except Problem:
            return
        assert isinstance(value, (bool, int, Fraction))
