"""A whole net as a profiler counts it: layer by layer, in total, and what its number has beyond the MACs."""

from __future__ import annotations

from collections import Counter as Multiset
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.counts import LayerCounts
from cnncalc.analysis.report import Json, Report
from cnncalc.errors import quote
from cnncalc.formula import Symbols, formula
from cnncalc.layers.base import Layer
from cnncalc.model import ModelLike, model_of
from cnncalc.profile.counter import Counter
from cnncalc.profile.counters import counted, symbols
from cnncalc.profile.profilers import COUNTERS, find_counter
from cnncalc.results import Result
from cnncalc.warnings.warning import Warning

SCHEMA: Final = "cnncalc.counters/1"
BIAS: Final = "biases"
"""What a convolution or a matrix product has beyond its MACs, in an explanation."""
NOT_PRODUCTS: Final = "products not counted"
"""What is missing if a profiler counts none of a layer's MACs."""
NO_RULE: Final = "products of layers that it has no known rule for"
"""What is missing if it is not known what a profiler counts of a layer."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A profiler's count of a net. Of a layer, and of the whole, it is `None` where a part of it is not known.

    `known` is the sum of all parts that are known. `uncounted` names the layers with a part that the profiler has no
    known rule for. `surplus` is what `known` has beyond the MACs (FLOPs: twice the MACs), by layer kind or activation,
    the largest first: all of it adds up.
    """

    counter: Counter
    layers: tuple[int | None, ...]
    total: int | None
    known: int
    uncounted: tuple[str, ...]
    surplus: tuple[tuple[str, int], ...]

    def to_dict(self) -> Json:
        return {
            "total": self.total,
            "known": self.known,
            "calls": self.counter.calls,
            "unit": self.counter.unit,
            "why": self.counter.why,
            "besides": dict(self.surplus),
            "uncounted": list(self.uncounted),
        }


@dataclass(frozen=True, slots=True)
class Tallies(Result):
    """A net as several profilers count it: `found["fvcore"].total`."""

    report: Report
    tallies: tuple[Tally, ...]

    def __getitem__(self, counter: str) -> Tally:
        """Finds a profiler's count. Raises: KeyError: if it is not among those that were asked for."""
        return {tally.counter.name: tally for tally in self.tallies}[counter]

    def __repr__(self) -> str:
        return f"<cnncalc.Tallies of {self.report.name!r}: {', '.join(tally.counter.name for tally in self.tallies)}>"

    def to_dict(self, layers: bool = False) -> Json:
        """Returns the JSON object; with `layers` it has an entry for every layer, too."""
        found: Json = {
            "schema": SCHEMA,
            "name": self.report.name,
            "macs": self.report.totals.exact.macs,
            "counters": {tally.counter.name: tally.to_dict() for tally in self.tallies},
        }
        if layers:
            found["layers"] = [
                {
                    "name": row.name,
                    "type": row.type,
                    "macs": row.exact.macs,
                    "counters": {tally.counter.name: tally.layers[index] for tally in self.tallies},
                }
                for index, row in enumerate(self.report.layers)
            ]
        return found


def counters(net: ModelLike, names: Sequence[str] = ()) -> Tallies:
    """Counts what profilers count of a net, all of them or those that are named.

    >>> counters("resnet50_v1_5")["fvcore"].total
    4111512576

    Raises: SpecError; UsageError: if there is no such profiler.
    """
    chosen = [find_counter(name) for name in names] if names else list(COUNTERS.values())
    report, analysis = analyzed(model_of(net).expansion, "exact")
    return Tallies(report, tuple(tally(analysis, counter) for counter in chosen))


def tally(analysis: Analysis, counter: Counter) -> Tally:
    """Returns the count of a net that was analysed: one pass over its nodes."""
    layers: list[int | None] = []
    uncounted: list[str] = []
    surplus: Multiset[str] = Multiset()
    total, known = 0, 0
    complete = True
    memory: dict[int, _Count] = {}
    for node, layer, made in zip(analysis.expansion.nodes, analysis.layers, analysis.figures, strict=True):
        count = memory.get(id(made))
        if count is None:
            x = analysis.figures[node.inputs[0]].output.shape if node.inputs else made.output.shape
            count = memory[id(made)] = _count(counter, layer, made, x)
        layers.append(count.value)
        known += count.known
        surplus.update(count.surplus)
        if count.value is None:
            complete = False
        else:
            total += count.value
        if count.without_rule:
            uncounted.append(node.name)
    return Tally(
        counter,
        tuple(layers),
        total if complete else None,
        known,
        tuple(uncounted),
        tuple((label, amount) for label, amount in surplus.most_common() if amount),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    value: int | None
    known: int
    surplus: dict[str, int]
    without_rule: bool


def _count(counter: Counter, layer: Layer, made: LayerCounts, x: tuple[int | None, ...]) -> _Count:
    value: int | None = 0
    known, without_rule = 0, False
    surplus: dict[str, int] = {}
    products = (made.macs.value or 0) * (2 if counter.unit == "FLOPs" else 1)
    rest_of = f"{layer.kind} counted otherwise" if products else layer.kind
    for part, text, amount in counted(counter, layer, made, x):
        if amount is None:
            value = None
            without_rule = without_rule or text is None
            if part.label == layer.kind:
                rest_of = NO_RULE
            continue
        known += amount
        value = None if value is None else value + amount
        # The products are in a layer's own part; what is fused into it has none.
        if part.label != layer.kind:
            surplus[part.label] = amount
        elif products:
            surplus[BIAS] = _bias_share(text, symbols(layer, made, x), made, amount)
            if amount == surplus[BIAS]:
                rest_of = NOT_PRODUCTS
            elif layer.group == "transposed convolution":
                rest_of = f"{layer.kind} by its output"
    # Whatever the rules are: products and surplus come to what is counted.
    surplus[rest_of] = known - products - sum(surplus.values())
    return _Count(value, known, surplus, without_rule)


def _bias_share(text: str | None, found: Symbols, made: LayerCounts, amount: int) -> int:
    """Computes how much less a rule gives for the layer without its bias."""
    biases = [weight for weight in made.weights if weight.name == "bias"]
    if text is None or not biases:
        return 0
    count = sum(formula(weight.text).integer(made.symbols) or 0 for weight in biases)
    fewer = {name: value - count for name in ("params", "learned") if isinstance(value := found.get(name), int)}
    without = formula(text).integer({**found, **fewer, "bias": 0})
    return 0 if without is None else amount - without


def with_counters(report: Report, tallies: Sequence[Tally]) -> Report:
    """Returns the report with what profilers count beside its figures; where they can't, a warning says so."""
    warnings = [warning for tally in tallies if (warning := _warning(tally))]
    return replace(
        report,
        layers=[
            replace(row, counters={tally.counter.name: tally.layers[index] for tally in tallies})
            for index, row in enumerate(report.layers)
        ],
        totals=replace(report.totals, counters={tally.counter.name: tally.total for tally in tallies}),
        warnings=(*report.warnings, *warnings),
    )


def _warning(tally: Tally) -> Warning | None:
    if not tally.uncounted:
        return None
    names = ", ".join(quote(name) for name in tally.uncounted[:3])
    more = f" and {len(tally.uncounted) - 3:,} more" if len(tally.uncounted) > 3 else ""
    message = f"what {tally.counter.name} counts for {names}{more} is not known; the rest comes to {tally.known:,}"
    return Warning("not-known-to-profiler", message)
