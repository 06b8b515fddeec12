"""A page of Markdown on a terminal, drawn with rich: imported only for a terminal."""

from __future__ import annotations

import io

from rich.console import Console
from rich.markdown import Markdown

from cnncalc.render.terminal import Terminal


def draw_markdown(markdown: str, terminal: Terminal) -> str:
    """Draws headings, tables and code in a terminal's width, in the colours of its own palette."""
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=True, width=terminal.width, color_system="auto" if terminal.color else None
    )
    console.print(Markdown(markdown, code_theme="ansi_dark", hyperlinks=False))
    return file.getvalue()
