"""The figures of one layer on one input: each quantity with the formula that gives it.

Analysis keeps the values, `explain` prints the formulas; both come from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cnncalc.conventions import notes
from cnncalc.formula import Symbol, formula
from cnncalc.layers.base import Layer, Weight, times
from cnncalc.reach import Reach
from cnncalc.report import NotesBasis
from cnncalc.tensor import Tensor


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure and its formula. No formula: it is not counted. No value: not counted, or a size is unknown."""

    text: str | None
    value: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
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


def figures(layer: Layer, inputs: Sequence[Tensor]) -> Figures:
    """Everything about a layer that reads these tensors. Raises: Problem: where they do not fit."""
    output = layer.output(inputs)
    x, y = inputs[0].shape if inputs else output.shape, output.shape
    weights = layer.weights(x)
    symbols = layer.symbols(x, y)
    symbols["inputs"] = len(inputs)
    symbols["instances"] = output.instances

    def quantity(text: str | None, per_instance: bool = True) -> Quantity:
        if text is None:
            return Quantity(None, None)
        if per_instance and output.instances != 1:
            text = f"instances*({text})"
        return Quantity(text, formula(text).integer(symbols))

    params = quantity(weights_text(weights), per_instance=False)
    symbols["params"] = params.value
    neurons = quantity(notes.NEURONS[layer.family])
    # Formulas that read the neurons read those of one instance: the factor comes last.
    symbols["neurons"] = formula(notes.NEURONS[layer.family]).integer(symbols)
    ops = quantity(notes.OPS[layer.family])
    macs = quantity(layer.macs())
    symbols["macs"] = formula(layer.macs()).integer(symbols)
    reach = layer.reach(x, y)
    return Figures(
        output=output,
        weights=weights,
        params=params,
        trainable_params=quantity(weights_text([w for w in weights if w.trainable]), per_instance=False),
        neurons=neurons,
        ops=ops,
        macs=macs,
        flops=quantity(layer.flops(x)),
        symbols=symbols,
        reach=reach,
        basis=notes.basis(layer, reach),
    )


def weights_text(weights: Sequence[Weight]) -> str:
    """The formula of a number of parameters: the sum of the weight tensors' sizes, equal ones together: `4*C`."""
    counts = Counter(weight.text for weight in weights)
    return " + ".join(times(count, text) for text, count in counts.items()) or "0"


def weight_shapes(figures: Figures) -> list[tuple[object, ...]]:
    """What has to agree where weights are shared: each tensor's name, formula and every number that it is made of."""
    return [
        (weight.name, weight.text, *(figures.symbols[name] for name in formula(weight.text).names))
        for weight in figures.weights
    ]
