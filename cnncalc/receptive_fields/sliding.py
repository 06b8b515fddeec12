"""One axis of a receptive field: a box of input positions that moves with the output position, on an unbounded map.

Behind windows alone every position sees a box of one size, and three formulas give it. Behind upsampling and
transposed convolutions the box depends on the position: there its ends are followed through every phase, that is,
through the positions after which everything comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from operator import sub
from typing import Final

from cnncalc.formula import formula
from cnncalc.receptive_fields.reach import (
    Adaptive,
    AxisReach,
    Resample,
    SameAxis,
    Shift,
    TransposedWindow,
    WholeAxis,
    Window,
)
from cnncalc.receptive_fields.work import MAX_PHASES, Untraceable, Work
from cnncalc.records import record
from cnncalc.tensor import Size

# Behind a window: receptive field, effective stride, and where the box of position 0 begins, from its input's r, j, a.
SIZE: Final = formula("r + (k_eff - 1)*j")
STRIDE: Final = formula("j*s")
OFFSET: Final = formula("a - before*j")

Box = tuple[int, int] | None
"""First and last input position; `None` where they are not known, and NOTHING where there are none."""
NOTHING: Final = (1, 0)


@record
class UnknownPadding:
    """What `same` pads if a length is unknown: max(effective_kernel - rest, 0), the smaller half before.

    `rest` is length % stride, or the stride; `step`: how far the box moves for each position before.
    """

    length: object
    effective_kernel: int
    stride: int
    step: int

    def move(self, rest: int) -> int:
        """Returns how far the box lies before where it would lie without padding."""
        return max(self.effective_kernel - rest, 0) // 2 * self.step


@record
class Sliding:
    """A box that moves with the position: position p + period sees what p sees, `shift` input positions further.

    `first` and `last` are the ends of the box of positions 0 ... period - 1, `None` where no input reaches.
    `origin` lists paddings that are unknown (because a size is): the boxes lie before where they are said to be, by
    what these move them.
    """

    period: int
    shift: int
    first: tuple[int | None, ...]
    last: tuple[int | None, ...]
    origin: tuple[UnknownPadding, ...] = ()

    @property
    def size(self) -> int | None:
        """The largest box; `None` where no input reaches any position."""
        if self.period == 1:
            first, last = self.first[0], self.last[0]
            return None if first is None or last is None else last - first + 1
        if not self.has_holes:
            largest: int = max(map(sub, self.last, self.first)) + 1
            return largest
        ends = zip(self.first, self.last, strict=True)
        return max((last - first + 1 for first, last in ends if first is not None and last is not None), default=None)

    @property
    def stride(self) -> Fraction:
        return _ratio(self.shift, self.period)

    @property
    def offset(self) -> int | None:
        return None if self.origin else self.first[0]

    @property
    def has_holes(self) -> bool:
        """Whether there are positions that no input reaches."""
        return None in self.first

    def begin(self, position: int) -> int | None:
        """Returns the first input position that a position sees."""
        turns, phase = divmod(position, self.period)
        first = self.first[phase]
        return None if first is None else first + turns * self.shift

    def end(self, position: int) -> int | None:
        """Returns the last input position that a position sees."""
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

    def box(self, length: Size) -> Box:
        """Returns the hull over positions 0 ... length - 1."""
        if length is None or self.origin:
            return None
        turns, rest = divmod(length, self.period)
        begins = _reached(self.first[:length])
        if not begins:
            return NOTHING
        # The last turn may not be complete: the phases that it lacks come last in the turn before.
        ends = (_reached(self.last[:rest]), turns), (_reached(self.last[rest:] if turns else ()), turns - 1)
        return min(begins), max(max(phases) + turn * self.shift for phases, turn in ends if phases)


def _reached(ends: Sequence[int | None]) -> Sequence[int]:
    """Keeps the ones that are there."""
    return [end for end in ends if end is not None] if None in ends else ends  # type: ignore[return-value]


@record
class Fixed:
    """A box that no longer depends on the position, from `first` to `last`; an element alone sees `size` of it."""

    size: int
    first: int
    last: int

    period = 1
    has_holes = False

    @property
    def is_seen_whole(self) -> bool:
        """Whether every element alone sees all of it."""
        return self.size == self.last - self.first + 1

    @property
    def offset(self) -> int:
        return self.first

    def begin(self, position: int) -> int:
        """Returns the first input position that any position sees."""
        return self.first

    def end(self, position: int) -> int:
        """Returns the last input position that any position sees."""
        return self.last


Axis = Sliding | Fixed


@lru_cache(maxsize=1024)
def _ratio(shift: int, period: int) -> Fraction:
    return Fraction(shift, period)  # as many different ones as a net has strides, and slow to make


def fixed(box: tuple[int, int]) -> Fixed:
    """Returns what every element sees all of."""
    first, last = box
    return Fixed(last - first + 1, first, last)


def hull(parts: Sequence[Sliding], work: Work) -> Sliding:
    """Returns the smallest box around several that have the same stride. Raises: Untraceable."""
    if all(part is parts[0] for part in parts):
        return parts[0]
    period = lcm(*(part.period for part in parts))
    shift = parts[0].shift * period // parts[0].period
    work.follow(period, shift)
    work.add(period * len(parts))
    first, last = [], []
    for p in range(period):
        first.append(min((value for part in parts if (value := part.begin(p)) is not None), default=None))
        last.append(max((value for part in parts if (value := part.end(p)) is not None), default=None))
    return Sliding(period, shift, tuple(first), tuple(last), parts[0].origin)


def around(outer: Sliding, inner: Sliding, work: Work) -> tuple[bool, bool]:
    """Says whether one box lies around another, and whether their centres are the same, whatever the paddings.

    Boxes of one size and one stride each; (False, False) where the paddings depend on lengths that differ. Raises:
    Untraceable.
    """
    ours = [padding for padding in outer.origin if padding not in inner.origin]
    theirs = [padding for padding in inner.origin if padding not in outer.origin]
    lengths = {(padding.length, padding.stride) for padding in (*ours, *theirs)}
    ends = outer.first[0], outer.last[0], inner.first[0], inner.last[0]
    if None in ends or outer.period > 1 or inner.period > 1 or len(lengths) > 1:
        return False, False
    first, last, inner_first, inner_last = (end or 0 for end in ends)
    most = max((min(padding.stride, padding.effective_kernel) for padding in (*ours, *theirs)), default=1)
    if most > MAX_PHASES:
        return False, False
    work.add(most * (1 + len(ours) + len(theirs)))
    contains = centred = True
    for rest in range(1, most + 1):
        moved = sum(padding.move(rest) for padding in ours) - sum(padding.move(rest) for padding in theirs)
        contains = contains and first - moved <= inner_first and inner_last <= last - moved
        centred = centred and first + last - 2 * moved == inner_first + inner_last
    return contains, centred


def through(axis: Axis, reach: AxisReach, length: Size, place: object, work: Work) -> Axis:
    """Returns the axis behind a layer that reads `length` positions. `place` tells lengths that are unknown apart.

    Raises: Untraceable.
    """
    if isinstance(axis, Fixed) or isinstance(reach, SameAxis):
        return axis
    match reach:
        case Window():
            return _window(axis, reach, place, work)
        case Shift(before):
            return _window(axis, Window(1, 1, 1, before), place, work)
        case WholeAxis():
            box = axis.box(length)
            if box is None:
                raise Untraceable("it sees a whole map whose size is unknown")
            return Sliding(1, 0, (None,), (None,)) if box == NOTHING else fixed(box)
        case TransposedWindow():
            return _transposed(axis, reach, work)
        case Resample():
            return _resample(axis, reach, work)
        case Adaptive():
            return _adaptive(axis, reach, work)


def _window(axis: Sliding, reach: Window, place: object, work: Work) -> Sliding:
    before, origin = reach.before, axis.origin
    if before is None:
        if axis.period > 1:
            raise Untraceable("its padding depends on a size that is unknown")
        before, origin = 0, (*origin, UnknownPadding(place, reach.effective_kernel, reach.stride, axis.shift))
    if axis.period == 1 and (first := axis.first[0]) is not None and axis.size is not None:
        symbols = {
            "r": axis.size, "j": axis.shift, "a": first,
            "k_eff": reach.effective_kernel, "s": reach.stride, "before": before,
        }  # fmt: skip
        begin, stride, size = OFFSET.integer(symbols), STRIDE.integer(symbols), SIZE.integer(symbols)
        if begin is not None and stride is not None and size is not None:
            return Sliding(1, stride, (begin,), (begin + size - 1,), origin)
    moved = _compose(
        axis, 1, reach.stride, lambda p: (p * reach.stride - before, reach.kernel, reach.dilation), work
    )  # fmt: skip
    return Sliding(moved.period, moved.shift, moved.first, moved.last, origin)


def _transposed(axis: Sliding, reach: TransposedWindow, work: Work) -> Sliding:
    before, stride, dilation = reach.before, reach.stride, reach.dilation
    if before is None:
        raise Untraceable("its cropping depends on a size that is unknown")
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

    return _compose(axis, stride, 1, reads, work)


def _resample(axis: Sliding, reach: Resample, work: Work) -> Sliding:
    size, new_size = reach.size, reach.new_size
    if size is None or new_size is None:
        raise Untraceable("its scale depends on a size that is unknown")

    taps, begin = reach.taps, reach.begin

    def nearest(p: int) -> tuple[int, int, int]:
        return begin + (2 * p + 1) * size // (2 * new_size), 1, 1

    def interpolated(p: int) -> tuple[int, int, int]:
        whole, part = divmod((2 * p + 1) * size - new_size, 2 * new_size)
        return (begin + whole - taps // 2 + 1, taps, 1) if part else (begin + whole, 1, 1)

    def widened(p: int) -> tuple[int, int, int]:
        # Positions j with |(j + 1/2) - centre| < taps/2 * size/new_size have a weight, as in PyTorch's antialiasing.
        first = ((2 * p + 1 - taps) * size + new_size) // (2 * new_size)
        last = -(-((2 * p + 1 + taps) * size + new_size) // (2 * new_size)) - 2
        return begin + first, last - first + 1, 1

    common = gcd(size, new_size)
    reads = nearest if taps == 1 else widened if reach.widened and size > new_size else interpolated
    return _compose(axis, new_size // common, size // common, reads, work)


def _adaptive(axis: Sliding, reach: Adaptive, work: Work) -> Sliding:
    size, bins = reach.size, reach.bins
    if size is None:
        raise Untraceable("its windows depend on a size that is unknown")

    def reads(p: int) -> tuple[int, int, int]:
        begin, end = p * size // bins, -(-(p + 1) * size // bins)
        return begin, end - begin, 1

    common = gcd(size, bins)
    return _compose(axis, bins // common, size // common, reads, work)


def _compose(
    axis: Sliding, period: int, advance: int, reads: Callable[[int], tuple[int, int, int] | None], work: Work
) -> Sliding:
    """Returns the axis seen through a map whose outputs repeat every `period`, `advance` inputs further.

    `reads(p)` is the first input position that output position p reads, how many, and how far apart.
    """
    turns = axis.period // gcd(axis.period, advance)
    phases = period * turns
    shift = axis.shift * (turns * advance) // axis.period
    work.follow(phases, shift)
    hull_of = _hull_in_order(axis) if axis.ordered else _hull_of_all(axis, work)
    first: list[int | None] = []
    last: list[int | None] = []
    for p in range(phases):
        read = reads(p)
        begin, end = (None, None) if read is None else hull_of(*read)
        first.append(begin)
        last.append(end)
    return Sliding(phases, shift, tuple(first), tuple(last), axis.origin)


Hull = Callable[[int, int, int], tuple[int | None, int | None]]
"""The hull of the boxes of some positions: of the first one, how many there are, and how far apart."""


def _hull_in_order(axis: Sliding) -> Hull:
    """Says where later positions see later boxes, the first one begins the hull and the last one ends it."""
    period, shift = axis.period, axis.shift
    firsts = [first for first in axis.first if first is not None]
    lasts = [last for last in axis.last if last is not None]

    def hull_of(start: int, count: int, step: int) -> tuple[int, int]:
        final = start + (count - 1) * step
        return firsts[start % period] + start // period * shift, lasts[final % period] + final // period * shift

    return hull_of


def _hull_of_all(axis: Sliding, work: Work) -> Hull:
    """Returns the hull of all boxes: after a cycle of phases each comes again, further on."""

    def hull_of(start: int, count: int, step: int) -> tuple[int | None, int | None]:
        some = min(count, axis.period // gcd(axis.period, step))
        work.add(2 * some)
        final = start + (count - 1) * step
        begins = [value for t in range(some) if (value := axis.begin(start + t * step)) is not None]
        ends = [value for t in range(some) if (value := axis.end(final - t * step)) is not None]
        return min(begins, default=None), max(ends, default=None)

    return hull_of
