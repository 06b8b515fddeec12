"""`cnncalc watch`: the table, again whenever the spec is saved."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli.options import ConventionOption, Spec
from cnncalc.cli.watching import watch_command


def watch(
    spec: Spec,
    convention: ConventionOption = "notes",
    columns: Annotated[str | None, typer.Option(metavar="NAME,...", help="Which columns, as summary has them.")] = None,
    depth: Annotated[int | None, typer.Option(metavar="N", min=1, help="One row for each block at this depth.")] = None,
) -> int:
    """The table, drawn again whenever the spec, or one that it includes, is saved; what changed is marked.

    While the spec has a mistake, the last table that worked out stays below it. q ends it.
    """
    options = ["--convention", convention]
    options += ["--columns", columns] if columns is not None else []
    options += ["--depth", str(depth)] if depth is not None else []
    return watch_command(["summary", *options, "--", spec], spec)
