"""Runs of layers that are alike but for numbers: where they stand in the lists of a graph, and which are worth a block.

A run can be a block if it reads one tensor from outside and only its last layer is read from outside. Runs are found by
hashes of what they are made of: kinds, arguments that are no numbers, and which layer of the run reads which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cnncalc.convert.graph import GraphLayer, Reference
from cnncalc.convert.order import name_in
from cnncalc.layers import registry

LONGEST: Final = 80
"""Layers of a run, at most; what is longer is made of shorter runs."""
MAX_LAYERS: Final = 5_000
"""Layers of a list that is searched."""
DEFINITION_LINES: Final = 3
"""Lines of a block beside its layers."""
LEAST_SAVED: Final = 4
"""Lines that a block must save."""
FREE_TEXTS: Final = frozenset({"padding"})
"""Arguments whose texts may differ between the copies of a block, as numbers may."""


@dataclass(slots=True)
class Run:
    """Layers `start` to `start + length` of the list of a block, or of the model (the block "")."""

    block: str
    start: int
    length: int


@dataclass(slots=True)
class LayerList:
    """The layers of the model or of a block, in order, and what is read from outside."""

    layers: list[GraphLayer]
    inputs: list[str]
    outputs: list[Reference]


def best_runs(lists: Mapping[str, LayerList], depth_of: Mapping[str, int], max_depth: int) -> list[Run]:
    """Finds the runs that save the most lines as one block; none if nothing is worth one."""
    found: dict[tuple[int, int], list[Run]] = {}
    for block, some in lists.items():
        for key, run in _runs(block, some, depth_of, max_depth):
            found.setdefault((key, run.length), []).append(run)
    best: list[Run] = []
    most = float(LEAST_SAVED)
    for (_, length), runs in found.items():
        if len(runs) < 2 or _saved(len(runs), len(runs) - 1, length) * 1.5 < most:
            continue
        apart = _without_overlap(runs)
        together = sum(one.block == other.block and one.start + length == other.start for one, other in pairwise(apart))
        saved = _saved(len(apart), together, length)
        if len(apart) < 2 or saved < LEAST_SAVED:
            continue
        saved *= 1 + 0.4 * _share_with_own_name(lists, apart)
        if saved > most or (best and saved == most and length < best[0].length):
            best, most = apart, saved
    return best


def _saved(copies: int, together: int, length: int) -> float:
    """Computes how many lines a block saves; copies that stand together may become one line."""
    return copies * length - (copies - 0.8 * together) - length - DEFINITION_LINES


def _runs(block: str, some: LayerList, depth_of: Mapping[str, int], max_depth: int) -> Iterator[tuple[int, Run]]:
    """Lists every run of a list that can be a block, each with its hash."""
    layers = some.layers
    if len(layers) > MAX_LAYERS:
        return
    place = {layer.name: index for index, layer in enumerate(layers)}
    reads = [[place.get(name_in(source), -1 - _input(some, source)) for source in layer.inputs] for layer in layers]
    last_use = [0] * len(layers)
    for index, sources in enumerate(reads):
        for source in sources:
            if source >= 0:
                last_use[source] = index
    for output in some.outputs:
        if name_in(output) in place:
            last_use[place[name_in(output)]] = len(layers)
    owners = {layer.share for layer in layers if layer.share}
    shapes = [shape_of_layer(layer) for layer in layers]
    apart = [
        bool(layer.share) or layer.name in owners or any(not isinstance(source, str) for source in layer.inputs)
        or depth_of.get(layer.kind, 0) >= max_depth
        for layer in layers
    ]  # fmt: skip
    for start in range(len(layers)):
        outside: int | None = None
        key, used = 0, 0
        for end in range(start, min(start + LONGEST, len(layers))):
            before = [source for source in reads[end] if source < start]
            if apart[end] or any(source != before[0] for source in before):
                break
            if before and outside is None:
                outside = before[0]
            if (before and before[0] != outside) or (end == start and not before):
                break
            key = hash((key, shapes[end], tuple(end - source if source >= start else 0 for source in reads[end])))
            if end > start and used <= end:
                yield key, Run(block, start, end - start + 1)
            used = max(used, last_use[end])


def _input(some: LayerList, source: Reference) -> int:
    return some.inputs.index(name_in(source)) if name_in(source) in some.inputs else len(some.inputs)


def shape_of_layer(layer: GraphLayer) -> tuple[object, ...]:
    """Returns what the copies of a layer must have in common: all but its numbers."""
    fixed = tuple(sorted((name, repr(value)) for name, value in layer.arguments.items() if not is_free(layer, name)))
    return layer.kind, fixed, layer.trainable, layer.repeat


def is_free(layer: GraphLayer, name: str) -> bool:
    """Tells whether an argument may differ between copies: numbers, whose default is a number as well."""
    value = layer.arguments[name]
    if not registry.is_kind(layer.kind):
        return True
    if isinstance(value, bool) or (isinstance(value, str) and name not in FREE_TEXTS):
        return False
    field = registry.layer_class(layer.kind).arguments().get(name)
    default = None if field is None or field.is_required() else field.default
    return field is not None and (field.is_required() or (default is not None and not isinstance(default, bool)))


def _without_overlap(runs: Sequence[Run]) -> list[Run]:
    """Drops each run that begins before the one before it ends."""
    apart: list[Run] = []
    for run in runs:
        if not apart or apart[-1].block != run.block or apart[-1].start + run.length <= run.start:
            apart.append(run)
    return apart


def _share_with_own_name(lists: Mapping[str, LayerList], runs: Sequence[Run]) -> float:
    """Computes which share of the runs has a prefix in the names of its layers that its neighbours lack."""
    return sum(has_own_name(lists[run.block].layers, run) for run in runs) / len(runs)


def has_own_name(layers: Sequence[GraphLayer], run: Run) -> bool:
    """Tells whether the names in a run begin alike, and those before and behind it otherwise."""
    prefix = common_prefix([layer.name for layer in layers[run.start : run.start + run.length]])
    around = [*layers[max(run.start - 1, 0) : run.start], *layers[run.start + run.length :][:1]]
    return bool(prefix) and not any(layer.name.startswith(prefix) for layer in around)


def common_prefix(names: Sequence[str]) -> str:
    """Returns what names begin with, up to a separator: `block1_` of `block1_bn` and `block1_conv`."""
    first, last = min(names), max(names)  # the two that differ first
    same = next((index for index, letter in enumerate(first) if last[index : index + 1] != letter), len(first))
    return first[: max(first.rfind(separator, 0, same) for separator in "/._-") + 1]
