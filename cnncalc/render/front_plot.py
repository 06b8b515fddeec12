"""Points in a plane, those of the front apart: as text, or as an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from cnncalc.render.text import safe

WIDTH: Final = 64
HEIGHT: Final = 20
"""Characters of a plot in text."""
POINT: Final = "."
ON_FRONT: Final = "#"
SIZE: Final = (640, 420)
MARGIN: Final = 70
"""Pixels of a picture, and of the border that holds its numbers."""


class Dot(NamedTuple):
    """A point; `front`: whether it is on the front."""

    x: int
    y: int
    front: bool


class _Scale(NamedTuple):
    """Where values lie: the smallest at 0, the largest at `length`."""

    first: int
    last: int
    length: int

    def place(self, value: int) -> int:
        return round((value - self.first) * self.length / ((self.last - self.first) or 1))


def _scale(values: Sequence[int], length: int) -> _Scale:
    return _Scale(min(values), max(values), length)


def plot_text(dots: Sequence[Dot], x: str, y: str) -> str:
    """Draws points as text: `#` is on the front."""
    if not dots:
        return "There is no point to draw.\n"
    across, up = _scale([dot.x for dot in dots], WIDTH - 1), _scale([dot.y for dot in dots], HEIGHT - 1)
    field = [[" "] * WIDTH for _ in range(HEIGHT)]
    for dot in dots:
        place = field[HEIGHT - 1 - up.place(dot.y)]
        column = across.place(dot.x)
        place[column] = ON_FRONT if dot.front or place[column] == ON_FRONT else POINT
    top, bottom = f"{up.last:,}", f"{up.first:,}"
    margin = max(len(top), len(bottom))
    labels = {0: top, HEIGHT - 1: bottom}
    lines = [safe(y)]
    lines += [f"{labels.get(row, ''):>{margin}} |{''.join(field[row]).rstrip()}" for row in range(HEIGHT)]
    lines.append(f"{'':{margin}} +{'-' * WIDTH}")
    first, last = f"{across.first:,}", f"{across.last:,}"
    lines.append(f"{'':{margin}}  {first}{safe(x):^{max(WIDTH - len(first) - len(last), 0)}}{last}")
    if any(dot.front for dot in dots):
        lines.append(f"{'':{margin}}  {ON_FRONT} on the front")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def plot_svg(dots: Sequence[Dot], x: str, y: str) -> str:
    """Draws points as an SVG picture, the front in another colour and joined."""
    width, height = SIZE
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(f"{y} against {x}")}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<path d="M{MARGIN},20V{height - 50}H{width - 20}" fill="none" stroke="#666"/>',
        _label(width // 2, height - 12, x, "middle"),
        _label(12, 14, y, "start"),
    ]
    if dots:
        across = _scale([dot.x for dot in dots], width - MARGIN - 40)
        up = _scale([dot.y for dot in dots], height - 90)

        def place(dot: Dot) -> tuple[int, int]:
            return MARGIN + 10 + across.place(dot.x), height - 60 - up.place(dot.y)

        for value, end in ((across.first, MARGIN + 10), (across.last, width - 30)):
            pieces.append(_label(end, height - 34, f"{value:,}", "middle"))
        for value, end in ((up.first, height - 56), (up.last, 34)):
            pieces.append(_label(MARGIN - 6, end, f"{value:,}", "end"))
        seen = sorted({place(dot) for dot in dots if not dot.front})
        pieces += [f'<circle cx="{left}" cy="{top}" r="2.5" fill="#9aa7b8"/>' for left, top in seen]
        front = sorted({place(dot) for dot in dots if dot.front})
        if front:
            line = " ".join(f"{left},{top}" for left, top in front)
            pieces.append(f'<polyline points="{line}" fill="none" stroke="#c2410c" stroke-width="1.5"/>')
            pieces += [f'<circle cx="{left}" cy="{top}" r="4" fill="#c2410c"/>' for left, top in front]
    return "\n".join([*pieces, "</svg>"]) + "\n"


def _label(x: int, y: int, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#333">{escape(safe(text))}</text>'
