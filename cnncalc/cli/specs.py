"""`cnncalc specs`: the shipped specs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cnncalc.cli import output
from cnncalc.errors import Diagnostic, UsageError, nearest, quote
from cnncalc.model import Model
from cnncalc.render.spec_list import SpecListing, render_spec_list
from cnncalc.render.terminal import terminal_of
from cnncalc.spec.library import shipped_documents
from cnncalc.spec.shipped import is_shipped, shipped_names, shipped_path


def specs(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="The one to print; without it, the list.", autocompletion=lambda: list(shipped_names())
        ),
    ] = None,
) -> int:
    """The shipped specs with their parameters and multiply-accumulates, or the text of one."""
    output.write(_list() if name is None else _text(name))
    return 0


def _list() -> str:
    listings = []
    for name, document in shipped_documents():
        totals = Model(document).analyze("exact").totals
        spec = document.spec
        listings.append(SpecListing(spec.family, name, spec.year, totals.params, totals.exact.macs, document.name))
    return render_spec_list(listings, terminal_of(sys.stdout))


def _text(name: str) -> str:
    if not is_shipped(name):
        what = f"there is no shipped spec {quote(name)}"
        hint = nearest(name, shipped_names()) or "`cnncalc specs` lists them"
        raise UsageError(Diagnostic("no-such-spec", what, suggestion=hint))
    return shipped_path(name).read_text(encoding="utf-8")
