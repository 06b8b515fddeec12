"""A layer's figures recomputed with something changed, or from somebody's own values, by the formulas of the layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cnncalc.conventions import notes
from cnncalc.errors import Problem
from cnncalc.formula import ExpressionError, Number, Symbol, Symbols, formula
from cnncalc.layers.base import Layer, Weight
from cnncalc.layers.pooling import Pooling
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.validation import read_argument
from cnncalc.layers.windows import WindowLayer
from cnncalc.marking.changes import AS_IT_IS, Change, InputReading, LengthRule
from cnncalc.marking.quantities import Figure, Value
from cnncalc.tensor import Shape, Tensor

Counts = dict[Figure, Value]
Own = Mapping[Figure, Number]
"""Figures of a layer that are somebody's own, in place of the computed ones."""
_NONE: Final[Own] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """One layer of a net where it stands: what it reads, and what it might be taken to read."""

    layer: Layer
    inputs: tuple[Tensor, ...]
    frozen: bool
    readings: tuple[tuple[InputReading, Tensor], ...] = ()


def recount(place: Place, change: Change = AS_IT_IS, output: Shape | None = None, own: Own = _NONE) -> Counts | None:
    """All figures of a layer but its receptive field; `None` where the change is not about such a layer.

    `output` and `own` are somebody's own output shape and figures, from which the others are computed.
    """
    if change.families and place.layer.family not in change.families:
        return None
    if change.kinds and place.layer.kind not in change.kinds:
        return None
    try:
        layer, inputs = _changed_layer(place.layer, change), _changed_inputs(place, change)
        if layer is None or inputs is None:
            return None
        made = layer.output(inputs)
        y = output or _output_shape(layer, inputs, made.shape, change)
        return _counts(Place(layer, inputs, place.frozen), Tensor(y, made.instances), change, own)
    except (Problem, ExpressionError, _NotAboutThisLayer):
        return None


class _NotAboutThisLayer(Exception):
    """A changed formula reads a symbol that the layer does not have."""


def _changed_layer(layer: Layer, change: Change) -> Layer | None:
    if not change.arguments:
        return layer
    if not change.arguments.keys() <= layer.arguments().keys():
        return None
    read = {name: read_argument(type(layer), name, value) for name, value in change.arguments.items()}
    changed = layer.model_copy(update=read)
    changed.check()
    return changed


def _changed_inputs(place: Place, change: Change) -> tuple[Tensor, ...] | None:
    if change.input is None:
        return place.inputs
    reading = dict(place.readings).get(change.input)
    return None if reading is None else (reading,)


def _output_shape(layer: Layer, inputs: tuple[Tensor, ...], right: Shape, change: Change) -> Shape:
    """The output shape where its rule is changed, from the `right` one."""
    if not (change.lengths or change.channels or change.shape):
        return right
    if layer.merges:
        raise _NotAboutThisLayer
    x = inputs[0].shape
    if change.shape:
        symbols = _with_entries(layer.symbols(x, right)) | _extras(layer)
        sizes: list[int | None] = []
        for text in change.shape:
            size = _evaluate(text, symbols)
            if isinstance(size, Fraction):
                raise _NotAboutThisLayer
            sizes.append(size)
        return tuple(sizes)
    y = list(right)
    rule = _length_rule(layer)
    if change.lengths:
        if rule is None or rule not in change.lengths or not isinstance(layer, WindowLayer):
            raise _NotAboutThisLayer
        for axis, length in enumerate(x[:-1]):
            size = _evaluate(change.lengths[rule], _length_symbols(layer, axis, length))
            if not isinstance(size, int):
                raise _NotAboutThisLayer
            y[axis] = size
    if change.channels:
        channels = _evaluate(change.channels, _with_entries(layer.symbols(x, tuple(y))))
        if not isinstance(channels, int):
            raise _NotAboutThisLayer
        y[-1] = channels
    return tuple(y)


def _length_rule(layer: Layer) -> LengthRule | None:
    if not isinstance(layer, WindowLayer) or isinstance(layer, ConvTranspose):
        return None
    padding = layer.window()[3]
    if isinstance(layer, Pooling) and layer.ceil_mode:
        return "ceil"
    if padding == "same":
        return "same"
    if padding == "valid" or (not isinstance(padding, str) and not any(map(any, padding))):
        return "valid"
    return "padded"


def _length_symbols(layer: WindowLayer, axis: int, length: int | None) -> Symbols:
    kernel, stride, dilation, _ = layer.window()
    before, after = layer.pads(axis, length)
    return {
        "N": length, "k": kernel[axis], "s": stride[axis], "d": dilation[axis],
        "k_eff": layer.extent(axis), "before": before, "after": after,
    }  # fmt: skip


def _counts(place: Place, output: Tensor, change: Change, own: Own) -> Counts:
    layer, inputs = place.layer, place.inputs
    x, y, instances = inputs[0].shape, output.shape, output.instances
    right = layer.symbols(x, y) | {"inputs": len(inputs), "instances": 1}
    extended = _with_entries(right) | _extras(layer)
    read = extended | {name: _taken_for(text, name, extended) for name, text in change.symbols.items()}
    weights = layer.weights(x)

    def total(chosen: tuple[Weight, ...]) -> Number | None:
        sizes = [_evaluate(change.weights.get(weight.name, weight.text), read) for weight in chosen]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    if change.weights and not any(weight.name in change.weights for weight in weights):
        raise _NotAboutThisLayer
    params, learned = total(weights), total(tuple(weight for weight in weights if weight.trainable))
    trainable = 0 if place.frozen else learned
    symbols: dict[str, Symbol] = {**extended, "params": params, "learned": learned, "trainable_params": trainable}
    right_neurons = symbols["neurons"] = _evaluate(notes.NEURONS[layer.family], symbols)

    def decide(name: str, figure: Figure, computed: Number | None) -> Number | None:
        """The changed figure, or somebody's own, or the computed one."""
        if name in change.counts:
            return _evaluate(change.counts[name], symbols | {name: computed})
        if figure in own:
            return Fraction(own[figure]) / instances if figure in _PER_INSTANCE else own[figure]
        return computed

    fixed = 0 if params is None or not trainable else params - trainable
    params = decide("params", "params", params)
    if trainable and params is not None and "params" in own:
        trainable = params - fixed
    trainable = decide("trainable_params", "trainable_params", trainable)
    neurons = decide("neurons", "neurons", right_neurons)
    symbols |= {"params": params, "trainable_params": trainable, "neurons": neurons}
    macs_text, ops_text, flops_text = layer.macs(), notes.OPS[layer.family], layer.flops(x)
    computed_macs = symbols["macs"] = _evaluate(macs_text, read)
    computed_ops = symbols["ops"] = None if ops_text is None else _evaluate(ops_text, symbols)
    ops = decide("ops", "notes.ops", computed_ops)
    macs = decide("macs", "macs", computed_macs)
    flops = decide("flops", "flops", None if flops_text is None else _evaluate(flops_text, symbols | {"macs": macs}))
    rest = None if params is None or trainable is None else params - trainable
    return {
        "output_shape": _rearranged(y, change.axes),
        "params": _whole(params),
        "trainable_params": _whole(trainable),
        "non_trainable_params": _whole(decide("non_trainable_params", "non_trainable_params", rest)),
        "neurons": _times(neurons, instances),
        "notes.ops": _times(ops, instances),
        "macs": _times(macs, instances),
        "flops": _times(flops, instances),
    }


_PER_INSTANCE: Final[frozenset[Figure]] = frozenset({"neurons", "notes.ops", "macs", "flops"})


def _with_entries(symbols: Mapping[str, Symbol]) -> dict[str, Symbol]:
    """The symbols, and the entries of the vectors among them: `k` is joined by `k_1` and `k_2`."""
    extended = dict(symbols)
    for name, value in symbols.items():
        if isinstance(value, tuple):
            extended |= {f"{name}_{index}": entry for index, entry in enumerate(value, 1)}
    return extended


def _extras(layer: Layer) -> dict[str, Symbol]:
    """What changed formulas may read besides the layer's own symbols: dropout's rate, and fused activations."""
    extras: dict[str, Symbol] = {}
    rate = vars(layer).get("rate")
    if isinstance(rate, (int, Fraction)):
        extras["rate"] = rate
    if layer.family in ("convolution", "dense"):
        extras["fused"] = int(vars(layer).get("activation", "linear") != "linear")
    return extras


def _taken_for(text: str, name: str, symbols: Symbols) -> Symbol:
    if name not in symbols:
        raise _NotAboutThisLayer
    value = _evaluate(text, symbols)
    if isinstance(symbols[name], tuple):
        return (value,) if isinstance(value, int) else None
    return value


def _evaluate(text: str, symbols: Symbols) -> Number | None:
    compiled = formula(text)
    if any(name not in symbols for name in compiled.names):
        raise _NotAboutThisLayer
    return compiled.evaluate(symbols)


def _whole(value: Number | None) -> Number | None:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _times(value: Number | None, instances: int) -> Number | None:
    return None if value is None else _whole(value * instances)


def _rearranged(y: Shape, axes: str) -> Shape:
    """The sizes of a map in another order, or some of them."""
    if not axes:
        return y
    if len(y) != 3:
        raise _NotAboutThisLayer
    return tuple(y["HWC".index(axis)] for axis in axes)
