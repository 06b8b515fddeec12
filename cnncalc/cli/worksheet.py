"""`cnncalc worksheet`: an answer sheet to fill in, or the key."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from cnncalc.cli.options import (
    ConventionOption,
    FolderOption,
    Inputs,
    MaxExpanded,
    OutputFile,
    Spec,
    Variables,
    chosen_format,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import output_to
from cnncalc.convert.loading import load_document
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.marking.quantities import USUAL
from cnncalc.marking.worksheet import worksheet as make_worksheet
from cnncalc.model import Model
from cnncalc.render.worksheet import WorksheetFormat, render_worksheet


def worksheet(
    spec: Spec,
    format: Annotated[
        WorksheetFormat | None, typer.Option(help="How it is written; unless told as the file's ending says, or YAML.")
    ] = None,
    ask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[LAYERS:]QUANTITY,...",
            help="What is asked, as check reads it: params, 'conv*:params,neurons', totals:params.",
        ),
    ] = None,
    solved: Annotated[bool, typer.Option("--solved", help="The key: everything filled in.")] = False,
    blank_only: Annotated[
        bool, typer.Option("--blank-only", help="Leave only what --ask names blank, and give the rest.")
    ] = False,
    convention: ConventionOption = "notes",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
    max_expanded: MaxExpanded = MAX_EXPANDED,
) -> int:
    """A blank answer sheet with the layers' names and kinds; `cnncalc check` reads it when it is filled in.

    With --blank-only the sheet gives what is not asked; mark it with the same --ask, so that only that counts.
    """
    format = chosen_format(format, output, get_args(WorksheetFormat), "yaml")
    if solved and blank_only:
        raise UsageError(Diagnostic("bad-option", "--solved leaves nothing blank: leave out --blank-only"))
    model = Model(
        load_document(spec, folder),
        inputs=read_inputs(inputs),
        variables=read_variables(variables),
        max_expanded=max_expanded,
    )
    sheet = make_worksheet(
        model,
        ask or USUAL,
        solved=solved,
        given=blank_only,
        convention=convention,
    )
    with output_to(output) as write:
        write(render_worksheet(sheet, format))
    return 0
