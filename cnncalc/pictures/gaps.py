"""The lines between what stands above and what stands below: each has its track, so that no two lie on each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from cnncalc.pictures.parts import LayerPart
from cnncalc.pictures.svg import Point


class Port(NamedTuple):
    """Where the line of what layer `key` makes leaves or enters at `x`; `target` is the layer that it enters."""

    key: int
    x: float
    target: LayerPart | None = None


class Line(NamedTuple):
    """A piece of the line of what layer `key` makes, and the layer where it ends, if it ends at one."""

    key: int
    points: tuple[Point, ...]
    target: LayerPart | None = None


STRAIGHT: Final = 16.0
"""The height of a gap in which no line turns."""
_FIRST: Final = 7.0
_TRACK: Final = 7.0
_TIP: Final = 13.0
"""The room for the tips of the lines below the last track."""
_SPREAD: Final = 12.0
"""The distance of lines that enter the same layer."""


class _Net(NamedTuple):
    """Lines that share a track: they come from one layer, or all go to one."""

    connections: list[tuple[Port, Port]]

    @property
    def ends(self) -> tuple[float, float]:
        xs = [port.x for connection in self.connections for port in connection]
        return min(xs), max(xs)

    @property
    def is_straight(self) -> bool:
        low, high = self.ends
        return high - low < 0.5


def connect_across(bottoms: Sequence[Port], tops: Sequence[Port]) -> tuple[float, list[Line]]:
    """Draws lines from the ports of what is above to those of what is below: the height that they take, and they."""
    sources: dict[int, list[Port]] = {}
    for bottom in bottoms:
        sources.setdefault(bottom.key, []).append(bottom)
    connections = [(min(sources[top.key], key=lambda port: abs(port.x - top.x)), top) for top in _spread(tops)]
    if len({top.x for _, top in connections}) == 1:
        nets = [_Net(connections)]
    else:
        by_key: dict[int, list[tuple[Port, Port]]] = {}
        for connection in connections:
            by_key.setdefault(connection[0].key, []).append(connection)
        nets = [_Net(own) for own in by_key.values()]
    turning = [net for net in nets if not net.is_straight]
    tracks = _tracks(turning)
    height = _FIRST + (max(tracks) * _TRACK + _TIP) if tracks else STRAIGHT
    lines = [
        Line(bottom.key, ((bottom.x, 0.0), (bottom.x, height)), top.target)
        for net in nets
        if net.is_straight
        for bottom, top in net.connections
    ]
    for net, track in zip(turning, tracks, strict=True):
        y = _FIRST + track * _TRACK
        for bottom, top in net.connections:
            if abs(bottom.x - top.x) < 0.5:
                points: tuple[Point, ...] = ((bottom.x, 0.0), (bottom.x, height))
            else:
                points = ((bottom.x, 0.0), (bottom.x, y), (top.x, y), (top.x, height))
            lines.append(Line(bottom.key, points, top.target))
    return height, lines


def _spread(tops: Sequence[Port]) -> list[Port]:
    """Lets lines that enter the same layer enter side by side, if others enter other layers."""
    if len({top.x for top in tops}) <= 1:
        return list(tops)
    by_place: dict[float, list[Port]] = {}
    for top in tops:
        by_place.setdefault(top.x, []).append(top)
    return [
        port._replace(x=x + (index - (len(ports) - 1) / 2) * min(_SPREAD, 24 / len(ports)))
        for x, ports in by_place.items()
        for index, port in enumerate(ports)
    ]


def _tracks(nets: Sequence[_Net]) -> list[int]:
    """Returns a track for each net, 0 the highest: nets on one track do not meet.

    A line that comes down to its track where another leaves its own for below must have the higher track.
    """
    above: list[list[int]] = [
        [
            index
            for index, other in enumerate(nets)
            if other is not net
            and any(abs(bottom.x - top.x) < 4 for bottom, _ in other.connections for _, top in net.connections)
        ]
        for net in nets
    ]
    tracks: list[int | None] = [None] * len(nets)
    taken: list[list[tuple[float, float]]] = []

    def place(index: int, waiting: frozenset[int]) -> int:
        known = tracks[index]
        if known is not None:
            return known
        least = max(
            (place(other, waiting | {index}) + 1 for other in above[index] if other not in waiting | {index}), default=0
        )
        if (known := tracks[index]) is not None:
            return known
        low, high = nets[index].ends
        track = least
        while track < len(taken) and any(low < end + 6 and start - 6 < high for start, end in taken[track]):
            track += 1
        taken.extend([] for _ in range(track + 1 - len(taken)))
        taken[track].append((low, high))
        tracks[index] = track
        return track

    return [place(index, frozenset()) for index in range(len(nets))]
