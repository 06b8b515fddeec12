"""The tree that a YAML text or plain Python data becomes: scalars, sequences and mappings, each with its place."""

from __future__ import annotations

from dataclasses import field

from cnncalc.errors import Span, quote
from cnncalc.records import record
from cnncalc.spec.yaml_scalars import Value

MAX_DEPTH = 200
"""Lists and mappings inside each other: a merge with branches takes five levels, and recursing over a tree is safe."""

MAX_NODES = 360_000
"""Scalars, sequences and mappings of one tree: room for 50,000 layers written one by one, and bounded memory."""

MAX_ALIASED_NODES = 10_000
"""Nodes that aliases repeat, counted as if they were copied: a few lines of aliases of aliases mean billions."""


@record
class Scalar:
    """A single value. `text` is what was written, without quotes and escapes; `plain` says that it was not quoted."""

    value: Value
    text: str
    plain: bool
    span: Span | None = field(compare=False, repr=False)


@record
class Sequence:
    """A list; `flow` says that it was written in brackets."""

    items: tuple[Tree, ...]
    flow: bool
    span: Span | None = field(compare=False, repr=False)


@record
class Mapping:
    """Keys with their values, in the order written, no key twice; `flow` says that it was written in braces."""

    entries: tuple[tuple[Scalar, Tree], ...]
    flow: bool
    span: Span | None = field(compare=False, repr=False)

    def get(self, key: str) -> Tree | None:
        """What the key whose text is `key` holds, or None. Looks through the entries one by one."""
        for known, value in self.entries:
            if known.text == key:
                return value
        return None


Tree = Scalar | Sequence | Mapping


def describe(tree: Tree) -> str:
    """What a value is, for a message: `the number 3`, `a list`, `nothing`."""
    if isinstance(tree, Mapping):
        return "a mapping"
    if isinstance(tree, Sequence):
        return "a list" if tree.items else "an empty list"
    if tree.value is None:
        return "nothing" if not tree.text else quote(tree.text)
    if isinstance(tree.value, str):
        return quote(tree.text)
    return f"the {'value' if isinstance(tree.value, bool) else 'number'} {quote(tree.text)[1:-1]}"
