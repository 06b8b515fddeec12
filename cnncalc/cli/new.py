"""`cnncalc new`: a spec to start from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from cnncalc.cli.output import output_to
from cnncalc.errors import Diagnostic, UsageError, quote

STARTER: Final = Path(__file__).with_name("starter_spec.yaml")


def new(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Where to write it; without it, to standard output.")
    ] = None,
) -> int:
    """A commented spec to start from. A file that exists is not touched."""
    if file is not None and os.path.lexists(file):
        hint = "give another name, or delete it first"
        raise UsageError(Diagnostic("file-exists", f"{quote(file)} exists already", suggestion=hint))
    with output_to(file) as write:
        write(STARTER.read_text(encoding="utf-8"))
    return 0
