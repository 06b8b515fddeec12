"""The `exact` receptive field: which box of input positions an output position sees, on an unbounded map.

Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019, carried on to
maps whose box depends on the position (behind upsampling and transposed convolutions): there the first and the last
position that an input reaches are followed through every phase of the effective stride.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Final

from cnncalc.formula import formula
from cnncalc.reach import (
    Adaptive,
    AxisReach,
    Everything,
    Flattened,
    PerAxis,
    Permuted,
    Pointwise,
    Reach,
    Resample,
    SameAxis,
    Scrambled,
    Shift,
    TransposedWindow,
    WholeAxis,
    Window,
)
from cnncalc.tensor import Shape, Size

SIZE: Final = formula("r + (k_eff - 1)*j")
"""A window's receptive field from that of its input, `r`, and its input's effective stride, `j`."""
STRIDE: Final = formula("j*s")
"""A window's effective stride."""
OFFSET: Final = formula("a - before*j")
"""Where a window's first position begins, from where its input's does, `a`."""

MAX_PHASES: Final = 1024
"""Positions after which a box may first repeat; more would make one layer's work unbounded."""
MAX_WORK: Final = 1_000_000
"""Phases that one analysis follows in all: a hostile net is told so, and an honest one never comes near."""


@dataclass(frozen=True, slots=True)
class Sliding:
    """A box that moves with the position: position p + period sees what p sees, `shift` input positions further.

    `first` and `last` are the ends of the box of positions 0 ... period - 1, `None` where no input reaches.
    `origin` lists paddings that are unknown (because a size is): the box is then known up to a common distance.
    """

    period: int
    shift: int
    first: tuple[int | None, ...]
    last: tuple[int | None, ...]
    origin: tuple[object, ...] = ()

    @property
    def size(self) -> int | None:
        """The largest box; `None` where no input reaches any position."""
        if self.period == 1:
            return self._width(0)
        return max((width for phase in range(self.period) if (width := self._width(phase)) is not None), default=None)

    def _width(self, phase: int) -> int | None:
        first, last = self.first[phase], self.last[phase]
        return None if first is None or last is None else last - first + 1

    @property
    def stride(self) -> Fraction:
        return _ratio(self.shift, self.period)

    @property
    def offset(self) -> int | None:
        return None if self.origin else self.first[0]

    def begin(self, position: int) -> int | None:
        """The first input position that a position sees."""
        turns, phase = divmod(position, self.period)
        first = self.first[phase]
        return None if first is None else first + turns * self.shift

    def end(self, position: int) -> int | None:
        """The last input position that a position sees."""
        turns, phase = divmod(position, self.period)
        last = self.last[phase]
        return None if last is None else last + turns * self.shift

    @property
    def ordered(self) -> bool:
        """Whether later positions never begin or end earlier, and every position sees something."""
        if self.period == 1:
            return self.first[0] is not None
        for ends in (self.first, self.last):
            previous = None
            for value in ends:
                if value is None or (previous is not None and value < previous):
                    return False
                previous = value
            if ends[0] is None or previous is None or ends[0] + self.shift < previous:
                return False
        return True

    def box(self, length: Size) -> tuple[int, int] | None:
        """The hull over positions 0 ... length - 1; `None` where it is not known or nothing is seen."""
        if length is None or self.origin:
            return None
        some = min(length, self.period)
        begins = [value for p in range(some) if (value := self.begin(p)) is not None]
        ends = [value for p in range(length - some, length) if (value := self.end(p)) is not None]
        return (min(begins), max(ends)) if begins and ends else None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A box that no longer depends on the position, from `first` to `last`; an element alone sees `size` of it."""

    size: int
    first: int
    last: int


@lru_cache(maxsize=1024)
def _ratio(shift: int, period: int) -> Fraction:
    return Fraction(shift, period)


Axis = Sliding | Fixed
Box = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Field:
    """A receptive field: one axis per spatial axis of the input `source`, in the input's order.

    `layout[i]` is the input axis that spatial axis i of the tensor runs along; empty for a vector.
    """

    source: int
    axes: tuple[Axis, ...]
    layout: tuple[int, ...]

    @property
    def size(self) -> tuple[int, ...] | None:
        sizes = tuple(axis.size for axis in self.axes)
        return None if None in sizes else sizes  # type: ignore[return-value]

    @property
    def effective_stride(self) -> tuple[Fraction | None, ...] | None:
        strides = tuple(axis.stride if isinstance(axis, Sliding) else None for axis in self.axes)
        return strides if any(stride is not None for stride in strides) else None

    @property
    def offset(self) -> tuple[int | None, ...] | None:
        offsets = tuple(axis.offset if isinstance(axis, Sliding) else axis.first for axis in self.axes)
        return offsets if any(offset is not None for offset in offsets) else None


@dataclass(frozen=True, slots=True)
class Undefined:
    """No box: `reason` says why. `boxes` is what all positions together see, where that is known."""

    source: int
    reason: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing to be in the field of: the input has no spatial axis, or several inputs meet. `reason` may say which."""

    sources: frozenset[int]
    reason: str | None = None


State = Field | Undefined | Absent


def start(source: int, shape: Shape) -> State:
    """The field of an input: each position sees itself."""
    rank = len(shape) - 1
    if rank < 1:
        return Absent(frozenset({source}))
    return Field(source, (Sliding(1, 1, (0,), (0,)),) * rank, tuple(range(rank)))


class TooManyPhases(Exception):
    """The box repeats only after more positions than are followed; the message is the clause for the note."""


class Tracker:
    """Follows fields through layers; one per analysis, so that its work is bounded."""

    def __init__(self) -> None:
        self.work = 0

    def through(self, state: State, reach: Reach, x: Shape, y: Shape, place: object = None) -> State:
        """The field behind a layer with this reach, input `x` and output `y`. `place` tells unknown paddings apart."""
        if isinstance(reach, Pointwise) or isinstance(state, Absent):
            return state
        if isinstance(state, Undefined):
            return _recovered(state) if isinstance(reach, Everything) else state
        match reach:
            case PerAxis():
                return self._per_axis(state, reach.axes, x, place)
            case Permuted():
                layout = tuple(state.layout[axis] for axis in reach.order) if state.layout else ()
                return Field(state.source, state.axes, layout)
            case Everything():
                return _everything(state, x)
            case Flattened():
                return _flattened(state, x)
            case Scrambled():
                if all(isinstance(axis, Fixed) and axis.size == axis.last - axis.first + 1 for axis in state.axes):
                    return Field(state.source, state.axes, ())
                return Undefined(state.source, reach.reason, _boxes(state, x))

    def _per_axis(self, state: Field, reaches: Sequence[AxisReach], x: Shape, place: object) -> State:
        if not state.layout:
            return state
        axes = list(state.axes)
        memory: tuple[Axis, AxisReach, Axis] | None = None
        try:
            for index, reach in enumerate(reaches):
                target = state.layout[index]
                axis = axes[target]
                if memory is not None and memory[0] is axis and memory[1] == reach:
                    axes[target] = memory[2]
                    continue
                axes[target] = self._axis(axis, reach, x[index], place)
                memory = (axis, reach, axes[target])
        except TooManyPhases as problem:
            return Undefined(state.source, str(problem), _boxes(state, x))
        return Field(state.source, tuple(axes), state.layout)

    def _axis(self, axis: Axis, reach: AxisReach, length: Size, place: object) -> Axis:
        if isinstance(axis, Fixed) or isinstance(reach, SameAxis):
            return axis
        match reach:
            case Window():
                return self._window(axis, reach, place)
            case WholeAxis():
                return _fixed(axis, length)
            case Shift(before):
                return self._compose(axis, 1, 1, lambda p: (p - before, 1, 1))
            case TransposedWindow():
                return self._transposed(axis, reach)
            case Resample():
                return self._resample(axis, reach)
            case Adaptive(size, bins):
                if size is None:
                    raise TooManyPhases("its windows depend on a size that is unknown")
                common = gcd(size, bins)
                return self._compose(
                    axis, bins // common, size // common,
                    lambda p: (p * size // bins, -(-(p + 1) * size // bins) - p * size // bins, 1),
                )  # fmt: skip

    def _window(self, axis: Sliding, reach: Window, place: object) -> Sliding:
        before, origin = reach.before, axis.origin
        if before is None:
            if axis.period > 1:
                raise TooManyPhases("its padding depends on a size that is unknown")
            before, origin = 0, (*origin, (place, reach.extent, reach.stride))
        if axis.period == 1 and (first := axis.first[0]) is not None and axis.size is not None:
            symbols = {
                "r": axis.size, "j": axis.shift, "a": first,
                "k_eff": reach.extent, "s": reach.stride, "before": before,
            }  # fmt: skip
            begin, stride, size = OFFSET.integer(symbols), STRIDE.integer(symbols), SIZE.integer(symbols)
            if begin is not None and stride is not None and size is not None:
                return Sliding(1, stride, (begin,), (begin + size - 1,), origin)
        moved = self._compose(
            axis, 1, reach.stride, lambda p: (p * reach.stride - before, reach.kernel, reach.dilation)
        )
        return Sliding(moved.period, moved.shift, moved.first, moved.last, origin)

    def _transposed(self, axis: Sliding, reach: TransposedWindow) -> Sliding:
        before, stride, dilation = reach.before, reach.stride, reach.dilation
        if before is None:
            raise TooManyPhases("its cropping depends on a size that is unknown")
        common = gcd(stride, dilation)
        step = stride // common  # taps of one output position are `step` apart, and the inputs `dilation // common`
        inverse = pow(dilation // common, -1, step) if step > 1 else 0

        def reads(p: int) -> tuple[int, int, int] | None:
            if (p + before) % common:
                return None
            tap = (p + before) // common * inverse % step
            if tap >= reach.kernel:
                return None
            count = (reach.kernel - 1 - tap) // step + 1
            last_tap = tap + (count - 1) * step
            return (p + before - last_tap * dilation) // stride, count, dilation // common

        return self._compose(axis, stride, 1, reads)

    def _resample(self, axis: Sliding, reach: Resample) -> Sliding:
        size, new_size = reach.size, reach.new_size
        if size is None or new_size is None:
            raise TooManyPhases("its scale depends on a size that is unknown")

        def nearest(p: int) -> tuple[int, int, int]:
            return (2 * p + 1) * size // (2 * new_size), 1, 1

        def bilinear(p: int) -> tuple[int, int, int]:
            whole, part = divmod((2 * p + 1) * size - new_size, 2 * new_size)
            return whole, 2 if part else 1, 1

        common = gcd(size, new_size)
        return self._compose(axis, new_size // common, size // common, bilinear if reach.bilinear else nearest)

    def _compose(
        self, axis: Sliding, period: int, advance: int, reads: Callable[[int], tuple[int, int, int] | None]
    ) -> Sliding:
        """The axis seen through a map whose outputs repeat every `period`, `advance` inputs further.

        `reads(p)` is the first input position that output position p reads, how many, and how far apart.
        """
        turns = axis.period // gcd(axis.period, advance)
        phases = period * turns
        if phases > MAX_PHASES:
            raise TooManyPhases(f"its box repeats only every {phases:,} positions, too many to follow")
        self.work += phases
        if self.work > MAX_WORK:
            raise TooManyPhases("the network has too many positions to follow")
        first: list[int | None] = []
        last: list[int | None] = []
        ordered = axis.ordered
        for p in range(phases):
            read = reads(p)
            begin, end = (None, None) if read is None else self._span(axis, *read, ordered)
            first.append(begin)
            last.append(end)
        return Sliding(phases, axis.shift * (turns * advance) // axis.period, tuple(first), tuple(last), axis.origin)

    def _span(self, axis: Sliding, start: int, count: int, step: int, ordered: bool) -> tuple[int | None, int | None]:
        """The hull of the boxes of `count` positions, `step` apart."""
        if ordered:
            return axis.begin(start), axis.end(start + (count - 1) * step)
        # After one cycle of phases every box comes again, further on: the outermost cycles hold the ends.
        some = min(count, axis.period // gcd(axis.period, step))
        self.work += some
        final = start + (count - 1) * step
        begins = [value for t in range(some) if (value := axis.begin(start + t * step)) is not None]
        ends = [value for t in range(some) if (value := axis.end(final - t * step)) is not None]
        return min(begins, default=None), max(ends, default=None)

    def merge(
        self, states: Sequence[State], shapes: Sequence[Shape], output: Shape, names: Sequence[str]
    ) -> tuple[State, str | None]:
        """The hull of the fields that meet in a layer, and a note where they are not aligned."""
        if all(state is states[0] for state in states) and all(shape == output for shape in shapes):
            return states[0], None
        sources = frozenset().union(*({s.source} if not isinstance(s, Absent) else s.sources for s in states))
        if len(sources) > 1:
            return Absent(sources, f"{len(sources)} inputs reach this layer"), None
        fields: list[Field] = []
        for state, shape in zip(states, shapes, strict=True):
            if isinstance(state, Absent):
                return state, None
            if isinstance(state, Field):
                fields.append(_broadcast(state, shape, output))
        undefined = next((state for state in states if isinstance(state, Undefined)), None)
        if undefined is not None:
            boxes = [
                state.boxes if isinstance(state, Undefined) else _boxes(state, shape)
                for state, shape in zip(states, shapes, strict=True)
                if not isinstance(state, Absent)
            ]
            return Undefined(undefined.source, undefined.reason, _hulls(boxes)), None
        everywhere = [_boxes(field, shape) for field, shape in zip(fields, shapes, strict=True)]
        layouts = {field.layout for field in fields if field.layout}
        axes: list[Axis] = []
        notes: list[str] = []
        for index in range(len(fields[0].axes)):
            parts = [field.axes[index] for field in fields]
            sliding = [part for part in parts if isinstance(part, Sliding)]
            if len(sliding) < len(parts):
                box = _hulls([[boxes[index]] for boxes in everywhere])[0]
                if box is None:
                    reason = "a branch sees a whole map whose size is unknown"
                    return Undefined(fields[0].source, reason, _hulls(everywhere)), None
                axes.append(Fixed(box[1] - box[0] + 1, *box))
                continue
            apart = _apart(sliding, names) or ("its branches exchange axes" if len(layouts) > 1 else None)
            if apart is not None:
                return Undefined(fields[0].source, apart, _hulls(everywhere)), None
            period = lcm(*(part.period for part in sliding))
            self.work += period * len(sliding)
            if period > MAX_PHASES or self.work > MAX_WORK:
                reason = f"its box repeats only every {period:,} positions, too many to follow"
                return Undefined(fields[0].source, reason, _hulls(everywhere)), None
            note = _off_centre(sliding, names)
            if note is not None and note not in notes:
                notes.append(note)
            axes.append(_hull(sliding, period))
        layout = next((field.layout for field in fields if field.layout), ())
        return Field(fields[0].source, tuple(axes), layout), "; ".join(notes) or None


def _hull(parts: Sequence[Sliding], period: int) -> Sliding:
    first, last = [], []
    for p in range(period):
        first.append(min((value for part in parts if (value := part.begin(p)) is not None), default=None))
        last.append(max((value for part in parts if (value := part.end(p)) is not None), default=None))
    return Sliding(period, parts[0].shift * period // parts[0].period, tuple(first), tuple(last), parts[0].origin)


def _apart(parts: Sequence[Sliding], names: Sequence[str]) -> str | None:
    """Why boxes that slide have no common box, naming two branches; `None` where they have one."""
    for part, name in zip(parts[1:], names[1:], strict=True):
        if part.shift * parts[0].period != parts[0].shift * part.period:
            return f"not aligned: {names[0]} has effective stride {parts[0].stride} and {name} has {part.stride}"
        if part.origin != parts[0].origin:
            return f"the paddings of {names[0]} and {name} depend on a size that is unknown"
    return None


def _off_centre(parts: Sequence[Sliding], names: Sequence[str]) -> str | None:
    """Names two branches whose boxes have the same stride but not the same centre (Araujo et al.'s alignment)."""
    one = parts[0]
    for part, name in zip(parts[1:], names[1:], strict=True):
        for p in range(lcm(part.period, one.period)):
            ends = one.begin(p), one.end(p), part.begin(p), part.end(p)
            if None not in ends and ends[0] + ends[1] != ends[2] + ends[3]:  # type: ignore[operator]
                return f"not aligned: {names[0]} and {name} have different centres"
    return None


def _broadcast(field: Field, shape: Shape, output: Shape) -> Field:
    """An axis of size 1 that is stretched over a longer one shows every position the same box."""
    axes = list(field.axes)
    lead = len(output) - len(shape)
    for index, target in enumerate(field.layout):
        axis = axes[target]
        if isinstance(axis, Sliding) and shape[index] == 1 and output[lead + index] != 1:
            fixed = _fixed_or_none(axis, 1)
            if fixed is not None:
                axes[target] = fixed
    return Field(field.source, tuple(axes), field.layout)


def _fixed_or_none(axis: Sliding, length: Size) -> Fixed | None:
    box = axis.box(length)
    return None if box is None else Fixed(box[1] - box[0] + 1, *box)


def _fixed(axis: Sliding, length: Size) -> Fixed:
    fixed = _fixed_or_none(axis, length)
    if fixed is None:
        raise TooManyPhases("it sees a whole map whose size is unknown")
    return fixed


def _boxes(field: Field, shape: Shape) -> tuple[Box, ...]:
    """What all positions together see, per axis of the input."""
    lengths = {target: shape[index] for index, target in enumerate(field.layout)}
    return tuple(
        (axis.first, axis.last) if isinstance(axis, Fixed) else axis.box(lengths.get(index))
        for index, axis in enumerate(field.axes)
    )


def _hulls(boxes: Sequence[Sequence[Box]]) -> tuple[Box, ...]:
    hulls: list[Box] = []
    for parts in zip(*boxes, strict=True):
        known = [part for part in parts if part is not None]
        whole = len(known) == len(parts)
        hulls.append((min(first for first, _ in known), max(last for _, last in known)) if whole else None)
    return tuple(hulls)


def _everything(state: Field, x: Shape) -> State:
    boxes = _boxes(state, x)
    return _recovered(Undefined(state.source, "it sees a whole map whose size is unknown", boxes))


def _recovered(state: Undefined) -> State:
    """What reads every element sees the hull of all, also where single elements see no box."""
    axes = [Fixed(box[1] - box[0] + 1, *box) for box in state.boxes if box is not None]
    return Field(state.source, tuple(axes), ()) if len(axes) == len(state.boxes) else state


def _flattened(state: Field, x: Shape) -> State:
    axes: list[Axis] = []
    for axis, box in zip(state.axes, _boxes(state, x), strict=True):
        if isinstance(axis, Fixed):
            axes.append(axis)
        elif box is None or axis.size is None:
            return Undefined(state.source, "it holds a whole map whose size is unknown", _boxes(state, x))
        else:
            axes.append(Fixed(axis.size, *box))
    return Field(state.source, tuple(axes), ())
