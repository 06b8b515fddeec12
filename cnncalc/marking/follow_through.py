"""The net recomputed from a student's own answers: what is right by them follows from an earlier mistake.

The analysis is the usual one. Behind each layer, its output shape and its receptive field are replaced by the
student's, if those are wrong and can be counted with.
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
from cnncalc.layers.values import MAX_INTEGER
from cnncalc.marking.net import Net, layer_in_context
from cnncalc.marking.quantities import Figure, Value
from cnncalc.marking.recount import Figures, recount
from cnncalc.receptive_fields.field import Field, State
from cnncalc.receptive_fields.sliding import Axis, Fixed, Sliding
from cnncalc.tensor import Tensor

OwnAnswers = Mapping[tuple[int, Figure], Value]
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


class StudentNet(Analysis):
    """The net as a student sees it: each layer reads the student's shapes and fields of the layers before it."""

    def __init__(self, net: Net, own: OwnAnswers) -> None:
        super().__init__(net.analysis.expansion, known=net.analysis.known)
        self.net, self.own = net, own
        self.computed: list[tuple[LayerCounts, State, notes.State]] = []
        """Of each layer the counts and both fields by what it reads, before the student's own take their place."""
        self.causes: dict[Figure, list[Cause | None]] = {
            "output_shape": [], "notes.receptive_field": [], "exact.receptive_field": [],
        }  # fmt: skip
        """For each layer, the wrong answer that makes its shape or field differ from the right one."""
        self._recounted: dict[int, Figures | None] = {}
        self.run()

    def count(self, node: Node) -> None:
        """Computes the next node from the student's values, which then take the place of the computed ones."""
        try:
            super().count(node)
        except Problem:  # the student's values lead nowhere: from here on the right ones count again
            index, right = len(self.figures), self.net.analysis
            self.layers.append(right.layers[index])
            self.figures.append(right.figures[index])
            self.fields.append(right.fields[index])
            self.notes_fields.append(right.notes_fields[index])
            self.alignment_notes.append(right.alignment_notes[index])
        self._take_over(len(self.figures) - 1)

    def _take_over(self, index: int) -> None:
        """Puts the student's values in the place of the computed ones, and keeps what they come from."""
        counts, field, running = self.figures[index], self.fields[index], self.notes_fields[index]
        self.computed.append((counts, field, running))
        right = self.net.analysis
        shape = self._own("output_shape", index, counts.output.shape, right.figures[index].output.shape)
        if isinstance(shape, tuple) and len(shape) == len(counts.output.shape) and all(map(_is_size, shape)):
            sizes = tuple(size for size in shape if isinstance(size, int))
            self.figures[index] = replace(counts, output=Tensor(sizes, counts.output.instances))
        own = self._own("notes.receptive_field", index, _size(running), _size(right.notes_fields[index]))
        self.notes_fields[index] = _own_running(running, own)
        own = self._own("exact.receptive_field", index, _size(field), _size(right.fields[index]))
        self.fields[index] = _own_field(field, own)

    def _own(self, figure: Figure, index: int, computed: Value, right: Value) -> Value:
        """Returns the student's wrong answer, if there is one, and records what makes the figure wrong."""
        own = self.own.get((index, figure))
        if own is not None and own not in (computed, right):
            cause: Cause | None = Cause(index, figure)
        else:
            cause = None if (computed if own is None else own) == right else self.inherited(figure, index)
        self.causes[figure].append(cause)
        return own

    def inherited(self, figure: Figure, index: int) -> Cause | None:
        """Finds the wrong answer behind what a layer reads; a field may come from a wrong shape, of a whole map."""
        figures: list[Figure] = [figure] if figure == "output_shape" else [figure, "output_shape"]
        sources = self.expansion.nodes[index].inputs
        return next((cause for name in figures for i in sources if (cause := self.causes[name][i]) is not None), None)

    def following(self, index: int | None, figure: Figure) -> list[tuple[Value, Cause]]:
        """Lists the values of a figure that are right by the student's answers, each with the answer behind it."""
        if index is None:
            found = self._totals(figure)
        elif figure == "output_shape":
            found = [(self.computed[index][0].output.shape, self.inherited(figure, index))]
        elif figure == "exact.receptive_field":
            found = [(_size(self.computed[index][1]), self.inherited(figure, index))]
        elif figure == "notes.receptive_field":
            has_one = self.net.right(index, figure) is not None
            found = [(_size(self.computed[index][2]) if has_one else None, self.inherited(figure, index))]
        else:
            found = self._counts(index, figure)
        return [(value, cause) for value, cause in found if cause is not None and value is not None]

    def _counts(self, index: int, figure: Figure) -> list[tuple[Value, Cause | None]]:
        """Computes a count from what the layer reads, and from the student's own shape and counts of the layer."""
        own = self._own_counts(index, figure)
        context = layer_in_context(self, index)
        by_inputs = recount(context)
        by_own = recount(context, output=self.figures[index].output.shape, own=own)
        if by_inputs is None or by_own is None or figure not in by_inputs:
            return []
        cause = self.causes["output_shape"][index] or next((Cause(index, name) for name in own), None)
        return [(by_inputs[figure], self.inherited("output_shape", index)), (by_own[figure], cause)]

    def _own_counts(self, index: int, but: Figure | None = None) -> dict[Figure, Number]:
        """Returns the student's own counts of a layer, without one of them."""
        own = {name: self.own.get((index, name)) for name in _COUNTED if name != but}
        return {name: value for name, value in own.items() if isinstance(value, (int, Fraction))}

    def _totals(self, figure: Figure) -> list[tuple[Value, Cause | None]]:
        """Sums the student's own figures: with right ones where an answer is missing, and with what follows there."""
        if figure in ("notes.receptive_field", "exact.receptive_field"):
            outputs = self.expansion.outputs
            causes = [self.causes[name][index] for name in (figure, "output_shape") for index in outputs]
            running = notes.merge([self.notes_fields[index] for index in outputs])
            size = _size(running) if figure == "notes.receptive_field" else self._largest_field(outputs)
            return [(size, next((cause for cause in causes if cause is not None), None))]
        with_right, with_following = [], []
        for index, row in enumerate(self.net.rows):
            if row.shared_with is not None and figure in ONCE:
                continue
            right = self.net.right(index, figure)
            own = self.own.get((index, figure))
            with_right.append(right if own is None else own)
            with_following.append(self._following_count(index, figure, right) if own is None else own)
        shapes = (cause for cause in self.causes["output_shape"] if cause is not None)
        counted = (Cause(*key) for key in self.own if key[1] in _COUNTED)
        given = (Cause(*key) for key in sorted(self.own) if key[1] == figure)
        cause = next(given, None) or next(shapes, None) or next(counted, None)
        return [(_sum(with_right), cause), (_sum(with_following), cause)]

    def _following_count(self, index: int, figure: Figure, right: Value) -> Value:
        """Computes a count that the student did not give from those that the student gave."""
        if index not in self._recounted:
            shape = self.figures[index].output.shape
            self._recounted[index] = recount(layer_in_context(self, index), output=shape, own=self._own_counts(index))
        counts = self._recounted[index]
        return right if counts is None else counts[figure]


def _is_size(size: object) -> bool:
    return isinstance(size, int) and 1 <= size < MAX_INTEGER


def _sum(parts: Sequence[Value]) -> Value:
    """Adds up what is counted."""
    total: Number = 0
    for part in parts:
        if isinstance(part, tuple):
            return None
        total += part or 0
    return total


def _size(state: State | notes.State) -> tuple[int, ...] | None:
    return state.size if isinstance(state, (Field, notes.NotesField)) else None


def _own_running(state: notes.State, own: Value) -> notes.State:
    """Puts the student's sizes into the running values of the `notes`."""
    if state is None or not isinstance(own, tuple) or len(own) != len(state.axes):
        return state
    axes = [
        replace(axis, size=size) if axis is not None and isinstance(size, int) and _is_size(size) else axis
        for axis, size in zip(state.axes, own, strict=True)
    ]
    return notes.NotesField(tuple(axes), state.layout)


def _own_field(state: State, own: Value) -> State:
    """Makes the exact field as large as the student says on each axis."""
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
