"""`cnncalc help`: the pages of the documentation."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cnncalc.cli import output
from cnncalc.documentation import find_page, topics
from cnncalc.render.document import line
from cnncalc.render.drawing import draw, draw_page
from cnncalc.render.grid import grid_of
from cnncalc.render.terminal import Terminal, terminal_of


def help(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC",
            help="A page, or the name of a command; without it, the list of pages.",
            autocompletion=lambda: list(topics()),
        ),
    ] = None,
) -> int:
    """The documentation: a tutorial, the language, the conventions and their formulas, every command."""
    terminal = terminal_of(sys.stdout)
    output.write(_list(terminal) if topic is None else draw_page(find_page(topic), terminal))
    return 0


def _list(terminal: Terminal | None) -> str:
    rows = list(topics().items())
    grid = grid_of(["Topic", "What it is about"], rows, "ll", frame="none", indent="  ", folds=[1])
    below = [line(), line("`cnncalc help TOPIC` shows one, `cnncalc help COMMAND` what a command takes.")]
    return draw([grid, *below], terminal)
