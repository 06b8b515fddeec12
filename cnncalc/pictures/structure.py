"""How the parts of a net lie to each other: one after the other, or side by side.

Nets are mostly series-parallel: where everything flows through one layer the net is cut, and what lies between two
such layers falls into branches, which are nets again. A connection that skips what lies between is a branch without
layers: a lane. What is knotted otherwise is put into rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.pictures.parts import Part


@dataclass(frozen=True, slots=True)
class Lane:
    """A branch without layers: the line of what a layer makes goes through."""

    key: int


@dataclass(frozen=True, slots=True)
class Beside:
    """Branches from left to right. `knotted`: a row of a knot, whose lines may go from any to any."""

    branches: list[Series | Lane]
    knotted: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Parts and branchings from top to bottom. `exits` are the keys of layers that are read below."""

    items: list[Part | Beside]
    exits: frozenset[int]


_DEEPEST: Final = 200
"""Branchings in branchings; what is nested deeper is put into rows."""
_MOST_LANES: Final = 20_000
"""In the rows of a knot; more could not be told apart, and would take minutes."""
_SHORT_END: Final = 3
"""An end of a net that is up to so many times as long as other ends beside it is one of them."""


def series(parts: Sequence[Part], exits: frozenset[int], depth: int = 0) -> Series:
    """Finds the structure of parts, which stand in an order in which each reads earlier ones or what is above."""
    if depth > _DEEPEST:
        return Series(_rows(parts, exits), exits)
    parts = _ends_first(parts, exits)
    pending = Counter(key for part in parts for key in part.reads)
    pending.update(exits)
    made = {key for part in parts for key in part.makes}
    flowing = {key for key in pending if key not in made}
    items: list[Part | Beside] = []
    region: list[Part] = []
    for part in parts:
        for key in part.reads:
            pending[key] -= 1
            if not pending[key]:
                flowing.discard(key)
        if flowing:
            region.append(part)
        else:
            items += _between(region, part.reads, depth)
            items.append(part)
            region = []
        flowing.update(key for key in part.makes if pending[key])
    if region and not items:
        items = _between(region, exits, depth) if _falls_apart(region, exits) else _rows(parts, exits)
    else:
        items += _between(region, exits, depth)
    return Series(_with_ends_beside_each_other(items, exits), exits)


def _ends_first(parts: Sequence[Part], exits: frozenset[int]) -> Sequence[Part]:
    """Puts what branches off and ends right behind what it branches off from; the longest end is no such branch."""
    read = {key for part in parts for key in part.reads}
    sinks = [
        index
        for index, part in enumerate(parts)
        if not exits.intersection(part.makes) and not read.intersection(part.makes)
    ]
    if not sinks or (len(sinks) == 1 and not exits):
        return parts
    owner = {key: index for index, part in enumerate(parts) for key in part.makes}
    sources = [sorted({owner[key] for key in part.reads if key in owner}) for part in parts]
    rank = [0] * len(parts)
    for index, own in enumerate(sources):
        rank[index] = max((rank[source] + 1 for source in own), default=0)
    goes_on = [bool(exits.intersection(part.makes)) for part in parts]
    if not exits:
        goes_on[max(sinks, key=lambda index: (rank[index], -index))] = True
    for index in range(len(parts) - 1, -1, -1):
        if goes_on[index]:
            for source in sources[index]:
                goes_on[source] = True
    place = list(range(len(parts)))
    for index, own in enumerate(sources):
        if not goes_on[index] and own:
            place[index] = max(place[source] for source in own)
    order = sorted(range(len(parts)), key=lambda index: (place[index], goes_on[index] and place[index] != index, index))
    return [parts[index] for index in order]


def _falls_apart(region: Sequence[Part], needed: Sequence[int] | frozenset[int]) -> bool:
    made = {key for part in region for key in part.makes}
    return any(key not in made for key in needed) or len(_components(region)) > 1


def _between(region: Sequence[Part], needed: Sequence[int] | frozenset[int], depth: int) -> list[Part | Beside]:
    """Returns the branches between two layers through which everything flows; `needed` is what the lower one reads."""
    if not region:
        return []
    made = {key for part in region for key in part.makes}
    lanes = [Lane(key) for key in sorted(needed) if key not in made]
    branches = [
        series(component, frozenset(key for part in component for key in part.makes if key in needed), depth + 1)
        for component in _components(region)
    ]
    if len(branches) == 1 and not lanes:
        return branches[0].items
    return [Beside(_ordered(branches, lanes))]


def _ordered(branches: Sequence[Series], lanes: Sequence[Lane]) -> list[Series | Lane]:
    """Puts what goes on to the left, then lanes, then what ends; a lane by itself is what goes on."""
    through = [branch for branch in branches if goes_through(branch)]
    others = [branch for branch in branches if not goes_through(branch)]
    return [*through, *lanes, *others]


def goes_through(branch: Series) -> bool:
    """Says whether a branch begins above and goes on below."""
    first = branch.items[0]
    return bool(branch.exits) and (isinstance(first, Beside) or bool(first.reads))


def _components(region: Sequence[Part]) -> list[list[Part]]:
    """Returns the parts that hang together, each in their order."""
    owner = {key: index for index, part in enumerate(region) for key in part.makes}
    root = list(range(len(region)))

    def find(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    for index, part in enumerate(region):
        for key in part.reads:
            if key in owner:
                first, second = find(owner[key]), find(index)
                root[max(first, second)] = min(first, second)
    components: dict[int, list[Part]] = {}
    for index, part in enumerate(region):
        components.setdefault(find(index), []).append(part)
    return list(components.values())


def _with_ends_beside_each_other(items: list[Part | Beside], exits: frozenset[int]) -> list[Part | Beside]:
    """Puts the last end of a net beside shorter ones that branch off before it, as the heads of a detector."""
    if exits:
        return items
    for index in range(len(items) - 2, -1, -1):
        item = items[index]
        if isinstance(item, Beside) and not item.knotted:
            ends = [branch for branch in item.branches if isinstance(branch, Series) and not branch.exits]
            tail = items[index + 1 :]
            are_ends = len(item.branches) == len(ends) + 1 and isinstance(item.branches[0], Lane)
            if are_ends and length(tail) <= _SHORT_END * max(length(end.items) for end in ends):
                ends = sorted([Series(tail, exits), *ends], key=lambda end: _first(end.items[0]))
                return [*items[:index], Beside([*ends])]
            return items
    return items


def _first(item: Part | Beside) -> int:
    """Returns the key of the first layer of an item."""
    if not isinstance(item, Beside):
        return item.first
    return min(_first(branch.items[0]) for branch in item.branches if isinstance(branch, Series))


def length(items: Sequence[Part | Beside]) -> int:
    """Returns the number of parts that stand one below the other."""
    return sum(
        max(length(branch.items) if isinstance(branch, Series) else 0 for branch in item.branches)
        if isinstance(item, Beside)
        else 1
        for item in items
    )


# Knots --------------------------------------------------------------------------------------------------------------


def _rows(parts: Sequence[Part], exits: frozenset[int]) -> list[Part | Beside]:
    """Puts each part into the row below the lowest that it reads, with lanes for what is read further below.

    Raises: UsageError: if there would be too many.
    """
    row_of: dict[int, int] = {}
    rows: list[list[Part]] = []
    for part in parts:
        row = max((row_of[key] + 1 for key in part.reads if key in row_of), default=0)
        row_of.update(dict.fromkeys(part.makes, row))
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].append(part)
    last_read = dict.fromkeys(exits, len(rows))
    for index, row_parts in enumerate(rows):
        for part in row_parts:
            for key in part.reads:
                last_read[key] = max(last_read.get(key, 0), index)
    order: dict[int, float] = {}
    flowing = [key for key in last_read if key not in row_of]
    found: list[Beside] = []
    lanes = 0
    for index, row_parts in enumerate(rows):
        lanes += len(flowing)
        if lanes > _MOST_LANES:
            message = f"{quote(parts[0].name)} and what follows it is too tangled to be drawn"
            hint = "--depth 1, if it has blocks, or --format dot for Graphviz"
            raise UsageError(Diagnostic("bad-option", message, suggestion=hint))
        branches: list[Series | Lane] = [
            Series([part], frozenset(key for key in part.makes if last_read.get(key, -1) > index)) for part in row_parts
        ]
        branches += [Lane(key) for key in flowing if last_read[key] > index]
        branches.sort(key=lambda branch: _place(branch, order))
        order = {key: place for place, branch in enumerate(branches) for key in _keys(branch)}
        flowing = [key for key in order if last_read[key] > index]
        row_found = Beside(branches, knotted=True)
        if found and _is_next_of(found[-1], row_found):
            found[-1] = _longer(found[-1], row_found)
        else:
            found.append(row_found)
    return list(found)


def _is_next_of(above: Beside, row: Beside) -> bool:
    """Says whether a row has one part, below one part, and the same lanes beside it: then the lanes stay straight."""
    alone, below = ([branch for branch in beside.branches if isinstance(branch, Series)] for beside in (above, row))
    lanes, others = ([branch for branch in beside.branches if isinstance(branch, Lane)] for beside in (above, row))
    if len(alone) != 1 or len(below) != 1 or {*lanes} != {*others}:
        return False
    (part,) = below[0].items
    return not isinstance(part, Beside) and {*part.reads} == alone[0].exits


def _longer(above: Beside, row: Beside) -> Beside:
    (below,) = (branch for branch in row.branches if isinstance(branch, Series))
    branches = [
        Series([*branch.items, *below.items], below.exits) if isinstance(branch, Series) else branch
        for branch in above.branches
    ]
    return Beside(branches, knotted=True)


def _place(branch: Series | Lane, order: dict[int, float]) -> float:
    """Returns the mean place of what a branch reads; a lane stays where it is."""
    keys = (
        [branch.key]
        if isinstance(branch, Lane)
        else [key for item in branch.items if not isinstance(item, Beside) for key in item.reads]
    )
    places = [order[key] for key in keys if key in order]
    return sum(places) / len(places) if places else len(order)


def _keys(branch: Series | Lane) -> Sequence[int]:
    return [branch.key] if isinstance(branch, Lane) else sorted(branch.exits)
