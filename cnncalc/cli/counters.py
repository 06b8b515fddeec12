"""`cnncalc counters`: what every profiler counts."""

from __future__ import annotations

import sys
from typing import Annotated, get_args

import typer

from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    OutputFile,
    Spec,
    Variables,
    chosen_format,
    complete_counter,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import output_to
from cnncalc.convert.loading import load_document
from cnncalc.counting import counters as count
from cnncalc.model import Model
from cnncalc.render.counters import Format, render_counters
from cnncalc.render.terminal import terminal_of


def counters(
    spec: Spec,
    layers: Annotated[bool, typer.Option("--layers", help="A row for every layer, too.")] = False,
    counter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="These alone; without it, all.", autocompletion=complete_counter),
    ] = None,
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or a table.")
    ] = None,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """What torchinfo, fvcore, torch, calflops (DeepSpeed), ptflops, thop, TensorFlow and darknet count, and why."""
    format = chosen_format(format, output, get_args(Format), "table")
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    found = count(model, counter or ())
    with output_to(output) as write:
        write(render_counters(format, found, layers, terminal_of(sys.stdout) if output is None else None))
    return 0
