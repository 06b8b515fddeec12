"""`cnncalc validate`: what is wrong with specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    MaxExpanded,
    Specs,
    Variables,
    from_standard_input_once,
    read_inputs,
    read_variables,
)
from cnncalc.convert.loading import load_document
from cnncalc.errors import SpecError
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.model import Model

if TYPE_CHECKING:
    from cnncalc.cli.error_output import ErrorOutput


def validate(
    context: typer.Context,
    specs: Specs,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    max_expanded: MaxExpanded = MAX_EXPANDED,
) -> int:
    """Says what is wrong with specs; nothing, and exit code 0, where they are fine."""
    errors: ErrorOutput = context.obj
    shapes, values = read_inputs(inputs), read_variables(variables)
    from_standard_input_once(specs)
    for spec in specs:
        try:
            Model(load_document(spec, folder), inputs=shapes, variables=values, max_expanded=max_expanded).analyze()
        except SpecError as error:
            errors.report(error.diagnostics)
    return errors.exit_code
