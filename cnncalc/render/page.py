"""A page of Markdown on a terminal, drawn with rich: imported only for a terminal."""

from __future__ import annotations

import io

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, TableElement
from rich.table import Table

from cnncalc.render.terminal import Terminal


class _WholeTable(TableElement):
    """A table whose long cells are broken: rich's own cuts them off."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                for column in table.columns:
                    column.overflow = "fold"
            yield table


class _Page(Markdown):
    elements = {**Markdown.elements, "table_open": _WholeTable}


def draw_markdown(markdown: str, terminal: Terminal) -> str:
    """Draws headings, tables and code in a terminal's width, in the colours of its own palette."""
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=True, width=terminal.width, color_system="auto" if terminal.color else None
    )
    console.print(_Page(markdown, code_theme="ansi_dark", hyperlinks=False))
    return file.getvalue()
