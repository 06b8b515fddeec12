"""The model inside of a wrapper: what its argument may be, and the list of items that this means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnncalc.errors import Problem, SpecError, nearest, quote
from cnncalc.expansion.inner_model import check_not_including, name_inner_input
from cnncalc.expansion.item_options import text
from cnncalc.expansion.nodes import Instance, Node
from cnncalc.expansion.occurrence import Occurrence
from cnncalc.expansion.scopes import Namespace, Scope
from cnncalc.expansion.variables import variables
from cnncalc.layers import registry
from cnncalc.layers.input import InputLayer
from cnncalc.spec.document import Document, Item
from cnncalc.spec.names import MODEL_ARGUMENTS
from cnncalc.spec.placed import Placed
from cnncalc.spec.reader import read_document, read_items
from cnncalc.spec.shipped import is_shipped, shipped_names
from cnncalc.spec.values import Bindings, Value, is_late, need_value


def items_inside(here: Occurrence, written: Placed) -> tuple[Sequence[Item], Scope]:
    """Reads a wrapper's model: the items that it means, and the scope in which they are expanded.

    It is the name of a block of the file or of a spec, a list of items, what a `Model` takes, or a whole spec.
    Raises: Problem, SpecError. ExpansionStopped: if a spec would contain itself.
    """
    if isinstance(written.value, dict) and "layers" in written.value:
        return _spec(here, written)
    kind = here.item.kind
    instance = Instance(here.instance.prefix + kind, (), here.instance, kind, written.span, identity="")
    namespace = Namespace(instance, here.document, here.namespace.block, _known(here.namespace.bindings), 0)
    return read_items(_listed(here, written), here.document), Scope(namespace)


def input_node(instance: Instance) -> Node:
    """Makes the first node of a model inside: what it reads has the shape of a frame."""
    return Node("input", "InputLayer", instance, (), InputLayer(shape=()), None)


def _listed(here: Occurrence, written: Placed) -> Placed:
    """Writes what stands there as a list of items. Raises: Problem."""
    span = written.span
    if isinstance(written.value, list):
        return written
    if isinstance(written.value, dict):
        if not written.value or not written.value.keys() <= set(MODEL_ARGUMENTS):
            raise _no_model(here, written)
        return Placed([Placed({registry.MODEL: replace(written, key=written.key or span)}, span)], span)
    name = text(written, here.namespace.bindings, "model")
    if not name:
        raise _no_model(here, written)
    if name in here.document.spec.blocks:
        return Placed([Placed(name, span, name)], span)
    if not is_shipped(name) and "." not in name and "/" not in name:
        hint = nearest(name, [*here.document.spec.blocks, *shipped_names()])
        raise Problem("no-such-spec", f"there is no block and no shipped spec {quote(name)}",
                      suggestion=hint or "a model is a block, a spec, or a list of items")  # fmt: skip
    spec = Placed(name, span, name, key=span)
    return Placed([Placed({registry.MODEL: Placed({"spec": spec}, span, key=span)}, span)], span)


def _no_model(here: Occurrence, written: Placed) -> Problem:
    """Makes the problem of a value that means no model; a layer in its place is put where it belongs."""
    kinds = list(written.value) if isinstance(written.value, dict) else []
    hint = f"{here.item.kind}: {{model: [{{Dense: 10}}, ReLU]}}"
    if len(kinds) == 1 and registry.kind_named(kinds[0]):
        hint = f"a single layer is the argument layer: {here.item.kind}: {{layer: {{{kinds[0]}: ...}}}}"
    return Problem(
        "bad-value",
        f'argument "model" of {here.item.kind} must be the name of a block or a spec, or a list of items, '
        f"not {written.describe()}",
        suggestion=hint,
    )


def _spec(here: Occurrence, written: Placed) -> tuple[Sequence[Item], Scope]:
    """Reads a whole spec that stands in the argument. Raises: SpecError."""
    assert isinstance(written.value, dict)
    outer, span = here.document, written.span
    entries = {"input": Placed(1, span, "1", key=span), **written.value}
    identity = f"{outer.identity}:{span.line}:{span.column}"
    document: Document = read_document(replace(written, value=entries), outer.source, identity, outer.folder)
    if document.mistakes:
        raise SpecError(document.mistakes)
    check_not_including(here, document)
    values = variables(here.state, document, {})
    instance = Instance(here.instance.prefix + here.item.kind, (), here.instance, here.item.kind, span, None, identity)
    scope = Scope(Namespace(instance, document, None, Bindings(values, values), 0))
    name_inner_input(document, scope, 0)
    return document.spec.layers, scope


def _known(bindings: Bindings) -> Bindings:
    """Returns the parameters that a model inside may use: not those that stand for tensors outside, or for their
    sizes.
    """
    need_value([*bindings.values.values(), *bindings.vars.values()])
    values: dict[str, Value] = {
        name: str(value) if isinstance(value, str) else value
        for name, value in bindings.values.items()
        if not is_late(value)
    }
    return Bindings(values, bindings.vars)
