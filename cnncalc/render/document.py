"""What commands show to people: lines and tables, drawn on a terminal or written as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from cnncalc.render.grid import Grid, grid_text

Style: TypeAlias = str
"""What a text is, as `cnncalc.render.console` colours it: `bold`, `error`, the kind of a layer, `link ADDRESS`."""

Part: TypeAlias = str | tuple[str, Style]


class Line(NamedTuple):
    """A line of text, or as many as it takes: they start with `indent` and then with `hang`.

    Plain text is broken only at `plain_width`, on a terminal every line is that is not `whole`.
    """

    parts: tuple[Part, ...] = ()
    indent: str = ""
    hang: str = "    "
    plain_width: int | None = None
    whole: bool = False

    @property
    def text(self) -> str:
        """The text without its styles."""
        return "".join(part if isinstance(part, str) else part[0] for part in self.parts)


Block: TypeAlias = Line | Grid


def line(
    *parts: Part, indent: str = "", hang: str | None = None, plain_width: int | None = None, whole: bool = False
) -> Line:
    """Makes a line of texts, each by itself or with its style."""
    return Line(parts, indent, indent + "    " if hang is None else hang, plain_width, whole)


def plain_text(blocks: Iterable[Block]) -> str:
    """Writes blocks for pipes and files: in ASCII but for the names, and never cut."""
    return "".join(grid_text(block) if isinstance(block, Grid) else _plain_line(block) for block in blocks)


def _plain_line(block: Line) -> str:
    whole = block.indent + block.text
    if block.plain_width is None:
        return whole + "\n"
    if len(whole) <= block.plain_width and whole.isprintable() and whole[-1:] not in ("", " "):
        return whole + "\n"  # most lines are short, and wrapping takes ten times as long
    lines = textwrap.wrap(
        block.text, block.plain_width, initial_indent=block.indent, subsequent_indent=block.hang,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(lines) + "\n"
