"""What a terminal shows, as an SVG picture: the same text with the same colours."""

from __future__ import annotations

import re
from html import escape

_CELL, _LINE, _MARGIN = 8.4, 19, 16
_COLORS = {"1": "fill='#ffffff' font-weight='bold'", "2": "fill='#9a9a9a'", "1;31": "fill='#ff6b6b' font-weight='bold'",
           "33": "fill='#f0c674'", "36": "fill='#7fd4c1'"}  # fmt: skip
_PIECE = re.compile(r"\x1b\[([\d;]*)m([^\x1b]*)\x1b\[0m|([^\x1b]+)")


def picture(text: str, title: str) -> str:
    """An SVG of coloured text; each line is one element, so that nothing depends on a font's width."""
    lines = text.rstrip("\n").split("\n")
    columns = max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in lines)
    width, height = round(columns * _CELL + 2 * _MARGIN), len(lines) * _LINE + 2 * _MARGIN
    svg = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' "
        f"role='img'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{width}' height='{height}' rx='8' fill='#1d1f21'/>",
        "<g font-family='DejaVu Sans Mono, Menlo, Consolas, monospace' font-size='14' fill='#e4e4e4' "
        "xml:space='preserve'>",
    ]
    for number, line in enumerate(lines):
        column, parts = 0, []
        for style, painted, plain in _PIECE.findall(line):
            part = painted or plain
            x = _MARGIN + column * _CELL
            length = f"textLength='{len(part) * _CELL:.1f}' lengthAdjust='spacingAndGlyphs'"
            parts.append(
                f"<tspan x='{x:.1f}' {length} {_COLORS.get(style, '')}>{escape(part)}</tspan>".replace(" >", ">")
            )
            column += len(part)
        svg.append(f"<text y='{_MARGIN + 14 + number * _LINE}'>{''.join(parts)}</text>")
    return "\n".join([*svg, "</g>", "</svg>"]) + "\n"
