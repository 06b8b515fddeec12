"""`cnncalc compare`: nets side by side."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cnncalc.cli.compared_nets import models_to_compare, settings_to_compare
from cnncalc.cli.options import FolderOption, Inputs, OutputFile, Specs, Variables, from_standard_input_once
from cnncalc.cli.output import output_to
from cnncalc.comparing.comparison import compare_nets
from cnncalc.render.comparison import Format, render_comparison
from cnncalc.render.terminal import terminal_of


def compare(
    specs: Specs,
    format: Annotated[Format, typer.Option(help="How it is written.")] = "table",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """Nets side by side: totals, and layers aligned as a text diff aligns lines.

    One SPEC is compared with itself: at two inputs (--input twice), or with two values of a variable (--set twice).
    """
    from_standard_input_once(specs)
    models = models_to_compare(settings_to_compare(specs, inputs or (), variables or ()), folder)
    comparison = compare_nets([(label, model.expansion) for label, model in models])
    with output_to(output) as write:
        write(render_comparison(format, comparison, terminal_of(sys.stdout) if output is None else None))
    return 0
