"""How a profiler's table is read: which of its rules hold for a layer, and what they come to.

A profiler sees a layer as its own framework has it. An activation inside a layer (`activation: relu`) is a module, or
an operation, of its own there, and so it is counted by the rule of that activation, behind the layer's own.
The tables themselves stand in `cnncalc.profile.profilers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from cnncalc.analysis.counts import LayerCounts
from cnncalc.formula import Symbol, Symbols, formula
from cnncalc.layers.activation import ELU, ActivationLayer, ReLU, Softmax
from cnncalc.layers.axes import axis_indices
from cnncalc.layers.base import Layer
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.dense import Dense
from cnncalc.layers.pointwise import Elementwise
from cnncalc.layers.resizing import Interpolation, Resizing
from cnncalc.layers.scale import Scale
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.weightless_normalization import LocalResponseNormalization
from cnncalc.profile.counter import Counter
from cnncalc.tensor import Shape, Size


@dataclass(frozen=True, slots=True)
class Part:
    """What a profiler sees as one thing: a layer without its activation, or that activation.

    `keys` are the entries of a table that may hold its rule, the most special first. `label` names it in explanations.
    `own` are the rules that the layer gives itself.
    """

    label: str
    keys: tuple[str, ...]
    own: Mapping[str, str | None] | None = None


def parts(layer: Layer) -> Iterator[Part]:
    """Yields the layer itself, and behind it the activation that is fused into it."""
    if isinstance(layer, ActivationLayer):
        yield Part(layer.kind, (layer.kind, *_functions(layer), "activation"))
        return
    keys = (layer.kind, *([layer.group] if layer.group else []), layer.family)
    if isinstance(layer, Elementwise):
        keys = (layer.op, *keys)
    if isinstance(layer, Interpolation) and layer.method() != "nearest":
        keys = (layer.method(), *keys)
    if isinstance(layer, Resizing) and layer.antialias:
        keys = ("antialias", *keys)
    yield Part(layer.kind, keys, layer.profiled)
    if isinstance(layer, (Convolution, Dense, Scale)) and layer.activation != "linear":
        yield Part(layer.activation, (layer.activation, "activation"))


def _functions(layer: ActivationLayer) -> tuple[str, ...]:
    """Names the function as frameworks do: a ReLU with options is another one there, an ELU with a factor may be."""
    if isinstance(layer, ELU) and layer.alpha != 1:
        return "elu with a factor", "elu"
    if not isinstance(layer, ReLU):
        return (layer.function(),)
    match layer.max_value is not None, layer.negative_slope != 0, layer.threshold != 0:
        case (False, False, False):
            return ("relu",)
        case (True, False, False):
            return ("relu6" if layer.max_value == 6 else "hard_tanh",)
        case (False, True, False):
            return ("leaky_relu",)
        case (False, False, True):
            return ("threshold",)
        case _:
            return ("relu with several options",)


def rule(counter: Counter, part: Part) -> str | None:
    """Returns the formula of a part; `None` if none is known. Raises: KeyError: if neither table nor layer says
    anything.
    """
    if part.own is not None:
        return part.own.get(counter.name)
    for key in part.keys:
        if key in counter.rules:
            return counter.rules[key]
    raise KeyError(f"{counter.name} has no rule for any of {', '.join(part.keys)}")


def counted(counter: Counter, layer: Layer, figures: LayerCounts, x: Shape) -> Iterator[tuple[Part, str | None, Size]]:
    """Returns each part of a layer that reads a tensor of shape `x`, with its rule and what that comes to."""
    return amounts(counter, list(parts(layer)), figures.output.instances, symbols(layer, figures, x))


def amounts(
    counter: Counter, layer_parts: Sequence[Part], instances: int, found: Symbols
) -> Iterator[tuple[Part, str | None, Size]]:
    """Gives each part of a layer with its rule and what that comes to.

    For several counters of one layer: its parts and symbols are found once.
    """
    for part in layer_parts:
        text = rule(counter, part)
        if text is None:
            yield part, None, None
            continue
        if instances != 1:
            text = f"instances*({text})"
        yield part, text, formula(text).integer(found)


SYMBOLS: Final[dict[str, str]] = {
    "bias": "1 with a bias, 0 without",
    "affine": "1 with a scale (gamma), 0 without",
    "learned": "trainable parameters: what PyTorch calls parameters",
    "features": "elements that one softmax sums over",
    "neighbours": "channels that local response normalisation sums over",
    "fused": "1 for a map, which TensorFlow normalises in one operation, 0 for a vector or a sequence",
    "convolved": "spatial sizes that an ordinary convolution with the same arguments would have",
}
"""The names in the profilers' formulas beyond those of `cnncalc.layers.vocabulary`."""


def symbols(layer: Layer, figures: LayerCounts, x: Shape) -> dict[str, Symbol]:
    """Returns what the names in the profilers' formulas stand for: the layer's own symbols and those of `SYMBOLS`."""
    weights = {weight.name for weight in figures.weights}
    return figures.symbols | {
        "bias": int("bias" in weights),
        "affine": int("gamma" in weights),
        "learned": figures.trainable_params.value,
        "fused": int(len(x) > 2),
        "features": _features(layer, figures.output.shape),
        "neighbours": layer.size if isinstance(layer, LocalResponseNormalization) else None,
        "convolved": _convolved(layer, x) if isinstance(layer, ConvTranspose) else None,
    }


def _features(layer: Layer, y: Shape) -> Size:
    if not isinstance(layer, Softmax):
        return y[-1]
    sizes = [y[index] for index in axis_indices(layer.kind, layer.axis, y)]
    return None if None in sizes else prod(size for size in sizes if size is not None)


def _convolved(layer: ConvTranspose, x: Shape) -> tuple[Size, ...]:
    """PyTorch's padding is what a transposed convolution cuts off; `same` is written with as much as it needs."""
    lengths: list[Size] = []
    for axis, length in enumerate(x[:-1]):
        kernel, stride = layer.effective_kernel(axis), layer.strides[axis]
        if not isinstance(layer.padding, str):
            padded = sum(layer.padding[axis])
        else:
            padded = 2 * -(-max(kernel - stride, 0) // 2) if layer.padding == "same" else 0
        lengths.append(None if length is None else (length + padded - kernel) // stride + 1)
    return tuple(lengths)
