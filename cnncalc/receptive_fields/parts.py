"""Parts of a field: where branches meet of which some have holes, positions that no input reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cnncalc.receptive_fields.field import Axes, Field, Layout, hulls_of, period_of
from cnncalc.receptive_fields.sliding import Axis, Fixed, Sliding, fixed, hull
from cnncalc.receptive_fields.work import Untraceable, Work

MAX_PARTS: Final = 16
"""Parts of a field with different holes that are followed."""


def joined(source: int, parts: Sequence[Axes], layout: Layout, work: Work) -> Field:
    """Returns the field of several parts: those with the same holes as one, and none that sees nothing.

    Raises: Untraceable: too many remain.
    """
    periods = [period_of(axes) if any(axis.has_holes for axis in axes) else 0 for axes in zip(*parts, strict=True)]
    alike: dict[tuple[object, ...], list[Axes]] = {}
    for part in parts:
        if all(axis.size is not None for axis in part):
            work.add(sum(periods))
            holes = tuple(
                tuple(axis.begin(p) is None for p in range(period)) for axis, period in zip(part, periods, strict=True)
            )
            alike.setdefault(holes, []).append(part)
    if len(alike) > MAX_PARTS:
        raise Untraceable("its branches leave too many different holes to follow")
    hulls = [tuple(_hull(axes, work) for axes in zip(*some, strict=True)) for some in alike.values()]
    axes, *more = hulls or [parts[0]]
    return Field(source, axes, layout, tuple(more), _largest(hulls, work) if more else None)


def _hull(axes: Sequence[Axis], work: Work) -> Axis:
    sliding = [axis for axis in axes if isinstance(axis, Sliding)]
    if len(sliding) == len(axes):
        return hull(sliding, work)
    (box,) = hulls_of([[(axis.first, axis.last)] for axis in axes if isinstance(axis, Fixed)])
    return axes[0] if len(axes) == 1 or box is None else fixed(box)


def _largest(parts: Sequence[Axes], work: Work) -> tuple[int, ...]:
    """Returns the largest box on each axis: of the parts that can be seen together on the others. Raises:
    Untraceable.
    """
    across = list(zip(*parts, strict=True))
    seen = [_seen_together(axes, work) for axes in across]
    sizes = []
    for index, axes in enumerate(across):
        together = {frozenset(range(len(parts)))}
        for other, sets in enumerate(seen):
            if other != index:
                work.add(len(together) * len(sets))
                together = {some & more for some in together for more in sets}
        period = period_of(axes)
        work.add(period * sum(map(len, together)))
        largest = 0
        for p in range(period):
            for members in together:
                ends = [(axes[member].begin(p), axes[member].end(p)) for member in members]
                known = [(first, last) for first, last in ends if first is not None and last is not None]
                if known:
                    largest = max(largest, max(last for _, last in known) - min(first for first, _ in known) + 1)
        sizes.append(largest)
    return tuple(sizes)


def _seen_together(axes: Sequence[Axis], work: Work) -> set[frozenset[int]]:
    """Returns which of the axes, by their place, show something at a position: every such set that there is."""
    period = period_of(axes)
    work.add(period * len(axes))
    return {frozenset(index for index, axis in enumerate(axes) if axis.begin(p) is not None) for p in range(period)}
