"""A plot as SVG: a panel for each quantity, one below the other; resting on a layer's column shows its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cnncalc.pictures.colours import Theme, style_sheet
from cnncalc.pictures.svg import document, element, group, number, rectangle, text, title
from cnncalc.pictures.text_width import fitted, text_width
from cnncalc.plotting.curves import Curve, Panel, Plot
from cnncalc.plotting.scale import exact, short, ticks

WIDTH: Final = 760
_LEFT: Final = 64
_RIGHT: Final = 24
_ROOM: Final = WIDTH - _LEFT - _RIGHT
_TOP: Final = 40
"""The height of the heading."""
_TITLE: Final = 20
_LEGEND: Final = 18
"""The height of a line of a legend."""
_HEIGHT: Final = 130
"""The height of a panel's curves."""
_GAP: Final = 26
_STAGES: Final = 76
"""The height of the names below the last panel."""
_STAGE_ROOM: Final = 100
"""How long such a name is at most; it stands at an angle."""
_STAGE_STEP: Final = 14
_SWATCH: Final = 22
_SIZE: Final = 11

_RULES: Final = """\
.cnncalc .curve {fill: none; stroke-width: 2}
.cnncalc .curve-1 {stroke: $share}
.cnncalc .curve-2 {stroke: $changed; stroke-dasharray: 7 3}
.cnncalc .curve-3 {stroke: $added; stroke-dasharray: 2 2}
.cnncalc .curve-4 {stroke: $error; stroke-dasharray: 9 2 2 2}
.cnncalc .curve-5 {stroke: $ink; stroke-dasharray: 12 3}
.cnncalc .curve-6 {stroke: $faint; stroke-dasharray: 3 3}
.cnncalc .level {stroke: $faint; stroke-dasharray: 1 3; stroke-width: 1.5}
.cnncalc .grid {stroke: $bar}
.cnncalc .axis {stroke: $faint}
.cnncalc .column {fill: $ink; fill-opacity: 0}
.cnncalc .column:hover {fill-opacity: 0.1}
"""


def draw_plot(plot: Plot, theme: Theme = "auto", *, alone: bool = True) -> str:
    """Draws a plot. Every layer's column has its name as `data-layer`.

    `alone`: under the net's name, and with the values of a layer to read where the reader rests on it.
    """
    content = [text(fitted(plot.name, _ROOM, 16, bold=True), _LEFT, 26, "heading")] if alone else []
    top = y = float(_TOP if alone else 0)
    for panel in plot.panels:
        drawn, y = _panel(panel, y)
        content += drawn
    content += _stages(plot.stages, y - _GAP + 14)
    height = y - _GAP + _STAGES
    content += _columns(plot, top, y - _GAP - top, alone)
    page = rectangle(0, 0, WIDTH, height, "page")
    described = "; ".join(f"{panel.title}: {', '.join(map(_told, _entries(panel)))}" for panel in plot.panels)
    return document(WIDTH, height, plot.name, described, style_sheet(theme, _RULES), [page, *content])


def _panel(panel: Panel, y: float) -> tuple[list[str], float]:
    """Draws a panel whose title begins at a height; returns it with the height at which the next one begins."""
    drawn = [text(panel.title, _LEFT, y + 14, "sign")]
    y += _TITLE
    for line in _legend_lines(panel):
        drawn += _legend_line(line, y + 12)
        y += _LEGEND
    y += 6
    bottom = y + _HEIGHT
    for mark in ticks(panel.top, 6, panel.unit):
        at = bottom - _HEIGHT * mark / panel.top
        drawn.append(_line(_LEFT, at, WIDTH - _RIGHT, "grid" if mark else "axis"))
        drawn.append(text(short(mark, panel.unit), _LEFT - 6, at + 4, "small", "end"))
    drawn += [_line(_LEFT, bottom - _HEIGHT * level.value / panel.top, WIDTH - _RIGHT, "level")
              for level in panel.levels]  # fmt: skip
    for place, curve in enumerate(panel.curves, 1):
        drawn.append(element("path", d=_steps(curve, bottom, panel.top), class_=f"curve curve-{place}"))
    return drawn, bottom + _GAP


def _line(left: float, y: float, right: float, class_: str) -> str:
    return element("line", x1=left, y1=y, x2=right, y2=y, class_=class_)


def _steps(curve: Curve, bottom: float, top: int) -> str:
    """Returns the path of a curve: a step for each layer; where there is no value, the last one holds."""
    step = _ROOM / len(curve.values)
    path, last, end = "", "", 0
    for place, value in enumerate(curve.values):
        if value is None:
            continue
        y = number(bottom - _HEIGHT * value / top)
        end = place + 1
        if y == last:
            continue
        x = number(_LEFT + step * place)
        path += f"H{x}V{y}" if path else f"M{x},{y}"
        last = y
    return f"{path}H{number(_LEFT + step * end)}" if path else "M0,0"


# Legends --------------------------------------------------------------------------------------------------------------


_Entry = tuple[str, str]
"""The class of a line, and what is said of it."""


def _entries(panel: Panel) -> list[_Entry]:
    entries = []
    for place, curve in enumerate(panel.curves, 1):
        value = "unknown" if curve.told_value is None else exact(curve.told_value, panel.unit)
        entries.append((f"curve curve-{place}", f"{curve.label}: {value}"))
    return [*entries, *(("level", level.label) for level in panel.levels)] or [("axis", "no layer has one")]


def _told(entry: _Entry) -> str:
    return entry[1]


def _legend_lines(panel: Panel) -> list[list[_Entry]]:
    """Returns the entries of a legend, as many in a line as have room."""
    lines: list[list[_Entry]] = [[]]
    used = 0.0
    for entry in _entries(panel):
        width = _entry_width(entry)
        if used + width > _ROOM and lines[-1]:
            lines.append([])
            used = 0
        lines[-1].append(entry)
        used += width
    return lines


def _entry_width(entry: _Entry) -> float:
    return _SWATCH + 6 + text_width(entry[1], _SIZE) + 18


def _legend_line(entries: Sequence[_Entry], y: float) -> Iterator[str]:
    """Draws a line of a legend."""
    x = float(_LEFT)
    for entry in entries:
        yield _line(x, y - 4, x + _SWATCH, entry[0])
        yield text(entry[1], x + _SWATCH + 6, y, "legend")
        x += _entry_width(entry)


# Layers ---------------------------------------------------------------------------------------------------------------


def _stages(stages: Sequence[str], y: float) -> Iterator[str]:
    """Names the stages where they begin, at an angle; those that have no room have no name."""
    step = _ROOM / max(len(stages), 1)
    free = 0.0
    for place, stage in enumerate(stages):
        x = _LEFT + step * place + min(step / 2, 8)
        if (place and stage == stages[place - 1]) or x < free:
            continue
        free = x + _STAGE_STEP
        yield element("line", x1=_LEFT + step * place, y1=y - 14, x2=_LEFT + step * place, y2=y - 9, class_="axis")
        shown = fitted(stage, min(_STAGE_ROOM, (WIDTH - x) * 1.1), 10)
        yield text(shown, x, y, "small", transform=f"rotate(35 {number(x)} {number(y)})")


def _columns(plot: Plot, y: float, height: float, tells: bool) -> Iterator[str]:
    """Yields a column for each layer that may tell its values; without a fill it is only there to rest on."""
    step = _ROOM / max(len(plot.layers), 1)
    for place, name in enumerate(plot.layers):
        content = title("\n".join([name, *_values(plot, place)])) if tells else None
        column = element("rect", content, x=_LEFT + step * place, y=y, width=step, height=height, class_="column")
        yield group([column], data_layer=name)


def _values(plot: Plot, place: int) -> Iterator[str]:
    for panel in plot.panels:
        for curve in panel.curves:
            value = curve.values[place]
            if value is not None:
                yield f"{panel.title}, {curve.label}: {exact(value, panel.unit)}"
