"""What the parameters of a block come to where the block is used."""

from __future__ import annotations

from cnncalc.errors import Problem, nearest, quote
from cnncalc.expansion.occurrence import Occurrence
from cnncalc.spec.document import Arguments, Block
from cnncalc.spec.values import Bindings, Channels, Value, evaluate, waits_for_shape


def block_bindings(here: Occurrence, block: Block, start: int, current: int | None, is_first: bool) -> Bindings:
    """Evaluates the block's parameters: as given, in the caller's terms, else by their defaults, in the block's.

    `start` is the node that the block reads. Raises: Problem. ExpansionStopped: if too many are computed.
    """
    first = here.item.first if is_first else {}
    if here.shared_bindings is not None and not first:
        return here.shared_bindings
    here.state.count_values(len(block.params), here.item.span, here.instance)
    given = _given(here.item.kind, block, {**here.item.arguments, **first})
    channels = Channels(start)
    outer = here.namespace.bindings
    values: dict[str, Value] = {}
    own = Bindings(values, outer.vars)
    for name, default in block.params.items():
        written = given.get(name, default)
        try:
            if name in given:
                values[name] = evaluate(written, outer, channels, (here.scope, current))
            else:
                values[name] = evaluate(written, own, channels)
        except Problem as problem:
            later = (problem.found or "").removeprefix("$")
            if problem.id == "unknown-parameter" and later in block.params and name not in given:
                problem.suggestion = f"write {quote(later)} before {quote(name)}: a default uses those before it"
            raise problem.placed(written.span) from None
        if values[name] is None and name not in given:
            missing = f"the block {quote(here.item.kind)} needs the parameter {quote(name)}"
            raise Problem("missing-argument", missing, suggestion=f"{here.item.kind}: {{{name}: ...}}")
    if not first and not any(waits_for_shape(value) or value == "prev" for value in values.values()):
        here.shared_bindings = own
    return own


def _given(kind: str, block: Block, arguments: Arguments) -> Arguments:
    """Lists the arguments by the block's parameters. Raises: Problem: if the block has no such parameter."""
    given = dict(arguments)
    if "" in given:
        if not block.params:
            raise Problem(
                "unknown-argument",
                f"the block {quote(kind)} has no parameters",
                suggestion="declare one in the block: params: {NAME: null}",
            )
        given = {next(iter(block.params)) if name == "" else name: written for name, written in given.items()}
    for name, written in given.items():
        if name not in block.params:
            expected = "one of " + ", ".join(block.params) if block.params else "no parameters"
            raise Problem(
                "unknown-argument", f"the block {quote(kind)} has no parameter {quote(name)}",
                expected=expected, found=quote(name), suggestion=nearest(name, block.params),
            ).placed(written.key)  # fmt: skip
    return given
