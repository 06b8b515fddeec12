"""What becomes of a field if single positions count no more: it is read whole, flattened, or given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cnncalc.receptive_fields.field import Absent, Field, State, Undefined, boxes_of
from cnncalc.receptive_fields.sliding import Fixed, fixed
from cnncalc.receptive_fields.work import Untraceable, Work
from cnncalc.tensor import Shape

READ_AT_ONCE: Final = 2
"""Boxes that are read in the time in which one is followed through a layer."""


def read_boxes(states: Sequence[State], work: Work) -> None:
    """Counts the boxes that are looked through wherever fields are read. Raises: Untraceable: if they are too many."""
    phases = sum(state.phases for state in states if isinstance(state, Field))
    if phases >= READ_AT_ONCE:
        work.add(phases // READ_AT_ONCE)


def is_constant(state: State) -> bool:
    """Tells whether no input reaches a tensor."""
    return isinstance(state, Absent) and not state.sources


def sees_all(field: Field) -> bool:
    """Tells whether a field is a whole map, every position of which is seen."""
    return bool(field.axes) and all(isinstance(axis, Fixed) and axis.is_seen_whole for axis in field.axes)


def recovered(state: Undefined) -> State:
    """Returns what reads every element sees the hull of all, also where single elements see no box."""
    if not state.boxes:
        return Field(state.source, (), ())
    axes = tuple(fixed(box) for box in state.boxes if box is not None)
    return Field(state.source, axes, ()) if len(axes) == len(state.boxes) else state


def flattened(state: Field, x: Shape) -> State:
    """Keeps the box of every element; that of all is known beside it, if the size of the map is."""
    sizes, boxes = state.size, boxes_of(state, x)
    if sizes is None or not boxes:
        return Field(state.source, (), ())
    axes = tuple(Fixed(size, *box) for size, box in zip(sizes, boxes, strict=True) if box is not None)
    if len(axes) < len(boxes):
        return replace(state, layout=(), flattened=(state, x))
    return Field(state.source, axes, (), flattened=(state, x))


def unreadable(states: Sequence[State], problem: Untraceable) -> Undefined:
    """Returns what comes of fields with more boxes than are looked through."""
    field = next(state for state in states if isinstance(state, Field) and state.axes)
    return Undefined(field.source, str(problem), (None,) * len(field.axes))
