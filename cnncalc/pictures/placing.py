"""Where everything is: sizes from the inside out, then places from the outside in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cnncalc.pictures.gaps import STRAIGHT, Line, Port, connect_across
from cnncalc.pictures.parts import FramePart, LayerPart, Part
from cnncalc.pictures.structure import Beside, Lane, Series, goes_through, series

BETWEEN: Final = 22.0
"""Between branches."""
LANE: Final = 12.0
"""Between lanes, and between a lane and a branch."""
PADDING: Final = 12.0
"""Inside a frame."""
TITLE: Final = 22.0
"""The height of a frame's heading."""
GUTTER: Final = 34.0
"""Between two columns of a page."""


class Size(NamedTuple):
    """The size of a box, and the x of its axis: where lines enter and leave."""

    width: float
    height: float
    axis: float


class Heading(NamedTuple):
    """How wide the texts in a frame's heading are: on its left, and on its right."""

    left: float
    right: float


@dataclass(slots=True)
class Placed:
    """Something with its size, in its own coordinates: its axis, where lines enter and leave, and what is in it."""

    width: float
    height: float
    axis: float
    tops: list[Port]
    bottoms: list[Port]
    part: Part | None = None
    inside: list[tuple[float, float, Placed]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


class Box(NamedTuple):
    """A layer or a block's frame in its place in the picture."""

    x: float
    y: float
    width: float
    height: float
    axis: float
    part: Part


class Layout(NamedTuple):
    """All of a picture: frames before what is in them."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]


class Placer:
    """Places parts; `measure` gives the size of a layer's box, `heading` the widths of a frame's texts."""

    def __init__(self, measure: Callable[[LayerPart], Size], heading: Callable[[FramePart], Heading]) -> None:
        self.measure = measure
        self.heading = heading

    def place(self, net: FramePart, columns: int | None = None) -> Layout:
        """Places a whole net in some columns; `None`: as many as make a page of it."""
        whole = series(net.parts, frozenset())
        placed = self._columns(whole, columns)
        layout = Layout(placed.width, placed.height, [], [])
        _flatten(placed, layout)
        return layout

    def _columns(self, whole: Series, wanted: int | None) -> Placed:
        items = [self._item(item) for item in whole.items]
        one = _stack(items)
        count = wanted if wanted is not None else _columns_of_page(one.width, one.height)
        while count > 1:
            columns = [_stack(group) for group in _cut(items, count)]
            heights = [column.height for column in columns]
            if wanted is not None or min(heights) >= _FULL * max(heights):
                return _side_by_side(columns, whole.exits)
            count -= 1
        return one

    def _item(self, item: Part | Beside) -> Placed:
        if isinstance(item, Beside):
            return self._beside(item)
        return self._layer(item) if isinstance(item, LayerPart) else self._frame(item)

    def _layer(self, part: LayerPart) -> Placed:
        width, height, axis = self.measure(part)
        tops = [Port(key, axis, part) for key in part.reads]
        return Placed(width, height, axis, tops, [Port(part.key, axis)], part)

    def _frame(self, part: FramePart) -> Placed:
        inner = self._columns(series(part.parts, frozenset(part.makes)), None)
        left, right = self.heading(part)
        entries = [Port(key, _axis_of(inner, key)) for key in dict.fromkeys(port.key for port in inner.tops)]
        above, lines = connect_across(entries, inner.tops) if entries else (STRAIGHT / 2, [])
        xs = [port.x for port in entries]
        shift = max(PADDING, left + 2 * PADDING - min(xs, default=math.inf))
        if not xs:
            shift = PADDING
        width = max(inner.width + shift + PADDING, left + right + 3 * PADDING)
        width = max([width, *(x + shift + right + 2 * PADDING for x in xs)]) if right else width
        y = TITLE + above
        bottoms = list({port.key: port for port in inner.bottoms}.values())
        height = y + inner.height + PADDING
        placed = Placed(
            width, height, inner.axis + shift, [Port(port.key, port.x + shift) for port in entries],
            [port._replace(x=port.x + shift) for port in bottoms], part, [(shift, y, inner)],
        )  # fmt: skip
        placed.lines += [Line(key, ((x + shift, 0.0), (x + shift, TITLE))) for key, x, _ in entries]
        placed.lines += [_moved(line, shift, TITLE) for line in lines]
        placed.lines += [
            Line(key, ((x + shift, y + inner.height), (x + shift, height)))
            for key, x, _ in bottoms
            if key in part.makes
        ]
        placed.bottoms = [port for port in placed.bottoms if port.key in part.makes]
        return placed

    def _beside(self, item: Beside) -> Placed:
        branches = [
            Placed(0, 0, 0, [Port(branch.key, 0)], [Port(branch.key, 0)])
            if isinstance(branch, Lane)
            else _stack([self._item(inner) for inner in branch.items])
            for branch in item.branches
        ]
        height = max(branch.height for branch in branches)
        placed = Placed(0, height, 0, [], [])
        x, was_lane = 0.0, False
        axes: list[tuple[bool, float]] = []
        for index, (branch, shown) in enumerate(zip(item.branches, branches, strict=True)):
            is_lane = isinstance(branch, Lane)
            if index:
                x += LANE if is_lane or was_lane else BETWEEN
            exits = [branch.key] if isinstance(branch, Lane) else sorted(branch.exits)
            y = 0.0 if shown.tops else height - shown.height
            placed.inside.append((x, y, shown))
            placed.tops += [port._replace(x=port.x + x) for port in shown.tops]
            down = [port._replace(x=port.x + x) for port in _distinct(shown.bottoms) if port.key in exits]
            placed.bottoms += down
            placed.lines += [
                Line(port.key, ((port.x, y + shown.height), (port.x, height)))
                for port in down
                if y + shown.height < height
            ]
            goes_on = not isinstance(branch, Lane) and (
                item.knotted or goes_through(branch) or (not branch.exits and bool(shown.tops))
            )
            axes.append((goes_on, x + shown.axis))
            x += shown.width
            was_lane = is_lane
        placed.width = x
        lanes_only = isinstance(item.branches[0], Lane) and not item.knotted
        main = [axis for goes_on, axis in axes if goes_on]
        placed.axis = axes[0][1] if lanes_only or not main else (main[0] + main[-1]) / 2
        return placed


def _axis_of(inner: Placed, key: int) -> float:
    """Says where the line of a layer enters a frame: straight above where it goes, or above the axis if it branches."""
    xs = [port.x for port in inner.tops if port.key == key]
    return xs[0] if len({*xs}) == 1 else min(max(inner.axis, min(xs)), max(xs))


def _distinct(ports: Sequence[Port]) -> list[Port]:
    return list({port.key: port for port in ports}.values())


def _stack(items: Sequence[Placed]) -> Placed:
    """Puts one below the other along one axis, and draws the lines between them."""
    left = max(item.axis for item in items)
    placed = Placed(left + max(item.width - item.axis for item in items), 0, left, [], [])
    y = 0.0
    bottoms: list[Port] = []
    for index, item in enumerate(items):
        x = left - item.axis
        tops = [port._replace(x=port.x + x) for port in item.tops]
        if index:
            gap, lines = connect_across(bottoms, tops) if tops else (STRAIGHT, [])
            placed.lines += [_moved(line, 0, y) for line in lines]
            y += gap
        else:
            placed.tops = tops
        placed.inside.append((x, y, item))
        y += item.height
        bottoms = [port._replace(x=port.x + x) for port in item.bottoms]
    placed.height = y
    placed.bottoms = bottoms
    return placed


def _moved(line: Line, x: float, y: float) -> Line:
    return line._replace(points=tuple((u + x, v + y) for u, v in line.points))


def _flatten(placed: Placed, layout: Layout, x: float = 0, y: float = 0) -> None:
    """Adds all boxes and lines in the picture's own coordinates."""
    pending = [(placed, x, y)]
    while pending:
        one, x, y = pending.pop()
        if one.part is not None:
            layout.boxes.append(Box(x, y, one.width, one.height, x + one.axis, one.part))
        layout.lines.extend(_moved(line, x, y) for line in one.lines)
        pending.extend((inner, x + dx, y + dy) for dx, dy, inner in reversed(one.inside))


# Columns ------------------------------------------------------------------------------------------------------------

_TALL: Final = 1400.0
"""Up to this height a net stays one column."""
_FULL: Final = 0.45
"""How high the lowest column of a page is at least, as a share of the highest."""
_ABOVE: Final = 12.0
"""The room for lines above columns, and below them."""
_PAGE: Final = 1.25
"""How many times as high as wide a page is."""


def _columns_of_page(width: float, height: float) -> int:
    """Returns the number of columns with which the picture is most like a page."""
    if height <= _TALL:
        return 1
    return max(1, round(math.sqrt(height / ((width + GUTTER) * _PAGE))))


def _cut(items: Sequence[Placed], count: int) -> list[list[Placed]]:
    """Cuts a stack into columns of about the same height, where one line goes on; the highest as low as it can be."""
    low, high = 0.0, sum(item.height + STRAIGHT for item in items)
    while high - low > 1:
        middle = (low + high) / 2
        if len(_filled(items, middle)) <= count:
            high = middle
        else:
            low = middle
    return _filled(items, high)


def _filled(items: Sequence[Placed], room: float) -> list[list[Placed]]:
    """Cuts a stack wherever it can be cut before a column would be higher than the room that there is."""
    pieces: list[list[Placed]] = []
    for index, item in enumerate(items):
        can_cut = len(_distinct(items[index - 1].bottoms)) == 1 == len({port.key for port in item.tops})
        if index and can_cut:
            pieces.append([item])
        elif index:
            pieces[-1].append(item)
        else:
            pieces = [[item]]
    groups: list[list[Placed]] = []
    used = 0.0
    for piece in pieces:
        height = sum(item.height + STRAIGHT for item in piece)
        if not groups or used + height > room:
            groups.append([])
            used = 0
        groups[-1] += piece
        used += height
    return groups


def _side_by_side(columns: Sequence[Placed], exits: frozenset[int]) -> Placed:
    """Puts columns beside each other; the line of one goes up between them to the top of the next.

    `exits` are the keys of layers that are read below all.
    """
    first, last = columns[0], columns[-1]
    height = _ABOVE + max(column.height for column in columns) + _ABOVE
    placed = Placed(0, height, first.axis, first.tops, [])
    placed.lines = [Line(port.key, ((port.x, 0), (port.x, _ABOVE)), port.target) for port in first.tops]
    x = 0.0
    for index, column in enumerate(columns):
        if index:
            before = columns[index - 1]
            start = x - before.width + before.bottoms[0].x
            middle, low = x + GUTTER / 2, _ABOVE + before.height
            x += GUTTER
            for port in column.tops:
                way = ((start, low), (start, low + 10), (middle, low + 10), (middle, 2.0), (x + port.x, 2.0))
                placed.lines.append(Line(port.key, (*way, (x + port.x, _ABOVE)), port.target))
        placed.inside.append((x, _ABOVE, column))
        x += column.width
    placed.width = x
    bottoms = [port for port in _distinct(last.bottoms) if port.key in exits]
    placed.bottoms = [port._replace(x=port.x + x - last.width) for port in bottoms]
    placed.lines += [Line(key, ((x, _ABOVE + last.height), (x, height))) for key, x, _ in placed.bottoms]
    return placed


def layers_of(layout: Layout) -> Iterator[Box]:
    """Returns the boxes of layers, without the frames."""
    return (box for box in layout.boxes if isinstance(box.part, LayerPart))
