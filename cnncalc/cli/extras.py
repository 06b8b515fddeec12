"""What `summary` is asked for beside its table: profilers' counts, memory, limits. Imported when one of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cnncalc.errors import Diagnostic, Problem, UsageError
from cnncalc.spec.limits import LIMITS, Limit, read_limit

if TYPE_CHECKING:
    from cnncalc.analysis.analyze import Analysis
    from cnncalc.analysis.report import Report
    from cnncalc.memory.footprint import Setting


def complete_counter() -> list[str]:
    """The profilers' names."""
    from cnncalc.conventions.profilers import COUNTERS

    return list(COUNTERS)


def complete_dtype() -> list[str]:
    """The number formats' names."""
    from cnncalc.memory.figures import PRECISIONS

    return list(PRECISIONS)


def complete_optimizer() -> list[str]:
    """The optimisers' names."""
    from cnncalc.memory.figures import OPTIMIZERS

    return list(OPTIMIZERS)


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
Dtype = Annotated[
    str | None,
    typer.Option(
        metavar="float32|float16|bfloat16|int8",
        help="Memory for this number format; float32 unless told.",
        autocompletion=complete_dtype,
    ),
]
Batch = Annotated[str | None, typer.Option(metavar="N", help="Memory for a batch of this size; 1 unless told.")]
OptimizerOption = Annotated[
    str | None,
    typer.Option(
        "--optimizer",
        metavar="sgd|momentum|adam",
        help="Memory to train with this optimiser; sgd unless told.",
        autocompletion=complete_optimizer,
    ),
]
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


class Extras(NamedTuple):
    """What is wanted beside the table; `training`: a limit on memory is on that of training."""

    counters: tuple[str, ...] = ()
    memory: Setting | None = None
    training: bool = False
    limits: tuple[Limit, ...] = ()

    def added(self, report: Report, analysis: Analysis) -> Report:
        """The report with counts and memory."""
        if self.counters:
            from cnncalc.counting import find_counter, tally, with_counters

            report = with_counters(report, [tally(analysis, find_counter(name)) for name in self.counters])
        if self.memory is not None:
            from cnncalc.memory.footprint import with_memory

            report = with_memory(report, analysis, self.memory)
        return report

    def left_open(self, report: Report) -> Report:
        """A report that ends at an error with what is wanted as unknown: its columns are the others'."""
        totals = report.totals
        if self.counters:
            totals = replace(totals, counters=dict.fromkeys(self.counters))
        if self.memory is not None:
            from cnncalc.memory.footprint import unknown

            totals = replace(totals, memory=unknown(self.memory))
        return replace(report, totals=totals)

    def broken(self, report: Report, analysis: Analysis, written: Mapping[str, Limit]) -> Sequence[Diagnostic]:
        """What is to be said of the limits that are not kept: those of the spec, but for what overrides them."""
        limits = {**written, **{limit.name: limit for limit in self.limits}}
        if not limits:
            return ()
        from cnncalc.limits import broken_limits

        if "max_memory" in limits and report.totals.memory is None:
            from cnncalc.memory.footprint import Setting, with_memory

            report = with_memory(report, analysis, Setting())
        return broken_limits(report, limits.values(), self.training)


def read_extras(
    counters: Sequence[str] | None,
    memory: bool,
    dtype: str | None,
    batch: str | None,
    optimizer: str | None,
    limits: Iterable[tuple[str, str | None]],
) -> Extras:
    """What the options say; `limits` are names as in a spec with what was given. Raises: UsageError."""
    return Extras(
        counters=_counters(counters or ()),
        memory=read_setting(memory, dtype, batch, optimizer),
        training=optimizer is not None,
        limits=tuple(_limit(name, text) for name, text in limits if text is not None),
    )


def _counters(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    from cnncalc.counting import find_counter

    given = [part.strip() for name in names for part in name.split(",")]
    return tuple(dict.fromkeys(find_counter(name).name for name in given))


def read_setting(memory: bool, dtype: str | None, batch: str | None, optimizer: str | None) -> Setting | None:
    """What memory is wanted for; `None` where none is. Raises: UsageError."""
    if not memory and dtype is batch is optimizer is None:
        return None
    from cnncalc.cli.options import choice, whole_number
    from cnncalc.memory.figures import OPTIMIZERS, PRECISIONS
    from cnncalc.memory.footprint import NO_GRADIENTS, Setting

    precision = choice("--dtype", dtype or PRECISIONS[0], PRECISIONS)
    if optimizer is not None and precision in NO_GRADIENTS:
        message = f"--optimizer is about training, and in {precision} a net is run only"
        raise UsageError(Diagnostic("bad-option", message, suggestion="leave --optimizer out, or train in float32"))
    return Setting(
        dtype=precision,
        batch=whole_number("--batch", batch or "1"),
        optimizer=choice("--optimizer", optimizer or OPTIMIZERS[0], OPTIMIZERS),
    )


def _limit(name: str, text: str) -> Limit:
    assert name in LIMITS, name
    option = f"--{name.replace('_', '-')}"
    try:
        return read_limit(name, text, None)
    except Problem as problem:
        message = f"{option}: {problem.message}"
        raise UsageError(Diagnostic("bad-option", message, None, problem.expected, problem.found)) from None
