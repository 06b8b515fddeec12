"""A model as one layer: what stands inside of a wrapper, with the figures of all its layers together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from pydantic import PrivateAttr

from cnncalc.errors import Problem, Span, quote
from cnncalc.formula import Symbol, Symbols, formula
from cnncalc.layers import registry
from cnncalc.layers.base import Layer, Term, Weight
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import Merge
from cnncalc.layers.output_terms import layer_symbols
from cnncalc.receptive_fields.reach import Composed, ComposedStep, Reach
from cnncalc.records import entity
from cnncalc.tensor import Shape, Size, Tensor, total


class Waiting(Protocol):
    """A layer some of whose arguments wait for a shape."""

    @property
    def kind(self) -> str: ...

    def resolved(self, channels: Callable[[int], int | None]) -> Mapping[str, object]: ...


class Part(Protocol):
    """A layer of the model. `inputs` and `owner` (of shared weights) are indices of earlier parts; 0 is the input."""

    @property
    def name(self) -> str: ...
    @property
    def inputs(self) -> tuple[int, ...]: ...
    @property
    def layer(self) -> Layer | Waiting | None: ...
    @property
    def frozen(self) -> bool: ...
    @property
    def owner(self) -> int | None: ...
    @property
    def place(self) -> Span | None: ...


@entity
class Counted:
    """A model that reads a tensor of one shape: its layers, their outputs, and the figures of all of them together.

    `None` is a figure that depends on a size that is unknown. `is_counted`: whether the operations of every layer are.
    """

    layers: list[Layer]
    outputs: list[Tensor]
    trained: int | None
    statistics: int | None
    macs: int | None
    flops: int | None
    is_counted: bool


class InnerModel(Layer):
    """A model that reads one tensor, as one layer. It is no kind of the spec language: a wrapper's `model` makes it.

    Shape: as behind its last layer. Parameters and operations are the sums over its layers.
    """

    family = "wrapper"
    uncounted = "a layer inside is not counted"

    _parts: Sequence[Part] = PrivateAttr()
    _result: int = PrivateAttr()
    _known: dict[Shape, Counted] = PrivateAttr(default_factory=dict)

    def __init__(self, parts: Sequence[Part], result: int) -> None:
        """Takes `parts`, which begin with the input that has no layer, and the index `result` of what comes out."""
        super().__init__()
        self._parts, self._result = parts, result

    @property
    def parts(self) -> Sequence[Part]:
        return self._parts

    @property
    def result(self) -> int:
        return self._result

    @property
    def known(self) -> dict[Shape, Counted]:
        """The model as it was counted, by the shape that it reads."""
        return self._known

    def check_input(self, x: Shape) -> None:
        counted(self, x)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return tuple(Term("inner", {"inner": size}) for size in counted(self, x).outputs[self.result].shape)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        made = counted(self, x)
        weights = Weight("trained", "inner_trained"), Weight("statistics", "inner_statistics", trainable=False)
        amounts = made.trained, made.statistics
        return tuple(weight for weight, amount in zip(weights, amounts, strict=True) if amount != 0)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        made = counted(self, x)
        return super().symbols(x, y) | {
            "inner_trained": made.trained,
            "inner_statistics": made.statistics,
            "inner_macs": made.macs,
            "inner_flops": made.flops,
        }

    def macs(self) -> str | None:
        layers = [part.layer for part in self.parts]
        return None if any(isinstance(layer, Layer) and layer.macs() is None for layer in layers) else "inner_macs"

    def flops(self, x: Shape) -> str | None:
        return "inner_flops" if counted(self, x).is_counted else None

    def reach(self, x: Shape, y: Shape) -> Reach:
        made = counted(self, x)
        shapes = tuple(tensor.shape for tensor in made.outputs)
        is_constant: list[bool] = []
        steps: list[ComposedStep] = []
        for index, part in enumerate(self.parts):
            sources = part.inputs
            is_constant.append(index > 0 and all(is_constant[source] for source in sources))
            if index == 0:
                continue
            layer = made.layers[index]
            read = [shapes[source] for source in sources]
            operands: Sequence[tuple[Reach, Shape]] = ()
            if isinstance(layer, Merge):
                alone = sum(not is_constant[source] for source in sources) == 1
                operands = tuple(layer.operands(read, shapes[index], alone))
            is_beside = isinstance(layer, Merge) and layer.side_by_side
            reach = layer.reach(read[0] if read else shapes[index], shapes[index])
            steps.append(ComposedStep(part.name, sources, tuple(operands), is_beside, reach))
        return Composed(shapes, tuple(steps), self.result)


def counted(model: InnerModel, x: Shape) -> Counted:
    """Counts a model that reads a tensor of the shape `x`, once. Raises: Problem: if a layer of it does not fit."""
    if x not in model.known:
        model.known[x] = _count(model, x)
    return model.known[x]


def _count(model: InnerModel, x: Shape) -> Counted:
    layers: list[Layer] = []
    outputs: list[Tensor] = []
    trained: list[Size] = []
    statistics: list[Size] = []
    macs: list[Size] = []
    flops: list[Size] = []
    is_counted = True
    for part in model.parts:
        layer, output = _made(part, x, outputs)
        layers.append(layer)
        outputs.append(output)
        shapes = [outputs[source].shape for source in part.inputs]
        symbols = layer_symbols(layer, shapes, output.shape)
        read = shapes[0] if shapes else output.shape
        if part.owner is None:
            frozen = part.frozen
            for weight in layer.weights(read):
                amounts = trained if weight.trainable and not frozen else statistics
                amounts.append(formula(weight.text).integer(symbols))
        macs_text, flops_text = layer.macs(), layer.flops(read)
        is_counted = is_counted and macs_text is not None and flops_text is not None
        macs.append(_value(macs_text, symbols))
        flops.append(_value(flops_text, symbols | {"macs": macs[-1]}))
    return Counted(layers, outputs, total(trained), total(statistics), total(macs), total(flops), is_counted)


def _made(part: Part, x: Shape, outputs: Sequence[Tensor]) -> tuple[Layer, Tensor]:
    """Makes the layer of a part, and its output. Raises: Problem: with the name and the place of the part."""
    if not outputs:
        return InputLayer(shape=x), Tensor(x)
    try:
        layer = part.layer
        assert layer is not None, "a model with mistakes is not counted"
        if not isinstance(layer, Layer):
            layer = registry.build(layer.kind, layer.resolved(lambda index: outputs[index].channels))
        output = layer.output([outputs[source] for source in part.inputs])
        if output.instances != 1:
            raise Problem("bad-value", f"{layer.kind} makes regions, which a wrapper can't hold",
                          suggestion=f"write {layer.kind} as an item of its own")  # fmt: skip
    except Problem as problem:
        problem.message = f"{quote(part.name)}: {problem.message}"
        problem.argument = None
        raise problem.placed(part.place) from None
    return layer, output


def _value(text: str | None, symbols: Symbols) -> Size:
    return 0 if text is None else formula(text).integer(symbols)
