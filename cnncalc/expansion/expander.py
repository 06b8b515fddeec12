"""A document becomes a flat list of nodes. No shape is needed: structure may depend on parameters only."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from cnncalc.errors import Problem, SpecError, in_order
from cnncalc.expansion.inputs import misplaced_null, read_inputs, written_inputs
from cnncalc.expansion.items import expand_items
from cnncalc.expansion.nodes import Expansion, Instance, Layers, Node
from cnncalc.expansion.scopes import Namespace, Scope
from cnncalc.expansion.size import check_size
from cnncalc.expansion.state import MAX_EXPANDED, ExpansionStopped, Loader, State
from cnncalc.expansion.variables import named_outputs, variables
from cnncalc.layers.input import InputLayer
from cnncalc.spec.document import Document
from cnncalc.spec.values import Bindings, Value
from cnncalc.tensor import Shape

RECURSION_LIMIT: Final = 10_000
"""Python calls inside each other: `MAX_DEPTH` blocks take about four each. They need no C stack."""


def expand(
    document: Document,
    load: Loader,
    inputs: Mapping[str, Shape] | None = None,
    variables: Mapping[str, Value] | None = None,
    max_expanded: int = MAX_EXPANDED,
    layers: Layers | None = None,
) -> Expansion:
    """Expands a document: every layer of it, in the order in which they compute, and the mistakes, at most ten.

    `inputs` and `variables` override the file's; a var may be left open as a `Variable`. `layers` are shared
    with other expansions.
    Raises: SpecError: if the mistakes leave nothing to compute on. ValueNeeded: if the structure depends on an
        open var.
    """
    state = State(load, max_expanded, Layers() if layers is None else layers)
    for mistake in document.mistakes:
        state.mistakes.note(mistake)
    expansion = None
    try:
        with deep_recursion():
            expansion = _expand_net(state, document, inputs or {}, variables or {})
    except ExpansionStopped:
        pass
    mistakes = tuple(in_order(state.mistakes.diagnostics, document.source))
    if expansion is None or document.mistakes:
        # An argument that was refused may be the one that made the shapes fit.
        raise SpecError(mistakes)
    return replace(expansion, mistakes=mistakes) if mistakes else expansion


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Lets functions call each other as deep as blocks stand inside each other."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _expand_net(state: State, document: Document, inputs: Mapping[str, Shape], given: Mapping[str, Value]) -> Expansion:
    model = Instance("", (), None, "Model", None, identity=document.identity)
    known = len(state.mistakes.diagnostics)
    values = variables(state, document, given)
    if len(state.mistakes.diagnostics) > known:
        raise ExpansionStopped  # what uses a var that is wrong would be wrong as well
    written = written_inputs(document)
    shapes = read_inputs(document, Bindings(values), inputs, state)
    if not written:
        raise ExpansionStopped
    several = len(written) > 1
    namespace = Namespace(model, document, None, Bindings(values, values), None if several else 0)
    namespace.inputs = tuple(written) if several else ()
    scope = Scope(namespace)
    state.inputs = len(written)
    for index, (name, part) in enumerate(written.items()):
        # The one input is called `input`, whatever name it was given; that name means it as well.
        layer = InputLayer(shape=shapes[name]) if name in shapes else None
        state.nodes.append(Node(name if several else "input", "InputLayer", model, (), layer, None))
        if name != "input" or several:
            try:
                namespace.claim(name, part.span)
            except Problem as problem:
                state.note(problem.at(part.span))
            scope.names[name] = namespace.references[name] = index
    check_size(document, values, state)
    last = expand_items(state, document.spec.layers, scope, namespace.input)
    model.document, model.bindings, model.input, model.output = document, namespace.bindings, namespace.input, last
    outputs = named_outputs(state, document, namespace, last, scope.dropped)
    for node, part in zip(state.nodes, written.values(), strict=False):
        if isinstance(node.layer, InputLayer) and (misplaced := misplaced_null(node.layer.shape, state.nodes)):
            node.layer = None  # what reads it is no second mistake
            state.note(misplaced.at(part.span))
    return Expansion(document, state.nodes, tuple(range(len(written))), outputs, tuple(dict.fromkeys(state.warnings)))
