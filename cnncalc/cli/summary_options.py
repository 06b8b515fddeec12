"""What `summary` is asked for beside its table: profilers' counts, memory, limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, NamedTuple

import typer

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.memory_figures import (
    NO_GRADIENTS,
    OPTIMIZERS,
    PRECISIONS,
    Optimizer,
    Precision,
    Setting,
    unknown_memory,
)
from cnncalc.analysis.report import Report
from cnncalc.cli.options import complete_counter
from cnncalc.errors import Diagnostic, Problem, UsageError
from cnncalc.limits import broken_limits
from cnncalc.profile.profilers import find_counter
from cnncalc.spec.limits import LIMITS, Limit, read_limit

Counters = Annotated[
    list[str] | None,
    typer.Option(
        "--counter",
        metavar="NAME",
        help="A column with what a profiler counts, such as fvcore; `cnncalc counters SPEC` shows all.",
        autocompletion=complete_counter,
    ),
]
MemoryFlag = Annotated[bool, typer.Option("--memory", help="The memory of training and of inference.")]
MaxParams = Annotated[str | None, typer.Option(metavar="N", help="Limit: parameters, as 5M. Exit code 1 with more.")]
MaxTrainableParams = Annotated[str | None, typer.Option(metavar="N", help="Limit: trainable parameters.")]
MaxMacs = Annotated[str | None, typer.Option(metavar="N", help="Limit: multiply-accumulates, as 300M.")]
MaxFlops = Annotated[str | None, typer.Option(metavar="N", help="Limit: FLOPs of the exact convention.")]
MaxMemory = Annotated[
    str | None,
    typer.Option(metavar="BYTES", help="Limit: memory of inference, or with --optimizer of training, as 512MiB."),
]
MaxLayers = Annotated[str | None, typer.Option(metavar="N", help="Limit: layers.")]
MinRf = Annotated[
    str | None, typer.Option(metavar="N", help="Limit: the exact receptive field, which must not be smaller.")
]
MaxRf = Annotated[
    str | None, typer.Option(metavar="N", help="Limit: the exact receptive field, which must not be larger.")
]


class SummaryOptions(NamedTuple):
    """What is wanted beside the table; if `training`, a limit on memory is on that of training."""

    counters: tuple[str, ...] = ()
    memory: Setting | None = None
    training: bool = False
    limits: tuple[Limit, ...] = ()

    def added(self, report: Report, analysis: Analysis) -> Report:
        """Adds counts and memory to a report."""
        if self.counters:
            from cnncalc.counting import tally, with_counters  # they load layers that a plain table does not

            report = with_counters(report, [tally(analysis, find_counter(name)) for name in self.counters])
        if self.memory is not None:
            report = _with_memory(report, analysis, self.memory)
        return report

    def left_open(self, report: Report) -> Report:
        """Gives a report that ends at an error the columns that are wanted, their totals unknown."""
        totals = report.totals
        if self.counters:
            totals = replace(totals, counters=dict.fromkeys(self.counters))
        if self.memory is not None:
            totals = replace(totals, memory=unknown_memory(self.memory))
        return replace(report, totals=totals)

    def broken(self, report: Report, analysis: Analysis, written: Mapping[str, Limit]) -> Sequence[Diagnostic]:
        """Checks the limits of the spec, and of the command line, which override them."""
        limits = {**written, **{limit.name: limit for limit in self.limits}}
        if not limits:
            return ()
        if "max_memory" in limits and report.totals.memory is None:
            report = _with_memory(report, analysis, Setting())
        return broken_limits(report, limits.values(), self.training)


def read_summary_options(
    counters: Sequence[str] | None,
    memory: bool,
    dtype: Precision | None,
    batch: int | None,
    optimizer: Optimizer | None,
    limits: Iterable[tuple[str, str | None]],
) -> SummaryOptions:
    """Reads the options; `limits` are names as in a spec with what was given. Raises: UsageError."""
    return SummaryOptions(
        counters=_counters(counters or ()),
        memory=read_setting(memory, dtype, batch, optimizer),
        training=optimizer is not None,
        limits=tuple(_limit(name, text) for name, text in limits if text is not None),
    )


def _counters(names: Sequence[str]) -> tuple[str, ...]:
    given = [part.strip() for name in names for part in name.split(",")]
    return tuple(dict.fromkeys(find_counter(name).name for name in given))


def read_setting(
    memory: bool, dtype: Precision | None, batch: int | None, optimizer: Optimizer | None
) -> Setting | None:
    """Says what memory is wanted for; `None` if none is. Raises: UsageError: for training in integers."""
    if not memory and dtype is None and batch is None and optimizer is None:
        return None
    if optimizer is not None and dtype in NO_GRADIENTS:
        message = f"--optimizer is about training, and in {dtype} a net is run only"
        raise UsageError(Diagnostic("bad-option", message, suggestion="leave --optimizer out, or train in float32"))
    return Setting(dtype=dtype or PRECISIONS[0], batch=batch or 1, optimizer=optimizer or OPTIMIZERS[0])


def _with_memory(report: Report, analysis: Analysis, setting: Setting) -> Report:
    from cnncalc.memory.footprint import with_memory  # it loads layers that a plain table does not

    return with_memory(report, analysis, setting)


def _limit(name: str, text: str) -> Limit:
    assert name in LIMITS, name
    option = f"--{name.replace('_', '-')}"
    try:
        return read_limit(name, text, None)
    except Problem as problem:
        message = f"{option}: {problem.message}"
        raise UsageError(Diagnostic("bad-option", message, None, problem.expected, problem.found)) from None
