"""An item's arguments become its layer; each one that is wrong is noted at its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cnncalc.errors import Problem, Problems
from cnncalc.expansion.nodes import UnresolvedLayer
from cnncalc.expansion.occurrence import Occurrence
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.layers.inner_model import InnerModel
from cnncalc.spec.document import Arguments
from cnncalc.spec.foreign_items import as_call, as_item
from cnncalc.spec.placed import Placed
from cnncalc.spec.values import (
    Bindings,
    Channels,
    Value,
    evaluate,
    evaluate_mapping,
    is_late,
    missing_dollar,
    not_arithmetic,
)

OF_NAMES: Final = ("unknown-argument", "missing-argument")
"""Problems whose place is a name, not a value."""
Inside = Callable[[Occurrence, Placed], InnerModel | None]
"""Expands a model that stands in an argument; None if there is a mistake in it, which is noted."""


def make_layer(
    here: Occurrence, inputs: tuple[int, ...], is_first: bool, inside: Inside
) -> Layer | UnresolvedLayer | None:
    """Makes the layer, from the item's arguments over the block's, the file's and the kind's defaults.

    None if an argument is wrong, which is noted. Raises: SpecError: if a spec in an argument is wrong.
    """
    first = here.item.first if is_first else {}
    bindings = here.namespace.bindings
    key = (id(here.item), bool(first))
    known = bindings.layers.get(key)
    if isinstance(known, (Layer, UnresolvedLayer)):
        return known
    arguments = {**here.defaults, **here.item.arguments, **first}
    arguments.pop("trainable", None)
    values = _evaluated(here, arguments, Channels(inputs[0]) if inputs else None, inside)
    if len(values) < len(arguments):
        _note_wrong(here, values, arguments)
        return None
    try:
        layer = here.state.layer(here.item.kind, values)
    except Problems as wrong:
        is_bare = any(_is_bare(here, written) for written in arguments.values())
        for problem in wrong.problems:
            # A wrong bare value, such as `[6, 3]`, may be meant for the arguments that are missing as well.
            if problem.id != "missing-argument" or not is_bare or len(wrong.problems) == 1:
                _note(here, problem, arguments)
        return None
    if isinstance(layer, Layer) or not layer.waits_for_shape:
        bindings.layers[key] = layer
    return layer


def note_wrong_arguments(here: Occurrence) -> None:
    """Notes what else is wrong in an item that the reader refused something in."""
    if registry.is_kind(here.item.kind):
        arguments = {**here.item.arguments, **here.item.first}
        _note_wrong(here, _evaluated(here, arguments, Channels(0)), arguments)


def _evaluated(
    here: Occurrence, arguments: Arguments, channels: Channels | None, inside: Inside | None = None
) -> dict[str, Value]:
    """Evaluates the arguments; those that come to nothing are noted and left out, and models without `inside`."""
    bindings = here.namespace.bindings
    file_bindings = Bindings(bindings.vars)
    file_defaults = here.file_defaults
    kind = registry.layer_class(here.item.kind)
    values: dict[str, Value] = {}
    for name, written in arguments.items():
        # A parameter of the block hides a var, but not from what stands outside of the block.
        of_file = written is file_defaults.get(name)
        try:
            if name in kind.model_arguments and written.value is not None:
                if inside is not None and (model := inside(here, written)) is not None:
                    values[name] = model
                continue
            read = evaluate_mapping if name in kind.layer_arguments else evaluate
            values[name] = read(written, file_bindings if of_file else bindings, channels)
        except Problem as problem:
            problem.argument = name
            _note(here, problem, arguments)
    return values


def _note_wrong(here: Occurrence, values: dict[str, Value], arguments: Arguments) -> None:
    """Notes each argument that is wrong by itself."""
    known = {name: value for name, value in values.items() if not is_late(value)}
    for problem in registry.wrong_arguments(here.item.kind, known):
        _note(here, problem, arguments)


def _note(here: Occurrence, problem: Problem, arguments: Arguments) -> None:
    """Notes what is wrong with the layer, at the argument that it is about or at the item."""
    kind = here.item.kind
    written, is_inside = _place(arguments.get(problem.argument or ""), problem.inside)
    if written is not None and problem.suggestion is None:
        problem.suggestion = missing_dollar(written, here.namespace.bindings) or not_arithmetic(written)
        arguments_of = registry.layer_class(kind).arguments()
        known = arguments_of.get(problem.argument or "") if not problem.inside else None
        if known is not None and not known.is_required() and (problem.found or "").lower() == '"none"':
            problem.suggestion = f"leave {problem.argument} out"
        if problem.suggestion is None and _is_bare(here, written):
            problem.suggestion = _by_name(kind, written)
    span = (written.span if written else None) or here.item.span
    if written is not None and is_inside and (problem.id in OF_NAMES or len(problem.inside) == 1):
        span = written.key or span
    here.state.note(problem.at(span, here.instance.chain()))


def _place(written: Placed | None, keys: Sequence[str]) -> tuple[Placed | None, bool]:
    """Follows keys into a value, as far as they lead; tells whether they do."""
    outer = written
    for key in keys:
        if written is None or not isinstance(written.value, dict) or key not in written.value:
            break
        written = written.value[key]
    return written, written is not outer


def _is_bare(here: Occurrence, written: Placed) -> bool:
    """Tells whether a value stands alone behind the kind, without the argument's name."""
    return written.key is not None and written.key is here.item.span


def _by_name(kind: str, placed: Placed) -> str | None:
    """Suggests `Conv2D: {filters: 6, kernel_size: 3}` for `Conv2D: [6, 3]`: a bare value is one argument's."""
    call = as_call(kind, placed)
    item = as_item(call, 2) if len(call.by_place) > 1 else None
    return f"name each argument: {item}" if item else None
