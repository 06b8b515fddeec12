"""What a course's convention makes of a layer: whether the course documents it, and its receptive field.

The receptive field runs along the net: one value per axis, which every window moves on by the convention's formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cnncalc.conventions.convention import Basis, Convention, NotesBasis
from cnncalc.formula import formula
from cnncalc.layers.base import Layer
from cnncalc.receptive_fields.reach import (
    AxisReach,
    Composed,
    PerAxis,
    Reach,
    Rearranged,
    Scrambled,
    TransposedWindow,
    Window,
)
from cnncalc.records import record
from cnncalc.tensor import Shape

_ALL_DOCUMENTED: Final = NotesBasis("documented", "documented", "documented")
_ALL_EXTENSION: Final = NotesBasis("extension", "extension", "extension")
_NEURONS_DOCUMENTED: Final = NotesBasis("documented", "extension", "extension")


def basis(layer: Layer, reach: Reach, convention: Convention) -> NotesBasis:
    """Says whether the notes give each figure of a layer, or an extension of them does."""
    if layer.family == "input" or layer.kind == "Dropout":
        return _NEURONS_DOCUMENTED
    if layer.kind not in convention.documented_kinds and layer.family not in convention.documented_families:
        return _ALL_EXTENSION
    if isinstance(reach, PerAxis) and any(isinstance(axis, Window) and axis.dilation > 1 for axis in reach.axes):
        field: Basis = "extension"  # the notes know no dilation
        return NotesBasis("documented", field, "documented")
    return _ALL_DOCUMENTED


@record
class Running:
    """The receptive field's running value on one axis: `size` so far, and `strides` without the first window's."""

    size: int
    strides: int


@record
class NotesField:
    """The running values, one per spatial axis of the input, in the input's order; `None` before the first window.

    `layout[i]` is the input axis that spatial axis i of the tensor runs along, `None` if it is none of them.
    """

    axes: tuple[Running | None, ...]
    layout: tuple[int | None, ...]

    @property
    def size(self) -> tuple[int, ...] | None:
        sizes = tuple(axis.size for axis in self.axes if axis is not None)
        return sizes if sizes and len(sizes) == len(self.axes) else None


State = NotesField | None
"""`None` where there is nothing to run along: no spatial axis, or several inputs."""
CONSTANT: Final = NotesField((), ())
"""What no input reaches: it changes nothing where it meets another tensor."""


def start(shape: Shape) -> State:
    """Returns the running value before the first window."""
    rank = len(shape) - 1
    return NotesField((None,) * rank, tuple(range(rank))) if rank > 0 else None


def counts_window(layer: Layer, reach: Reach) -> bool:
    """Says whether a layer has an entry of its own in the receptive field's column."""
    if layer.family not in ("convolution", "locally connected", "pooling") or not isinstance(reach, PerAxis):
        return False
    # Asked several times for every layer: a loop is faster than all().
    for axis in reach.axes:  # noqa: SIM110
        if not isinstance(axis, (Window, TransposedWindow)):
            return False
    return True


def later(running: Running | None, window: Window | TransposedWindow, convention: Convention) -> Running:
    """Returns the running value behind one more window."""
    if running is None:
        return Running(_integer(formula(convention.first_window).integer({"k_eff": window.effective_kernel})), 1)
    strides = running.strides * window.stride
    symbols = {"RF": running.size, "k_eff": window.effective_kernel, "S": strides}
    return Running(_integer(formula(convention.later_window).integer(symbols)), strides)


def _integer(value: int | None) -> int:
    assert value is not None, "windows and strides are known"
    return value


def through(state: State, layer: Layer, reach: Reach, y: Shape, convention: Convention) -> State:
    """Returns the running value behind a layer whose output has shape `y`."""
    if state is None or not state.axes:
        return state
    if counts_window(layer, reach) and isinstance(reach, PerAxis):
        if len(state.layout) != len(reach.axes):
            return None
        axes = list(state.axes)
        memory: tuple[Running | None, AxisReach, Running] | None = None
        for target, window in zip(state.layout, reach.axes, strict=True):
            if target is None or not isinstance(window, (Window, TransposedWindow)):
                continue
            if memory is None or memory[0] != axes[target] or memory[1] != window:  # square windows on square maps
                memory = (axes[target], window, later(axes[target], window, convention))
            axes[target] = memory[2]
        return NotesField(tuple(axes), state.layout)
    if isinstance(reach, Composed) and len(reach.shapes[0]) != len(y):
        # A model inside has no entry; its frames are those of the sequence.
        return NotesField(state.axes, (*state.layout[:1], *(None for _ in y[1:-1])))
    if isinstance(reach, Rearranged):
        layout = state.layout
        if any(axis is not None and axis >= len(layout) for axis in reach.order):
            return None  # axes that broadcasting has added
        return NotesField(state.axes, tuple(None if axis is None else layout[axis] for axis in reach.order))
    if isinstance(reach, Scrambled):
        # Reshaping has no entry: the running values go on, axis by axis, where the map has as many axes as the input.
        return NotesField(state.axes, tuple(range(len(state.axes)))) if len(y) - 1 in (0, len(state.axes)) else None
    return state


def merge(states: Sequence[State]) -> State:
    """Returns the largest value of the inputs, with its stride product; of equal values the one with the larger
    product.
    """
    if None in states:
        return None
    fields = [state for state in states if state is not None and state.axes]
    if not fields:
        return CONSTANT
    if len({len(field.axes) for field in fields}) > 1:
        return None
    if all(field is fields[0] for field in fields):
        return fields[0]
    axes = [
        max((axis for axis in parts if axis is not None), key=lambda axis: (axis.size, axis.strides), default=None)
        for parts in zip(*(field.axes for field in fields), strict=True)
    ]
    return NotesField(tuple(axes), max((field.layout for field in fields), key=len))
