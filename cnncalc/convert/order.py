"""The order of the layers of a graph: each behind those that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from cnncalc.convert.graph import GraphLayer, ReadingProblem, Reference
from cnncalc.errors import quote


def name_in(reference: Reference) -> str:
    """Returns the name of the layer or input that a reference means."""
    return reference if isinstance(reference, str) else reference[0]


def in_order(layers: Sequence[GraphLayer], inputs: Iterable[str]) -> list[GraphLayer]:
    """Sorts layers so that each stands behind those that it reads, and else as they stood.

    Raises: ReadingProblem: two have one name; one reads what is not there, or in the end itself.
    """
    index_of: dict[str, int] = {}
    for index, layer in enumerate(layers):
        if layer.name in index_of:
            message = f"two layers are called {quote(layer.name)}"
            raise ReadingProblem("damaged-file", message, place=layer.place or layer.name)
        index_of[layer.name] = index
    known = set(inputs)
    readers: list[list[int]] = [[] for _ in layers]
    waiting = [0] * len(layers)
    for index, layer in enumerate(layers):
        sources = {name_in(reference) for reference in layer.inputs} | ({layer.share} if layer.share else set())
        for name in sources:
            if name in index_of:
                readers[index_of[name]].append(index)
                waiting[index] += 1
            elif name not in known:
                raise ReadingProblem(
                    "dangling-reference", f"{quote(layer.name)} reads {quote(name)}, which is not in the file",
                    place=layer.place or layer.name, expected="the name of a layer or an input", found=quote(name),
                    suggestion="the file is not complete: save the model once more",
                )  # fmt: skip
    ready = [index for index, count in enumerate(waiting) if count == 0]
    heapify(ready)
    order: list[GraphLayer] = []
    while ready:
        index = heappop(ready)
        order.append(layers[index])
        for reader in readers[index]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                heappush(ready, reader)
    if len(order) < len(layers):
        stuck = next(layer for layer, count in zip(layers, waiting, strict=True) if count)
        raise ReadingProblem(
            "graph-cycle", f"{quote(stuck.name)} waits for its own output, or for that of layers that do",
            place=stuck.place or stuck.name, expected="a net without a cycle",
            suggestion="a recurrent net is written with a recurrent layer, such as LSTM",
        )  # fmt: skip
    return order


def depth_first(layers: Sequence[GraphLayer]) -> list[GraphLayer]:
    """Sorts layers, which are in order, so that each branch stands together, one behind the other."""
    index_of = {layer.name: index for index, layer in enumerate(layers)}
    readers: list[list[int]] = [[] for _ in layers]
    waiting = [0] * len(layers)
    for index, layer in enumerate(layers):
        sources = {name_in(reference) for reference in layer.inputs} | ({layer.share} if layer.share else set())
        for source in sources & index_of.keys():
            readers[index_of[source]].append(index)
            waiting[index] += 1
    ready = [index for index in reversed(range(len(layers))) if waiting[index] == 0]
    order: list[GraphLayer] = []
    while ready:
        index = ready.pop()
        order.append(layers[index])
        for reader in readers[index]:
            waiting[reader] -= 1
        ready += [reader for reader in reversed(readers[index]) if waiting[reader] == 0]
    return order
