"""A document becomes a flat list of nodes. No shape is needed: structure may depend on parameters only.

The expansion is written as generators that yield the parts they wait for; a loop with a stack of its own runs them,
so that hundreds of blocks inside each other do not meet Python's recursion limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from cnncalc.errors import Collector, Diagnostic, Problem, Span, SpecError, in_order, nearest, quote
from cnncalc.expansion.forecast import MOST, Loader, foresee
from cnncalc.expansion.inputs import read_inputs, written_inputs
from cnncalc.expansion.item_builder import ItemBuilder, Step
from cnncalc.expansion.item_options import boolean, count, text
from cnncalc.expansion.nodes import Expansion, Instance, LateLayer, Node
from cnncalc.expansion.scopes import LOST, Namespace, Reference, Scope
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.spec.document import Block, Document, Item, Written
from cnncalc.spec.values import Bindings, Value, evaluate, is_late, key_of
from cnncalc.spec.yaml_nodes import Scalar
from cnncalc.tensor import Shape

MAX_EXPANDED: Final = 1_000_000
"""Layers that a spec may come to, unless the caller sets another limit."""

PARAMETER: Final = re.compile(r"\$(\w+)")
CHARACTERS_PER_LAYER: Final = 50
"""Times the limit on layers: what all names may come to. A block's name stands again in those of all that is inside."""
MAX_AFTER_MISTAKE: Final = 10_000
"""Items that are looked at for further mistakes once there is one: an error must come soon."""

FATAL: Final = ("too-many-layers", "names-too-long", "model-includes-itself")
"""Mistakes behind which nothing else is looked for."""


def expand(
    document: Document,
    load: Loader,
    inputs: Mapping[str, Shape] | None = None,
    variables: Mapping[str, Value] | None = None,
    max_expanded: int = MAX_EXPANDED,
) -> Expansion:
    """Every layer of a document, in the order in which they compute.

    `inputs` and `variables` override the file's. Raises: SpecError: with every independent mistake, at most ten; it
    holds what was expanded all the same, in which shapes may be looked for mistakes as well.
    """
    return Expander(load, max_expanded).whole(document, inputs or {}, variables or {})


def written_name(item: Item) -> str | None:
    """The name of an item, where it is written as it is."""
    return item.name.tree.text if item.name is not None and isinstance(item.name.tree, Scalar) else None


def _run(step: Step) -> int | None:
    stack, result = [step], None
    error: Problem | SpecError | None = None
    while stack:
        try:
            waited_for = stack[-1].send(result) if error is None else stack[-1].throw(error)
            stack.append(waited_for)
            result = error = None
        except StopIteration as done:
            stack.pop()
            result, error = done.value, None
        except (Problem, SpecError) as raised:
            stack.pop()
            result, error = None, raised
    if error is not None:
        raise error
    return result


class _Remembering:
    """A loader that reads each spec once, however often it is used."""

    def __init__(self, load: Loader) -> None:
        self.load = load
        self.known: dict[tuple[str, str], Document | Problem | SpecError] = {}

    def __call__(self, name: str, outer: Document) -> Document:
        """Raises: Problem: where the name leads to nothing. SpecError: where that spec is wrong."""
        key = (outer.identity, name)
        if key not in self.known:
            try:
                self.known[key] = self.load(name, outer)
            except (Problem, SpecError) as error:
                self.known[key] = error
        found = self.known[key]
        if not isinstance(found, Document):
            raise found.with_traceback(None)
        return found


class Expander:
    """The state of one expansion: the nodes so far, the mistakes so far, the layers that are known."""

    def __init__(self, load: Loader, max_expanded: int) -> None:
        self.load = _Remembering(load)
        self.max_expanded = max_expanded
        self.nodes: list[Node] = []
        self.inputs = 0
        self.passed = 0
        """Items without a layer of their own that were gone through: dropped ones and blocks."""
        self.characters = 0
        self.max_characters = CHARACTERS_PER_LAYER * max(max_expanded, MAX_EXPANDED)
        self.collector = Collector()
        self.noted = 0
        self.patience: int | None = None
        """How many items are gone through at most, once there is a mistake."""
        self.layers: dict[object, Layer] = {}

    # The whole --------------------------------------------------------------------------------------------------

    def whole(self, document: Document, inputs: Mapping[str, Shape], variables: Mapping[str, Value]) -> Expansion:
        expansion = None
        if document.mistakes:
            self.collector.add(SpecError(document.mistakes))
        try:
            expansion = self.net(document, inputs, variables)
        except SpecError as fatal:
            self.collector.add(fatal)
        mistakes = tuple(in_order(self.collector.diagnostics, document.source))
        if expansion is None or document.mistakes:
            # An argument that was refused may be the one that made the shapes fit.
            raise SpecError(mistakes)
        return replace(expansion, mistakes=mistakes) if mistakes else expansion

    def net(self, document: Document, inputs: Mapping[str, Shape], variables: Mapping[str, Value]) -> Expansion:
        model = Instance("", (), None, "Model", None, identity=document.identity)
        values = self.variables(document, variables)
        if self.noted:
            self.collector.raise_spec_error()  # what uses a var that is wrong would be wrong as well
        named = read_inputs(document, Bindings(values), inputs, self.collector)
        namespace = Namespace(model, Bindings(values, values), None)
        scope = Scope(namespace)
        written = written_inputs(document)
        if not written:
            self.collector.raise_spec_error()
        several = len(written) > 1
        self.inputs = len(written)
        for name, part in written.items():
            # The one input is called `input`, whatever name it was given; that name means it as well.
            layer = InputLayer(named[name]) if name in named else None
            self.nodes.append(Node(name if several else "input", "InputLayer", model, (), layer, None))
            if name != "input" or several:
                self.attempt(lambda name=name, part=part: namespace.claim(name, part.span), part.span, model)  # type: ignore[misc]
                scope.names[name] = namespace.references[name] = len(self.nodes) - 1
        current = None if several else 0
        self.check_extent(document, values)
        namespace.input = current
        namespace.inputs = tuple(written) if several else ()
        last = _run(self.items(document.items, scope, document, None, current))
        outputs = self.outputs(document, namespace, last, scope.dropped)
        return Expansion(document, self.nodes, tuple(range(len(written))), outputs, self.unread(outputs, len(written)))

    def variables(self, document: Document, given: Mapping[str, Value]) -> dict[str, Value]:
        for name in given:
            if name not in document.vars:
                self.note(
                    SpecError(
                        Diagnostic(
                            "unknown-variable", f"the spec has no variable {quote(name)} to set", Span(document.source),
                            expected="one of " + ", ".join(document.vars) if document.vars else "a spec with vars",
                            suggestion=nearest(name, document.vars),
                        )
                    )
                )  # fmt: skip
        values: dict[str, Value] = {}
        failed: set[str] = set()
        for name, written in document.vars.items():
            if name in given:
                values[name] = given[name]
                continue
            if failed and not failed.isdisjoint(PARAMETER.findall(getattr(written.tree, "text", ""))):
                failed.add(name)  # the mistake is where the other var is
                continue
            try:
                values[name] = evaluate(written.tree, Bindings(values), None)
            except Problem as problem:
                later = (problem.found or "").removeprefix("$")
                if problem.id == "unknown-parameter" and later in document.vars:
                    problem.suggestion = f"write {quote(later)} above {quote(name)}: a var uses those before it"
                self.note(SpecError(problem.at(written.span or Span(document.source))))
                failed.add(name)
        return values

    def outputs(self, document: Document, namespace: Namespace, last: int | None, dropped: set[str]) -> tuple[int, ...]:
        if document.outputs is None:
            return () if last is None else (last,)
        outputs: list[int] = []
        scope = Scope(namespace, names=namespace.references, dropped=dropped)
        for name in document.outputs:
            try:
                if name.text == "prev":
                    raise Problem("no-such-name", 'an output is the name of an item; "prev" has no meaning here')
                outputs.append(scope.find(name.text, None))
            except Problem as problem:
                self.note(SpecError(problem.at(name.span or Span(document.source))))
        return tuple(dict.fromkeys(outputs))

    def unread(self, outputs: tuple[int, ...], inputs: int) -> tuple[str, ...]:
        read = set(outputs)
        for node in self.nodes:
            read.update(node.inputs)
        names = [node.name for index, node in enumerate(self.nodes) if index not in read]
        shown = names[:10] + ([f"{len(names) - 10} more"] if len(names) > 10 else [])
        return tuple(f"nothing reads {quote(name)}, and it is no output" for name in shown)

    # Errors -----------------------------------------------------------------------------------------------------

    def note(self, error: SpecError) -> None:
        """Keeps a mistake for the end. Raises: SpecError: when there are enough of them."""
        self.noted += 1
        self.collector.add(error)
        if self.collector.full:
            self.collector.raise_spec_error()

    def attempt(self, action: Callable[[], None], span: Span | None, instance: Instance) -> None:
        try:
            action()
        except Problem as problem:
            self.note(SpecError(problem.at(span, instance.chain())))

    def count(self, items: int, span: Span | None, instance: Instance) -> None:
        """Stops an expansion that comes to too many layers. Raises: SpecError."""
        self.passed += items
        if max(self.passed, self.layers_made) > self.max_expanded:
            raise self.too_many_layers(span, instance.chain())

    @property
    def layers_made(self) -> int:
        """How many layers there are so far; inputs are none."""
        return len(self.nodes) - self.inputs

    def count_characters(self, characters: int, span: Span | None, instance: Instance) -> None:
        """Stops an expansion whose names come to too much. Raises: SpecError."""
        self.characters += characters
        if self.characters > self.max_characters:
            raise self.names_too_long(span, instance.chain())

    def names_too_long(self, span: Span | None, chain: tuple[str, ...]) -> SpecError:
        return SpecError(
            Diagnostic(
                "names-too-long",
                f"the names of the layers come to more than {self.max_characters:,} characters",
                span,
                chain=chain,
                suggestion="give the blocks shorter names, or put fewer of them inside each other",
            )
        )

    def too_many_layers(self, span: Span | None, chain: tuple[str, ...], found: str | None = None) -> SpecError:
        return SpecError(
            Diagnostic(
                "too-many-layers",
                f"the spec comes to more than {self.max_expanded:,} layers",
                span,
                expected=f"at most {self.max_expanded:,} (--max-expanded sets another limit)",
                found=found,
                chain=chain,
                suggestion="is a repeat too large, or do repeats inside each other multiply?",
            )
        )

    def check_extent(self, document: Document, variables: Mapping[str, Value]) -> None:
        """Stops before anything is made where that can be foreseen. Raises: SpecError."""
        extents = foresee(document, variables, self.load)
        layers = sum(extent.layers for extent in extents)
        total = max(layers, sum(extent.passed for extent in extents))
        if total > self.max_expanded:
            largest = document.items[max(range(len(extents)), key=lambda index: max(extents[index]))]
            written = largest.repeat
            found = f"{total:,} in all" if total < MOST else f"{MOST:,} or more"
            raise self.too_many_layers(written.span if written else largest.span, (), found)

    def extent(self) -> tuple[int, int, int]:
        """How large the net is so far: layers, items without a layer, characters of names."""
        return self.layers_made, self.passed, self.characters

    def foresee(self, copies: int, before: tuple[int, int, int], repeat: Written | None, instance: Instance) -> None:
        """Stops before the copies to come are made where they are too many: each is as large as the last one."""
        layers, passed, characters = (
            now + copies * (now - then) for now, then in zip(self.extent(), before, strict=True)
        )
        span = repeat.span if repeat else None
        if max(layers, passed) > self.max_expanded:
            raise self.too_many_layers(span, instance.chain())
        if characters > self.max_characters:
            raise self.names_too_long(span, instance.chain())

    # Lists and items --------------------------------------------------------------------------------------------

    def items(
        self, items: Iterable[Item], scope: Scope, document: Document, block: Block | None, current: int | None
    ) -> Step:
        """One list: each item reads the one before it. Returns the last one's node."""
        items = tuple(items)
        for item in items:
            if item.name is not None and isinstance(getattr(item.name.tree, "value", None), str):
                scope.later.setdefault(item.name.tree.text, item.span)  # type: ignore[union-attr]
        for item in items:
            try:
                current = yield self.item(item, scope, document, block, current)
            except Problem as problem:
                self.note(SpecError(problem.at(item.span, scope.namespace.instance.chain())))
                current = self.lose(written_name(item), 0, scope)
            except SpecError as error:
                if error.diagnostics[0].id in FATAL:
                    raise
                self.note(error)
                current = self.lose(written_name(item), 0, scope)
            self.check_patience()
        return current

    def lose(self, name: str | None, copies: int, scope: Scope) -> int | None:
        """What comes out of an item with a mistake, which nobody knows: those that read it have none of their own."""
        if name is not None:
            self.register(scope, name, LOST)
            for index in range(1, min(copies, MAX_AFTER_MISTAKE) + 1):
                self.register(scope, f"{name}_{index}", LOST)
        return LOST.node

    def check_patience(self) -> None:
        """Raises: SpecError: where enough was gone through after the first mistake."""
        if self.collector.diagnostics:
            gone_through = self.passed + len(self.nodes)
            if self.patience is None:
                self.patience = gone_through + MAX_AFTER_MISTAKE
            elif gone_through > self.patience:
                self.collector.raise_spec_error()

    def item(self, item: Item, scope: Scope, document: Document, block: Block | None, current: int | None) -> Step:
        """One item with its copies."""
        namespace = scope.namespace
        bindings = namespace.bindings
        name = text(item.name, bindings, "name")
        if item.if_ is not None and not boolean(item.if_, bindings, "if"):
            if name is not None:
                scope.dropped.add(name)
            self.count(1, item.span, namespace.instance)
            return current
        copies = None if item.repeat is None else self.repeat(item.repeat, bindings, namespace.instance)
        frozen = item.trainable is not None and not boolean(item.trainable, bindings, "trainable")
        builder = ItemBuilder(self, item, scope, document, block, frozen or scope.frozen)
        if name is not None:
            span = item.name.span if item.name else item.span
            self.attempt(lambda: namespace.claim(name, span), span, namespace.instance)
        if item.mistaken:
            builder.look_through()
            return self.lose(name or builder.likely_name(), copies or 0, scope)
        if name is not None:
            own = name
        elif item.branches is not None and copies is None:
            own = ""  # rows are numbered in their order, and a merge's row stands behind those of its branches
        else:
            own = namespace.automatic_name(builder.automatic_base())
        if copies is None:
            result = yield builder.copy(own, current, None)
            self.register(scope, own or builder.name, builder.reference)
            return result
        copy_names = [f"{own}_{index}" for index in range(1, copies + 1)]
        for copy_name in copy_names:  # before any branch in them takes one for an item of its own
            namespace.claim_automatic(copy_name)
        noted = self.noted
        for index, copy_name in enumerate(copy_names, 1):
            if self.noted > noted:  # the other copies have the same mistake
                return self.lose(own, copies, scope)
            before = self.extent()
            current = yield builder.copy(copy_name, current, (index, copies))
            self.register(scope, copy_name, builder.reference)
            if index == (2 if item.first else 1):
                self.foresee(copies - index, before, item.repeat, namespace.instance)
        self.register(scope, own, builder.reference)
        return current

    def register(self, scope: Scope, name: str, reference: Reference) -> None:
        # The name of a repeated item means its last copy, unless a row is called so already.
        scope.names.setdefault(name, reference)
        scope.namespace.references.setdefault(name, reference)

    def repeat(self, written: Written, bindings: Bindings, instance: Instance) -> int:
        value = count(written, bindings, "repeat")
        if value > self.max_expanded:
            self.count(value, written.span, instance)
        return value

    # Layers -----------------------------------------------------------------------------------------------------

    def add(self, node: Node, span: Span | None) -> int:
        self.nodes.append(node)
        self.count_characters(len(node.name), span, node.instance)
        if self.layers_made > self.max_expanded:
            self.count(0, span, node.instance)
        return len(self.nodes) - 1

    def layer(self, kind: str, values: Mapping[str, Value]) -> Layer | LateLayer:
        """The layer of a kind with these arguments; one object for all that say the same. Raises: Problems."""
        if any(is_late(value) for value in values.values()):
            return LateLayer(kind, values)
        key = (kind, tuple((name, key_of(value)) for name, value in values.items()))
        if key not in self.layers:
            self.layers[key] = registry.build(kind, values)
        return self.layers[key]
