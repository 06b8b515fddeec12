"""A layer of a program while it is written: what its arguments are called, and what they come to at each use."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cnncalc.exporting.program.expressions import Code, constant, literal
from cnncalc.exporting.program.steps import Function, Key, LayerStep, NotShared
from cnncalc.layers.base import Layer
from cnncalc.tensor import Shape


class Lacking(Exception):
    """A framework lacks a layer, or an argument of it. The message is a clause: `Keras has no transposed groups`."""


class Call:
    """A step's layer with its arguments, for the function that it stands in."""

    def __init__(self, step: LayerStep, function: Function) -> None:
        self.step = step
        self.function = function
        self.key: Key | None = function.key
        self.uses = [use for use, layer in enumerate(step.layers) if layer is not None]

    @property
    def kind(self) -> str:
        return self.step.kind

    @property
    def layer(self) -> Layer:
        """The layer of the first use."""
        return self.step.some_layer

    def same(self, compute: Callable[[int], object]) -> object:
        """Computes something for each use. Raises: NotShared: if it is not the same for all of them."""
        found = {repr(value): value for value in map(compute, self.uses)}
        if len(found) > 1:
            raise NotShared({self.key} if self.key is not None else set())
        return next(iter(found.values()))

    def all_are(self, holds: Callable[[Layer], bool]) -> bool:
        """Tells whether something holds for the layers of all uses. Raises: NotShared: if for some of them."""
        return bool(self.same(lambda use: holds(self.at(use))))

    def at(self, use: int) -> Layer:
        """Returns the layer of a use."""
        layer = self.step.layers[use]
        assert layer is not None
        return layer

    def read_shape(self, use: int, place: int = 0) -> Shape:
        """Returns the shape of one of the tensors that it reads."""
        shape = self.step.inputs[place].shapes[use]
        assert shape is not None
        return shape

    def squeezed_axes(self) -> tuple[int, ...]:
        """Returns the axes that a Squeeze takes out, counted with the batch. Raises: NotShared: if uses differ."""

        def axes(use: int) -> tuple[int, ...]:
            given: tuple[int, ...] | None = getattr(self.at(use), "axis", None)
            if given is not None:
                return given
            return tuple(place + 1 for place, size in enumerate(self.read_shape(use)) if size == 1)

        found = self.same(axes)
        assert isinstance(found, tuple)
        return found

    def made_shape(self, use: int) -> Shape:
        """Returns the shape of what comes out."""
        shape = self.step.target.shapes[use]
        assert shape is not None
        return shape

    def rank(self, place: int = 0) -> int:
        """Returns the number of axes of one of the tensors that it reads, without the batch."""
        rank = self.same(lambda use: len(self.read_shape(use, place)))
        assert isinstance(rank, int)
        return rank

    def size(self, axis: int) -> int | None:
        """Returns the size of an axis of the first tensor, counted as in Keras. Raises: NotShared: if uses differ."""
        size = self.same(lambda use: self.read_shape(use)[axis - 1])
        assert size is None or isinstance(size, int)
        return size

    def code(self, argument: str) -> Code:
        """Returns the expression of an argument, its default's if it is not given."""
        if argument in self.step.arguments:
            return self.step.arguments[argument]
        value = type(self.layer).model_fields[argument].default
        return constant(value)

    def text(self, argument: str) -> str:
        """Returns an argument as Python."""
        return self.code(argument).text()

    def has(self, argument: str) -> bool:
        """Tells whether an argument is given."""
        return argument in self.step.arguments

    def value(self, argument: str) -> object:
        """Returns an argument as the layers hold it. Raises: NotShared: if uses differ."""
        return self.same(lambda use: getattr(self.at(use), argument))


def sizes_text(sizes: Sequence[int]) -> str:
    """Writes sizes as Python: one number if all are equal."""
    return str(sizes[0]) if len(set(sizes)) == 1 else literal(tuple(sizes))


def bounds(call: Call) -> str:
    """Writes the bounds of a slice."""
    start, stop = call.code("start"), call.code("stop")
    left = "" if start == constant(0) else start.text()
    right = "" if stop == constant(None) else stop.text()
    space = "" if all(re.fullmatch(r"-?\w*", text) for text in (left, right)) else " "
    text = f"{left}{space if left else ''}:{space if right else ''}{right}"
    step = call.text("step") if call.kind == "Slice" else "1"
    return text if step == "1" else f"{text}{space}:{space}{step}"
