"""Layers around a layer: applied to every frame, read in both directions, with its kernel's norm kept at 1."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, InstanceOf, WithJsonSchema

from cnncalc.errors import Problem, Problems, nearest, quote
from cnncalc.formula import Symbol
from cnncalc.layers import costs, registry
from cnncalc.layers.arguments import Expected, Positive, argument, refusal, refused_inside, required
from cnncalc.layers.axes import known_size
from cnncalc.layers.base import Layer, Term, Weight, times
from cnncalc.layers.conv_lstm import ConvLSTM
from cnncalc.layers.convolution import Conv
from cnncalc.layers.dense import Dense, Embedding
from cnncalc.layers.depthwise import Depthwise, Separable
from cnncalc.layers.einsum_dense import EinsumDense
from cnncalc.layers.further_output import BACKWARD
from cnncalc.layers.inner_model import InnerModel
from cnncalc.layers.recurrent import Recurrent
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.values import show_value
from cnncalc.receptive_fields.reach import (
    Composed,
    ComposedStep,
    PerAxis,
    Pointwise,
    Reach,
    Rearranged,
    SameAxis,
    Scrambled,
    WholeAxis,
)
from cnncalc.tensor import Shape

_LAYER = "a layer, such as {Dense: 10}"
_MODEL = "the name of a block or a spec, or a list of items, such as [{Dense: 10}, ReLU]"


def inner_layer(value: object) -> object:
    """Builds the layer that stands in a wrapper: `Flatten`, `{Dense: 10}`, `{Conv2D: {filters: 6, kernel_size: 5}}`.

    Raises: PydanticCustomError.
    """
    if isinstance(value, Layer):
        return value
    kind, written = value, None
    if isinstance(value, Mapping) and len(value) == 1:
        [(kind, written)] = value.items()
    if not isinstance(kind, str):
        raise refusal(value, _LAYER)
    if not registry.is_kind(kind):
        problem = Problem("bad-value", f"there is no layer kind {quote(kind)}", expected=_LAYER, found=quote(kind),
                          suggestion=nearest(kind, registry.kinds()))  # fmt: skip
        raise refused_inside(problem, kind)
    layer = registry.layer_class(kind)
    values = written if isinstance(written, Mapping) else {} if written is None else {layer.primary: written}
    ignored = registry.IGNORED_ARGUMENTS | layer.ignored
    try:
        return registry.build(kind, {name: given for name, given in values.items() if name not in ignored})
    except Problems as wrong:
        raise refused_inside(wrong, kind) from None


InnerLayer = Annotated[
    InstanceOf[Layer],
    BeforeValidator(inner_layer),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "maxProperties": 1}]}),
    Expected(_LAYER),
]


def inner_model(value: object) -> object:
    """Takes the model of a wrapper, of which the expansion has made one already. Raises: PydanticCustomError."""
    if isinstance(value, InnerModel):
        return value
    raise refusal(value, _MODEL)


ModelInside = Annotated[
    InstanceOf[InnerModel],
    BeforeValidator(inner_model),
    WithJsonSchema({"type": ["string", "array", "object"]}),
    Expected(_MODEL),
]


class Wrapper(Layer):
    """What all wrappers share: one layer inside, or a model, whose formulas are theirs."""

    family = "wrapper"
    primary = "layer"
    layer_arguments = frozenset({"layer"})
    profiled = {}
    uncounted = InnerModel.uncounted
    times_inner: ClassVar[str] = "1"
    """How often the inner layer is computed, as a formula."""

    @property
    def inner(self) -> Layer:
        """The layer inside, or the model as one layer."""
        raise NotImplementedError

    def check(self) -> None:
        inner = self.inner
        if inner.merges or inner.group == "region pooling" or inner.fewest_inputs == 0 or isinstance(inner, Wrapper):
            raise self.unfit("reads a list of tensors" if inner.merges else "can't stand in another layer")

    def unfit(self, why: str, expected: str = "a layer that reads one tensor", hint: str | None = None) -> Problem:
        """Returns the problem of an inner layer that the wrapper does not take."""
        kind = self.inner.kind
        return Problem(
            "bad-value",
            f"{self.kind} can't hold {kind}, which {why}",
            expected=expected,
            found=kind,
            argument="layer",
            suggestion=hint or f"write {kind} as an item of its own",
        )

    def inner_shape(self, x: Shape) -> Shape:
        """Returns the shape that the inner layer reads."""
        return x

    def inner_output(self, y: Shape) -> Shape:
        """Returns the shape of the inner layer's output."""
        return y

    def check_input(self, x: Shape) -> None:
        self.inner.check_input(self.inner_shape(x))

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return self.inner.output_terms(self.inner_shape(x))

    def too_small(self, x: Shape, axis: int, size: int, term: Term) -> Problem:
        inner = self.inner_shape(x)
        return self.inner.too_small(inner, axis - (len(x) - len(inner)), size, term)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return self.inner.weights(self.inner_shape(x))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return self.inner.symbols(self.inner_shape(x), self.inner_output(y)) | {"whole": y}

    def macs(self) -> str | None:
        macs = self.inner.macs()
        return macs if macs in (None, "0") or self.times_inner == "1" else f"{self.times_inner}*({macs})"

    def flops(self, x: Shape) -> str | None:
        flops = self.inner.flops(self.inner_shape(x))
        if flops in (None, "0"):
            return flops
        flops = _written_out(self.inner, self.inner_shape(x))
        return flops if self.times_inner == "1" else f"{self.times_inner}*({flops})"

    def reach(self, x: Shape, y: Shape) -> Reach:
        return self.inner.reach(self.inner_shape(x), self.inner_output(y))


def _written_out(layer: Layer, x: Shape) -> str:
    """Returns the FLOPs of a layer inside: what it calls its macs are its own, and not those of all frames together."""
    return re.sub(r"\bmacs\b", f"({layer.macs()})", layer.flops(x) or "0")


class TimeDistributed(Wrapper):
    """Applies a layer to every frame of a sequence, with the same weights.

    Shape: (frames, ...) to (frames, ...), each frame as behind the layer. Keras's TimeDistributed.
    """

    example = "{layer: {Conv2D: {filters: 6, kernel_size: 5}}}"
    example_inputs = ((64, 64, 64, 64),)
    model_arguments = frozenset({"model"})
    has_steps = True
    times_inner = "frames"

    layer: InnerLayer | None = argument(None, "the layer inside, with its arguments")
    model: ModelInside | None = argument(
        None, "a model inside in place of a layer: a block, a spec, or a list of items"
    )

    @property
    def inner(self) -> Layer:
        inside = self.layer or self.model
        assert inside is not None, "check() sees to it"
        return inside

    def check(self) -> None:
        message = f'{self.kind} takes the argument "layer", or "model" in its place'
        hint = f"for example {self.example_item()}"
        if self.layer is None and self.model is None:
            raise Problem("missing-argument", message, expected="one of them", found="neither", suggestion=hint)
        if self.layer is not None and self.model is not None:
            raise Problem("bad-value", message, expected="one of them", found="both", suggestion=hint)
        super().check()

    def check_input(self, x: Shape) -> None:
        if len(x) < 2:
            raise self.wrong_rank(x, 2)
        super().check_input(x)

    def inner_shape(self, x: Shape) -> Shape:
        return x[1:]

    def inner_output(self, y: Shape) -> Shape:
        return y[1:]

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (Term("N", {"N": x[0]}), *super().output_terms(x))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"frames": x[0]}

    def reach(self, x: Shape, y: Shape) -> Reach:
        return frame_by_frame(super().reach(x, y), x, y)


def frame_by_frame(reach: Reach, x: Shape, y: Shape) -> Reach:
    """Returns what a layer reads that is applied to each frame by itself; `x` and `y` begin with the number of
    frames.
    """
    frames = x[:1]
    match reach:
        case Pointwise() | Scrambled():
            return reach
        case PerAxis(axes):
            return PerAxis((SameAxis(), *axes))
        case Rearranged(order, opens, folds):
            return Rearranged((0, *(None if axis is None else axis + 1 for axis in order)), opens, folds)
        case Composed(shapes, steps, result):
            framed = tuple(frames + shape for shape in shapes)
            return Composed(framed, tuple(_framed(step, framed, at) for at, step in enumerate(steps, 1)), result)
    return Pointwise() if len(x) == len(y) == 2 else Rearranged((0,))


def _framed(step: ComposedStep, shapes: Sequence[Shape], at: int) -> ComposedStep:
    """Returns one of several layers in one, applied to each frame; `shapes` begin with the number of frames."""
    y, frames = shapes[at], shapes[at][:1]
    operands = tuple(
        (frame_by_frame(reach, shapes[source], frames + size), frames + size)
        for source, (reach, size) in zip(step.sources, step.operands, strict=False)
    )
    x = y if operands or not step.sources else shapes[step.sources[0]]
    return ComposedStep(step.name, step.sources, operands, step.is_beside, frame_by_frame(step.reach, x, y))


MergeMode = Annotated[Literal["concat", "sum", "mul", "ave"], Expected("concat, sum, mul or ave")]


class Bidirectional(Wrapper):
    """Reads a sequence in both directions, with a recurrent layer for each, and merges what comes out.

    Shape: as the recurrent layer's, with `merge_mode: concat` twice as many channels. With `merge_mode: null` it is
    what is read forwards, and `NAME/backward` the other; with `return_state` states are `NAME/forward_state_h`. Keras's
    Bidirectional. Schuster and Paliwal (1997).
    """

    example = "{layer: {LSTM: 20}}"
    example_inputs = ((64, 64),)
    layer_arguments = frozenset({"layer", "backward_layer"})
    has_steps = True
    times_inner = "2"

    layer: InnerLayer = required("the recurrent layer that reads forwards, and a second one like it backwards")
    merge_mode: MergeMode | None = argument("concat", "how the outputs of both directions are merged; null: not at all")
    backward_layer: InnerLayer | None = argument(None, "the layer that reads backwards, if it is another one")

    @property
    def inner(self) -> Layer:
        return self.layer

    def check(self) -> None:
        if not isinstance(self.layer, (Recurrent, ConvLSTM)):
            hint = "Bidirectional: {layer: {LSTM: 20}}"
            raise self.unfit("has no direction", "a recurrent layer: SimpleRNN, LSTM, GRU, ConvLSTM", hint)
        if self.layer.go_backwards:
            hint = "leave go_backwards out: the other direction is there anyway"
            raise self.unfit("goes backwards already", "a layer without go_backwards", hint)
        if self.backward_layer is not None:
            self._check_backward(self.layer, self.backward_layer)

    def _check_backward(self, forward: Recurrent | ConvLSTM, backward: Layer) -> None:
        """Refuses a second layer whose output would not fit that of the first. Raises: Problem."""
        if not isinstance(backward, (Recurrent, ConvLSTM)) or not backward.go_backwards:
            what = f'argument "backward_layer" of {self.kind} must be a recurrent layer that reads backwards'
            raise Problem("bad-value", what, expected="a layer with go_backwards: true", found=backward.kind,
                          argument="backward_layer",
                          suggestion=f"backward_layer: {{{forward.kind}: {{..., go_backwards: true}}}}")  # fmt: skip
        sizes = "filters" if isinstance(forward, ConvLSTM) else "units"
        for name in (sizes, "return_sequences", "return_state"):
            ours, theirs = getattr(forward, name), getattr(backward, name, None)
            if ours != theirs:
                what = (
                    f"both layers of {self.kind} need the same {name}, not {show_value(ours)} and {show_value(theirs)}"
                )
                raise Problem("bad-value", what, expected=f"{name}: {show_value(ours)}", found=show_value(theirs),
                              argument="backward_layer",
                              suggestion=f"write {name}: {show_value(ours)} in backward_layer")  # fmt: skip

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        *others, channels = super().output_terms(x)
        if self.merge_mode == "concat":
            channels = Term(f"2*{channels.text}", channels.symbols)
        return (*others, channels)

    def further_outputs(self) -> tuple[str, ...]:
        states = self.layer.further_outputs()
        directions = [f"{direction}_{state}" for direction in ("forward", BACKWARD) for state in states]
        return (*((BACKWARD,) if self.merge_mode is None else ()), *directions)

    def state_terms(self, y: Shape) -> tuple[Term, ...]:
        return self.layer.state_terms(y)

    def inner_output(self, y: Shape) -> Shape:
        channels = y[-1]
        return (*y[:-1], channels // 2) if channels is not None and self.merge_mode == "concat" else y

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        forward = [(f"forward_{weight.name}", weight.text, weight) for weight in self.layer.weights(x)]
        backward = [
            (f"backward_{weight.name}", self._of_backward(weight.text), weight) for weight in self._backward.weights(x)
        ]
        return tuple(Weight(name, text, weight.trainable) for name, text, weight in (*forward, *backward))

    @property
    def _backward(self) -> Layer:
        return self.layer if self.backward_layer is None else self.backward_layer

    def _of_backward(self, text: str) -> str:
        """Returns a formula of the backward layer, in which what it may have otherwise has a name of its own."""
        return text if self.backward_layer is None else re.sub(r"\b(of_state|of_gate|k)\b", r"backward_\1", text)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        symbols = super().symbols(x, y)
        if self.backward_layer is not None:
            theirs = self.backward_layer.symbols(x, self.inner_output(y))
            symbols |= {f"backward_{name}": theirs[name] for name in ("of_state", "of_gate", "k") if name in theirs}
        return symbols

    def macs(self) -> str | None:
        if self.backward_layer is None:
            return super().macs()
        return f"{self.layer.macs()} + {self._of_backward(self.backward_layer.macs() or '0')}"

    def flops(self, x: Shape) -> str | None:
        merging = {"concat": 0, "sum": costs.MERGE, "mul": costs.MERGE, "ave": 2 * costs.MERGE}
        text = f"{super().flops(x)}"
        if self.backward_layer is not None:
            text = " + ".join((_written_out(self.layer, x), self._of_backward(_written_out(self.backward_layer, x))))
        merged = 0 if self.merge_mode is None else merging[self.merge_mode]
        return text + (f" + {times(merged, 'prod(whole)')}" if merged else "")

    def reach(self, x: Shape, y: Shape) -> Reach:
        reach = super().reach(x, y)
        return PerAxis((WholeAxis(),)) if isinstance(reach, PerAxis) and self.merge_mode is not None else reach


class SpectralNormalization(Wrapper):
    """Divides the kernel of a layer by its largest singular value in training, which a vector helps to estimate.

    Shape: as the layer's. Keras's SpectralNormalization. Miyato et al. (2018).
    """

    example = "{layer: {Conv2D: {filters: 6, kernel_size: 5}}}"
    example_inputs = ((64, 64, 64),)

    layer: InnerLayer = required("the layer inside, with its arguments")
    power_iterations: Positive = argument(1, "steps of the estimate in each step of training")

    @property
    def inner(self) -> Layer:
        return self.layer

    def check(self) -> None:
        super().check()
        with_kernel = (Dense, Embedding, Conv, Depthwise, ConvTranspose, EinsumDense)
        if not isinstance(self.inner, with_kernel) or isinstance(self.inner, Separable):
            hint = "SpectralNormalization: {layer: {Dense: 10}}"
            raise self.unfit("has no kernel", "a layer with one kernel: Dense, a convolution, EinsumDense", hint)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (*super().weights(x), Weight("vector_u", "singular", trainable=False))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"singular": self._last_of_kernel(x)}

    def _last_of_kernel(self, x: Shape) -> int:
        """Returns the last size of the kernel as Keras has it."""
        match self.inner:
            case Dense(units=size) | Embedding(output_dim=size) | Conv(filters=size) | Depthwise(depth_multiplier=size):
                return size
            case EinsumDense():
                axes = self.inner.axes(x)
                return axes.sizes[axes.kernel[-1]] or 0
        return known_size(self.kind, x, len(x) - 1)  # transposed: the kernel of the convolution that it turns round
