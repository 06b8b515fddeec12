"""Lists of items become nodes: each item reads the one before it, in as many copies as it says.

Plain recursion: a block's list is expanded where the block is used, as deep as `MAX_DEPTH`.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.errors import Problem, SpecError
from cnncalc.expansion.block_parameters import block_bindings
from cnncalc.expansion.inner_model import (
    check_not_including,
    cut_after,
    freeze_until,
    ignored_defaults,
    inner_item,
    load_model,
    name_inner_input,
    with_defaults,
)
from cnncalc.expansion.item_options import boolean, count, text
from cnncalc.expansion.layer_arguments import make_layer, note_wrong_arguments
from cnncalc.expansion.nodes import Instance, Node
from cnncalc.expansion.occurrence import Copy, Occurrence
from cnncalc.expansion.outputs import with_outputs
from cnncalc.expansion.scopes import MISTAKEN, Group, Namespace, Reference, Scope
from cnncalc.expansion.sharing import owner_of, share_all, shared_group
from cnncalc.expansion.state import MAX_AFTER_MISTAKE, MAX_DEPTH, MAX_WRAPPED, State
from cnncalc.expansion.variables import named_outputs, variables
from cnncalc.expansion.wrapped_model import input_node, items_inside
from cnncalc.layers import registry
from cnncalc.layers.inner_model import InnerModel
from cnncalc.spec.document import Block, Document, Item
from cnncalc.spec.placed import Placed
from cnncalc.spec.values import Bindings


def expand_items(state: State, items: Sequence[Item], scope: Scope, current: int | None) -> int | None:
    """Expands a list of items and returns the node of the last one. `current` is what the first one reads.

    Raises: Problem: if the list stands too deep. ExpansionStopped: if nothing further is to be looked at.
    """
    if state.depth > MAX_DEPTH:
        raise Problem("too-deep", f"blocks stand at most {MAX_DEPTH:,} deep inside each other",
                      suggestion="copies one behind the other are made by repeat")  # fmt: skip
    state.depth += 1
    for item in items:
        if (name := written_name(item)) is not None:
            scope.later.setdefault(name, item.span)
    for item in items:
        try:
            current = _expand_item(state, item, scope, current)
        except Problem as problem:
            state.note(problem.at(item.span, scope.namespace.instance.chain()))
            current = _give_up(written_name(item), 0, scope)
        except SpecError as error:
            state.note(*error.diagnostics)
            current = _give_up(written_name(item), 0, scope)
    state.depth -= 1
    return current


def written_name(item: Item) -> str | None:
    """Returns the name of an item, if it is written as it is."""
    return item.name.text if item.name is not None and item.name.is_scalar else None


def _give_up(name: str | None, copies: int, scope: Scope) -> int | None:
    """Marks an item as mistaken, so that whatever reads it is no second mistake, and returns its node."""
    if name is not None:
        scope.register(name, MISTAKEN)
        for index in range(1, min(copies, MAX_AFTER_MISTAKE) + 1):
            scope.register(f"{name}_{index}", MISTAKEN)
    return MISTAKEN.node


def _expand_item(state: State, item: Item, scope: Scope, current: int | None) -> int | None:
    """Expands one item with its copies and returns the node of the last one. Raises: Problem, SpecError."""
    namespace = scope.namespace
    bindings = namespace.bindings
    name = text(item.name, bindings, "name")
    if item.if_ is not None and not boolean(item.if_, bindings, "if"):
        if name is not None:
            scope.dropped.add(name)
        state.count(1, item.span, namespace.instance)
        return current
    copies = None if item.repeat is None else count(item.repeat, bindings, "repeat")
    if item.repeat is not None and copies is not None and copies > state.max_expanded:
        state.count(copies, item.repeat.span, namespace.instance)
    frozen = item.trainable is not None and not boolean(item.trainable, bindings, "trainable")
    here = Occurrence(state, item, scope, frozen or scope.frozen)
    if item.kind == registry.MODEL and not item.mistaken:
        here.model = with_defaults(here, load_model(here))
    if name is not None:
        span = item.name.span if item.name else item.span
        try:
            namespace.claim(name, span)
        except Problem as problem:
            state.note(problem.at(span, namespace.instance.chain()))
    if item.mistaken:
        note_wrong_arguments(here)
        return _give_up(name or _likely_name(here), copies or 0, scope)
    if name is not None:
        own = name
    elif copies is not None:
        own = here.automatic_base()
    elif item.branches is not None:
        own = ""  # rows are numbered in their order, and a merge's row stands behind those of its branches
    else:
        own = namespace.automatic_name(here.automatic_base())
    if copies is None:
        result, own, reference = _expand_copy(here, own, current, None)
        scope.register(own, reference)
        return result
    # All of them before any branch in them takes one for an item of its own.
    if name is None:
        own, copy_names = namespace.copy_names(own, copies)
    else:
        copy_names = [f"{own}_{index}" for index in range(1, copies + 1)]
        for copy_name in copy_names:
            namespace.claim_automatic(copy_name)
    known = len(state.mistakes.diagnostics)
    for index, copy_name in enumerate(copy_names, 1):
        if len(state.mistakes.diagnostics) > known:  # the other copies have the same mistake
            return _give_up(own, copies, scope)
        current, _, reference = _expand_copy(here, copy_name, current, (index, copies))
        scope.register(copy_name, reference)
    scope.register(own, reference)
    return current


def _likely_name(here: Occurrence) -> str:
    """Guesses what a reader would call an item with a mistake and without a name."""
    spec = here.item.arguments.get("spec")
    if here.item.kind == registry.MODEL and spec is not None and spec.is_scalar:
        return spec.text
    try:
        return here.namespace.automatic_name(here.automatic_base())
    except Problem:  # somebody is called so, or it is no name
        return here.automatic_base()


def _expand_copy(
    here: Occurrence, name: str, current: int | None, copy: Copy | None
) -> tuple[int | None, str, Reference]:
    """Expands one copy of an item, which reads `current` unless it says otherwise. Raises: Problem, SpecError.

    Returns its node, its name (that of a merge without one is known late), and what the name stands for.
    """
    if here.block is not None:
        return _expand_block(here, name, current, copy, here.block)
    if here.model is not None:
        return _expand_model(here, name, current, copy, here.model)
    state, item = here.state, here.item
    if item.branches is not None:
        inputs = tuple(_expand_branch(here, branch, current) for branch in item.branches.values())
        state.count_inputs(len(inputs), item.span, here.instance)
    elif registry.layer_class(item.kind).merges:
        inputs = here.listed_inputs(current, copy)
        state.count_inputs(len(inputs), item.span, here.instance)
    elif registry.layer_class(item.kind).most_inputs == 0:
        inputs = here.no_inputs()
    else:
        inputs = (here.one_input(current, copy),)
    name = name or here.namespace.automatic_name(here.automatic_base())
    layer = make_layer(here, inputs, copy is not None and copy[0] == 1, _expand_inside)
    owner, is_written = owner_of(here, name, current)
    frozen = here.frozen
    if not frozen and item.trainable is None and (default := here.defaults.get("trainable")) is not None:
        frozen = not boolean(default, here.namespace.bindings, "trainable")
    full_name = here.instance.prefix + name
    node = Node(full_name, item.kind, here.instance, inputs, layer, item, frozen, owner, is_written)
    index = with_outputs(state, state.add(node, item.span))
    return index, name, index


def _expand_inside(here: Occurrence, written: Placed) -> InnerModel | None:
    """Expands the model inside of a wrapper into nodes of its own; None if there is a mistake in it, which is noted.

    Raises: Problem, SpecError.
    """
    state = here.state
    if id(written) in state.open_models:
        raise Problem("block-calls-itself", f"{here.item.kind} would contain itself",
                      suggestion="copies one behind the other are made by repeat")  # fmt: skip
    if len(state.open_models) == MAX_WRAPPED:
        raise Problem("too-deep", f"wrappers stand at most {MAX_WRAPPED} deep inside each other",
                      suggestion="a list of items in one wrapper does what wrappers inside each other do")  # fmt: skip
    known = len(state.mistakes.diagnostics)
    items, scope = items_inside(here, written)
    outer, state.nodes = state.nodes, [input_node(scope.namespace.instance)]
    state.open_models.add(id(written))
    try:
        last = expand_items(state, items, scope, 0)
        outputs = scope.namespace.document.spec.outputs
        if scope.namespace.document is not here.document and outputs is not None and len(outputs) == 1:
            last = next(
                iter(named_outputs(state, scope.namespace.document, scope.namespace, last, scope.dropped)), last
            )
    finally:
        state.open_models.discard(id(written))
        inner, state.nodes = state.nodes, outer
    state.count(len(inner), here.item.span, here.instance)
    return InnerModel(inner, last or 0) if len(state.mistakes.diagnostics) == known else None


def _expand_branch(here: Occurrence, branch: Sequence[Item], current: int | None) -> int:
    out = expand_items(here.state, branch, Scope(here.namespace, here.scope, here.frozen), current)
    if out is None:
        raise Problem(
            "no-running-tensor",
            "an empty branch has nothing to pass on: the model has several inputs",
            suggestion="write the merge with from: [a, b]",
        )
    return out


def _inner_instance(here: Occurrence, name: str, copy: Copy | None, identity: str | None) -> Instance:
    """Makes the instance for one copy of a block or model. Raises: ExpansionStopped: if there are too many."""
    here.state.count(1, here.item.span, here.instance)
    full_name = here.instance.prefix + name
    here.state.count_characters(full_name, here.item.span, here.instance)
    path = (*here.instance.path, name)
    ignore = here.instance.ignore | here.item.ignore
    return Instance(full_name, path, here.instance, here.item.kind, here.item.span, copy, identity, ignore, here.item)


def _expand_block(
    here: Occurrence, name: str, current: int | None, copy: Copy | None, block: Block
) -> tuple[int | None, str, Reference]:
    start = here.one_input(current, copy)
    instance = _inner_instance(here, name, copy, None)
    bindings = block_bindings(here, block, start, current, copy is not None and copy[0] == 1)
    group = shared_group(here, name, current)
    namespace = Namespace(instance, here.document, block, bindings, start, group)
    result = expand_items(here.state, block.layers, Scope(namespace, None, here.frozen), start)
    _note_edges(namespace, result)
    return result, name, Group(result, namespace.references, here.block_identity())


def _note_edges(namespace: Namespace, result: int | None) -> None:
    """Keeps with a finished instance what it was made of and where it begins and ends."""
    instance = namespace.instance
    instance.document, instance.bindings = namespace.document, namespace.bindings
    instance.input, instance.output = namespace.input, result


def _expand_model(
    here: Occurrence, name: str, current: int | None, copy: Copy | None, inner: Document
) -> tuple[int | None, str, Reference]:
    state = here.state
    check_not_including(here, inner)
    start = here.one_input(current, copy)
    instance = _inner_instance(here, name, copy, inner.identity)
    bindings = state.bindings_of_models.get(inner.identity)
    if bindings is None or here.item.defaults:
        values = variables(state, inner, {})
        bindings = state.bindings_of_models[inner.identity] = Bindings(values, values)
    group = shared_group(here, name, current)
    namespace = Namespace(instance, inner, None, bindings, start)
    scope = Scope(namespace, None, here.frozen)
    name_inner_input(inner, scope, start)
    before = len(state.nodes)
    last = expand_items(state, inner.spec.layers, scope, start)
    freeze_until(here, namespace, before)
    state.warnings += ignored_defaults(here, inner, instance.name, before)
    until = inner_item(here, "until", namespace)
    if until is not None:
        last = until
        if until != MISTAKEN.node:
            state.count(len(state.nodes) - until - 1, here.item.span, here.instance)  # they were made all the same
            del state.nodes[until + 1 :]
            cut_after(namespace.references, until)
    elif inner.spec.outputs is not None and len(inner.spec.outputs) == 1:
        last = next(iter(named_outputs(state, inner, namespace, last, scope.dropped)), last)
    if group is not None:
        share_all(here, namespace.references, group, before)
    _note_edges(namespace, last)
    return last, name, Group(last, namespace.references, here.block_identity())
