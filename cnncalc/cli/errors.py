"""`cnncalc errors`: what an error or a warning means, with an example."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cnncalc.cli import output
from cnncalc.error_reference import COMMAND, reference, references
from cnncalc.errors import Source, SpecError
from cnncalc.limits import broken_limits
from cnncalc.model import Model
from cnncalc.render.diagnostics import render_diagnostics
from cnncalc.render.error_reference import render_reference, render_references
from cnncalc.render.terminal import terminal_of
from cnncalc.spec.library import parse_document


def errors(
    id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The error or warning to explain; without it, the list of all.",
                       autocompletion=lambda: list(references())),
    ] = None,
) -> int:  # fmt: skip
    """What an error or a warning means, how it comes about, and what `cnncalc` says to an example of it."""
    terminal = terminal_of(sys.stdout)
    if id is None:
        output.write(render_references(references().values(), terminal))
        return 0
    found = reference(id)
    said = "" if not found.example or found.example.startswith((COMMAND, "# $")) else _said(found.example)
    output.write(render_reference(found, said, terminal))
    return 0


def _said(text: str) -> str:
    """Runs an example and returns what is said of it."""
    try:
        document = parse_document(Source("net.yaml", text), "net.yaml", Path())
        report = Model(document).analyze()
    except SpecError as error:
        return render_diagnostics(error.diagnostics)
    if broken := broken_limits(report, document.spec.limits.values(), training=False):
        return render_diagnostics(broken)
    return "".join(f"warning: {warning}\n" for warning in report.warnings)
