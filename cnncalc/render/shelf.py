"""The list of shipped specs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from cnncalc.render.numbers import grouped
from cnncalc.render.text import display_width, pad, safe


class Book(NamedTuple):
    """One spec on the shelf: `name` is what to call it, `title` what it calls itself."""

    family: str
    name: str
    year: str
    params: int | None
    macs: int | None
    title: str


def render_shelf(books: Sequence[Book]) -> str:
    """Specs family by family, each by year, with their parameters and multiply-accumulates."""
    ordered = sorted(books, key=lambda book: (book.family, book.year, book.name))
    head = ("Spec", "Year", "Params", "MACs", "Network")
    cells = [(safe(b.name), safe(b.year), grouped(b.params), grouped(b.macs), safe(b.title)) for b in ordered]
    widths = [max(map(display_width, column)) for column in zip(head, *cells, strict=True)]
    rows = iter(cells)
    lines = [_line(head, widths)]
    for family, members in groupby(ordered, key=lambda book: book.family):
        lines += ["", f"{safe(family)}:", *(_line(next(rows), widths) for _ in members)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, year, params, macs, title = (
        pad(cell, width, "right" if index in (2, 3) else "left")
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"  {name}  {year}  {params}  {macs}  {title}".rstrip()
