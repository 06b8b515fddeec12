"""Blocks that would contain themselves, used or not: there would be no end to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cnncalc.errors import Diagnostic, Span, quote
from cnncalc.spec.document import Block, Item
from cnncalc.spec.placed import Placed

SHOWN: Final = 4
"""How many blocks of a cycle a message names."""


def block_cycles(blocks: Mapping[str, Block], written: Mapping[str, Placed]) -> list[Diagnostic]:
    """Makes a diagnostic for each use of a block that closes a cycle, at that use. Linear in the number of items.

    `written` has the places of the blocks.
    """
    found: list[Diagnostic] = []
    finished: set[str] = set()
    for first in blocks:
        if first in finished:
            continue
        open_blocks = {first: _uses(blocks[first].layers)}  # a dict for its order: each one uses the next
        while open_blocks:
            name, uses = next(reversed(open_blocks.items()))
            use = next(uses, None)
            if use is None:
                finished.add(name)
                del open_blocks[name]
            elif use.kind in open_blocks:
                names = list(open_blocks)
                cycle = names[names.index(use.kind) :]
                found.append(_contains_itself(use, {name: written[name].key for name in cycle}))
            elif use.kind in blocks and use.kind not in finished:
                open_blocks[use.kind] = _uses(blocks[use.kind].layers)
    return found


def _uses(items: Iterable[Item]) -> Iterator[Item]:
    """Goes through the items of a list and of all branches in it."""
    lists = [iter(items)]
    while lists:
        item = next(lists[-1], None)
        if item is None:
            lists.pop()
            continue
        yield item
        lists.extend(iter(branch) for branch in (item.branches or {}).values())


def _contains_itself(use: Item, cycle: Mapping[str, Span | None]) -> Diagnostic:
    """Makes the diagnostic for a use of a block; `cycle` has the blocks from that one to the use, with places."""
    shown = [quote(name) for name in [*cycle, use.kind]]
    if len(shown) > SHOWN + 1:
        shown = [*shown[:SHOWN], f"{len(shown) - SHOWN - 1:,} more, the last of which", shown[-1]]
    return Diagnostic(
        "block-calls-itself",
        f"a block may not contain itself: {' uses '.join(shown)}",
        use.span,
        chain=tuple(
            f"in block {quote(name)}" + (f" (line {span.line})" if span and span.line else "")
            for name, span in cycle.items()
        ),
        suggestion=f"copies are made by {use.kind}: {{repeat: 3}}",
    )
