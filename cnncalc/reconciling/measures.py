"""What each layer of a net has: parameters of several sorts, operations by several counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.counts import LayerCounts, count_layer
from cnncalc.errors import Problem
from cnncalc.expansion.nodes import Node, UnresolvedLayer
from cnncalc.formula import ExpressionError, formula
from cnncalc.layers.base import Layer, Weight
from cnncalc.profile.counters import amounts, parts, symbols
from cnncalc.profile.profilers import COUNTERS
from cnncalc.reconciling.readings import Measure
from cnncalc.tensor import Shape, Tensor

Measures = dict[Measure, int | None]
"""A number for each measure; `None` where it is not known."""

PASSED_THROUGH: Final = frozenset({"batch normalization", "normalization", "activation", "dropout"})
"""Families that may stand between two layers that belong together."""


@dataclass(frozen=True)
class Net:
    """A net's nodes with their layers and figures: an analysis without fields, or what a variant makes of one."""

    nodes: Sequence[Node]
    layers: Sequence[Layer]
    figures: Sequence[LayerCounts]

    @classmethod
    def of(cls, analysis: Analysis) -> Net:
        return cls(analysis.expansion.nodes, analysis.layers, analysis.figures)

    def readers(self) -> list[list[int]]:
        """Returns the nodes that read each node."""
        readers: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                readers[source].append(index)
        return readers

    def next_layer(self, index: int, readers: Sequence[Sequence[int]]) -> int | None:
        """Returns the layer behind a node, normalisations and activations passed by; `None` where the way divides or
        ends.
        """
        while len(readers[index]) == 1:
            (index,) = readers[index]
            if self.layers[index].family not in PASSED_THROUGH:
                return index
        return None


class VariantBuilder:
    """Makes variants of one net and measures them. What is known of a layer on an input is found once."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self._figures: dict[tuple[Layer, tuple[Tensor, ...]], LayerCounts] = {}
        self._measures: dict[int, Measures] = {}
        self.normalizations = self._normalizations()

    def varied(self, layers: Mapping[int, Layer], inputs: Mapping[int, Shape] | None = None) -> Net | None:
        """Returns the net with other layers at some nodes, and other shapes at its inputs; `None` where that does not
        fit.
        """
        net, inputs = self.net, inputs or {}
        changed = {*layers, *inputs}
        counts: list[LayerCounts] = list(net.figures)
        try:
            for index, node in enumerate(net.nodes):
                if index not in changed and not any(source in changed for source in node.inputs):
                    continue
                tensors = tuple(counts[source].output for source in node.inputs) or (Tensor(inputs[index]),)
                if isinstance(node.layer, UnresolvedLayer) and self._has_other_channels(node, counts):
                    return None  # its arguments would have to be found anew
                counts[index] = self._counted(layers.get(index, net.layers[index]), tensors)
                if counts[index].output != net.figures[index].output:
                    changed.add(index)
        except (Problem, ExpressionError):
            return None
        return Net(net.nodes, [layers.get(index, layer) for index, layer in enumerate(net.layers)], counts)

    def _has_other_channels(self, node: Node, counts: Sequence[LayerCounts]) -> bool:
        return any(counts[source].output.channels != self.net.figures[source].output.channels for source in node.inputs)

    def _counted(self, layer: Layer, inputs: tuple[Tensor, ...]) -> LayerCounts:
        key = layer, inputs
        if key not in self._figures:
            self._figures[key] = count_layer(layer, inputs)
        return self._figures[key]

    def totals(self, net: Net, without: frozenset[int] = frozenset()) -> Measures:
        """Sums the measures over a net's nodes but for some; what a node shares counts at its owner."""
        alike = Counter(self._sort(net, index, node) for index, node in enumerate(net.nodes) if index not in without)
        index_of = {id(counts): index for index, counts in enumerate(net.figures)}
        totals: Measures = {}
        for (counts, *sort), number in alike.items():
            for name, value in self._of_sort(net, index_of[counts], *sort).items():
                total = totals.get(name, 0)
                totals[name] = None if total is None or value is None else total + number * value
        return totals

    def _sort(self, net: Net, index: int, node: Node) -> tuple[int, bool, bool, bool]:
        """Is the same for nodes that have the same measures."""
        return id(net.figures[index]), node.owner is not None, node.frozen, index in self.normalizations

    def _of_sort(self, net: Net, index: int, is_shared: bool, is_frozen: bool, is_folded: bool) -> Measures:
        counts, inputs = net.figures[index], net.nodes[index].inputs
        if id(counts) not in self._measures:
            x = net.figures[inputs[0]].output.shape if inputs else counts.output.shape
            self._measures[id(counts)] = _of_layer(net.layers[index], counts, x)
        found = self._measures[id(counts)]
        if is_shared:
            return found | dict.fromkeys(_WEIGHTS, 0) | {"folded_biases": 0}
        return found | {
            "folded_biases": found["biases"] if is_folded else 0,
            "trainable": 0 if is_frozen else found["learned"],
        }

    def _normalizations(self) -> dict[int, int]:
        """Finds the convolutions that nothing but a batch normalisation reads, each with that normalisation."""
        readers = self.net.readers()
        return {
            index: readers[index][0]
            for index, layer in enumerate(self.net.layers)
            if layer.family == "convolution"
            and len(readers[index]) == 1
            and self.net.layers[readers[index][0]].family == "batch normalization"
        }


_WEIGHTS: Final = ("params", "learned", "trainable", "statistics", "biases", "kernels")


def _of_layer(layer: Layer, counts: LayerCounts, x: Shape) -> Measures:
    def weights(*chosen: Weight) -> int | None:
        return formula(" + ".join(weight.text for weight in chosen) or "0").integer(counts.symbols)

    is_convolution, is_dense = layer.family == "convolution", layer.family == "dense"
    biases = [weight for weight in counts.weights if weight.name == "bias"]
    kernels = [weight for weight in counts.weights if (is_convolution or is_dense) and weight.name != "bias"]
    found: Measures = {
        "params": counts.params.value,
        "learned": counts.trainable_params.value,
        "statistics": weights(*(weight for weight in counts.weights if not weight.trainable)),
        "biases": weights(*biases),
        "kernels": weights(*kernels),
        "macs": counts.macs.value,
        "convolution_macs": counts.macs.value if is_convolution else 0,
        "bias_adds": formula("instances*prod(y)").integer(counts.symbols) if biases else 0,
        "flops": counts.flops.value,
        "notes_ops": counts.ops.value if counts.ops.text is not None else 0,
        "neurons": counts.neurons.value,
    }
    layer_parts, found_symbols = list(parts(layer)), symbols(layer, counts, x)
    for counter in COUNTERS.values():
        total: int | None = 0
        for _, _, amount in amounts(counter, layer_parts, counts.output.instances, found_symbols):
            total = None if total is None or amount is None else total + amount
        found[f"counter {counter.name}"] = total
    return found
