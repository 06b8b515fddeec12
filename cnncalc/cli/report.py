"""`cnncalc report`: all about a net, or about several side by side, as one HTML page."""

from __future__ import annotations

import sys

import typer

from cnncalc.cli.compared_nets import models_to_compare, repeated_options, settings_to_compare
from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    OutputFile,
    Specs,
    Variables,
    from_standard_input_once,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import is_terminal, output_to
from cnncalc.comparing.comparison import compare_nets
from cnncalc.convert.loading import load_document
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.html_report.net import reported_net
from cnncalc.html_report.page import render_page
from cnncalc.model import Model


def report(
    context: typer.Context,
    specs: Specs,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """One HTML page: picture, table, formulas, plots, memory, profilers' counts; of several nets their comparison too.

    The page is one file and loads nothing. A net whose shapes do not work out is shown up to the layer at fault.
    """
    if output is None and is_terminal(sys.stdout):
        message = "the report is a page for a browser, not for a terminal"
        raise UsageError(Diagnostic("bad-option", message, suggestion="-o report.html"))
    from_standard_input_once(specs)
    given = inputs or (), variables or ()
    mistakes: list[Diagnostic] = []
    if len(specs) == 1 and not repeated_options(*given):
        model = Model(load_document(specs[0], folder), inputs=read_inputs(inputs), variables=read_variables(variables))
        net = reported_net(model)
        page, mistakes = render_page([net]), net.mistakes
    else:
        models = models_to_compare(settings_to_compare(specs, *given), folder)
        comparison = compare_nets([(label, model.expansion) for label, model in models])
        page = render_page([reported_net(model) for _, model in models], comparison)
    with output_to(output) as write:
        write(page)
    if mistakes:
        errors: ErrorOutput = context.obj
        errors.report(mistakes)
    return 0
