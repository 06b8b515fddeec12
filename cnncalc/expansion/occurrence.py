"""An item at one place of the net, and what it reads there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cnncalc.errors import Problem
from cnncalc.expansion.item_options import names
from cnncalc.expansion.nodes import Instance
from cnncalc.expansion.scopes import Namespace, Reference, Scope, snake_case
from cnncalc.expansion.state import State
from cnncalc.layers.registry import layer_class
from cnncalc.layers.values import show_value
from cnncalc.spec.document import Arguments, Block, Document, Item
from cnncalc.spec.names import MAX_NAME_LENGTH
from cnncalc.spec.values import Bindings, ScopedText, Value

Copy = tuple[int, int]
"""Which copy of a repeated item, counted from 1, and how many there are."""


@dataclass(slots=True, eq=False)
class Occurrence:
    """An item where it stands, with all its copies. `model` is the spec that it includes, if it is a Model."""

    state: State
    item: Item
    scope: Scope
    frozen: bool
    model: Document | None = None
    shared_bindings: Bindings | None = None
    """The parameters of a block, if all copies have the same."""

    @property
    def namespace(self) -> Namespace:
        return self.scope.namespace

    @property
    def instance(self) -> Instance:
        return self.scope.namespace.instance

    @property
    def document(self) -> Document:
        return self.scope.namespace.document

    @property
    def block(self) -> Block | None:
        """The block that the item is a use of."""
        return self.document.spec.blocks.get(self.item.kind)

    @property
    def file_defaults(self) -> Arguments:
        return self.document.spec.defaults.get(self.item.kind, {})

    @property
    def defaults(self) -> Arguments:
        """The enclosing block's defaults for the item's kind over the file's."""
        enclosing = self.namespace.block
        inner = enclosing.defaults.get(self.item.kind) if enclosing else None
        return {**self.file_defaults, **inner} if inner else self.file_defaults

    def automatic_base(self) -> str:
        """Makes the start of an automatic name: the kind in Keras's snake case, for a model the name of its spec."""
        if self.model is None:
            return snake_case(self.item.kind)
        return re.sub(r"[^A-Za-z0-9_.-]", "_", self.model.stem)[:MAX_NAME_LENGTH]

    def block_identity(self) -> tuple[str, ...]:
        """Tells which block or model the item is a use of."""
        if self.model is not None:
            return (self.model.identity,)
        return (self.document.identity, self.item.kind)

    # What the item reads ----------------------------------------------------------------------------------------

    def one_input(self, current: int | None, copy: Copy | None) -> int:
        """Finds the node that an item with one input reads. Raises: Problem."""
        if self.item.from_ is None or (copy is not None and copy[0] > 1):
            if current is None:
                inputs = self.namespace.inputs
                raise Problem(
                    "no-running-tensor",
                    f"{self.item.kind} has nothing to read: the model has several inputs",
                    expected=f"from: one of {', '.join(inputs)}",
                    suggestion=f"say which one: from: {next(iter(inputs), 'NAME')}",
                )
            return current
        value = self._from()
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            hint = "only merges (Add, Concatenate, ...) read several"
            if not isinstance(value, list):
                hint = "an item without from reads the one before it"
            raise self._bad_from(f"from must be the name of an item, not {show_value(value)}", hint)
        return self._find(str(value), current) if isinstance(value, int) else self._find(value, current)

    def no_inputs(self) -> tuple[int, ...]:
        """Refuses `from` on a layer that reads nothing. Raises: Problem."""
        if self.item.from_ is not None:
            raise self._bad_from(f"{self.item.kind} reads nothing", "leave from out: other items read it by its name")
        return ()

    def listed_inputs(self, current: int | None, copy: Copy | None) -> tuple[int, ...]:
        """Finds the nodes that a merge's `from` names, or the one before it if one is enough. Raises: Problem."""
        may_read_one = layer_class(self.item.kind).fewest_inputs == 1
        if self.item.from_ is None and may_read_one:
            return (self.one_input(current, copy),)
        value = [] if self.item.from_ is None else self._from()
        if may_read_one and copy is not None and copy[0] > 1 and (not isinstance(value, list) or len(value) == 1):
            return (self.one_input(current, copy),)  # copies follow each other
        if value == []:
            raise self._merge_without_inputs().placed(self.item.from_.span if self.item.from_ else None)
        found: list[int] = []
        for index, entry in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(entry, bool) or not isinstance(entry, (str, int)):
                raise self._bad_from(f"from must be a list of names, not {show_value(value)}", "from: [a, b]")
            found.append(self._find(entry if isinstance(entry, str) else str(entry), current, index))
        return tuple(found)

    def _merge_without_inputs(self) -> Problem:
        """Makes the problem of a merge that says no inputs; suggests the item with inputs and what else it needs."""
        kind, written = self.item.kind, self.item.arguments
        needed = [name for name, field in layer_class(kind).arguments().items() if field.is_required()]
        values = "".join(f", {name}: {show_value(value.plain_value())}" for name, value in written.items())
        hint = f"{kind}: {{from: [a, b]{values}}}, or branches: {{main: [...], shortcut: []}}"
        if not written.keys() >= set(needed):
            hint = f"for example {layer_class(kind).example_item()}"
        message = f"{kind} merges several tensors: it needs from or branches"
        return Problem("merge-without-inputs", message, suggestion=hint)

    def place_of(self, name: str, current: int | None) -> tuple[Scope, int | None]:
        """Tells where a name is looked up, and what `prev` is there: here, or where it was passed as a parameter."""
        if isinstance(name, ScopedText) and isinstance(name.place, tuple):
            scope, current = name.place
            return scope, current
        return self.scope, current

    def reference(self, name: str, current: int | None) -> Reference:
        """Finds what a name stands for. Raises: Problem."""
        scope, current = self.place_of(name, current)
        return scope.reference(name, current)

    def _from(self) -> Value:
        """Evaluates `from`. Raises: Problem."""
        assert self.item.from_ is not None
        try:
            return names(self.item.from_, self.namespace.bindings)
        except Problem as problem:
            raise problem.placed(self.item.from_.span) from None

    def _find(self, name: str, current: int | None, entry: int | None = None) -> int:
        """Finds the node of a name in `from`; `entry` counts in a list of names. Raises: Problem."""
        assert self.item.from_ is not None
        scope, current = self.place_of(name, current)
        try:
            return scope.find(name, current)
        except Problem as problem:
            written = self.item.from_.value
            if entry is not None and problem.id == "no-such-name" and scope.is_dropped(name):
                problem.suggestion = "write the merge with branches: one whose items are dropped passes its input on"
            if entry is not None and isinstance(written, list):
                problem.placed(written[entry].span)
            raise problem.placed(self.item.from_.span) from None

    def _bad_from(self, message: str, suggestion: str | None) -> Problem:
        assert self.item.from_ is not None
        return Problem("bad-value", message, suggestion=suggestion).placed(self.item.from_.span)
