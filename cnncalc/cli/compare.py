"""`cnncalc compare`: nets side by side."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, get_args

import typer

from cnncalc.analysis.analyze import analyzed
from cnncalc.cli.compared_nets import models_to_compare, settings_to_compare
from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    OutputFile,
    Specs,
    Variables,
    chosen_format,
    from_standard_input_once,
)
from cnncalc.cli.output import output_to
from cnncalc.cli.picture_output import as_picture, drawn_format, theme_for, write_picture
from cnncalc.comparing.comparison import Comparison, compare_nets
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.expansion.nodes import Expansion
from cnncalc.pictures.comparison import draw_comparison
from cnncalc.pictures.labels import Options
from cnncalc.render.comparison import Format, render_comparison
from cnncalc.render.terminal import terminal_of


def compare(
    specs: Specs,
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or a table.")
    ] = None,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
    draw: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Draw two nets with what differs: .svg, .html, .png or .pdf."),
    ] = None,
) -> int:
    """Nets side by side: totals, and layers aligned as a text diff aligns lines.

    One SPEC is compared with itself: at two inputs (--input twice), or with two values of a variable (--set twice).
    """
    format = chosen_format(format, output, get_args(Format), "table")
    from_standard_input_once(specs)
    models = models_to_compare(settings_to_compare(specs, inputs or (), variables or ()), folder)
    nets = [(label, model.expansion) for label, model in models]
    comparison = compare_nets(nets)
    if draw is not None:
        _draw(comparison, nets, draw)
        return 0
    with output_to(output) as write:
        write(render_comparison(format, comparison, terminal_of(sys.stdout) if output is None else None))
    return 0


def _draw(comparison: Comparison, nets: Sequence[tuple[str, Expansion]], file: str) -> None:
    """Draws a comparison into a file. Raises: UsageError: unless it is of two nets."""
    format = drawn_format("--draw", file)
    if len(nets) != 2:
        message = f"--draw draws two nets, not {len(nets)}"
        raise UsageError(Diagnostic("bad-option", message, suggestion="name two specs"))
    options = Options(theme=theme_for(format, "auto"))
    analysed = [analyzed(expansion, "exact") for _, expansion in nets]
    picture = draw_comparison(comparison.names, analysed, comparison.differences[0], options)
    write_picture(file, as_picture(picture, " and ".join(comparison.names), format))
