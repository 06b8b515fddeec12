"""One layer in cnncalc: what each profiler counts for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cnncalc.analysis.counts import count_layer
from cnncalc.layers.registry import build
from cnncalc.profile.counters import counted
from cnncalc.profile.profilers import COUNTERS
from cnncalc.tensor import Shape, Tensor


def counts(kind: str, arguments: Mapping[str, object], *shapes: Shape) -> dict[str, int | None]:
    """What every profiler counts for a layer, by the profilers' names; `None` where that is not known."""
    layer = build(kind, arguments)
    made = count_layer(layer, [Tensor(shape) for shape in shapes])
    return {
        name: _sum(amount for _, _, amount in counted(counter, layer, made, shapes[0]))
        for name, counter in COUNTERS.items()
    }


def _sum(amounts: Iterable[int | None]) -> int | None:
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
