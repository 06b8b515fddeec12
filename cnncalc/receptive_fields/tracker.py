"""From layer to layer: the receptive field behind a layer that reads one tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnncalc.receptive_fields.field import CONSTANT, Absent, Axes, Field, Layout, State, Undefined, boxes_of
from cnncalc.receptive_fields.meeting import merge
from cnncalc.receptive_fields.parts import joined
from cnncalc.receptive_fields.reach import (
    Adaptive,
    AxisReach,
    Composed,
    ComposedStep,
    Everything,
    Flattened,
    PerAxis,
    Pointwise,
    Reach,
    Rearranged,
    Resample,
    SameAxis,
    Scrambled,
    WholeAxis,
    Window,
)
from cnncalc.receptive_fields.sliding import (
    Axis,
    Fixed,
    Sliding,
    through,
)
from cnncalc.receptive_fields.whole_maps import flattened, is_constant, read_boxes, recovered, unreadable
from cnncalc.receptive_fields.work import Untraceable, Work
from cnncalc.tensor import Shape, Size

Lengths = Sequence[object] | None
"""What tells the spatial sizes of a tensor apart that are unknown, axis by axis; `None` where all are known."""


class Tracker:
    """Follows fields through layers; one per analysis, so that its work is bounded."""

    def __init__(self) -> None:
        self.work = Work()

    def through(self, state: State, reach: Reach, x: Shape, y: Shape, lengths: Lengths = None) -> State:
        """Returns the field behind a layer with this reach, input `x` and output `y`.

        `lengths` tells the sizes of `x` that are unknown apart; `None` where all are known.
        """
        if isinstance(reach, Pointwise) or isinstance(state, Absent):
            return state
        if isinstance(reach, Composed):
            return self._composed(state, reach, lengths)
        if isinstance(state, Undefined):
            return self._undefined(state, reach, x, y)
        try:
            read_boxes([state], self.work)
        except Untraceable as problem:
            return unreadable([state], problem)
        match reach:
            case PerAxis():
                return self._per_axis(state, reach.axes, x, lengths)
            case Rearranged():
                return self._rearranged(state, reach, x)
            case Everything():
                boxes = boxes_of(state, x)
                return recovered(Undefined(state.source, "it sees a whole map whose size is unknown", boxes))
            case Flattened():
                return flattened(state, x)
            case Scrambled(reads_all=False):
                return Undefined(state.source, reach.reason, (None,) * len(state.axes))
            case Scrambled():
                if all(isinstance(axis, Fixed) and axis.is_seen_whole for part in state.parts for axis in part):
                    return Field(state.source, state.axes, ())
                return Undefined(state.source, reach.reason, boxes_of(state, x))

    def _composed(self, state: State, reach: Composed, lengths: Lengths) -> State:
        """Returns the field behind several layers in one, step by step."""
        states = [state]
        for step in reach.steps:
            states.append(self._step(step, states, reach.shapes, lengths))
        return states[reach.result]

    def _step(self, step: ComposedStep, states: Sequence[State], shapes: Sequence[Shape], lengths: Lengths) -> State:
        """Returns the field behind one of several layers in one."""
        y = shapes[len(states)]
        known = [lengths if source == 0 else None for source in step.sources]
        if not step.sources:
            return CONSTANT
        if step.operands:
            read = [states[source] for source in step.sources]
            read_shapes = [shapes[source] for source in step.sources]
            return self.meet(read, read_shapes, step.operands, step.reach, y, [step.name] * len(read), step.is_beside,
                             known)[0]  # fmt: skip
        [source] = step.sources
        return self.through(states[source], step.reach, shapes[source], y, known[0])

    def _per_axis(self, state: Field, reaches: Sequence[AxisReach], x: Shape, lengths: Lengths) -> State:
        if not state.layout:
            return state
        try:
            axes = self._part(state.axes, state.layout, reaches, x, lengths)
            if not state.more:
                return Field(state.source, axes, state.layout, folded=state.folded)
            others = [self._part(part, state.layout, reaches, x, lengths) for part in state.more]
            return replace(joined(state.source, [axes, *others], state.layout, self.work), folded=state.folded)
        except Untraceable as problem:
            return Undefined(state.source, str(problem), boxes_of(state, x))

    def _rearranged(self, state: Field, reach: Rearranged, x: Shape) -> State:
        if reach.opens and (state.folded or state.is_in_parts):
            reason = "it moves channels that hold several positions into space"
            return Undefined(state.source, reason, boxes_of(state, x))
        if not state.layout:
            # A position of a vector that becomes a map has all elements in its channels.
            return self.through(state, Everything(), x, x) if state.is_in_parts else replace(state, flattened=None)
        ended = [SameAxis() if index in reach.order else WholeAxis() for index in range(len(x) - 1)]
        behind = self._per_axis(state, ended, x, None)
        if not isinstance(behind, Field):
            return behind
        layout = tuple(None if axis is None else behind.layout[axis] for axis in reach.order)
        return replace(behind, layout=layout, folded=state.folded or reach.folds)

    def _part(self, part: Axes, layout: Layout, reaches: Sequence[AxisReach], x: Shape, lengths: Lengths) -> Axes:
        axes = list(part)
        memory: tuple[Axis, AxisReach, Size, Axis] | None = None
        for index, (reach, length) in enumerate(zip(reaches, x, strict=False)):
            target = layout[index]
            if target is None:
                continue
            axis = axes[target]
            if memory is not None and memory[0] is axis and memory[1:3] == (reach, length) and lengths is None:
                axes[target] = memory[3]
                continue
            axes[target] = through(axis, reach, length, lengths and lengths[index], self.work)
            memory = (axis, reach, length, axes[target])
        return tuple(axes)

    def _undefined(self, state: Undefined, reach: Reach, x: Shape, y: Shape) -> State:
        """Keeps what has no box without one until everything is read: the hull of all is known for as long."""
        if isinstance(reach, Everything) or (isinstance(reach, Rearranged) and not any_named(reach)):
            return recovered(state)
        if isinstance(reach, PerAxis) and all(isinstance(axis, WholeAxis) for axis in reach.axes):
            return recovered(state)  # attention along all axes
        if isinstance(reach, Scrambled) and not reach.reads_all:
            return Undefined(state.source, reach.reason, (None,) * len(state.boxes))
        if isinstance(reach, PerAxis) and not all(
            _reads_all(axis, length, new_length, self.work)
            for axis, length, new_length in zip(
                reach.axes, x[:-1], y[:-1], strict=False
            )  # channels may be several axes
        ):
            return Undefined(state.source, state.reason, (None,) * len(state.boxes))
        return state

    def meet(
        self,
        states: Sequence[State],
        shapes: Sequence[Shape],
        operands: Sequence[tuple[Reach, Shape]],
        reach: Reach,
        y: Shape,
        names: Sequence[str],
        beside: bool,
        lengths: Sequence[Lengths],
    ) -> tuple[State, str | None]:
        """Returns the field where several tensors meet, and a note where they are not aligned.

        Each is first read as its operand says, in the shape that stands there; `reach` is what the layer reads of what
        they come to. `beside`: whether they are put side by side.
        """
        sizes = [size for _, size in operands]
        meeting = [
            self.through(state, own, x, size, known)
            for state, x, (own, size), known in zip(states, shapes, operands, lengths, strict=True)
        ]
        state, note = merge(meeting, sizes, sizes[0] if beside else y, names, self.work, beside)
        if beside and sum(not is_constant(each) for each in states) == 1:
            return state, note
        return self.through(state, reach, y, y, lengths[0]), note


def any_named(reach: Rearranged) -> bool:
    """Tells whether an axis of the input goes on."""
    return any(axis is not None for axis in reach.order)


def _reads_all(reach: AxisReach, length: Size, new_length: Size, work: Work) -> bool:
    """Says whether the positions of an axis are all read, so that what they see together is seen behind the layer
    too.
    """
    match reach:
        case SameAxis() | WholeAxis() | Adaptive():
            return True
        case Window(kernel, stride, dilation, _) if dilation > 1 or stride > kernel:
            return False
        case Resample(size, new_size, _) if size is None or new_size is None or new_size < size:
            return False
    try:
        read = through(Sliding(1, 1, (0,), (0,)), reach, length, None, work)
    except Untraceable:
        return False
    box = read.box(new_length) if isinstance(read, Sliding) else None
    return box is not None and length is not None and box[0] <= 0 and box[1] >= length - 1
