"""`cnncalc rf`: the exact receptive field of one layer."""

from __future__ import annotations

import re
import sys
from typing import Annotated, Literal

import typer

from cnncalc.cli import output
from cnncalc.cli.options import FolderOption, Inputs, Spec, Variables, bad_value, read_inputs, read_variables
from cnncalc.convert.loading import load_document
from cnncalc.explaining.field_report import rf as field_report
from cnncalc.model import Model
from cnncalc.render.field_report import render_field, render_field_json
from cnncalc.render.terminal import terminal_of

Format = Literal["text", "json"]


def rf(
    spec: Spec,
    layer: Annotated[
        str | None,
        typer.Argument(
            metavar="LAYER", help="A layer's name or number; without it, the last one with a receptive field."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="Y,X", help="What one output position sees, exact and inside the input.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = "text",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
) -> int:
    """The exact receptive field: size, effective stride, offset, and what each output position sees of the input."""
    position = None if at is None else read_position(at)
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    report = field_report(model, layer, position)
    output.write(render_field_json(report) if format == "json" else render_field(report, terminal_of(sys.stdout)))
    return 0


def read_position(text: str) -> tuple[int, ...]:
    """Reads `3,4`, `(3, 4)` or `3x4` as numbers. Raises: UsageError: `bad-option`."""
    parts = re.split(r"\s*[,x]\s*", text.strip().strip("()[]").strip())
    if all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        return tuple(map(int, parts))
    raise bad_value("--at", "whole numbers that count from 0, such as 3,4", text)
