"""`cnncalc solve`: the value with which a net meets its conditions."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from cnncalc.analysis.memory_figures import Setting
from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import (
    Batch,
    Dtype,
    FolderOption,
    Inputs,
    MaxExpanded,
    OptimizerOption,
    Spec,
    Variables,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import write
from cnncalc.cli.summary_options import (
    MaxFlops,
    MaxLayers,
    MaxMacs,
    MaxMemory,
    MaxParams,
    MaxRf,
    MaxTrainableParams,
    MinRf,
    read_summary_options,
)
from cnncalc.errors import Diagnostic
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.render.sweep_rows import lines, table
from cnncalc.render.terminal import terminal_of
from cnncalc.solving.requirements import of_equals, of_limits
from cnncalc.solving.solve import Solution, Which
from cnncalc.solving.solve import solve as find
from cnncalc.solving.unknowns import RANGE, load_with_unknowns
from cnncalc.sweeping.axes import read_axes
from cnncalc.sweeping.sweep import Sweep


def solve(
    context: typer.Context,
    spec: Spec,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUES", help="One var, or two, and their values: width=1..4096."),
    ] = None,
    equals: Annotated[
        list[str] | None, typer.Option(metavar="FIGURE=N", help="A figure that has this value: params=1,792.")
    ] = None,
    max_params: MaxParams = None,
    max_trainable_params: MaxTrainableParams = None,
    max_macs: MaxMacs = None,
    max_flops: MaxFlops = None,
    max_memory: MaxMemory = None,
    max_layers: MaxLayers = None,
    min_rf: MinRf = None,
    max_rf: MaxRf = None,
    which: Annotated[
        Which, typer.Option(help="The largest or smallest value that meets all, every one, or the nearest to it.")
    ] = "largest",
    format: Annotated[Literal["table", "csv", "jsonl"], typer.Option(help="How it is written.")] = "table",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    dtype: Dtype = None,
    batch: Batch = None,
    optimizer: OptimizerOption = None,
    max_expanded: MaxExpanded = MAX_EXPANDED,
) -> int:
    """The value of a var with which a net meets its conditions: those given, or else the spec's limits.

    `?` in a spec stands for a value that is looked for. Of two vars: the pairs that no other pair is better than.
    Exit code 1 if nothing meets the conditions; the nearest on both sides are shown then.
    """
    document, unknowns = load_with_unknowns(spec, folder)
    given = list(vary or ())
    said = {text.partition("=")[0].strip() for text in given}
    axes = read_axes([*given, *(f"{name}={RANGE}" for name in unknowns if name not in said)], document)
    limits = {
        "max_params": max_params, "max_trainable_params": max_trainable_params, "max_macs": max_macs,
        "max_flops": max_flops, "max_memory": max_memory, "max_layers": max_layers, "min_rf": min_rf, "max_rf": max_rf,
    }  # fmt: skip
    options = read_summary_options(None, False, dtype, batch, optimizer, limits.items())
    requirements = [*of_limits(options.limits, options.training), *of_equals(equals or ())]
    if not requirements:
        requirements = of_limits(document.spec.limits.values(), options.training)
    request = Sweep(
        document,
        axes,
        (),
        fixed=read_variables(variables),
        inputs=read_inputs(inputs),
        max_expanded=max_expanded,
        setting=options.memory or Setting(),
    )
    solution = find(request, requirements, which)
    shown = solution.rows if solution.is_met or which == "nearest" else solution.beside
    _write(solution, shown, format)
    if solution.is_met or (which == "nearest" and solution.rows):
        return 0
    errors: ErrorOutput = context.obj
    message = "no value meets all conditions" + ("; the nearest on both sides are shown" if shown else "")
    errors.report([Diagnostic("no-solution", message)], exit_code=1)
    return 1


def _write(solution: Solution, rows: tuple[tuple[object, ...], ...], format: Literal["table", "csv", "jsonl"]) -> None:
    if format != "table":
        heading = lines("csv", (), [solution.names]) if format == "csv" else ""
        write(heading + lines(format, solution.names, rows))
    elif rows:
        write(table(solution.names, rows, terminal_of(sys.stdout)))
        write(f"{solution.computed:,} of {solution.total:,} nets were computed.\n")
