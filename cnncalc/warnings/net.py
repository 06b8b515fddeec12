"""A net as the rules of warnings see it: its nodes with their layers and shapes, who reads whom, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from cnncalc.expansion.nodes import Expansion, Instance, Node
from cnncalc.layers.activation import ActivationLayer
from cnncalc.layers.base import Layer
from cnncalc.tensor import Tensor

WEIGHTED: Final = frozenset({"convolution", "dense"})
"""The families that mix their inputs with weights."""

_BETWEEN: Final = frozenset(
    {"activation", "dropout", "flatten", "batch normalization", "normalization", "pooling", "global pooling"}
)
_HEAD: Final = WEIGHTED | {"activation", "dropout", "flatten", "batch normalization", "normalization"}


class Net:
    """An expansion with what its analysis found, as lists by node.

    `covers` tells whether the exact field of a node is as large as the input on every axis; None if it is not known.
    """

    def __init__(
        self,
        expansion: Expansion,
        layers: Sequence[Layer],
        outputs: Sequence[Tensor],
        covers: Callable[[int], bool | None],
    ) -> None:
        self.expansion, self.layers, self.outputs, self.covers = expansion, layers, outputs, covers
        self.nodes: list[Node] = expansion.nodes
        self.results: frozenset[int] = frozenset(expansion.outputs)
        """The nodes that are outputs of the model."""
        self.readers: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                self.readers[source].append(index)
        self._models: dict[int, Instance | None] = {}

    def source(self, index: int) -> int:
        """Returns the first node that a node reads."""
        return self.nodes[index].inputs[0]

    def shape_read(self, index: int) -> tuple[int | None, ...]:
        """Returns the shape of what a node reads, of a merge the first."""
        return self.outputs[self.source(index)].shape

    def activation(self, index: int) -> str:
        """Names the activation that a node ends with, its own or the one fused into it; `linear` for none."""
        layer = self.layers[index]
        name: str = layer.function() if isinstance(layer, ActivationLayer) else getattr(layer, "activation", "linear")
        return name

    def has_trainable_weights(self, index: int) -> bool:
        """Tells whether training changes a weight of a node, if nothing freezes it."""
        return bool(self.nodes[index].inputs) and any(
            weight.trainable for weight in self.layers[index].weights(self.shape_read(index))
        )

    def model_around(self, instance: Instance) -> Instance | None:
        """Finds the outermost `Model` that a place stands in; None outside of all."""
        key = id(instance)
        if key not in self._models:
            outer = instance.outer
            around = self.model_around(outer) if outer is not None else None
            is_model = outer is not None and instance.identity is not None
            self._models[key] = around or (instance if is_model else None)
        return self._models[key]

    @cached_property
    def families(self) -> frozenset[str]:
        """The families of all layers outside of any `Model`."""
        return frozenset(
            layer.family
            for node, layer in zip(self.nodes, self.layers, strict=True)
            if self.model_around(node.instance) is None
        )

    @cached_property
    def feeds_weights(self) -> list[bool]:
        """Per node, whether a convolution or Dense layer reads it, directly or behind what has no weights."""
        return self._backwards(lambda reader, behind: self._is_one_of(reader, WEIGHTED)
                               or (self._is_one_of(reader, _BETWEEN) and behind), any)  # fmt: skip

    @cached_property
    def is_head(self) -> list[bool]:
        """Per node, whether nothing but the last layers of a classifier stand between it and the outputs."""
        return self._backwards(lambda reader, behind: self._is_one_of(reader, _HEAD) and behind, all)

    def _is_one_of(self, index: int, families: frozenset[str]) -> bool:
        return self.layers[index].family in families

    def _backwards(self, follows: Callable[[int, bool], bool], several: Callable[[list[bool]], bool]) -> list[bool]:
        """Goes from the last node to the first: `follows` says it of a reader, `several` of all readers of a node."""
        found = [False] * len(self.nodes)
        for index in range(len(self.nodes) - 1, -1, -1):
            if self.readers[index]:
                found[index] = several([follows(reader, found[reader]) for reader in self.readers[index]])
            else:
                found[index] = several is all and index in self.results
        return found
