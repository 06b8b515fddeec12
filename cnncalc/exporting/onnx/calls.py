"""A layer while it is written in ONNX: what it reads, where the channels are, and the operations it becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from cnncalc.analysis.counts import LayerCounts
from cnncalc.exporting.onnx.messages import Attribute, Operation, floats_message, integers_message
from cnncalc.layers.base import Layer
from cnncalc.tensor import Shape, Size

BATCH: Final = "N"
"""The name of the batch's size."""
L = TypeVar("L", bound=Layer)


class Lacking(Exception):
    """ONNX can't say a layer; the text says why."""


@dataclass
class Tensor:
    """A layer's output: its name, its sizes without the batch (channels-last), and how ONNX has it laid out."""

    name: str
    shape: Shape
    is_first: bool
    """Whether the channels stand behind the batch, as maps have them; else at the end."""
    batch: str | int = BATCH
    """The size of the batch's axis: 1 for a tensor that is the same for all."""

    def dims(self) -> list[int | str | None]:
        """The sizes in ONNX's order."""
        shape = (self.shape[-1], *self.shape[:-1]) if self.is_first else self.shape
        return [self.batch, *shape]


def channels_moved(rank: int, first: bool) -> list[int]:
    """Gives the permutation that moves the channels behind the batch, or from there to the end."""
    return [0, rank, *range(1, rank)] if first else [0, *range(2, rank + 1), 1]


class Net:
    """The operations and weights of the whole net so far."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.weights: dict[str, tuple[int, ...]] = {}
        self._names: set[str] = set()
        self._moved: dict[tuple[str, bool], str] = {}

    def unique(self, name: str) -> str:
        """Makes a name that no other tensor or operation has."""
        found, number = name, 1
        while found in self._names:
            number += 1
            found = f"{name}_{number}"
        self._names.add(found)
        return found

    def laid_out(self, x: Tensor, first: bool) -> str:
        """Gives the name of a tensor with the channels at a place; they are moved there once for all readers."""
        if x.is_first == first or len(x.shape) < 2:
            return x.name
        key = (x.name, first)
        if key not in self._moved:
            order = channels_moved(len(x.shape), first)
            name = self.unique(f"{x.name}:channels_{'first' if first else 'last'}")
            self.operations.append(Operation("Transpose", [x.name], name, name, {"perm": order}))
            self._moved[key] = name
        return self._moved[key]


class Call:
    """What a translator reads and writes with. `first` says where the result has its channels."""

    def __init__(
        self, net: Net, name: str, owner: str, layer: Layer, figures: LayerCounts, inputs: Sequence[Tensor]
    ) -> None:
        self.net, self.name, self.owner, self.layer, self.inputs = net, name, owner, layer, inputs
        self.figures = figures
        self.first = bool(inputs) and inputs[0].is_first
        self.batch: str | int = 1 if inputs and all(x.batch == 1 for x in inputs) else BATCH
        self.operations: list[Operation] = []

    @property
    def kind(self) -> str:
        return self.layer.kind

    @property
    def x(self) -> Shape:
        """The shape of the first input, channels-last without the batch."""
        return self.inputs[0].shape

    @property
    def y(self) -> Shape:
        """The shape of the output."""
        return self.figures.output.shape

    def known(self, size: Size) -> int:
        """Gives a size that ONNX has to be told. Raises: Lacking: if it is unknown."""
        if size is None:
            raise Lacking("ONNX has to be told a size that is unknown")
        return size

    def channels(self) -> int:
        """The number of channels of the first input."""
        return self.known(self.x[-1])

    def as_kind(self, cls: type[L]) -> L:
        """Gives the layer as one of a class."""
        assert isinstance(self.layer, cls)
        return self.layer

    # What is read -----------------------------------------------------------------------------------------------

    def read_first(self) -> str:
        """Reads the first input with its channels behind the batch."""
        self.first = True
        return self.net.laid_out(self.inputs[0], True)

    def read_last(self) -> str:
        """Reads the first input with its channels at the end."""
        self.first = False
        return self.net.laid_out(self.inputs[0], False)

    def read(self) -> str:
        """Reads the first input as it is."""
        self.first = self.inputs[0].is_first
        return self.inputs[0].name

    def read_all(self) -> list[str]:
        """Reads all inputs alike: with the channels behind the batch if one of them has them there."""
        self.first = any(x.is_first for x in self.inputs) and len({len(x.shape) for x in self.inputs}) == 1
        return [self.net.laid_out(x, self.first) for x in self.inputs]

    def axis(self, axis: int, rank: int | None = None) -> int:
        """Finds the place of one of Keras's axes, the batch counted, in a tensor laid out like the result."""
        rank = len(self.x) if rank is None else rank
        axis = axis if axis >= 0 else rank + 1 + axis
        if not self.first or rank < 2 or axis == 0:
            return axis
        return 1 if axis == rank else axis + 1

    def weight(self, name: str, *dims: Size) -> str:
        """Names a weight tensor, that of its owner if it is shared."""
        full = f"{self.owner}.{name}"
        if full not in self.net.weights:
            self.net.unique(full)
            self.net.weights[full] = tuple(self.known(size) for size in dims)
        return full

    def integers(self, *numbers: int) -> str:
        """Writes a constant of integers."""
        return self.op("Constant", value=integers_message(numbers))

    def floats(self, numbers: Sequence[float], *dims: int) -> str:
        """Writes a constant of floats; a single number unless there are sizes."""
        return self.op("Constant", value=floats_message(numbers, dims))

    def filled(self, value: float, size: int) -> str:
        """Writes a constant in the place of a weight that a layer does not have."""
        return self.floats([value] * size, size)

    # What is made -----------------------------------------------------------------------------------------------

    def op(self, kind: str, *inputs: str, **attributes: Attribute) -> str:
        """Adds an operation; returns the name of what it makes."""
        output = self.net.unique(f"{self.name}:{kind.lower()}")
        self.operations.append(Operation(kind, list(inputs), output, output, attributes))
        return output

    def finish(self, result: str, is_output: bool) -> Tensor:
        """Gives the layer's name to the result, and to the operation with the weights or else the last one.

        Maps leave the net as they enter it, with their channels behind the batch.
        """
        rank = len(self.y)
        if is_output and rank > 2 and not self.first:
            result = self.op("Transpose", result, perm=channels_moved(rank, True))
            self.first = True
        if not self.operations or self.operations[-1].output != result:
            result = self.op("Identity", result)
        last = self.operations[-1]
        weighted = (each for each in self.operations if any(name in self.net.weights for name in each.inputs))
        next(weighted, last).name = self.name
        last.output = self.name
        self.net.operations += self.operations
        return Tensor(self.name, self.y, self.first and rank > 1, self.batch)


Translator = Callable[[Call], str]
"""Writes a layer's operations; returns the name of its result. Raises: Lacking."""
