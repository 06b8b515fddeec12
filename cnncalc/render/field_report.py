"""A receptive field at length, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cnncalc.explaining.field_report import AxisReport, FieldReport, Seen
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.grid import Grid, grid_of
from cnncalc.render.json_text import indented
from cnncalc.render.numbers import MISSING, extent, grouped
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe

POSITIONS = {"height": "rows", "width": "columns", "length": "positions", "depth": "slices"}
"""What the positions along an axis are called."""
SHOWN_ENDS = 3
"""Positions that people are shown at either end of a long axis."""


def render_field_json(report: FieldReport) -> str:
    """Writes one object."""
    return indented(report.to_dict()) + "\n"


def render_field(report: FieldReport, terminal: Terminal | None = None) -> str:
    """Draws what `field_blocks` shows."""
    return draw(field_blocks(report), terminal)


def field_blocks(report: FieldReport) -> Iterator[Block]:
    """Shows the figures of each axis, then what each output position sees of it, or one of them alone."""
    yield line((safe(report.layer), "bold"), (safe(f" ({report.kind})"), "hint"), f": {extent(report.output_shape)}")
    if report.axes and report.source is not None:
        size = extent([axis.size for axis in report.axes])
        lengths = extent([axis.input_length for axis in report.axes])
        yield line("receptive field ", (size, "number"), f" of {safe(report.source)}, {lengths}")
        yield line()
        yield _figures(report.axes)
    if report.note is not None:
        yield line()
        yield line((safe(report.note), "warning"))
    if report.position is not None:
        yield line()
        yield from map(line, _one(report))
    else:
        alike: dict[tuple[object, ...], list[AxisReport]] = {}
        for axis in report.axes:
            if axis.rows:
                alike.setdefault((axis.rows, axis.output_length, axis.cut_before, axis.cut_after), []).append(axis)
        for axes in alike.values():
            yield line()
            yield from map(line, _rows(axes))


def _figures(axes: Sequence[AxisReport]) -> Grid:
    figures: list[tuple[str, Callable[[AxisReport], str]]] = [
        ("size", lambda axis: grouped(axis.size)),
        ("effective stride", lambda axis: MISSING if axis.effective_stride is None else str(axis.effective_stride)),
        ("offset", lambda axis: grouped(axis.offset)),
        ("covers the input", lambda axis: MISSING if axis.covers is None else "yes" if axis.covers else "no"),
    ]
    rows = [[title, *map(show, axes)] for title, show in figures]
    return grid_of(["", *(axis.name for axis in axes)], rows, "l" + "r" * len(axes), frame="none")


def _rows(axes: Sequence[AxisReport]) -> Iterator[str]:
    """Yields what the output positions along axes that are alike see, and which of them the border cuts."""
    axis = axes[0]
    what = " and ".join(POSITIONS.get(axis.output_axis, "positions") for axis in axes)
    seen = " and ".join(POSITIONS.get(axis.name, "positions") for axis in axes)
    yield f"Output {what}, and the input {seen} that they see:"
    width = len(str(axis.rows[-1].position))
    before = -1
    for row in _ends(axis.rows):
        if row.position != before + 1:
            yield f"  {'...':>{width}}"
        yield f"  {row.position:>{width}}  {_seen(row)}"
        before = row.position
    if axis.output_length is None:
        yield f"  {'...':>{width}}"
    if axis.covers is None:
        return
    cuts = []
    if axis.cut_before is not None:
        cuts.append(f"up to {grouped(axis.cut_before)} they begin before the input")
    if axis.cut_after is not None:
        cuts.append(f"from {grouped(axis.cut_after)} on they end behind it")
    yield f"The border cuts {what}: {'; '.join(cuts)}." if cuts else "The border cuts none."


def _ends(rows: Sequence[Seen]) -> Sequence[Seen]:
    """Returns all of a few rows, of many the first and the last."""
    return rows if len(rows) <= 2 * SHOWN_ENDS + 1 else [*rows[:SHOWN_ENDS], *rows[-SHOWN_ENDS:]]


def _seen(row: Seen) -> str:
    if row.span is None:
        return "nothing"
    if row.clipped == row.span or row.clipped is None:
        return _span(row.span)
    return f"{_span(row.span)}, of which inside {_span(row.clipped)}"


def _span(span: tuple[int, int]) -> str:
    first, last = span
    return f"{first} to {last} ({last - first + 1})" if first != last else str(first)


def _one(report: FieldReport) -> Iterator[str]:
    """Yields what one position sees, exact and clipped."""
    where = ", ".join(map(str, report.position or ()))
    if not report.at:
        yield f"No input position reaches position ({where})."
        return
    yield f"Position ({where}) sees of the input:"
    for axis, seen in zip(report.axes, report.at, strict=True):
        assert seen.span is not None, "a position that sees nothing has no axes"
        what = POSITIONS.get(axis.name, "positions")
        if seen.clipped == seen.span:
            inside = "all inside"
        elif axis.input_length is None:
            inside = "the input's size is unknown"
        else:
            inside = "nothing inside" if seen.clipped is None else f"inside {_span(seen.clipped)}"
        yield f"  {what:<9}  {_span(seen.span)}; {inside}"
