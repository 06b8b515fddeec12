"""The branches that meet in a merge, for those who count one of them otherwise."""

from __future__ import annotations

from cnncalc.analysis.analyze import Analysis

MAX_BRANCH = 200
"""Layers of a branch: what is longer is no branch that anybody overlooks."""


def branches(analysis: Analysis, index: int) -> list[tuple[int, ...]]:
    """Lists the layers of each branch that a merge reads, without those that several branches share.

    A shortcut without layers is an empty branch. Without a merge, or behind very long branches, there are none.
    """
    inputs = analysis.expansion.nodes[index].inputs
    if len(inputs) < 2:
        return []
    reached = [_behind(analysis, source) for source in inputs]
    if any(len(layers) > MAX_BRANCH for layers in reached):
        reached = [_behind(analysis, source, min(inputs) - MAX_BRANCH) for source in inputs]
    shared = {layer for layers in reached for layer in layers if sum(layer in other for other in reached) > 1}
    return [tuple(sorted(layers - shared)) for layers in reached]


def _behind(analysis: Analysis, index: int, first: int = 0) -> set[int]:
    """Finds all layers that a layer depends on, itself included, from the layer `first` on."""
    found: set[int] = set()
    waiting = [index]
    while waiting and len(found) <= MAX_BRANCH:
        layer = waiting.pop()
        if layer not in found and layer >= first:
            found.add(layer)
            waiting += analysis.expansion.nodes[layer].inputs
    return found
