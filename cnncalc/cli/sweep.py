"""`cnncalc sweep`: many variants of a net, a row for each."""

from __future__ import annotations

from os.path import splitext
from typing import Annotated

import typer

from cnncalc.analysis.memory_figures import Setting
from cnncalc.cli.options import (
    Batch,
    ConventionOption,
    Dtype,
    FolderOption,
    Inputs,
    MaxExpanded,
    OptimizerOption,
    Spec,
    Variables,
    bad_value,
    read_inputs,
    read_variables,
)
from cnncalc.cli.summary_options import read_setting
from cnncalc.cli.sweep_output import ENDINGS, Arrangement, Format, Pieces, Target
from cnncalc.convert.loading import load_document
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.sweeping.axes import read_axes
from cnncalc.sweeping.figures import DEFAULT
from cnncalc.sweeping.front import Objective
from cnncalc.sweeping.sweep import Sweep


def sweep(
    spec: Spec,
    vary: Annotated[
        list[str],
        typer.Option(metavar="NAME=VALUES", help="A var, or input, and its values: width=16..128:16, depth=1,2,3."),
    ],
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="CONDITION", help="Keep these points only: 'params < 5M and exact.macs < 300M'."),
    ] = None,
    columns: Annotated[
        str, typer.Option(metavar="NAME,...", help="The figures, by their names in JSON; layers.dense.params, too.")
    ] = ",".join(DEFAULT),
    minimize: Annotated[list[str] | None, typer.Option(metavar="NAME", help="What is to be small.")] = None,
    maximize: Annotated[list[str] | None, typer.Option(metavar="NAME", help="What is to be large.")] = None,
    pareto: Annotated[
        bool, typer.Option("--pareto", help="Only the points that none beats in all that is minimized and maximized.")
    ] = False,
    sort: Annotated[
        str | None, typer.Option(metavar="NAME,...", help="The order of the rows; -NAME: the largest first.")
    ] = None,
    sample: Annotated[int | None, typer.Option(metavar="N", min=1, help="So many random points.")] = None,
    seed: Annotated[int, typer.Option(metavar="S", help="Which random points.")] = 0,
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or a table.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, row by row.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the file ends.")] = False,
    plot: Annotated[
        str | None, typer.Option(metavar="X,Y", help="Draw two figures of all points, and the front: as text or SVG.")
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that share the work.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask cluster that does the work: tcp://HOST:8786.")
    ] = None,
    convention: ConventionOption = "notes",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    dtype: Dtype = None,
    batch: Batch = None,
    optimizer: OptimizerOption = None,
    max_expanded: MaxExpanded = MAX_EXPANDED,
) -> int:
    """Many variants of a net: a row for each combination of values, with its figures.

    A variant that does not work out is a row with its error and layer. All combinations, or --sample of them.
    """
    document = load_document(spec, folder)
    axes = read_axes(vary, document)
    figures = tuple(dict.fromkeys(name.strip() for name in columns.split(",")))
    objectives = [*(Objective(name) for name in minimize or ()), *(Objective(name, True) for name in maximize or ())]
    order = _order(sort) if sort else objectives
    drawn = _plotted(plot) if plot else ()
    if pareto and not objectives:
        message = "--pareto needs something that is to be small or large"
        raise UsageError(
            Diagnostic("bad-option", message, suggestion="--minimize exact.macs --maximize receptive_field")
        )
    shown = [name for name in (*figures, *drawn) if name not in [axis.name for axis in axes]]
    request = Sweep(
        document,
        axes,
        tuple(dict.fromkeys(shown)),
        tuple(where or ()),
        tuple(dict.fromkeys([*(each.name for each in (*order, *objectives)), *drawn])),
        sample,
        seed,
        convention,
        read_variables(variables),
        read_inputs(inputs),
        max_expanded,
        read_setting(False, dtype, batch, optimizer) or Setting(),
    )
    request.check()
    arrangement = Arrangement(tuple(order), tuple(objectives) if pareto else (), tuple(objectives), drawn)
    chosen = format or ENDINGS.get(splitext(output or "")[1].lower(), "table")
    target = Target(chosen, output, resume, arrangement)
    target.check()
    pieces = Pieces(request, jobs, scheduler)
    target.write(pieces)
    pieces.say_what_broke()
    return 0


def _order(text: str) -> list[Objective]:
    names = [name.strip() for name in text.split(",")]
    return [Objective(name.removeprefix("-"), name.startswith("-")) for name in names]


def _plotted(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if len(names) != 2:
        raise bad_value("--plot", "two figures, such as exact.macs,params", text)
    return names
