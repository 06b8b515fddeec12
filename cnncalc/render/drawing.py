"""Blocks as text: for a terminal in its width and colours, for pipes and files as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

from cnncalc.render.document import Block, plain_text
from cnncalc.render.terminal import Terminal


def draw(blocks: Iterable[Block], terminal: Terminal | None) -> str:
    """Draws blocks for a terminal, or writes them as plain text if there is none."""
    if terminal is None:
        return plain_text(blocks)
    from cnncalc.render import console

    return console.draw(blocks, terminal)


def draw_page(markdown: str, terminal: Terminal | None) -> str:
    """Draws a page of Markdown for a terminal; without one it is plain text already."""
    if terminal is None:
        return markdown
    draw_markdown: Callable[[str, Terminal], str] = import_module("cnncalc.render.page").draw_markdown
    return draw_markdown(markdown, terminal)
