"""`cnncalc layers`: the layer reference."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cnncalc.cli import output
from cnncalc.layer_reference import activation_costs, elementwise_costs, families, kind_reference
from cnncalc.layers import registry
from cnncalc.render.layer_reference import render_families, render_kind
from cnncalc.render.terminal import terminal_of


def layers(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="The kind to explain; without it, all of them in a line each.",
            autocompletion=lambda: [*registry.kinds(), registry.MODEL],
        ),
    ] = None,
) -> int:
    """The layer reference, straight from the code: arguments, defaults, and every formula without numbers."""
    terminal = terminal_of(sys.stdout)
    if kind is None:
        output.write(render_families(families(), elementwise_costs(), activation_costs(), terminal))
    else:
        output.write(render_kind(kind_reference(kind), terminal))
    return 0
