"""`cnncalc validate`: what is wrong with specs."""

from __future__ import annotations

import typer

from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    MaxExpanded,
    NoWarn,
    Specs,
    Strict,
    Variables,
    from_standard_input_once,
    read_inputs,
    read_no_warn,
    read_variables,
)
from cnncalc.convert.loading import load_document
from cnncalc.errors import SpecError
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.model import Model


def validate(
    context: typer.Context,
    specs: Specs,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    max_expanded: MaxExpanded = MAX_EXPANDED,
    no_warn: NoWarn = None,
    strict: Strict = False,
) -> int:
    """Says what is wrong with specs, and what may be a mistake; nothing, and exit code 0, if they are fine."""
    errors: ErrorOutput = context.obj
    unwanted = read_no_warn(no_warn)
    shapes, values = read_inputs(inputs), read_variables(variables)
    from_standard_input_once(specs)
    for spec in specs:
        try:
            model = Model(load_document(spec, folder), inputs=shapes, variables=values, max_expanded=max_expanded)
            warnings = [each for each in model.analyze().warnings if each.id not in unwanted]
            errors.warn(warnings, spec if len(specs) > 1 else "", strict=strict)
        except SpecError as error:
            errors.report(error.diagnostics)
    return errors.exit_code
