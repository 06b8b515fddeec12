"""`cnncalc summary`: the table of one spec or of many, in every format."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import (
    CONVENTIONS,
    ConventionOption,
    Inputs,
    MaxExpanded,
    OutputFile,
    Specs,
    Variables,
    choice,
    read_inputs,
    read_variables,
    whole_number,
)
from cnncalc.cli.output import is_colored, is_terminal, output_to
from cnncalc.errors import Diagnostic, SpecError, UsageError
from cnncalc.expansion.expander import MAX_EXPANDED
from cnncalc.model import Model
from cnncalc.render import Format, render
from cnncalc.report import Convention, Report
from cnncalc.spec.library import STANDARD_INPUT, load_document

if TYPE_CHECKING:
    from cnncalc.spec.values import Value
    from cnncalc.tensor import Shape

FORMATS: tuple[Format, ...] = get_args(Format)


def summary(
    context: typer.Context,
    specs: Specs,
    format: Annotated[
        str,
        typer.Option("--format", "-f", metavar="|".join(FORMATS), help="How it is written.", autocompletion=lambda: list(FORMATS)),
    ] = "table",
    convention: ConventionOption = "notes",
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Which columns, by their names in the JSON, such as name,exact.macs."),
    ] = None,
    depth: Annotated[
        str | None, typer.Option(metavar="N", help="One row for each block at this depth; 1: the outermost.")
    ] = None,
    input: Inputs = [],
    set: Variables = [],
    output: OutputFile = None,
    max_expanded: MaxExpanded = f"{MAX_EXPANDED}",
    jobs: Annotated[str, typer.Option(metavar="N", help="Processes that share many specs.")] = "1",
) -> int:
    """The table of each spec: what every layer puts out and what it costs, and the totals."""
