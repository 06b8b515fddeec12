"""Blocks that would contain themselves, used or not: there would be no end to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cnncalc.errors import Diagnostic, quote
from cnncalc.spec.document import Block, Item

SHOWN: Final = 4
"""How many blocks of a cycle a message names."""


def block_cycles(blocks: Mapping[str, Block]) -> Iterator[Diagnostic]:
    """A diagnostic for each use of a block that closes a cycle, at that use. Linear in the number of items."""
    finished: set[str] = set()
    for first in blocks:
        if first in finished:
            continue
        open_blocks = {first: _uses(blocks[first].items)}  # a dict for its order: each one uses the next
        while open_blocks:
            name, uses = next(reversed(open_blocks.items()))
            use = next(uses, None)
            if use is None:
                finished.add(name)
                del open_blocks[name]
            elif use.kind in open_blocks:
                names = list(open_blocks)
                yield _contains_itself(use, [blocks[name] for name in names[names.index(use.kind) :]])
            elif use.kind in blocks and use.kind not in finished:
                open_blocks[use.kind] = _uses(blocks[use.kind].items)


def _uses(items: Iterable[Item]) -> Iterator[Item]:
    """The items of a list and of all branches in it."""
    lists = [iter(items)]
    while lists:
        item = next(lists[-1], None)
        if item is None:
            lists.pop()
            continue
        yield item
        lists.extend(iter(branch) for branch in (item.branches or {}).values())


def _contains_itself(use: Item, cycle: list[Block]) -> Diagnostic:
    names = [block.name for block in cycle]
    shown = [quote(name) for name in [*names, use.kind]]
    if len(shown) > SHOWN + 1:
        shown = [*shown[:SHOWN], f"{len(shown) - SHOWN - 1:,} more, the last of which", shown[-1]]
    placed = [(block.name, block.span) for block in cycle]
    return Diagnostic(
        "block-calls-itself",
        f"a block may not contain itself: {' uses '.join(shown)}",
        use.span,
        chain=tuple(
            f"in block {quote(name)}" + (f" (line {span.line})" if span and span.line else "") for name, span in placed
        ),
        suggestion=f"copies are made by {use.kind}: {{repeat: 3}}",
    )
