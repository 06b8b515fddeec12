"""A spec inside a spec: which one a `Model` means, where it is cut, and what of it is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from cnncalc.errors import Problem, SpecError, nearest, quote
from cnncalc.expansion.inputs import written_inputs
from cnncalc.expansion.item_options import text
from cnncalc.expansion.nodes import Instance, Node
from cnncalc.expansion.occurrence import Occurrence
from cnncalc.expansion.scopes import Group, Namespace, Reference, Scope
from cnncalc.spec.document import Document
from cnncalc.spec.placed import Placed
from cnncalc.spec.values import evaluate, need_value


def load_model(here: Occurrence) -> Document:
    """Reads the spec that an item names. Raises: Problem: if there is none. SpecError: if that spec is wrong."""
    written = here.item.arguments.get("spec")
    if written is None:
        raise Problem("missing-argument", 'Model needs the argument "spec" (a shipped spec or a file)',
                      suggestion="Model: {spec: vgg16}")  # fmt: skip
    name = text(written, here.namespace.bindings, "spec")
    try:
        loaded = here.state.load(name or "", here.document)
        if loaded.mistakes:
            raise SpecError(loaded.mistakes)
        return loaded
    except Problem as problem:
        raise problem.placed(written.span) from None
    except SpecError as error:
        line = f", line {written.span.line}" if written.span and written.span.line else ""
        chain = (*here.instance.chain(), f"in a model read by {here.document.source.file}{line}")
        raise SpecError(
            [
                replace(found, span=written.span, chain=here.instance.chain())
                if found.id.startswith("file-")  # what cannot be read has no place of its own
                else replace(found, chain=(*chain, *found.chain))
                for found in error.diagnostics
            ]
        ) from None


def with_defaults(here: Occurrence, inner: Document) -> Document:
    """Puts the defaults of a `Model` over those of the spec that it includes. Raises: Problem: if one is not known."""
    if not here.item.defaults:
        return inner
    merged = dict(inner.spec.defaults)
    for kind, arguments in here.item.defaults.items():
        written = {name: _computed(argument, here) for name, argument in arguments.items()}
        merged[kind] = {**merged.get(kind, {}), **written}
    return replace(inner, spec=inner.spec.model_copy(update={"defaults": merged}))


def _computed(written: Placed, here: Occurrence) -> Placed:
    """Returns a value in which the parameters of the place where it is written are put in. Raises: Problem."""
    if isinstance(written.value, list):
        return replace(written, value=[_computed(entry, here) for entry in written.value])
    if not isinstance(written.value, str) or "$" not in written.value:
        return written
    try:
        value = evaluate(written, here.namespace.bindings, None)
    except Problem as problem:
        raise problem.placed(written.span) from None
    need_value(value)
    if isinstance(value, (bool, int, str, Fraction)) or value is None:
        return replace(written, value=value)
    raise Problem("bad-value", "a default inside a Model is a single value").placed(written.span)


def ignored_defaults(here: Occurrence, inner: Document, name: str, before: int) -> Iterator[str]:
    """Makes a warning for each kind whose defaults in this file would change items of a model, but end at its edge."""
    if "defaults-end-at-model" in here.instance.ignore | here.item.ignore:
        return
    for kind, arguments in here.document.spec.defaults.items():
        said = {*inner.spec.defaults.get(kind, ()), *here.item.defaults.get(kind, ())}
        inside = (node.item for node in here.state.nodes[before:] if node.kind == kind and node.item is not None)
        if any({*arguments} - said - {*item.arguments} for item in inside):
            yield (
                f"the defaults of {kind} do not reach into the model {quote(name)}; "
                f"Model: {{spec: {inner.stem}, defaults: {{{kind}: ...}}}} does"
            )


def name_inner_input(inner: Document, scope: Scope, start: int) -> None:
    """Gives the running tensor the name of the inner spec's input. Raises: Problem: if that spec has several."""
    names = list(written_inputs(inner))
    if len(names) > 1:
        raise Problem("several-inputs", f"the spec {quote(inner.stem)} has {len(names)} inputs: {', '.join(names)}",
                      expected="a spec with one input: it reads the running tensor")  # fmt: skip
    for name in names:
        if name != "input":
            scope.namespace.claim(name, inner.spec.input.span)
            scope.names[name] = scope.namespace.references[name] = start


def check_not_including(here: Occurrence, inner: Document) -> None:
    """Stops if a spec would contain itself. Raises: ExpansionStopped."""
    instance: Instance | None = here.instance
    while instance is not None:
        if instance.identity == inner.identity:
            problem = Problem("model-includes-itself", f"the spec {quote(inner.stem)} would contain itself",
                              suggestion="copies of a part are made by a block with repeat")  # fmt: skip
            here.state.stop(problem.at(here.item.span, here.instance.chain()))
        instance = instance.outer


def inner_item(here: Occurrence, argument: str, namespace: Namespace) -> int | None:
    """Finds the node that `until` or `frozen_until` names. Raises: Problem."""
    written = here.item.arguments.get(argument)
    name = text(written, here.namespace.bindings, argument)
    if written is None or name is None:
        return None
    try:
        return Scope(namespace, names=namespace.references).find(name, None)
    except Problem as problem:
        if name.split("/")[0] not in namespace.references:
            problem.message = f"the model {quote(namespace.instance.name)} has no item {quote(name)}"
            problem.suggestion = nearest(name, namespace.references)
        raise problem.placed(written.span) from None


def freeze_until(here: Occurrence, namespace: Namespace, before: int) -> None:
    """Freezes the nodes from `before` up to the one that `frozen_until` names. Raises: Problem."""
    index = inner_item(here, "frozen_until", namespace)
    if index is not None:
        for node in here.state.nodes[before : index + 1]:
            node.frozen = True


def mark_cut(dropped: Iterable[Node], model: Instance) -> None:
    """Marks the blocks inside a model, and the model, some of whose layers are dropped."""
    for node in dropped:
        instance = node.instance
        while instance is not model and instance.outer is not None and not instance.is_cut:
            instance.is_cut = True
            instance = instance.outer
        model.is_cut = True


def cut_after(references: dict[str, Reference], index: int) -> None:
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
