"""Which layer or quantity is meant: a name, a path name `block/inner`, or a number, where 1 is the first layer."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.errors import Diagnostic, UsageError, nearest, quote

SHOWN = 5
"""Names that a message lists."""


def find_layer(names: Sequence[str], inputs: int, wanted: str) -> int:
    """Returns the index of a layer among `names`, of which the first `inputs` are inputs.

    Raises: UsageError: `no-such-layer`, also where a block is named.
    """
    for index, name in enumerate(names):
        if name == wanted:
            return index
    layers = len(names) - inputs
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 18:
        number = int(wanted)
        if 1 <= number <= layers:
            return inputs + number - 1
        raise UsageError(
            Diagnostic(
                "no-such-layer", f"there is no layer {number:,}: the layers are numbered from 1 to {layers:,}",
                expected=f"a name, or a number from 1 to {layers:,}", found=quote(wanted),
            )
        )  # fmt: skip
    inner = [name for name in names if name.startswith(f"{wanted}/")]
    if inner:
        more = ", ..." if len(inner) > SHOWN else ""
        raise UsageError(
            Diagnostic(
                "no-such-layer", f"{quote(wanted)} is a block, not a layer",
                expected=f"one of {', '.join(map(quote, inner[:SHOWN]))}{more}", found=quote(wanted),
            )
        )  # fmt: skip
    raise UsageError(
        Diagnostic(
            "no-such-layer", f"there is no layer {quote(wanted)}", found=quote(wanted),
            suggestion=nearest(wanted, names) or "`cnncalc summary` lists the layers",
        )
    )  # fmt: skip
