"""One layer's exact receptive field at length: what each output position sees, and where the border cuts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.report import Json
from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.explaining.explanation import plain
from cnncalc.explaining.selection import find_layer
from cnncalc.model import ModelLike, model_of
from cnncalc.receptive_fields.field import Absent, Axis, Field, Fixed, Sliding, State
from cnncalc.results import Result
from cnncalc.tensor import Shape, Size, axis_names

SCHEMA = "cnncalc.receptive_field/1"

LISTED_ENDS: Final = 10_000
"""Positions that are listed at either end of a long axis."""
LISTED_UNKNOWN: Final = 3
"""Positions that are listed of an axis whose length is not known."""

Span = tuple[int, int] | None
"""First and last input position; `None`: nothing is seen, or it is not known."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an output position sees on one axis: on the unbounded map, and of the input."""

    position: int
    span: Span
    clipped: Span

    def to_dict(self) -> Json:
        return {"position": self.position, "sees": plain(self.span), "clipped": plain(self.clipped)}


@dataclass(frozen=True, slots=True)
class AxisReport:
    """One axis of the input.

    `output_axis` is the axis of the output that runs along it, and `output_length` how many positions that has; empty
    and `None` where there is none. `rows` are all of them, or the first and the last. `cut_before` is the last position
    whose box begins before the input, `cut_after` the first whose box ends behind it. `covers`: whether some position
    sees the whole axis.
    """

    name: str
    output_axis: str
    input_length: Size
    output_length: Size
    size: int
    effective_stride: Fraction | None
    offset: int | None
    covers: bool | None
    rows: tuple[Seen, ...]
    cut_before: int | None
    cut_after: int | None

    def to_dict(self) -> Json:
        return {
            "axis": self.name,
            "output_axis": self.output_axis or None,
            "input_length": self.input_length,
            "output_length": self.output_length,
            "size": self.size,
            "effective_stride": plain(self.effective_stride),
            "offset": self.offset,
            "covers_input": self.covers,
            "rows": [row.to_dict() for row in self.rows],
            "all_rows": len(self.rows) == (self.output_length or 0),
            "cut_before": self.cut_before,
            "cut_after": self.cut_after,
        }


@dataclass(frozen=True, slots=True)
class FieldReport(Result):
    """A layer's field. `axes` is empty where there is none, and `note` says why; it also says what is not aligned.

    `at` is what one position sees, axis by axis of the input, where one was asked for; empty: nothing reaches it.
    """

    layer: str
    kind: str
    output_shape: Shape
    source: str | None
    axes: tuple[AxisReport, ...]
    note: str | None
    position: tuple[int, ...] | None = None
    at: tuple[Seen, ...] = ()

    def __repr__(self) -> str:
        size = "x".join(str(axis.size) for axis in self.axes) or "no receptive field"
        return f"<cnncalc.FieldReport of {self.layer!r}: {size}>"

    def to_dict(self) -> Json:
        at = None
        if self.position is not None:
            at = {
                "position": list(self.position),
                "sees": [plain(seen.span) for seen in self.at] or None,
                "clipped": [plain(seen.clipped) for seen in self.at] or None,
            }
        return {
            "schema": SCHEMA,
            "layer": self.layer,
            "type": self.kind,
            "output_shape": list(self.output_shape),
            "input": self.source,
            "axes": [axis.to_dict() for axis in self.axes],
            "note": self.note,
            "at": at,
        }


def rf(net: ModelLike, layer: str | int | None = None, at: Sequence[int] | None = None) -> FieldReport:
    """Reports the exact receptive field of a layer, by default of the last one that has one.

    >>> rf("lenet5", "conv2d_1").axes[0].size
    14

    `layer` is a name or a number, where 1 is the first layer behind the inputs. `at` is an output position, such as
    `(3, 4)`: what it sees, exact and inside the input. Of an axis with more than 20,001 positions, 10,000 at either end
    are listed. Raises: SpecError; UsageError: if there is no such layer, no layer with a field, or no such position.
    """
    _, analysis = analyzed(model_of(net).expansion, "exact")
    position = None if at is None else tuple(at)
    nodes = analysis.expansion.nodes
    if layer is None:
        index = _last(analysis.fields)
    else:
        index = find_layer([node.name for node in nodes], len(analysis.expansion.inputs), str(layer))
    state = analysis.fields[index]
    shape = analysis.figures[index].output.shape
    known = state if isinstance(state, Field) and state.size is not None else None
    if position is not None:
        _check_position(nodes[index].name, known, shape, position)
    source = None if isinstance(state, Absent) else state.source
    lengths: Shape = () if source is None else analysis.figures[source].output.shape[:-1]
    return FieldReport(
        layer=nodes[index].name,
        kind=nodes[index].kind,
        output_shape=shape,
        source=None if source is None else nodes[source].name,
        axes=() if known is None else tuple(_axis(known, axis, lengths, shape) for axis in range(len(lengths))),
        note=_note(analysis, index),
        position=position,
        at=() if known is None or position is None else _at(known, position, lengths),
    )


def seen_from_the_middle(analysis: Analysis, index: int) -> tuple[tuple[int, ...], tuple[Seen, ...]] | None:
    """Finds the position in the middle of a layer's output, and what it sees on each axis of the input.

    `None` if the layer has no receptive field, or sizes are not known.
    """
    field = analysis.fields[index]
    if not isinstance(field, Field):
        return None
    shape = analysis.figures[index].output.shape[: len(field.layout)]
    position = tuple((size - 1) // 2 for size in shape if size is not None)
    if len(position) < len(field.layout):
        return None
    seen = _at(field, position, analysis.figures[field.source].output.shape[:-1])
    return (position, seen) if seen else None


def _last(fields: Sequence[State]) -> int:
    for index in range(len(fields) - 1, -1, -1):
        state = fields[index]
        if isinstance(state, Field) and state.size is not None:
            return index
    raise UsageError(Diagnostic("no-such-layer", "no layer has a receptive field: the inputs have no spatial axis"))


def _note(analysis: Analysis, index: int) -> str | None:
    state = analysis.fields[index]
    if isinstance(state, Field):
        return analysis.alignment_notes[index] if state.size is not None else "no input position reaches it"
    if isinstance(state, Absent):
        return state.reason or "the input has no spatial axis"
    return f"undefined: {state.reason}"


def _check_position(name: str, field: Field | None, shape: Shape, position: tuple[int, ...]) -> None:
    """Raises: UsageError: where the layer has no such position."""
    axes = 0 if field is None else len(field.layout)
    if not axes:
        everywhere = "it is a vector" if len(shape) == 1 else "all that it holds sees the same"
        why = everywhere if field else "its receptive field is undefined"
        message = f"--at: {quote(name)} has no positions: {why}"
        raise UsageError(Diagnostic("bad-option", message, suggestion="leave --at out, or ask for an earlier layer"))
    names = axis_names(axes)
    if len(position) != axes:
        raise UsageError(
            Diagnostic(
                "bad-option", f"--at must name {axes} numbers, one per axis ({', '.join(names)})",
                expected=",".join(axis_name[0].upper() for axis_name in names), found=",".join(map(str, position)),
            )
        )  # fmt: skip
    for axis_name, p, length in zip(names, position, shape, strict=False):
        if length is not None and p >= length:
            message = f"--at is outside the output of {quote(name)}: its {axis_name} has positions 0 to {length - 1:,}"
            expected = f"a number from 0 to {length - 1:,}"
            raise UsageError(Diagnostic("bad-option", message, expected=expected, found=str(p)))


def _axis(field: Field, index: int, lengths: Shape, shape: Shape) -> AxisReport:
    axes = [part[index] for part in field.parts]
    length = lengths[index]
    along = field.layout.index(index) if index in field.layout else None
    output_length = None if along is None else shape[along]
    size, strides, offsets = field.size, field.effective_stride, field.offset
    assert size is not None, "only known fields are reported"
    begins_before, ends_behind, covers = _cut(axes, output_length, length)
    if field.flattened is not None:  # its elements see what the map's positions saw
        inner, inner_shape = field.flattened
        covers = _axis(inner, index, lengths, inner_shape).covers
    return AxisReport(
        name=axis_names(len(lengths))[index],
        output_axis="" if along is None else axis_names(len(field.layout))[along],
        input_length=length,
        output_length=output_length,
        size=size[index],
        effective_stride=None if strides is None else strides[index],
        offset=None if offsets is None else offsets[index],
        covers=covers,
        rows=tuple(_seen(axes, p, length) for p in _listed(output_length)) if along is not None else (),
        cut_before=begins_before,
        cut_after=ends_behind,
    )


def _listed(length: Size) -> list[int]:
    """Lists all positions of an axis, of a long one those at its ends."""
    if length is None:
        return list(range(LISTED_UNKNOWN))
    if length <= 2 * LISTED_ENDS + 1:
        return list(range(length))
    return [*range(LISTED_ENDS), *range(length - LISTED_ENDS, length)]


def _seen(axes: Sequence[Axis], p: int, length: Size) -> Seen:
    """Returns what a position sees, all positions of the other axes taken together."""
    ends = [(axis.begin(p), axis.end(p)) for axis in axes if not (isinstance(axis, Sliding) and axis.origin)]
    known = [(first, last) for first, last in ends if first is not None and last is not None]
    span = (min(first for first, _ in known), max(last for _, last in known)) if known else None
    return Seen(p, span, _clipped(span, length))


def _clipped(span: Span, length: Size) -> Span:
    """Returns the part of a span that lies inside the input; `None` where none does, or the input's size is unknown."""
    if span is None or length is None:
        return None
    first, last = max(span[0], 0), min(span[1], length - 1)
    return (first, last) if first <= last else None


def _at(field: Field, position: tuple[int, ...], lengths: Shape) -> tuple[Seen, ...]:
    box = field.box(position)
    if box is None:
        return ()
    along = dict(zip(field.layout, position, strict=True))
    return tuple(
        Seen(along.get(axis, 0), span, _clipped(span, length))
        for axis, (span, length) in enumerate(zip(box, lengths, strict=True))
    )


def _cut(axes: Sequence[Axis], positions: Size, length: Size) -> tuple[int | None, int | None, bool | None]:
    """Finds the last position that begins before the input, the first that ends behind it, whether one sees all of it.

    Found phase by phase: an output may be longer than anybody could count.
    """
    if length is None or any(isinstance(axis, Sliding) and (axis.origin or positions is None) for axis in axes):
        return None, None, None
    before: list[int] = []
    behind: list[int] = []
    covers = False
    for axis in axes:
        if isinstance(axis, Fixed):
            if not axis.is_seen_whole and axis.size >= length:
                return None, None, None  # which elements see how much is not followed
            covers = covers or (axis.is_seen_whole and axis.first <= 0 and axis.last >= length - 1)
            continue
        for phase in range(min(axis.period, positions or 0)):
            first, last = axis.first[phase], axis.last[phase]
            if first is None or last is None:
                continue
            most = ((positions or 0) - 1 - phase) // axis.period  # turns to the last position of this phase
            # It begins before the input in turns up to `early`, and ends behind it from `late` on.
            early = min((-1 - first) // axis.shift, most)
            late = max(-(-(length - last) // axis.shift), 0)
            if early >= 0:
                before.append(phase + early * axis.period)
            if late <= most:
                behind.append(phase + late * axis.period)
            whole_from, whole_to = -(-(length - 1 - last) // axis.shift), -first // axis.shift
            covers = covers or max(whole_from, 0) <= min(whole_to, most)
    return max(before, default=None), min(behind, default=None), covers
