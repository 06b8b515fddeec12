"""Whether a net keeps its limits: parameters, operations, memory, layers, receptive field.

Operations and receptive fields are those of the `exact` convention, whichever a report is in: what is true of the net.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from cnncalc.analysis.figures import FIGURES, Figure
from cnncalc.analysis.memory_figures import LayerMemory, Memory
from cnncalc.analysis.report import Report, Row, Totals
from cnncalc.digits import decimals, shown
from cnncalc.errors import Diagnostic, quote
from cnncalc.spec.limits import Limit

MAX_PLACES: Final = 12
NAMED: Final = 3
"""How many of the layers that cost most are named."""


class _Quantity(NamedTuple):
    """What a limit is on: how it is called, its value in a report, what each layer has of it, its unit."""

    what: str
    value: Callable[[Report], int | None]
    share: Callable[[Report, Row], int | None] | None = None
    unit: str = ""


def broken_limits(report: Report, limits: Iterable[Limit], training: bool = False) -> list[Diagnostic]:
    """Returns what is to be said of every limit that the report does not keep, or that can't be held against it.

    `training`: a limit on memory is on that of training, not of inference. The report must have its memory then.
    """
    found = (_broken(report, limit, _quantity(limit.name, training)) for limit in limits)
    return [diagnostic for diagnostic in found if diagnostic is not None]


def _broken(report: Report, limit: Limit, quantity: _Quantity) -> Diagnostic | None:
    value = quantity.value(report)
    at_least = limit.name.startswith("min_")
    allowed = _amount(limit.amount)
    bound = f"{'at least' if at_least else 'at most'} {allowed} ({limit.name})"
    if value is None:
        message = f"whether {quantity.what} of {quote(report.name)} keeps {limit.name} can't be said: it is not known"
        return Diagnostic("unknown-limit", message, limit.span, bound, "not known")
    if (value >= limit.amount) if at_least else (value <= limit.amount):
        return None
    gap = abs(value - limit.amount)
    side = "below" if at_least else "above"
    is_ = f"is {shown(value, ',')}{quantity.unit}, {_amount(gap)} {side} {limit.name} ({allowed})"
    message = f"{quantity.what} of {quote(report.name)} {is_}"
    return Diagnostic(
        "broken-limit",
        message,
        limit.span,
        bound,
        shown(value, ","),
        suggestion=_costliest(report, quantity.share, value),
    )


def _costliest(report: Report, share: Callable[[Report, Row], int | None] | None, total: int) -> str | None:
    """Returns the layers that have most of what there is too much of."""
    if share is None:
        return None
    costs = [(cost, row.name) for row in report.layers if (cost := share(report, row))]
    most = sorted(costs, key=lambda cost: -cost[0])[:NAMED]
    parts = [f"{quote(name)} ({shown(cost, ',')}, {round(Fraction(100 * cost, total))} %)" for cost, name in most]
    return f"the layers that cost most are {', '.join(parts)}" if parts else None


def _amount(amount: Fraction) -> str:
    """Writes a limit with as many places as the amount has, if that has an end."""
    places = next((places for places in range(MAX_PLACES + 1) if amount * 10**places % 1 == 0), 2)
    return decimals(amount, places) if places else shown(amount.numerator, ",")


def _quantity(name: str, training: bool) -> _Quantity:
    match name:
        case "max_params" | "max_trainable_params":
            return _total(FIGURES[name.removeprefix("max_")])
        case "max_macs" | "max_flops":
            return _total(FIGURES[name.replace("max_", "exact.")])
        case "max_memory" if training:
            return _memory("the memory of training", lambda memory: memory.training, _of_training)
        case "max_memory":
            return _memory("the memory of inference", lambda memory: memory.inference, _of_inference)
        case "max_layers":
            return _Quantity("the number of layers", lambda report: len(report.layers) - len(report.inputs))
        case _:
            choose: Callable[[Sequence[int]], int] = min if name == "min_rf" else max
            return _Quantity(f"the {FIGURES['exact.receptive_field'].title}", lambda report: _field(report, choose))


def _own(row: Row, params: int | None) -> int | None:
    """Weights count at their owner."""
    return params if row.shared_with is None else 0


def _total(figure: Figure) -> _Quantity:
    def share(report: Report, row: Row) -> int | None:
        amount: int | None = figure.of(row)
        return _own(row, amount) if figure.fold == "own weights" else amount

    return _Quantity(f"the {figure.title}", lambda report: figure.of(report.totals), share)


def _memory(
    what: str, value: Callable[[Memory], int | None], share: Callable[[Memory, Totals, Row, LayerMemory], int]
) -> _Quantity:
    """Returns bytes; of a layer, its parameters and what the total has besides."""

    def of_report(report: Report) -> int | None:
        memory = report.totals.memory
        return None if memory is None else value(memory)

    def of_row(report: Report, row: Row) -> int | None:
        memory = report.totals.memory
        return None if memory is None or row.memory is None else share(memory, report.totals, row, row.memory)

    return _Quantity(what, of_report, of_row, " bytes")


def _of_inference(memory: Memory, totals: Totals, row: Row, layer: LayerMemory) -> int:
    return (layer.parameters or 0) + (layer.output or 0)


def _of_training(memory: Memory, totals: Totals, row: Row, layer: LayerMemory) -> int:
    """Adds gradients and the optimiser's state, which each trainable parameter has."""
    for_all = (memory.gradients or 0) + (memory.optimizer_state or 0)
    own = _own(row, row.trainable_params) or 0
    of_row = for_all * own // totals.trainable_params if totals.trainable_params else 0
    return (layer.parameters or 0) + (layer.kept or 0) + of_row


def _field(report: Report, choose: Callable[[Sequence[int]], int]) -> int | None:
    """Returns the receptive field on the axis where it is smallest, or largest."""
    field = report.totals.exact.receptive_field
    return choose(field) if field else None
