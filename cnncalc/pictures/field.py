"""Receptive fields over the input: what a position sees, what the border cuts off, how far positions are apart."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.explaining.field_report import AxisReport, FieldReport
from cnncalc.pictures import svg
from cnncalc.pictures.colours import Theme, style_sheet
from cnncalc.pictures.labels import TEXT
from cnncalc.pictures.text_width import fitted, text_width
from cnncalc.render.numbers import extent
from cnncalc.render.text import safe

_LONGEST: Final = 480.0
"""The longer side of the input in the picture."""
_MARGIN: Final = 20.0
_HEADING: Final = 44.0
_STRIP: Final = 48.0
"""How high an input with one axis is drawn."""
_PIXELS: Final = 5.0
"""From this size on, pixels are drawn as a grid."""
_MOST: Final = 4096
"""So many positions of neighbours are drawn at most."""
_COLOURS: Final = ("#d6242f", "#1c6fd1", "#2b8a3e", "#b8860b", "#8557b8", "#c2255c")
"""One for each layer; they can be told apart on light ground and on dark."""
_SIGNATURES: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp",
}  # fmt: skip
_RULES: Final = """\
.cnncalc .input {fill: $frame; stroke: $border}
.cnncalc .pixels {fill: none; stroke: $border; stroke-width: 0.4}
.cnncalc .outside {fill: none; stroke-width: 1.4; stroke-dasharray: 5 3}
.cnncalc .inside {fill-opacity: 0.22; stroke-width: 1.8}
.cnncalc .centre {stroke: none; fill-opacity: 0.75}
"""


class _Axis(NamedTuple):
    """An axis of the input: its length, the span that is seen, the part inside, the centres of all fields."""

    length: int
    span: tuple[int, int]
    clipped: tuple[int, int] | None
    centres: tuple[float, ...]


def draw_fields(reports: Sequence[FieldReport], image: bytes | None = None, theme: Theme = "auto") -> str:
    """Draws the fields of layers over their input, over a photo of it if there is one.

    Each report has the field of the position that was asked for; without one it is that of the middle. Of an input with
    three axes the last two are drawn. Raises: UsageError: if a layer has no field, the layers have other inputs, or
    the photo is in no format that browsers show.
    """
    fields = [_axes(report) for report in reports]
    if len({(report.source, tuple(axis.input_length for axis in report.axes)) for report in reports}) > 1:
        raise UsageError(
            Diagnostic("bad-option", "--draw: the layers see different inputs", suggestion="draw them apart")
        )
    rows, columns = fields[0]
    is_strip = len(reports[0].axes) == 1
    scale = _LONGEST / max(rows.length, columns.length)
    high = _STRIP if is_strip else rows.length * scale
    wide = columns.length * scale
    left, right = (_outside([field[1] for field in fields], scale, side) for side in (0, 1))
    above, below = (
        (0.0, 0.0) if is_strip else (_outside([field[0] for field in fields], scale, side) for side in (0, 1))
    )
    texts = [fitted(_legend(report), 560, TEXT) for report in reports]
    width = max(left + wide + right, 24 + max(text_width(line, TEXT) for line in texts), 300)
    height = _HEADING + above + high + below + 12 + 18 * len(reports)
    x, y = _MARGIN + left, _MARGIN + _HEADING + above
    source = safe(reports[0].source or "")
    lengths = extent([axis.input_length for axis in reports[0].axes])
    content = [
        svg.rectangle(0, 0, width + 2 * _MARGIN, height + 2 * _MARGIN, "page"),
        svg.text("Receptive field", _MARGIN, _MARGIN + 15, "heading"),
        svg.text(fitted(f"over {source}, {lengths}", width, TEXT), _MARGIN, _MARGIN + 32, "small"),
        svg.rectangle(x, y, wide, high, "input"),
        *_ground(image, x, y, wide, high, scale),
    ]
    for index, (report, field) in enumerate(zip(reports, fields, strict=True)):
        colour = _COLOURS[index % len(_COLOURS)]
        content.append(svg.group(_field(report, field, (x, y), scale, is_strip), fill=colour, stroke=colour))
        at = y + high + below + 12 + 18 * index
        content.append(svg.group([svg.rectangle(_MARGIN, at, 14, 12, "inside", 2)], fill=colour, stroke=colour))
        content.append(svg.text(texts[index], _MARGIN + 22, at + 10, "entry"))
    description = "; ".join(map(_legend, reports))
    return svg.document(
        width + 2 * _MARGIN, height + 2 * _MARGIN, f"Receptive field over {source}", description,
        style_sheet(theme, _RULES), content,
    )  # fmt: skip


def _axes(report: FieldReport) -> tuple[_Axis, _Axis]:
    """Returns the rows and the columns of a picture. Raises: UsageError: if there is nothing to draw."""
    if not report.axes:
        why = report.note or "it has no receptive field"
        raise UsageError(Diagnostic("bad-option", f"--draw: {quote(report.layer)} can't be drawn: {why}"))
    axes = [_axis(report, index) for index in range(len(report.axes))]
    return axes[-2] if len(axes) > 1 else _Axis(1, (0, 0), (0, 0), (0.0,)), axes[-1]


def _axis(report: FieldReport, index: int) -> _Axis:
    axis = report.axes[index]
    if axis.input_length is None:
        hint = "give it one: --input 224x224x3"
        raise UsageError(Diagnostic("bad-option", "--draw: the input's size is not known", suggestion=hint))
    span = report.at[index].span if report.at else _middle(axis)
    if span is None:
        raise UsageError(Diagnostic("bad-option", f"--draw: position {report.position} sees nothing of the input"))
    first, last = max(span[0], 0), min(span[1], axis.input_length - 1)
    centres = tuple((row.span[0] + row.span[1]) / 2 for row in axis.rows if row.span is not None)
    return _Axis(axis.input_length, span, (first, last) if first <= last else None, centres)


def _middle(axis: AxisReport) -> tuple[int, int] | None:
    """Returns what the position in the middle sees; without positions, all that is seen."""
    if axis.rows:
        return axis.rows[len(axis.rows) // 2].span
    first = axis.offset or 0
    return first, first + axis.size - 1


def _outside(axes: Sequence[_Axis], scale: float, side: int) -> float:
    """Returns the room for what lies before the input, or behind it."""
    if side == 0:
        return max(0, *(-axis.span[0] for axis in axes)) * scale
    return max(0, *(axis.span[1] + 1 - axis.length for axis in axes)) * scale


def _ground(image: bytes | None, x: float, y: float, wide: float, high: float, scale: float) -> Iterator[str]:
    if image is not None:
        kind = next((kind for start, kind in _SIGNATURES.items() if image.startswith(start)), None)
        if kind is None:
            raise UsageError(Diagnostic("bad-option", "--image must be a PNG, JPEG, GIF or WebP file"))
        data = f"data:{kind};base64,{b64encode(image).decode()}"
        yield svg.element("image", href=data, x=x, y=y, width=wide, height=high, preserveAspectRatio="none")
    elif scale >= _PIXELS:
        columns, rows = round(wide / scale), round(high / scale)
        lines = [f"M{svg.number(x + i * scale)},{svg.number(y)}v{svg.number(high)}" for i in range(1, columns)]
        lines += [f"M{svg.number(x)},{svg.number(y + i * scale)}h{svg.number(wide)}" for i in range(1, rows)]
        yield svg.element("path", d="".join(lines), class_="pixels")


def _field(
    report: FieldReport, field: tuple[_Axis, _Axis], corner: svg.Point, scale: float, is_strip: bool
) -> Iterator[str]:
    """Yields the centres of all positions' fields, which are an effective stride apart, and the field of one."""
    rows, columns = field
    yield svg.title(_legend(report))
    down = _STRIP if is_strip else scale

    def place(axis: _Axis, span: tuple[int, int], start: float, unit: float) -> tuple[float, float]:
        return start + span[0] * unit, (span[1] - span[0] + 1) * unit

    if len(rows.centres) * len(columns.centres) <= _MOST:
        radius = min(max(scale / 5, 0.9), 2.5)
        for row in rows.centres:
            for column in columns.centres:
                if 0 <= row < rows.length and 0 <= column < columns.length:
                    x, y = corner[0] + (column + 0.5) * scale, corner[1] + (row + 0.5) * down
                    yield svg.element("circle", cx=x, cy=y, r=radius, class_="centre")
    x, wide = place(columns, columns.span, corner[0], scale)
    y, high = place(rows, rows.span, corner[1], down)
    yield svg.rectangle(x, y, wide, high, "outside")
    if rows.clipped is not None and columns.clipped is not None:
        x, wide = place(columns, columns.clipped, corner[0], scale)
        y, high = place(rows, rows.clipped, corner[1], down)
        yield svg.rectangle(x, y, wide, high, "inside")


def _legend(report: FieldReport) -> str:
    size = extent([axis.size for axis in report.axes])
    stride = extent([axis.effective_stride for axis in report.axes])
    where = f" at {', '.join(map(str, report.position))}" if report.position is not None else ""
    return f"{safe(report.layer)}{where}: {size}, effective stride {stride}"
