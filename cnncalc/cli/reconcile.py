"""`cnncalc reconcile`: what gives a number that somebody else has."""

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
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import output_to
from cnncalc.convert.loading import load_document
from cnncalc.model import Model
from cnncalc.reconciling.search import reconcile as search
from cnncalc.render.reconciliation import Format, render_reconciliation
from cnncalc.render.terminal import terminal_of


def reconcile(
    spec: Spec,
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="As it was given to you: 4.09G, 25,557,032, 25.6M, 3.8e9, 98MB.")
    ],
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or text.")
    ] = None,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """Which quantity, counter, unit and variant of a net gives a number, the likeliest first. Exit code 1: none."""
    format = chosen_format(format, output, get_args(Format), "text")
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    found = search(model, number)
    terminal = terminal_of(sys.stdout) if output is None else None
    with output_to(output) as write:
        write(render_reconciliation(format, found, terminal))
    return 0 if found.answers else 1
