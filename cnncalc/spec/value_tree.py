"""Plain Python data, such as `json.load` returns, becomes the tree that a YAML text would give, without places."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NoReturn

from cnncalc.errors import Collector, Diagnostic, Source, Span, SpecError, quote, shorten
from cnncalc.spec.source_text import character_diagnostic, unreadable_character
from cnncalc.spec.yaml_nodes import MAX_DEPTH, MAX_NODES, Mapping, Scalar, Sequence, Tree
from cnncalc.spec.yaml_refusals import number_too_long, too_deep, too_many_nodes
from cnncalc.spec.yaml_scalars import NumberTooLongError, refuse_long_integer

_NAME = re.compile(r"[\w-]+")

_SHOWN_PATH = 100
"""How much of a path a message shows, in characters, from its end."""


def tree_from_value(value: object, file: str = "<dict>") -> Tree:
    """The tree of dicts, lists, tuples and scalars.

    A float becomes the fraction that its `repr` says; a text stays a text, as if it were quoted.

    Raises: SpecError: for any other type, a key that is no text, a number that is too long, a container that is nested
        too deep or contains itself, too many values; each says where, as in `layers[3].Conv2D.filters`.
    """
    return _ValueReader(file).read(value)


class _Container:
    """A dict, list or tuple that is being read."""

    def __init__(self, value: dict[object, object] | list[object] | tuple[object, ...]) -> None:
        self.value = value
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        self.rest: Iterator[tuple[object, object]] = iter(pairs)
        """What is still to be read: keys or indices with what they hold."""
        self.at: object = None
        """The key or index that is being read."""
        self.keys: list[Scalar] = []
        self.children: list[Tree] = []

    def tree(self) -> Tree:
        if isinstance(self.value, dict):
            return Mapping(tuple(zip(self.keys, self.children, strict=True)), False, None)
        return Sequence(tuple(self.children), False, None)


class _ValueReader:
    """Reads with a stack of its own, so that no depth of nesting meets a recursion limit."""

    def __init__(self, file: str) -> None:
        self.span = Span(Source(file))
        self.problems = Collector()
        self.containers: list[_Container] = []
        """What is being read, outermost first."""

    def read(self, value: object) -> Tree:
        tree = self.tree(value)
        self.problems.raise_spec_error()
        return tree

    def tree(self, value: object) -> Tree:
        """The tree, with a placeholder wherever a problem was noted."""
        if not isinstance(value, dict | list | tuple):
            return self.scalar(value)
        containers = self.containers
        containers.append(_Container(value))
        nodes = 1
        while True:
            container = containers[-1]
            pair = next(container.rest, None)
            if pair is None:
                tree = containers.pop().tree()
                if not containers:
                    return tree
                containers[-1].children.append(tree)
                continue
            nodes += 1
            if nodes > MAX_NODES:
                self.fatal(too_many_nodes(self.span, f"at {self.place()}"))
            container.at, child = pair
            if isinstance(container.value, dict):
                if not isinstance(container.at, str):
                    self.problem(_key_not_text(container.at, self.span, self.place()))
                    continue
                container.keys.append(self.text(container.at))
            if not isinstance(child, dict | list | tuple):
                container.children.append(self.scalar(child))
            elif any(outer.value is child for outer in containers):
                self.fatal(_self_reference(self.span, self.place()))
            elif len(containers) == MAX_DEPTH:
                self.fatal(too_deep(self.span, f"at {self.place()}"))
            else:
                containers.append(_Container(child))

    def scalar(self, value: object) -> Scalar:
        if value is None:
            return Scalar(None, "null", True, None)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool):
            return Scalar(value, "true" if value else "false", True, None)
        if isinstance(value, int):
            return self.integer(int(value))
        if isinstance(value, float):
            return _float(value)
        self.problem(_unsupported(value, self.span, self.place()))
        return Scalar(None, "null", True, None)

    def text(self, value: str) -> Scalar:
        if character := unreadable_character(value):
            self.problem(character_diagnostic(character, self.span, f"at {self.place()}"))
        return Scalar(value, value, False, None)

    def integer(self, value: int) -> Scalar:
        # Python refuses to print an integer of some thousand digits; 0.30103 is log10(2).
        digits = len(str(abs(value))) if value.bit_length() < 1000 else int(value.bit_length() * 0.30103) + 1
        try:
            refuse_long_integer(digits)
        except NumberTooLongError as error:
            shown = str(value) if value.bit_length() < 1000 else f"of about {digits:,} digits"
            self.problem(number_too_long(error, shown, self.span, f"at {self.place()}"))
            return Scalar(None, "null", True, None)
        return Scalar(value, str(value), True, None)

    def place(self) -> str:
        """The path to what is being read, as one writes it in Python: `layers[3].Conv2D.filters`."""
        steps = []
        for container in self.containers:
            if not isinstance(container.at, str):
                steps.append(f"[{container.at}]" if isinstance(container.at, int) else "[...]")
            elif _NAME.fullmatch(container.at) and len(container.at) <= _SHOWN_PATH:
                steps.append(f".{container.at}")
            else:
                steps.append(f"[{quote(container.at)}]")
        path = "".join(steps).removeprefix(".")
        return (path if len(path) <= _SHOWN_PATH else "..." + path[-_SHOWN_PATH:]) or "the top"

    def problem(self, diagnostic: Diagnostic) -> None:
        """Notes what is wrong, for reading on.

        Raises: SpecError: when there are enough of them.
        """
        self.problems.add(SpecError(diagnostic))
        if self.problems.full:
            self.problems.raise_spec_error()

    def fatal(self, diagnostic: Diagnostic) -> NoReturn:
        self.problem(diagnostic)
        raise SpecError(self.problems.diagnostics)


def _float(value: float) -> Scalar:
    if math.isnan(value):
        return Scalar(value, ".nan", True, None)
    if math.isinf(value):
        return Scalar(value, ".inf" if value > 0 else "-.inf", True, None)
    return Scalar(Fraction(float.__repr__(value)), float.__repr__(value), True, None)


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
    return Diagnostic(
        "key-not-text",
        f"a key at {place} is of type {shorten(type(key).__name__)}",
        span,
        expected="a str",
        found=shorten(type(key).__name__),
        suggestion="use str(key)",
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
