"""The figures of one layer on one input: each quantity with the formula that gives it.

Analysis keeps the values, `explain` prints the formulas; both come from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from cnncalc.analysis.figures import added_figures
from cnncalc.conventions import notes
from cnncalc.conventions.convention import NOTES, Convention, NotesBasis
from cnncalc.formula import Symbol, Symbols, formula
from cnncalc.formula_text import in_numbers
from cnncalc.layers.base import Layer, Weight, times
from cnncalc.layers.output_terms import layer_symbols
from cnncalc.receptive_fields.reach import Reach
from cnncalc.records import entity, record
from cnncalc.tensor import Tensor


@record
class Quantity:
    """A figure and its formula. No formula: it is not counted. No value: not counted, or a size is unknown."""

    text: str | None
    value: int | None


NOT_COUNTED = Quantity(None, None)
NOTHING = Quantity("0", 0)


@entity
class LayerCounts:
    """All figures of a layer but its receptive field; `symbols` is what the names in the formulas stand for."""

    output: Tensor
    weights: tuple[Weight, ...]
    params: Quantity
    trainable_params: Quantity
    neurons: Quantity
    ops: Quantity
    macs: Quantity
    flops: Quantity
    symbols: dict[str, Symbol]
    reach: Reach
    basis: NotesBasis
    added: dict[str, Quantity]
    """The figures of `FIGURES` that a formula of their own gives, by their keys."""


def count_layer(layer: Layer, inputs: Sequence[Tensor], convention: Convention = NOTES) -> LayerCounts:
    """Returns everything about a layer that reads these tensors. Raises: Problem: where they do not fit."""
    output = layer.output(inputs)
    x, y = inputs[0].shape if inputs else output.shape, output.shape
    weights = layer.weights(x)
    symbols = layer_symbols(layer, [tensor.shape for tensor in inputs], y)
    symbols["instances"] = output.instances

    def quantity(text: str | None) -> Quantity:
        """Returns a figure of all instances together."""
        if text is None:
            return NOT_COUNTED
        return evaluated(text if output.instances == 1 else f"instances*({text})", symbols)

    params = evaluated(weights_text(weights), symbols)
    trainable = [weight for weight in weights if weight.trainable]
    symbols["params"] = params.value
    neurons = quantity(convention.neurons[layer.family])
    symbols["neurons"] = neurons.value
    if output.instances != 1:  # other formulas have the factor themselves
        symbols["neurons"] = formula(convention.neurons[layer.family]).integer(symbols)
    ops = quantity(convention.ops[layer.family])
    macs = quantity(layer.macs())
    symbols["macs"] = macs.value
    if output.instances != 1 and (text := layer.macs()) is not None:
        symbols["macs"] = formula(text).integer(symbols)
    reach = layer.reach(x, y)
    return LayerCounts(
        output=output,
        weights=weights,
        params=params,
        trainable_params=params if len(trainable) == len(weights) else evaluated(weights_text(trainable), symbols),
        neurons=neurons,
        ops=ops,
        macs=macs,
        flops=quantity(layer.flops(x)),
        symbols=symbols,
        reach=reach,
        basis=notes.basis(layer, reach, convention),
        added={figure.key: quantity(figure.formula) for figure in added_figures()},
    )


def evaluated(text: str, symbols: Symbols) -> Quantity:
    """Returns the quantity that a formula gives."""
    if text == "0":
        return NOTHING  # most layers have no weights, or no MACs
    return Quantity(text, formula(text).integer(symbols))


def weights_text(weights: Sequence[Weight]) -> str:
    """Returns the formula of a number of parameters: the sum of the weight tensors' sizes, equal ones together:
    `4*C`.
    """
    return _sum_text(tuple([weight.text for weight in weights]))


@lru_cache(maxsize=4096)
def _sum_text(texts: tuple[str, ...]) -> str:
    return " + ".join(times(count, text) for text, count in Counter(texts).items()) or "0"


def weight_shapes(figures: LayerCounts) -> list[tuple[object, ...]]:
    """Returns what has to agree where weights are shared: each tensor's name, formula and every number that it is
    made of.
    """
    return [
        (weight.name, weight.text, *(figures.symbols[name] for name in formula(weight.text).names))
        for weight in figures.weights
    ]


def shown_weights(figures: LayerCounts) -> str:
    """Returns the weights for a message: `kernel 3*3*8*16, bias 16`."""
    return ", ".join(f"{weight.name} {in_numbers(formula(weight.text), figures.symbols)}" for weight in figures.weights)
