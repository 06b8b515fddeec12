"""One item of a spec becomes nodes: a layer, a block's items, or the layers of another spec, in one or more copies."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cnncalc.errors import Problem, SpecError, nearest, quote
from cnncalc.expansion.inputs import written_inputs
from cnncalc.expansion.item_options import boolean, names, text
from cnncalc.expansion.layer_arguments import LayerArguments
from cnncalc.expansion.nodes import Instance, Node
from cnncalc.expansion.scopes import LOST, Group, Namespace, Reference, Scope, snake_case
from cnncalc.expansion.sharing import SharedWeights
from cnncalc.layers import registry
from cnncalc.layers.arguments import show_value
from cnncalc.spec.document import Arguments, Block, Document, Item, Written
from cnncalc.spec.names import MAX_NAME_LENGTH
from cnncalc.spec.values import Bindings, Channels, Value, evaluate, is_late
from cnncalc.spec.yaml_nodes import Scalar, Sequence

if TYPE_CHECKING:
    from cnncalc.expansion.expander import Expander

Step = Generator["Step", "int | None", "int | None"]
"""A part of the expansion; what it returns is the node that it comes out at."""

MAX_DEPTH: Final = 1_000
"""Blocks and models inside each other: names grow with it, so that it must end somewhere."""


class ItemBuilder(SharedWeights, LayerArguments):
    """Makes the copies of one item; `reference` is what the name of the last one stands for."""

    def __init__(
        self, expander: Expander, item: Item, scope: Scope, document: Document, block: Block | None, frozen: bool
    ) -> None:
        self.expander, self.item, self.scope, self.document = expander, item, scope, document
        self.enclosing_block = block
        self.frozen = frozen
        self.namespace = scope.namespace
        self.instance = scope.namespace.instance
        self.file_defaults = document.defaults.get(item.kind, {})
        self.used_block = document.blocks.get(item.kind)
        self.defaults = {} if self.used_block else self.default_arguments(block)
        self.name = ""
        self.reference: Reference = 0
        self.shared_bindings: Bindings | None = None
        self.model: Document | None = None
        if item.kind == registry.MODEL and not item.mistaken:
            self.model = self.load_model()

    def default_arguments(self, block: Block | None) -> dict[str, Written]:
        inner = block.defaults.get(self.item.kind, {}) if block else {}
        return {**self.file_defaults, **inner}

    def automatic_base(self) -> str:
        """What an automatic name is made of: the kind in Keras's snake case, for a model the name of its spec."""
        if self.model is None:
            return snake_case(self.item.kind)
        return re.sub(r"[^A-Za-z0-9_.-]", "_", self.model.stem)[:MAX_NAME_LENGTH]

    def likely_name(self) -> str:
        """What a reader would call an item with a mistake and without a name."""
        spec = self.item.arguments.get("spec")
        if self.item.kind == registry.MODEL and spec is not None and isinstance(spec.tree, Scalar):
            return spec.tree.text
        try:
            return self.namespace.automatic_name(self.automatic_base())
        except Problem:  # somebody is called so, or it is no name
            return self.automatic_base()

    def copy(self, name: str, current: int | None, copy: tuple[int, int] | None) -> Step:
        """One copy of the item, reading `current` unless it says otherwise; a merge without a name gets it late."""
        if self.used_block is not None:
            return self.block(name, current, copy, self.used_block)
        if self.model is not None:
            return self.inner_model(name, current, copy, self.model)
        return self.single(name, current, copy)

    # A layer ----------------------------------------------------------------------------------------------------

    def single(self, name: str, current: int | None, copy: tuple[int, int] | None) -> Step:
        item = self.item
        if registry.layer_class(item.kind).merges:
            inputs = yield from self.merge_inputs(current, copy)
            self.expander.count(len(inputs) - 2, item.span, self.instance)
        else:
            inputs = (self.one_input(current, copy),)
        is_first = copy is not None and copy[0] == 1
        self.name = name = name or self.namespace.automatic_name(self.automatic_base())
        layer = self.build(inputs, is_first)
        owner, written = self.owner(name, current)
        path_name = self.instance.prefix + name
        frozen = self.frozen or (item.trainable is None and self.default_frozen())
        node = Node(path_name, item.kind, self.instance, inputs, layer, item, frozen, owner, written)
        index = self.expander.add(node, item.span)
        self.reference = index
        return index

    def default_frozen(self) -> bool:
        written = self.defaults.get("trainable")
        return written is not None and not boolean(written, self.namespace.bindings, "trainable")

    # What an item reads -----------------------------------------------------------------------------------------

    def names(self) -> Value:
        """What `from` says, evaluated."""
        assert self.item.from_ is not None
        try:
            return names(self.item.from_.tree, self.namespace.bindings)
        except Problem as problem:
            raise SpecError(problem.at(self.item.from_.span, self.instance.chain())) from None

    def one_input(self, current: int | None, copy: tuple[int, int] | None) -> int:
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
        value = self.names()
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            hint = "only merges (Add, Concatenate, ...) read several"
            if not isinstance(value, list):
                hint = "an item without from reads the one before it"
            raise self.bad_from(f"from must be the name of an item, not {show_value(value)}", hint)
        return self.find(str(value) if isinstance(value, int) else value, current)

    def bad_from(self, message: str, suggestion: str | None) -> SpecError:
        assert self.item.from_ is not None
        problem = Problem("bad-value", message, suggestion=suggestion)
        return SpecError(problem.at(self.item.from_.span, self.instance.chain()))

    def find(self, name: str, current: int | None, entry: int | None = None) -> int:
        """The node that `from` means, or that its list's entry with this index means. Raises: SpecError."""
        scope, current = self.place_of(name, current)
        try:
            return scope.find(name, current)
        except Problem as problem:
            assert self.item.from_ is not None
            tree, span = self.item.from_.tree, self.item.from_.span
            if entry is not None and isinstance(tree, Sequence):
                span = tree.items[entry].span or span
            raise SpecError(problem.at(span, self.instance.chain())) from None

    def merge_inputs(
        self, current: int | None, copy: tuple[int, int] | None
    ) -> Generator[Step, int | None, tuple[int, ...]]:
        item = self.item
        if item.branches is not None:
            inputs: list[int] = []
            for branch in item.branches.values():
                inner = Scope(self.namespace, self.scope, self.frozen)
                out = yield self.expander.items(branch, inner, self.document, self.enclosing_block, current)
                if out is None:
                    raise Problem(
                        "no-running-tensor",
                        "an empty branch has nothing to pass on: the model has several inputs",
                        suggestion="write the merge with from: [a, b]",
                    )
                inputs.append(out)
        elif item.from_ is not None:
            value = self.names()
            entries = value if isinstance(value, list) else [value]
            if not all(isinstance(entry, (str, int)) and not isinstance(entry, bool) for entry in entries):
                raise self.bad_from(f"from must be a list of names, not {show_value(value)}", "from: [a, b]")
            inputs = [
                self.find(entry if isinstance(entry, str) else str(entry), current, index)
                for index, entry in enumerate(entries)
            ]
        else:
            raise Problem(
                "merge-without-inputs",
                f"{item.kind} merges several tensors: it needs from or branches",
                suggestion=f"{item.kind}: {{from: [a, b]}}, or branches: {{main: [...], shortcut: []}}",
            )
        return tuple(inputs)

    # Blocks -----------------------------------------------------------------------------------------------------

    def inner_instance(self, name: str, copy: tuple[int, int] | None, identity: str | None = None) -> Instance:
        self.expander.count(1, self.item.span, self.instance)
        path = (*self.instance.path, name)
        if len(path) > MAX_DEPTH:
            raise Problem("too-deep", f"blocks stand at most {MAX_DEPTH:,} deep inside each other",
                          suggestion="copies one behind the other are made by repeat")  # fmt: skip
        full = self.instance.prefix + name
        self.expander.count_characters(len(full), self.item.span, self.instance)
        return Instance(full, path, self.instance, self.item.kind, self.item.span, copy, identity)

    def block(self, name: str, current: int | None, copy: tuple[int, int] | None, block: Block) -> Step:
        start = self.one_input(current, copy)
        instance = self.inner_instance(name, copy)
        bindings = self.block_bindings(block, start, current, copy is not None and copy[0] == 1)
        group = self.shared_group(name, current)
        namespace = Namespace(instance, bindings, start, group)
        result = yield self.expander.items(
            block.items, Scope(namespace, None, self.frozen), self.document, block, start
        )
        self.reference = Group(result, namespace.references, self.block_identity())
        return result

    def block_bindings(self, block: Block, start: int, current: int | None, is_first: bool) -> Bindings:
        """The block's parameters: as given, in the caller's terms, else by their defaults, in the block's."""
        first = self.item.first if is_first else {}
        if self.shared_bindings is not None and not first:
            return self.shared_bindings
        given: Arguments = {**self.item.arguments, **first}
        if "" in given:
            if not block.params:
                raise Problem(
                    "unknown-argument",
                    f"the block {quote(block.name)} has no parameters",
                    suggestion="declare one in the block: params: {NAME: null}",
                )
            given = {next(iter(block.params)) if name == "" else name: value for name, value in given.items()}
        for name, written in given.items():
            if name not in block.params:
                expected = "one of " + ", ".join(block.params) if block.params else "no parameters"
                problem = Problem(
                    "unknown-argument", f"the block {quote(block.name)} has no parameter {quote(name)}",
                    expected=expected, found=quote(name), suggestion=nearest(name, block.params),
                )  # fmt: skip
                raise SpecError(problem.at(written.key, self.instance.chain()))
        channels = Channels(start)
        values: dict[str, Value] = {}
        own = Bindings(values, self.namespace.bindings.vars)
        for name, default in block.params.items():
            written = given.get(name, default)
            try:
                if name in given:
                    place = (self.scope, current)
                    values[name] = evaluate(written.tree, self.namespace.bindings, channels, place)
                else:
                    values[name] = evaluate(written.tree, own, channels)
            except Problem as problem:
                later = (problem.found or "").removeprefix("$")
                if problem.id == "unknown-parameter" and later in block.params and name not in given:
                    problem.suggestion = f"write {quote(later)} before {quote(name)}: a default uses those before it"
                raise SpecError(problem.at(written.span, self.instance.chain())) from None
            if values[name] is None and name not in given:
                missing = f"the block {quote(block.name)} needs the parameter {quote(name)}"
                raise Problem("missing-argument", missing, suggestion=f"{block.name}: {{{name}: ...}}")
        if not first and not any(is_late(value) or value == "prev" for value in values.values()):
            self.shared_bindings = own
        return own

    # Models in a model ------------------------------------------------------------------------------------------

    def load_model(self) -> Document:
        """The spec that the item names. Raises: SpecError."""
        written = self.item.arguments.get("spec")
        if written is None:
            raise Problem("missing-argument", 'Model needs the argument "spec" (a shipped spec or a file)',
                          suggestion="Model: {spec: vgg16}")  # fmt: skip
        name = text(written, self.namespace.bindings, "spec")
        try:
            loaded = self.expander.load(name or "", self.document)
            if loaded.mistakes:
                raise SpecError(loaded.mistakes)
            return loaded
        except Problem as problem:
            raise SpecError(problem.at(written.span, self.instance.chain())) from None
        except SpecError as error:
            line = f", line {written.span.line}" if written.span and written.span.line else ""
            chain = (*self.instance.chain(), f"in a model read by {self.document.source.file}{line}")
            raise SpecError(
                [
                    replace(found, span=written.span, chain=self.instance.chain())
                    if found.id.startswith("file-")  # what cannot be read has no place of its own
                    else replace(found, chain=(*chain, *found.chain))
                    for found in error.diagnostics
                ]
            ) from None

    def inner_model(self, name: str, current: int | None, copy: tuple[int, int] | None, inner: Document) -> Step:
        expander = self.expander
        self.check_not_including(inner)
        start = self.one_input(current, copy)
        instance = self.inner_instance(name, copy, inner.identity)
        values = expander.variables(inner, {})
        bindings = Bindings(values, values)
        group = self.shared_group(name, current)
        namespace = Namespace(instance, bindings, start)
        scope = Scope(namespace, None, self.frozen)
        self.name_inner_input(inner, scope, start)
        before = len(expander.nodes)
        last = yield expander.items(inner.items, scope, inner, None, start)
        self.freeze_until(namespace, before)
        until = self.inner_item("until", namespace)
        if until == LOST.node:
            last = until
        elif until is not None:
            del expander.nodes[until + 1 :]
            forget_after(namespace.references, until)
            last = until
        elif inner.outputs is not None and len(inner.outputs) == 1:
            last = next(iter(expander.outputs(inner, namespace, last, scope.dropped)), last)
        if group is not None:
            self.share_all(namespace.references, group, before)
        self.reference = Group(last, namespace.references, self.block_identity())
        return last

    def name_inner_input(self, inner: Document, scope: Scope, start: int) -> None:
        """The inner spec's own name for its input means the running tensor. Raises: Problem: where it has several."""
        names = list(written_inputs(inner))
        if len(names) > 1:
            raise Problem("several-inputs", f"the spec {quote(inner.stem)} has {len(names)} inputs: {', '.join(names)}",
                          expected="a spec with one input: it reads the running tensor")  # fmt: skip
        for name in names:
            if name != "input":
                scope.namespace.claim(name, inner.input.span)
                scope.names[name] = scope.namespace.references[name] = start

    def check_not_including(self, inner: Document) -> None:
        """Raises: SpecError: where a spec would contain itself."""
        instance: Instance | None = self.instance
        while instance is not None:
            if instance.identity == inner.identity:
                problem = Problem("model-includes-itself", f"the spec {quote(inner.stem)} would contain itself",
                                  suggestion="copies of a part are made by a block with repeat")  # fmt: skip
                raise SpecError(problem.at(self.item.span, self.instance.chain()))
            instance = instance.outer

    def inner_item(self, argument: str, namespace: Namespace) -> int | None:
        """The node that `until` or `frozen_until` names. Raises: SpecError."""
        written = self.item.arguments.get(argument)
        name = text(written, self.namespace.bindings, argument)
        if written is None or name is None:
            return None
        try:
            return Scope(namespace, names=namespace.references).find(name, None)
        except Problem as problem:
            if name.split("/")[0] not in namespace.references:
                problem.message = f"the model {quote(namespace.instance.name)} has no item {quote(name)}"
                problem.suggestion = nearest(name, namespace.references)
            raise SpecError(problem.at(written.span, self.instance.chain())) from None

    def freeze_until(self, namespace: Namespace, before: int) -> None:
        index = self.inner_item("frozen_until", namespace)
        if index is not None:
            for node in self.expander.nodes[before : index + 1]:
                node.frozen = True


def forget_after(references: dict[str, Reference], index: int) -> None:
    """Drops the names of nodes behind `index`, in finished blocks as well."""
    open_names = [references]
    while open_names:
        names = open_names.pop()
        for name, reference in list(names.items()):
            if isinstance(reference, Group):
                open_names.append(reference.names)
                if reference.node is not None and reference.node > index:
                    reference.node = None
            elif reference > index:
                del names[name]
