"""`cnncalc explain`: where every figure comes from."""

from __future__ import annotations

import sys
from typing import Annotated, Final, get_args

import typer

from cnncalc.analysis.analyze import analyzed
from cnncalc.cli import output
from cnncalc.cli.extras import Batch, Dtype, OptimizerOption, read_setting
from cnncalc.cli.options import CONVENTIONS, Inputs, Spec, Variables, choice, read_inputs, read_variables
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.explain.model import QUANTITIES
from cnncalc.explain.model import explain as explain_model
from cnncalc.model import Model
from cnncalc.render.explanation import ExplanationFormat, explanation_pieces
from cnncalc.render.terminal import terminal_of
from cnncalc.spec.library import load_document

FORMATS: Final[tuple[ExplanationFormat, ...]] = get_args(ExplanationFormat)


def explain(
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
        str, typer.Option(metavar="|".join(FORMATS), help="How it is written.", autocompletion=lambda: list(FORMATS))
    ] = "text",
    convention: Annotated[
        str | None,
        typer.Option(
            metavar="notes|exact",
            help="One convention alone; without it, both.",
            autocompletion=lambda: list(CONVENTIONS),
        ),
    ] = None,
    inputs: Inputs = None,
    variables: Variables = None,
    dtype: Dtype = None,
    batch: Batch = None,
    optimizer: OptimizerOption = None,
) -> int:
    """Where every figure of a layer comes from: the formula, what its symbols are, the numbers, the result."""
    model = Model(load_document(spec), inputs=read_inputs(inputs), variables=read_variables(variables))
    chosen = None if convention is None else choice("--convention", convention, CONVENTIONS)
    form = choice("--format", format, FORMATS)
    setting = read_setting(False, dtype, batch, optimizer)
    if setting is not None:
        quantity = quantity or "memory"
        if quantity != "memory":
            message = "--dtype, --batch and --optimizer are about memory"
            raise UsageError(Diagnostic("bad-option", message, suggestion="--quantity memory"))
    _, analysis = analyzed(model.expansion, chosen or "notes")
    explanation = explain_model(analysis, layer, quantity, chosen, setting)
    for piece in explanation_pieces(form, explanation, terminal_of(sys.stdout)):
        output.write(piece)
    return 0
