"""`cnncalc explain`: where every figure comes from."""

from __future__ import annotations

import sys
from typing import Annotated, get_args

import typer

from cnncalc.analysis.report import Convention
from cnncalc.cli.options import (
    Batch,
    Dtype,
    FolderOption,
    Inputs,
    OptimizerOption,
    OutputFile,
    Spec,
    Variables,
    chosen_format,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import output_to
from cnncalc.cli.summary_options import read_setting
from cnncalc.cli.watching import Watch, watch_command
from cnncalc.convert.loading import load_document
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.explaining.model import QUANTITIES
from cnncalc.explaining.model import explain as explain_model
from cnncalc.model import Model
from cnncalc.render.explanation import ExplanationFormat, explanation_pieces
from cnncalc.render.terminal import terminal_of


def explain(
    context: typer.Context,
    spec: Spec,
    layer: Annotated[
        str | None, typer.Argument(metavar="LAYER", help="A layer's name or number; without it, the whole net.")
    ] = None,
    quantity: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="One quantity alone, such as params.", autocompletion=lambda: list(QUANTITIES)
        ),
    ] = None,
    format: Annotated[
        ExplanationFormat | None,
        typer.Option(help="How it is written; unless told as the file's ending says, or text."),
    ] = None,
    convention: Annotated[Convention | None, typer.Option(help="One convention alone; without it, both.")] = None,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
    dtype: Dtype = None,
    batch: Batch = None,
    optimizer: OptimizerOption = None,
    watch: Watch = False,
) -> int:
    """Where every figure of a layer comes from: the formula, what its symbols are, the numbers, the result."""
    if watch:
        return watch_command(context.obj.arguments, spec)
    format = chosen_format(format, output, get_args(ExplanationFormat), "text")
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    setting = read_setting(False, dtype, batch, optimizer)
    if setting is not None:
        quantity = quantity or "memory"
        if quantity != "memory":
            message = "--dtype, --batch and --optimizer are about memory"
            raise UsageError(Diagnostic("bad-option", message, suggestion="--quantity memory"))
    explanation = explain_model(model, layer, quantity, convention, setting)
    terminal = terminal_of(sys.stdout) if output is None else None
    with output_to(output) as write:
        for piece in explanation_pieces(format, explanation, terminal):
            write(piece)
    return 0
