"""Small tables, in plain text and in GitHub's Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cnncalc.render.markdown import escaped
from cnncalc.render.text import display_width, pad

Align = Literal["left", "right"]


def text_grid(headings: Sequence[str], rows: Sequence[Sequence[str]], aligns: Sequence[Align], gap: str = "  ") -> str:
    """Columns as wide as their widest cell, below their headings and a rule."""
    widths = [max(map(display_width, column)) for column in zip(headings, *rows, strict=True)]
    lines = [_line(headings, widths, aligns, gap), "-" * (sum(widths) + len(gap) * (len(widths) - 1))]
    lines += [_line(row, widths, aligns, gap) for row in rows]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int], aligns: Sequence[Align], gap: str) -> str:
    padded = (pad(cell, width, align) for cell, width, align in zip(cells, widths, aligns, strict=True))
    return gap.join(padded).rstrip()


def markdown_grid(headings: Sequence[str], rows: Sequence[Sequence[str]], aligns: Sequence[Align]) -> str:
    """A table whose cells show as they are."""
    rules = ["---:" if align == "right" else ":---" for align in aligns]
    lines = [_markdown_line(list(map(escaped, headings))), _markdown_line(rules)]
    lines += [_markdown_line(list(map(escaped, row))) for row in rows]
    return "\n".join(lines) + "\n"


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
