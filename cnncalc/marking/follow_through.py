"""The net recomputed from a student's own values: what is right by it follows from an earlier mistake.

The analysis is the usual one; behind each layer its output shape and its receptive field are replaced by the
student's, where they are wrong and can be counted with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.counts import LayerCounts
from cnncalc.conventions import notes
from cnncalc.errors import Problem
from cnncalc.expansion.nodes import Node
from cnncalc.formula import Number
from cnncalc.layers.input import InputLayer
from cnncalc.layers.values import MAX_INTEGER
from cnncalc.marking.net import Net, place_of
from cnncalc.marking.quantities import Figure, Value
from cnncalc.marking.recount import Place, recount
from cnncalc.receptive_fields.field import Field, State
from cnncalc.receptive_fields.sliding import Axis, Fixed, Sliding
from cnncalc.tensor import Tensor

OwnValues = Mapping[tuple[int, Figure], Value]
"""A student's wrong answers by layer and figure."""

_COUNTED: tuple[Figure, ...] = ("params", "trainable_params", "neurons", "macs", "notes.ops")
"""Figures from which others of the same layer are computed, in the order in which they come."""
ONCE: frozenset[Figure] = frozenset({"params", "trainable_params", "non_trainable_params"})
"""Figures that shared weights add to a sum once."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The wrong answer that others follow from."""

    index: int
    figure: Figure


class OwnNet(Analysis):
    """The net as a student sees it: each layer reads the student's own shapes and fields of the layers before it."""

    def __init__(self, net: Net, own: OwnValues) -> None:
        super().__init__(net.analysis.expansion)
        self.net, self.own = net, own
        self.computed: list[LayerCounts] = []
        """Each layer's figures by what it reads, before the student's own shape takes the output's place."""
        self.computed_fields: list[State] = []
        self.computed_notes: list[notes.State] = []
        self.causes: dict[Figure, list[Cause | None]] = {
            "output_shape": [], "notes.receptive_field": [], "exact.receptive_field": [],
        }  # fmt: skip
        """Per layer, the wrong answer that makes its shape or field another than the right one."""
        self._known = net.analysis._known  # figures depend on the layer and its input only
        self.run()

    def _input(self, index: int, layer: InputLayer) -> None:
        super()._input(index, layer)
        self._take_over(index)

    def _layer(self, node: Node) -> None:
        try:
            super()._layer(node)
        except Problem:  # the student's values lead nowhere: from here on the right ones count again
            self._take_right(len(self.figures))
        self._take_over(len(self.figures) - 1)

    def _take_right(self, index: int) -> None:
        right = self.net.analysis
        self.layers.append(right.layers[index])
        self.figures.append(right.figures[index])
        self.fields.append(right.fields[index])
        self.notes_fields.append(right.notes_fields[index])
        self.alignment_notes.append(right.alignment_notes[index])

    def _take_over(self, index: int) -> None:
        """Puts the student's own values in the place of the computed ones, and notes where they come from."""
        made, right = self.figures[index], self.net.analysis
        self.computed.append(made)
        self.computed_fields.append(self.fields[index])
        self.computed_notes.append(self.notes_fields[index])
        shape = self.own.get((index, "output_shape"))
        self._trace("output_shape", index, made.output.shape, right.figures[index].output.shape, shape)
        if isinstance(shape, tuple) and len(shape) == len(made.output.shape) and all(map(_is_size, shape)):
            sizes = tuple(size for size in shape if isinstance(size, int))
            self.figures[index] = replace(made, output=Tensor(sizes, made.output.instances))
        running = self.notes_fields[index]
        own = self.own.get((index, "notes.receptive_field"))
        self._trace("notes.receptive_field", index, _size(running), _size(right.notes_fields[index]), own)
        self.notes_fields[index] = _own_running(running, own)
        field = self.fields[index]
        own = self.own.get((index, "exact.receptive_field"))
        self._trace("exact.receptive_field", index, _size(field), _size(right.fields[index]), own)
        self.fields[index] = _own_field(field, own)

    def _trace(self, figure: Figure, index: int, computed: Value, right: Value, own: Value) -> None:
        inherited = self.inherited(figure, index)
        if own is not None and own not in (computed, right):
            cause: Cause | None = Cause(index, figure)
        elif (computed if own is None else own) == right:
            cause = None
        else:
            cause = inherited
        self.causes[figure].append(cause)

    def inherited(self, figure: Figure, index: int) -> Cause | None:
        """The wrong answer behind what a layer reads. An exact field depends on shapes as well: on a whole map's."""
        sources = self.expansion.nodes[index].inputs
        figures: list[Figure] = [figure] if figure == "output_shape" else [figure, "output_shape"]
        return next((cause for kind in figures for i in sources if (cause := self.causes[kind][i]) is not None), None)

    def place(self, index: int) -> Place:
        """A layer where it stands in the student's net."""
        return place_of(self, index)

    # What follows -----------------------------------------------------------------------------------------------

    def following(self, index: int | None, figure: Figure) -> list[tuple[Value, Cause]]:
        """The values of a figure that are right by the student's own values, with the answer that each follows from."""
        if index is None:
            return self._totals(figure)
        if figure == "output_shape":
            return self._from(self.computed[index].output.shape, self.inherited(figure, index))
        if figure == "notes.receptive_field":
            size = _size(self.computed_notes[index]) if self.net.right(index, figure) is not None else None
            return self._from(size, self.inherited(figure, index))
        if figure == "exact.receptive_field":
            return self._from(_size(self.computed_fields[index]), self.inherited(figure, index))
        by_inputs, mine = recount(self.place(index)), self._counted(index, figure)
        by_own = recount(self.place(index), output=self.figures[index].output.shape, own=mine)
        if by_inputs is None or by_own is None or figure not in by_inputs:
            return []
        before = self.causes["output_shape"][index] or next((Cause(index, key) for key in mine), None)
        return [
            *self._from(by_inputs[figure], self.inherited("output_shape", index)),
            *self._from(by_own[figure], before),
        ]

    def _counted(self, index: int, figure: Figure) -> dict[Figure, Number]:
        """The student's other figures of a layer."""
        mine = {key: self.own.get((index, key)) for key in _COUNTED if key != figure}
        return {key: value for key, value in mine.items() if isinstance(value, (int, Fraction))}

    def _totals(self, figure: Figure) -> list[tuple[Value, Cause]]:
        """The sums of the student's own figures: with the right ones where there is no answer, and with own ones."""
        if figure == "notes.receptive_field" or figure == "exact.receptive_field":
            outputs = self.expansion.outputs
            carried = notes.merge([self.notes_fields[index] for index in outputs])
            size = _size(carried) if figure == "notes.receptive_field" else self._largest_field(outputs)
            causes = [self.causes[kind][index] for kind in (figure, "output_shape") for index in outputs]
            return self._from(size, next((cause for cause in causes if cause is not None), None))
        given = [index for index in range(len(self.figures)) if (index, figure) in self.own]
        shapes = (cause for cause in self.causes["output_shape"] if cause is not None)
        counted = (Cause(*key) for key in self.own if key[1] in _COUNTED)
        first = Cause(given[0], figure) if given else next(shapes, None) or next(counted, None)
        own_or_right, own_or_followed = [], []
        for index, row in enumerate(self.net.rows):
            if row.shared_with is not None and figure in ONCE:
                continue
            right = self.net.right(index, figure)
            if (index, figure) in self.own:
                part = right = self.own[index, figure]
            else:
                shape, mine = self.figures[index].output.shape, self._counted(index, figure)
                counts = recount(self.place(index), output=shape, own=mine)
                part = right if counts is None else counts[figure]
            own_or_right.append(right)
            own_or_followed.append(part)
        return [pair for parts in (own_or_right, own_or_followed) for pair in self._from(_sum(parts), first)]

    def _from(self, value: Value, cause: Cause | None) -> list[tuple[Value, Cause]]:
        return [] if cause is None or value is None else [(value, cause)]


def _is_size(size: object) -> bool:
    return isinstance(size, int) and 1 <= size < MAX_INTEGER


def _sum(parts: Sequence[Value]) -> Value:
    """The sum of what is counted."""
    total: Number = 0
    for part in parts:
        if isinstance(part, tuple):
            return None
        total += part or 0
    return total


def _size(state: State | notes.State) -> tuple[int, ...] | None:
    return state.size if isinstance(state, (Field, notes.NotesField)) else None


def _own_running(state: notes.State, own: Value) -> notes.State:
    """The running values of the `notes`, with the student's own sizes."""
    if state is None or not isinstance(own, tuple) or len(own) != len(state.axes):
        return state
    axes = [
        replace(axis, size=size) if axis is not None and isinstance(size, int) and _is_size(size) else axis
        for axis, size in zip(state.axes, own, strict=True)
    ]
    return notes.NotesField(tuple(axes), state.layout)


def _own_field(state: State, own: Value) -> State:
    """The exact field, as large as the student says on each axis."""
    if not isinstance(state, Field) or state.more or not isinstance(own, tuple) or len(own) != len(state.axes):
        return state
    axes = [
        _own_axis(axis, size) if isinstance(size, int) and _is_size(size) else axis
        for axis, size in zip(state.axes, own, strict=True)
    ]
    return Field(state.source, tuple(axes), state.layout)


def _own_axis(axis: Axis, size: int) -> Axis:
    if isinstance(axis, Fixed):
        return Fixed(size, axis.first, axis.first + size - 1)
    first = axis.first[0]
    if axis.period > 1 or first is None or axis.size == size:
        return axis
    return Sliding(1, axis.shift, (first,), (first + size - 1,), axis.origin)
