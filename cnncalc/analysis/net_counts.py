"""The counts of a whole net: neurons, parameters and operations, in one pass over its nodes.

What needs no receptive field is here; `cnncalc.analysis.analyze` adds the fields. A sweep goes over many nets that are
alike: they share what was computed of layers, as `Known`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cnncalc.analysis.counts import LayerCounts, count_layer, shown_weights, weight_shapes
from cnncalc.analysis.figures import added_figures
from cnncalc.analysis.long_numbers import check_elements
from cnncalc.analysis.report import ExactFigures, ExactTotals, Extent, NotesFigures, NotesTotals, Row, Totals
from cnncalc.conventions.convention import CONVENTIONS
from cnncalc.errors import Problem, quote
from cnncalc.expansion.nodes import Expansion, Layers, Node, UnresolvedLayer
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.spec.values import Value, key_of
from cnncalc.tensor import Tensor, total

HASHED: Final = sys.hash_info.modulus
"""Integers below it have hashes of their own."""


@dataclass(eq=False, slots=True)
class Known:
    """What was computed of layers: those that say the same are one object, and each is counted once on each input."""

    layers: Layers = field(default_factory=Layers)
    late: dict[tuple[object, ...], Layer] = field(default_factory=dict)
    """The layers whose arguments waited, by what they came to."""
    counts: dict[tuple[Layer, tuple[Tensor, ...]], LayerCounts] = field(default_factory=dict)


class NetCounts:
    """The state of the pass: per node its layer and counts. After `run` everything can be asked about."""

    def __init__(
        self,
        expansion: Expansion,
        convention: str = "notes",
        known: Known | None = None,
        variables: Mapping[int, Value] | None = None,
    ) -> None:
        """Takes `variables`, the values of vars that the expansion left open, by the `id` of what stands for them."""
        self.expansion = expansion
        self.convention = CONVENTIONS[convention]
        self.figures: list[LayerCounts] = []
        self.layers: list[Layer] = []
        self.known = known or Known()
        self._huge: set[int] = set()
        """The nodes whose sizes are so large that Python's hashes of them would meet, and a dict be slow."""
        self._built: dict[UnresolvedLayer, Layer] = {}
        self._late_values: dict[int, Value] = dict(variables or {})

    def run(self) -> None:
        """Computes every node. Raises: Problem: at the first one that does not fit; those before it are kept."""
        for node in self.expansion.nodes:
            self.count(node)

    def count(self, node: Node) -> None:
        """Computes the next node. Raises: Problem: if it does not fit."""
        layer = node.layer
        if not isinstance(layer, Layer):
            layer = (self._built.get(layer) if layer else None) or self.late(layer)
        figures, sources = self.figures, node.inputs
        if len(sources) == 1:  # most layers of a net, and this is done for every layer of every point of a sweep
            inputs: tuple[Tensor, ...] = (figures[sources[0]].output,)
        elif not sources and isinstance(layer, InputLayer):
            inputs = (Tensor(layer.shape),)
            check_elements(inputs[0])
        else:
            inputs = tuple([figures[index].output for index in sources])
        counts = self.known.counts.get((layer, inputs)) or self._count_anew(node, layer, inputs)
        if node.owner is not None:
            self._check_shared(node, counts)
        self.layers.append(layer)
        self.figures.append(counts)

    def late(self, late: UnresolvedLayer | None) -> Layer:
        """Builds a layer whose arguments waited for shapes or for vars. Raises: Problem."""
        assert late is not None, "an expansion with mistakes is not analysed"
        resolved = late.resolved_waiting(lambda node: self.figures[node].output.channels, self._late_values)
        key = (late, *map(key_of, resolved.values()))
        layer = self.known.late.get(key)
        if layer is None:
            layer = self.known.late[key] = self.known.layers.build(late.kind, {**late.values, **resolved})
        self._built[late] = layer
        return layer

    def _count_anew(self, node: Node, layer: Layer, inputs: tuple[Tensor, ...]) -> LayerCounts:
        """Returns the figures of a layer on these inputs, for all nodes that are alike."""
        counts = count_layer(layer, inputs, self.convention)
        if self._huge.isdisjoint(node.inputs):
            self.known.counts[layer, inputs] = counts
        check_elements(counts.output)
        if any(size is not None and size >= HASHED for size in counts.output.shape):
            self._huge.add(len(self.figures))
        return counts

    def _check_shared(self, node: Node, counts: LayerCounts) -> None:
        owner = self.expansion.nodes[node.owner or 0]
        theirs, ours = weight_shapes(self.figures[node.owner or 0]), weight_shapes(counts)
        if not theirs and node.owner_written:
            raise Problem("bad-share", f"{quote(owner.name)} has no weights to share", suggestion="leave share out")
        if theirs != ours:
            raise Problem(
                "bad-share",
                f"the weights of {quote(owner.name)} do not fit here: their shapes differ",
                expected=shown_weights(counts),
                found=shown_weights(self.figures[node.owner or 0]),
            )

    # Rows and totals ----------------------------------------------------------------------------------------------

    def row(self, index: int) -> Row:
        """Returns the row of a node."""
        nodes = self.expansion.nodes
        node, counts = nodes[index], self.figures[index]
        owner = self._owner(index)
        return Row(
            name=node.name,
            type=node.kind,
            path=node.instance.path,
            inputs=tuple([nodes[source].name for source in node.inputs]),
            output_shape=counts.output.shape,
            instances=counts.output.instances,
            neurons=counts.neurons.value,
            params=counts.params.value,
            trainable_params=self._trainable(index, owner),
            shared_with=None if owner is None else nodes[owner].name,
            notes=self._notes(index),
            exact=self._exact(index),
            convention=self.convention.name,
            added={key: quantity.value for key, quantity in counts.added.items()},
        )

    def totals(self) -> Totals:
        """Returns the sums over all nodes; shared weights count at their owner."""
        figures = self.figures
        params, trainable = [], []
        for node, counts in zip(self.expansion.nodes, figures, strict=True):
            if node.owner is None or not counts.weights:
                params.append(counts.params.value)
                own = counts.trainable_params.value
                trainable.append(0 if node.frozen and own is not None else own)
        counted_ops = [counts.ops.value for counts in figures if counts.ops.text is not None]
        counted_macs = [counts.macs.value for counts in figures if counts.macs.text is not None]
        counted_flops = [counts.flops.value for counts in figures if counts.flops.text is not None]
        notes_field, exact_field = self._fields_of_outputs()
        return Totals(
            neurons=total([counts.neurons.value for counts in figures]),
            params=total(params),
            trainable_params=total(trainable),
            notes=NotesTotals(notes_field, total(counted_ops)),
            exact=ExactTotals(exact_field, total(counted_macs), total(counted_flops)),
            convention=self.convention.name,
            added={
                figure.key: total([counts.added[figure.key].value for counts in figures]) for figure in added_figures()
            },
        )

    def _owner(self, index: int) -> int | None:
        """Returns the node whose weights a node reuses."""
        return self.expansion.nodes[index].owner if self.figures[index].weights else None

    def _trainable(self, index: int, owner: int | None) -> int | None:
        trainable = self.figures[index].trainable_params.value
        frozen = self.expansion.nodes[index if owner is None else owner].frozen
        return 0 if frozen and trainable is not None else trainable

    # What an analysis with receptive fields knows -------------------------------------------------------------------

    def _notes(self, index: int) -> NotesFigures:
        """Returns the figures of a node in the course's convention."""
        return NotesFigures(None, self.figures[index].ops.value, self.figures[index].basis)

    def _exact(self, index: int) -> ExactFigures:
        """Returns the exact figures of a node."""
        counts = self.figures[index]
        return ExactFigures(None, None, None, counts.macs.value, counts.flops.value)

    def _fields_of_outputs(self) -> tuple[Extent, Extent]:
        """Returns the receptive fields of the net: the course's and the exact one."""
        return None, None
