"""A layer's figures with something changed, or from a student's own values, by the formulas of the layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from cnncalc.conventions.convention import NOTES
from cnncalc.errors import Problem
from cnncalc.formula import ExpressionError, Number, Symbol, Symbols, formula, whole
from cnncalc.layers.base import Layer, Weight
from cnncalc.layers.output_terms import layer_symbols
from cnncalc.layers.pooling import Pooling
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.validation import read_argument
from cnncalc.layers.windows import WindowLayer
from cnncalc.marking.changes import NO_CHANGE, Change, InputReading, LengthRule
from cnncalc.marking.quantities import Figure, Value
from cnncalc.tensor import Shape, Tensor

Figures = dict[Figure, Value]
OwnFigures = Mapping[Figure, Number]
"""A student's own figures of a layer, in place of the computed ones."""
_NONE: Final[OwnFigures] = {}
_PER_INSTANCE: Final[frozenset[Figure]] = frozenset({"neurons", "notes.ops", "macs", "flops"})


@dataclass(frozen=True, slots=True)
class LayerInContext:
    """A layer with what it reads, and what it might be taken to read."""

    layer: Layer
    inputs: tuple[Tensor, ...]
    frozen: bool
    readings: tuple[tuple[InputReading, Tensor], ...] = ()


class _NotApplicable(Exception):
    """A changed formula reads a symbol that the layer does not have, or gives what no layer has."""


def recount(
    context: LayerInContext, change: Change = NO_CHANGE, output: Shape | None = None, own: OwnFigures = _NONE
) -> Figures | None:
    """Computes all figures of a layer but its receptive field; `None` if the change is not about such a layer.

    `output` and `own` are a student's output shape and figures, from which the other figures are computed.
    """
    layer = context.layer
    if (change.families and layer.family not in change.families) or (change.kinds and layer.kind not in change.kinds):
        return None
    inputs: tuple[Tensor, ...] | None = context.inputs
    if change.input is not None:
        reading = dict(context.readings).get(change.input)
        inputs = None if reading is None else (reading,)
    try:
        changed = _with_arguments(layer, change.arguments)
        if changed is None or inputs is None:
            return None
        # What a merge is taken to give is its whole output; other layers are computed from what they are taken to read.
        right = inputs[0] if changed.merges and change.input is not None else _output(changed, inputs)
        shape = output or _changed_shape(changed, inputs, right.shape, change)
        return _count(_Basis.of(changed, inputs, shape), right.instances, context.frozen, change, own)
    except (Problem, ExpressionError, _NotApplicable):
        return None


@lru_cache(maxsize=4096)
def _output(layer: Layer, inputs: tuple[Tensor, ...]) -> Tensor:
    return layer.output(inputs)


def _with_arguments(layer: Layer, arguments: Mapping[str, object]) -> Layer | None:
    """Gives a layer other arguments; `None` if it does not have them."""
    if not arguments:
        return layer
    if not arguments.keys() <= layer.arguments().keys():
        return None
    read = {name: read_argument(type(layer), name, value) for name, value in arguments.items()}
    changed = layer.model_copy(update=read)
    changed.check()
    return changed


# Shapes ---------------------------------------------------------------------------------------------------------


def _changed_shape(layer: Layer, inputs: tuple[Tensor, ...], right: Shape, change: Change) -> Shape:
    """Computes the output shape by a changed rule; without one it is the `right` shape."""
    if not (change.lengths or change.channels or change.shape):
        return right
    if layer.merges or not inputs:
        raise _NotApplicable
    x = inputs[0].shape
    if change.shape:
        symbols = _with_entries(layer.symbols(x, right)) | _further_symbols(layer)
        return tuple(_size(text, symbols) for text in change.shape)
    y = list(right)
    if change.lengths:
        rule = _length_rule(layer)
        if rule is None or rule not in change.lengths or not isinstance(layer, WindowLayer):
            raise _NotApplicable
        for axis, length in enumerate(x[:-1]):
            y[axis] = _size(change.lengths[rule], _length_symbols(layer, axis, length))
    if change.channels:
        y[-1] = _size(change.channels, _with_entries(layer.symbols(x, tuple(y))))
    return tuple(y)


def _length_rule(layer: Layer) -> LengthRule | None:
    if not isinstance(layer, WindowLayer) or isinstance(layer, ConvTranspose):
        return None
    padding = layer.window()[3]
    if isinstance(layer, Pooling) and layer.ceil_mode:
        return "ceil"
    if padding == "same":
        return "same"
    return "valid" if padding == "valid" or not any(any(pair) for pair in padding) else "padded"


def _length_symbols(layer: WindowLayer, axis: int, length: int | None) -> Symbols:
    kernel, stride, dilation, _ = layer.window()
    before, after = layer.pads(axis, length)
    return {
        "N": length, "k": kernel[axis], "s": stride[axis], "d": dilation[axis],
        "k_eff": layer.effective_kernel(axis), "before": before, "after": after,
    }  # fmt: skip


def _size(text: str, symbols: Symbols) -> int:
    """Evaluates the formula of a size: a number that is known. Who forgets to round gets a fraction."""
    size = _evaluate(text, symbols)
    if size is None:
        raise _NotApplicable
    return size  # type: ignore[return-value]


# Counts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the counts of a layer are computed from: its weights, formulas and symbols for one input and output."""

    weights: tuple[Weight, ...]
    symbols: Mapping[str, Symbol]
    neurons: str
    ops: str | None
    macs: str | None
    flops: str | None
    shape: Shape

    @staticmethod
    @lru_cache(maxsize=4096)
    def of(layer: Layer, inputs: tuple[Tensor, ...], y: Shape) -> _Basis:
        x = inputs[0].shape if inputs else y
        symbols = layer_symbols(layer, [tensor.shape for tensor in inputs], y) | {"instances": 1}
        return _Basis(
            layer.weights(x), _with_entries(symbols) | _further_symbols(layer),
            NOTES.neurons[layer.family], NOTES.ops[layer.family], layer.macs(), layer.flops(x), y,
        )  # fmt: skip


def _count(basis: _Basis, instances: int, frozen: bool, change: Change, own: OwnFigures) -> Figures:
    """Computes the counts one after the other: each reads those before it, or what the student has for them."""
    symbols = dict(basis.symbols)
    taken = symbols | {name: _taken_for(text, name, symbols) for name, text in change.symbols.items()}

    def elements(weights: Iterable[Weight]) -> Number | None:
        sizes = [_evaluate(change.weights.get(weight.name, weight.text), taken) for weight in weights]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def decided(name: str, figure: Figure, computed: Number | None) -> Number | None:
        """Returns the figure by a changed formula, or the student's own, or the computed one."""
        if name in change.counts:
            return _evaluate(change.counts[name], symbols | {name: computed})
        if figure in own:
            return Fraction(own[figure]) / instances if figure in _PER_INSTANCE else own[figure]
        return computed

    if change.weights and not any(weight.name in change.weights for weight in basis.weights):
        raise _NotApplicable
    params = elements(basis.weights)
    learned = elements(weight for weight in basis.weights if weight.trainable)
    trainable = 0 if frozen else learned
    symbols |= {"params": params, "learned": learned, "trainable_params": trainable}
    right_neurons = symbols["neurons"] = _evaluate(basis.neurons, symbols)

    fixed = 0 if params is None or not trainable else params - trainable
    params = decided("params", "params", params)
    if trainable and params is not None and "params" in own:
        trainable = params - fixed
    trainable = decided("trainable_params", "trainable_params", trainable)
    neurons = decided("neurons", "neurons", right_neurons)
    symbols |= {"params": params, "trainable_params": trainable, "neurons": neurons}
    right_macs = symbols["macs"] = None if basis.macs is None else _evaluate(basis.macs, taken)
    right_ops = symbols["ops"] = None if basis.ops is None else _evaluate(basis.ops, symbols)
    ops, macs = decided("ops", "notes.ops", right_ops), decided("macs", "macs", right_macs)
    right_flops = None if basis.flops is None else _evaluate(basis.flops, symbols | {"macs": macs})
    flops = decided("flops", "flops", right_flops)
    rest = None if params is None or trainable is None else params - trainable
    return {
        "output_shape": _rearranged(basis.shape, change.axes),
        "params": _times(params, 1),
        "trainable_params": _times(trainable, 1),
        "non_trainable_params": _times(decided("non_trainable_params", "non_trainable_params", rest), 1),
        "neurons": _times(neurons, instances),
        "notes.ops": _times(ops, instances),
        "macs": _times(macs, instances),
        "flops": _times(flops, instances),
    }


def _with_entries(symbols: Mapping[str, Symbol]) -> dict[str, Symbol]:
    """Adds the entries of the vectors among the symbols: `k` is joined by `k_1` and `k_2`."""
    extended = dict(symbols)
    for name, value in symbols.items():
        if isinstance(value, tuple):
            extended |= {f"{name}_{index}": entry for index, entry in enumerate(value, 1)}
    return extended


def _further_symbols(layer: Layer) -> dict[str, Symbol]:
    """Returns what changed formulas may read besides the layer's own symbols: dropout's rate, and fused activations."""
    further: dict[str, Symbol] = {}
    rate = vars(layer).get("rate")
    if isinstance(rate, (int, Fraction)):
        further["rate"] = rate
    if layer.family in ("convolution", "dense"):
        further["fused"] = int(vars(layer).get("activation", "linear") != "linear")
    return further


def _taken_for(text: str, name: str, symbols: Symbols) -> Symbol:
    if name not in symbols:
        raise _NotApplicable
    value = _evaluate(text, symbols)
    if isinstance(symbols[name], tuple):
        return (value,) if isinstance(value, int) else None
    return value


def _evaluate(text: str, symbols: Symbols) -> Number | None:
    try:
        return formula(text).evaluate(symbols)
    except KeyError:
        raise _NotApplicable from None


def _times(value: Number | None, instances: int) -> Number | None:
    return None if value is None else whole(value * instances)


def _rearranged(y: Shape, axes: str) -> Shape:
    """Writes the sizes of a map in another order, or some of them."""
    if not axes:
        return y
    if len(y) != 3:
        raise _NotApplicable
    return tuple(y["HWC".index(axis)] for axis in axes)
