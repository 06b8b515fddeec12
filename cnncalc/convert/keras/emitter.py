"""The layers that the calls of a Keras model come to, and which tensor is whose output."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnncalc.convert.graph import GraphLayer, ReadingProblem, Reference
from cnncalc.convert.keras.layers import KerasLayer
from cnncalc.convert.keras.nodes import Call, KerasTensor
from cnncalc.convert.names import unique_name
from cnncalc.errors import quote
from cnncalc.tensor import Shape


@dataclass(slots=True)
class Net:
    """A model while it is read: its inputs in order, and the layers that its calls have come to."""

    inputs: dict[str, Shape | None]
    layers: list[GraphLayer] = field(default_factory=list)
    reads: list[list[KerasTensor]] = field(default_factory=list)
    """What each of the layers reads."""
    produced: dict[KerasTensor, Reference | KerasTensor] = field(default_factory=dict)
    """What each tensor is: the output of a layer, or another tensor, if a call does nothing."""
    shapes: dict[KerasTensor, Shape] = field(default_factory=dict)
    """The shapes that the file records of tensors."""
    used: set[str] = field(default_factory=set)


class Emitter:
    """What the readers of single layers and operations write to: the layers of one call."""

    def __init__(self, net: Net, layer: KerasLayer, number: int, call: Call) -> None:
        self.net, self.layer, self.number, self.call = net, layer, number, call
        self.inner = 0

    def shape_of(self, tensor: KerasTensor) -> Shape | None:
        """Returns the shape that the file records of a tensor."""
        return self.net.shapes.get(tensor)

    def output(self, index: int = 0) -> KerasTensor:
        return KerasTensor(self.layer.name, self.number, index)

    def emit(
        self,
        kind: str,
        arguments: dict[str, object],
        reads: list[KerasTensor],
        to: KerasTensor | None = None,
        share: str | None = None,
    ) -> KerasTensor:
        """Adds a layer; `to` is the tensor that comes out of it, a new one inside the call unless told."""
        if to is None:
            self.inner += 1
            to = KerasTensor(self.layer.name, self.number, -self.inner)
        name = self.layer.name if self.number == 0 else f"{self.layer.name}:{self.number}"
        name = unique_name(name, self.net.used, {})
        self.net.used.add(name)
        made = GraphLayer(
            name, kind, arguments, trainable=not self.layer.frozen, share=share, shape=self.net.shapes.get(to),
            place=self.layer.place,
        )  # fmt: skip
        self.net.layers.append(made)
        self.net.reads.append(reads)
        self.net.produced[to] = name
        return to

    def name_outputs(self, names: tuple[str, ...]) -> None:
        """Names the outputs of the layer that was added last, behind the first."""
        made = self.net.layers[-1]
        made.outputs = names
        for index in range(1, len(names) + 1):
            self.net.produced[self.output(index)] = (made.name, index)

    def pass_on(self, source: KerasTensor, to: KerasTensor | None = None) -> None:
        """Leaves the call out: what comes out is what it reads."""
        self.net.produced[to or self.output()] = source


def resolve(net: Net, tensor: KerasTensor, place: str) -> Reference:
    """Finds the layer or the input that a tensor comes from. Raises: ReadingProblem."""
    seen = 0
    found: Reference | KerasTensor | None = tensor
    while isinstance(found, KerasTensor):
        seen += 1
        before, found = found, net.produced.get(found)
        if found is None:
            raise ReadingProblem(
                "dangling-reference", f"{quote(before.layer)} is read, but the file has no such output of it",
                place=place, found=f"{before.layer}, call {before.node}, output {before.output}",
                suggestion="the file is not complete: save the model once more",
            )  # fmt: skip
        if seen > len(net.produced):
            message = f"{quote(tensor.layer)} waits for its own output"
            raise ReadingProblem("graph-cycle", message, place=place)
    assert found is not None
    return found
