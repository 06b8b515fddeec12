"""Names in a spec: who is called what, what a name means where, and what to say when it means nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cnncalc.errors import Problem, Span, nearest, quote, shorten
from cnncalc.expansion.nodes import Instance
from cnncalc.spec.document import Block, Document
from cnncalc.spec.names import MAX_NAME_LENGTH, NAME, bad_name
from cnncalc.spec.values import Bindings

RESERVED = ("input", "prev")
SHOWN_NAMES = 8
"""How many names a message lists."""


@dataclass(slots=True, eq=False)
class Group:
    """A finished block or model in it: the node that it comes out at, and its items by name."""

    node: int | None
    names: dict[str, Reference]
    of: tuple[str, ...]
    """The identity of the spec, and the name of the block in it."""


class NodeWithOutputs(int):
    """The node of a layer with several outputs: itself the first, the others by name, each a function that finds it."""

    outputs: Mapping[str, Callable[[], int]]

    def __new__(cls, node: int, outputs: Mapping[str, Callable[[], int]]) -> NodeWithOutputs:
        made = super().__new__(cls, node)
        made.outputs = outputs
        return made


Reference = int | Group
"""What a name stands for: a node, or a finished block."""

MISTAKEN: Final = Group(-1, {}, ())
"""What the name of an item with a mistake stands for. No node has its index: what reads it is no second mistake."""


@dataclass(slots=True, eq=False)
class Namespace:
    """The names of one block instance or model, and what its items share: `document` and `block` define them."""

    instance: Instance
    document: Document
    block: Block | None
    bindings: Bindings
    input: int | None
    share: Group | None = None
    inputs: tuple[str, ...] = ()
    """Of a model with several inputs: their names."""
    references: dict[str, Reference] = field(default_factory=dict)
    taken: dict[str, Span | None] = field(default_factory=dict)
    automatic: set[str] = field(default_factory=set)
    counters: dict[str, int] = field(default_factory=dict)

    def claim(self, name: str, span: Span | None) -> None:
        """Takes a name that was written. Raises: Problem: if it is none, or somebody has it."""
        if name in RESERVED:
            message = f"{quote(name)} is no name for an item: it means a tensor already"
            raise Problem("bad-name", message, suggestion="choose another name")
        if not NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
            raise bad_name(name)
        if name in self.automatic:
            raise Problem(
                "name-taken",
                f"{quote(name)} is the automatic name of an earlier item",
                suggestion="choose another name, or name that item as well",
            )
        if name in self.taken:
            first = self.taken[name]
            if first is not None and first is span:
                message = f"the name {quote(name)} is given to an item of every copy"
                hint = "leave the name out, or repeat a block: its items have names of their own"
                raise Problem("name-taken", message, suggestion=hint)
            where = f" (line {first.line})" if first and first.line else ""
            message = f"the name {quote(name)} is taken already{where}"
            raise Problem("name-taken", message, suggestion="choose another name")
        self.taken[name] = span

    def automatic_name(self, base: str) -> str:
        """Takes the next free automatic name: `conv2d`, `conv2d_1`, ... Raises: Problem: if one was written."""
        while True:
            count = self.counters.get(base, 0)
            self.counters[base] = count + 1
            name = f"{base}_{count}" if count else base
            if name in self.automatic:
                continue  # a copy of a repeated item is called so
            self.claim_automatic(name)
            return name

    def copy_names(self, base: str, copies: int) -> tuple[str, list[str]]:
        """Takes the names of the copies of an item without a name: the next numbers, from 1.

        Returns what all of them are called as well. Raises: Problem: if one of the names was written.
        """
        own = base if self.counters.get(base) else self.automatic_name(base)
        return own, [self.automatic_name(base) for _ in range(copies)]

    def claim_automatic(self, name: str) -> None:
        """Takes a name that nobody wrote. Raises: Problem: if somebody did."""
        if name in self.taken or name in RESERVED:
            where = self.taken.get(name)
            line = f" of line {where.line}" if where and where.line else ""
            raise Problem(
                "name-taken",
                f"the automatic name of this item is {quote(name)}, and that is the name{line} already",
                suggestion="give this item a name, or that one another",
            )
        self.automatic.add(name)


@dataclass(slots=True, eq=False)
class Scope:
    """The names that one list of items sees: its own earlier items, then those of the lists around it."""

    namespace: Namespace
    outer: Scope | None = None
    frozen: bool = False
    """Whether everything in the list is frozen: by its block or model, or by the merge whose branch it is."""
    names: dict[str, Reference] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    later: dict[str, Span | None] = field(default_factory=dict)
    """Placed names of the list's items, for the message when one is read too early."""

    def register(self, name: str, reference: Reference) -> None:
        """Gives a finished item its name."""
        # The name of a repeated item means its last copy, unless a row is called so already.
        self.names.setdefault(name, reference)
        self.namespace.references.setdefault(name, reference)

    def find(self, name: str, current: int | None) -> int:
        """Finds the node that a name stands for. Raises: Problem."""
        reference = self.reference(name, current)
        node = reference.node if isinstance(reference, Group) else reference
        if node is None:
            raise Problem("no-such-name", f"nothing comes out of {quote(name)}: all its items are dropped")
        return node

    def reference(self, name: str, current: int | None) -> Reference:
        """Finds what a name stands for; `block/inner` goes into finished blocks. Raises: Problem."""
        if name == "prev":
            return self._tensor(current, "prev")
        if name == "input":
            return self._tensor(self.namespace.input, "input")
        head, *rest = name.split("/")
        found = self._lookup(head)
        if found is None:
            raise self._unknown(head, name)
        for index, part in enumerate(rest):
            if found is MISTAKEN:
                break
            if isinstance(found, NodeWithOutputs) and part in found.outputs:
                found = found.outputs[part]()
                continue
            inner = found.names if isinstance(found, Group) else {}
            outer_name = "/".join([head, *rest[:index]])
            if part not in inner:
                what = f"there is no {quote(part)} in {quote(outer_name)}"
                hint = nearest(part, inner)
                if isinstance(found, Group) and not inner:
                    hint = f"all items of {quote(outer_name)} are dropped: their `if` came out false"
                expected = _one_of(inner)
                if isinstance(found, NodeWithOutputs):
                    what, expected = f"{quote(outer_name)} has no output {quote(part)}", _one_of(found.outputs)
                    hint = nearest(part, found.outputs)
                elif not isinstance(found, Group):
                    what = f"{quote(outer_name)} is no block: nothing is inside it"
                    hint = f"from: {shorten(outer_name)}"
                    if "state" in part:
                        hint = f"return_state: true on {quote(outer_name)} lets its states be read"
                raise Problem("no-such-name", what, expected=expected, found=quote(name), suggestion=hint)
            found = inner[part]
        return found

    def is_dropped(self, name: str) -> bool:
        """Tells whether a name is that of an item whose `if` came out false."""
        scope: Scope | None = self
        while scope is not None and name not in scope.dropped:
            scope = scope.outer
        return scope is not None

    def _tensor(self, node: int | None, name: str) -> int:
        if node is None:
            raise Problem(
                "no-running-tensor",
                f"{quote(name)} means nothing here: the model has several inputs",
                expected=_one_of(self.namespace.inputs),
                suggestion=f"name the one that is meant: from: {next(iter(self.namespace.inputs), 'NAME')}",
            )
        return node

    def _lookup(self, name: str) -> Reference | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def _unknown(self, head: str, name: str) -> Problem:
        seen: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            if head in scope.dropped:
                message = f"{quote(head)} was dropped: its `if` came out false"
                return Problem("no-such-name", message, suggestion="give this item the same `if`")
            if head in scope.later:
                span = scope.later[head]
                line = f" (line {span.line})" if span and span.line else ""
                return Problem(
                    "name-comes-later",
                    f"{quote(head)} comes later{line}: an item reads what stands before it",
                    suggestion=f"move {quote(head)} up, above this item",
                )
            seen.extend(scope.names)
            scope = scope.outer
        if head in self.namespace.references:
            return Problem(
                "no-such-name",
                f"{quote(head)} is inside a branch, which can't be seen from here",
                suggestion="read the merge that the branch belongs to",
            )
        hint = self._inside_of_block(head) or nearest(head, [*seen, *RESERVED])
        if hint is None and self.namespace.instance.outer is not None:
            hint = "a block sees its own items only: hand the name over as a parameter, from: $NAME"
        message = f"there is no earlier item {quote(name)} here"
        return Problem("no-such-name", message, expected=_one_of(seen), suggestion=hint)

    def _inside_of_block(self, name: str) -> str | None:
        """Suggests `block/name` if a finished block has an item of this name."""
        scope: Scope | None = self
        while scope is not None:
            for block, reference in scope.names.items():
                if isinstance(reference, Group) and name in reference.names:
                    return f"did you mean {quote(f'{block}/{name}')}?"
            scope = scope.outer
        return None


def _one_of(names: Iterable[str]) -> str | None:
    """Lists what could have been written: the first names."""
    known = list(names)
    more = f" and {len(known) - SHOWN_NAMES:,} more" if len(known) > SHOWN_NAMES else ""
    return f"one of {', '.join(map(shorten, known[:SHOWN_NAMES]))}{more}" if known else None


@lru_cache(maxsize=1024)
def snake_case(kind: str) -> str:
    """Makes of a kind's name what Keras makes of it for an automatic name: `MaxPooling2D` is `max_pooling2d`.

    Source: Keras 3, `keras.src.utils.naming.to_snake_case`.
    """
    name = re.sub(r"\W+", "", kind)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower() or "item"
