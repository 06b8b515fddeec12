"""The `notes` convention: the formulas of the course notes, and by analogy what the notes do not name.

It says what homework is marked by, not what is true of a network: its receptive field lets a layer's own stride act
on itself and forgets the first stride.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cnncalc.analysis.report import Basis, NotesBasis
from cnncalc.formula import formula
from cnncalc.layers.base import Family, Layer
from cnncalc.receptive_fields.reach import AxisReach, PerAxis, Permuted, Reach, Scrambled, TransposedWindow, Window
from cnncalc.records import record
from cnncalc.tensor import Shape

NEURONS: Final[dict[Family, str]] = {
    "input": "prod(y)",
    "convolution": "prod(out)*F",
    "dense": "prod(pos)*units",
    "pooling": "prod(y)",
    "global pooling": "C",
    "batch normalization": "0",
    "normalization": "0",
    "activation": "prod(x)",
    "dropout": "0",
    "flatten": "prod(x)",
    "merge": "prod(y)",
    "data movement": "prod(y)",
    "other": "prod(y)",
}
"""What a layer adds to the number of neurons; the same in both conventions."""

OPS: Final[dict[Family, str | None]] = {
    "input": None,
    "convolution": "neurons*params/F",
    "dense": "prod(pos)*params",
    "pooling": "neurons*params/F",
    "global pooling": "prod(x)",
    "batch normalization": "4*C",
    "normalization": "4*C",
    "activation": "neurons",
    "dropout": None,
    "flatten": None,
    "merge": "(inputs - 1)*neurons",
    "data movement": None,
    "other": None,
}
"""A layer's operations; `None` is not counted, and said to be so."""

FIRST_WINDOW: Final = formula("k_eff")
"""The receptive field of the first layer with a window."""
LATER_WINDOW: Final = formula("RF + (k_eff - 1)*S")
"""Every later one: `S` is the product of the strides from the second window up to and including its own."""

DOCUMENTED_KINDS: Final = frozenset({"Conv2D", "MaxPooling2D", "BatchNormalization", "Flatten", "Dense"})
"""Kinds that the notes give all three figures for; so do they for activations and GlobalAveragePooling2D."""

_ALL_DOCUMENTED: Final = NotesBasis("documented", "documented", "documented")
_ALL_EXTENSION: Final = NotesBasis("extension", "extension", "extension")
_NEURONS_DOCUMENTED: Final = NotesBasis("documented", "extension", "extension")


def basis(layer: Layer, reach: Reach) -> NotesBasis:
    """Whether the notes give each figure of a layer, or an extension of them does."""
    if layer.family == "input" or layer.kind == "Dropout":
        return _NEURONS_DOCUMENTED
    if layer.kind not in DOCUMENTED_KINDS and layer.kind != "GlobalAveragePooling2D" and layer.family != "activation":
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

    `layout[i]` is the input axis that spatial axis i of the tensor runs along.
    """

    axes: tuple[Running | None, ...]
    layout: tuple[int, ...]

    @property
    def size(self) -> tuple[int, ...] | None:
        sizes = tuple(axis.size for axis in self.axes if axis is not None)
        return sizes if sizes and len(sizes) == len(self.axes) else None


State = NotesField | None
"""`None` where there is nothing to run along: no spatial axis, or several inputs."""


def start(shape: Shape) -> State:
    """Before the first window."""
    rank = len(shape) - 1
    return NotesField((None,) * rank, tuple(range(rank))) if rank > 0 else None


def counts_window(layer: Layer, reach: Reach) -> bool:
    """Whether a layer has an entry of its own in the receptive field's column."""
    if layer.family not in ("convolution", "pooling") or not isinstance(reach, PerAxis):
        return False
    # Asked several times for every layer: a loop is faster than all().
    for axis in reach.axes:  # noqa: SIM110
        if not isinstance(axis, (Window, TransposedWindow)):
            return False
    return True


def later(running: Running | None, window: Window | TransposedWindow) -> Running:
    """The running value behind one more window."""
    if running is None:
        return Running(_integer(FIRST_WINDOW.integer({"k_eff": window.extent})), 1)
    strides = running.strides * window.stride
    symbols = {"RF": running.size, "k_eff": window.extent, "S": strides}
    return Running(_integer(LATER_WINDOW.integer(symbols)), strides)


def _integer(value: int | None) -> int:
    assert value is not None, "windows and strides are known"
    return value


def through(state: State, layer: Layer, reach: Reach, y: Shape) -> State:
    """The running value behind a layer whose output has shape `y`."""
    if state is None:
        return None
    if counts_window(layer, reach) and isinstance(reach, PerAxis):
        if len(state.layout) != len(reach.axes):
            return None
        axes = list(state.axes)
        memory: tuple[Running | None, AxisReach, Running] | None = None
        for target, window in zip(state.layout, reach.axes, strict=True):
            if not isinstance(window, (Window, TransposedWindow)):
                continue
            if memory is None or memory[0] != axes[target] or memory[1] != window:  # square windows on square maps
                memory = (axes[target], window, later(axes[target], window))
            axes[target] = memory[2]
        return NotesField(tuple(axes), state.layout)
    if isinstance(reach, Permuted):
        return NotesField(state.axes, tuple(state.layout[axis] for axis in reach.order))
    if isinstance(reach, Scrambled):
        # Reshaping has no entry: the running values go on, axis by axis, where the map has as many axes as the input.
        return NotesField(state.axes, tuple(range(len(state.axes)))) if len(y) - 1 in (0, len(state.axes)) else None
    return state


def merge(states: Sequence[State]) -> State:
    """The largest value of the inputs, with its stride product; of equal values the one with the larger product."""
    fields = [state for state in states if state is not None]
    if len(fields) < len(states) or len({len(field.axes) for field in fields}) > 1:
        return None
    if all(field is fields[0] for field in fields):
        return fields[0]
    axes = [
        max((axis for axis in parts if axis is not None), key=lambda axis: (axis.size, axis.strides), default=None)
        for parts in zip(*(field.axes for field in fields), strict=True)
    ]
    return NotesField(tuple(axes), max((field.layout for field in fields), key=len))
