"""Whether a figure grows with a var, proven from the formulas: then a value is found by bisection.

The proof: the var says numbers of channels and nothing else, in expressions that grow with it; every number of
channels behind it is computed by a formula that grows with those before it; and so is the figure of every layer. What
can't be proven is no error: every value is looked at instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Literal

from cnncalc.analysis.counts import LayerCounts, weights_text
from cnncalc.analysis.net_counts import NetCounts
from cnncalc.errors import Problem
from cnncalc.expansion.nodes import UnresolvedLayer
from cnncalc.formula import Expression, Symbol, formula, parse_expression
from cnncalc.layers.base import Layer
from cnncalc.layers.output_terms import output_terms
from cnncalc.spec.values import Late, Value, Variable
from cnncalc.tensor import Shape

CHANNELS: Final = frozenset({"filters", "units", "depth_multiplier", "output_dim"})
"""Arguments that say how many channels come out, and nothing else."""

Growth = Literal["constant", "grows", "unknown"]

_OPERANDS_GROW: Final = frozenset({"+", "*", "min", "max", "floor", "ceil", "prod", "sum"})


def figure_texts(figure: str, layer: Layer, counts: LayerCounts, x: Shape) -> Iterator[str] | None:
    """Lists the formulas of a figure of a layer; `None` if nothing is known of the figure."""
    texts: dict[str, Callable[[], Iterator[str | None]]] = {
        "params": lambda: iter([weights_text(counts.weights)]),
        "trainable_params": lambda: iter([weights_text([each for each in counts.weights if each.trainable])]),
        "neurons": lambda: iter([counts.neurons.text]),
        "exact.macs": lambda: iter([layer.macs()]),
        "exact.flops": lambda: iter([layer.macs(), weights_text(counts.weights), layer.flops(x)]),
    }
    if figure not in texts:
        return None
    return (text for text in texts[figure]() if text is not None)


def grows(figure: str, smallest: NetCounts, largest: NetCounts, variable: Variable) -> bool:
    """Says whether a figure is proven to grow with a var, or to stay as it is.

    `smallest` and `largest` are the net with the smallest and the largest value, of the same nodes.
    """
    for index, node in enumerate(smallest.expansion.nodes):
        if isinstance(node.layer, UnresolvedLayer) and not _says_channels(node.layer, variable):
            return False
        low, high = smallest.figures[index], largest.figures[index]
        if low.output.shape[:-1] != high.output.shape[:-1]:
            return False
        layer = largest.layers[index]
        varying = _varying(low.symbols, high.symbols)
        inputs = [largest.figures[source].output.shape for source in node.inputs]
        texts = figure_texts(figure, layer, high, inputs[0] if inputs else high.output.shape)
        if varying is None or texts is None or not all(_grows(text, varying) for text in texts):
            return False
        if low is not high and inputs and not _outputs_grow(smallest, largest, index):
            return False
    return True


def _says_channels(layer: UnresolvedLayer, variable: Variable) -> bool:
    """Says whether a layer reads the var for numbers of channels alone."""
    for name, value in layer.waiting.items():
        if name not in CHANNELS or not isinstance(value, (Late, Variable)) or _growth_of(value, variable) == "unknown":
            return False
    return True


def _growth_of(value: Value, variable: Variable) -> Growth:
    """Returns how a value of a spec changes with the var."""
    if value is variable:
        return "grows"
    if isinstance(value, Late):
        if value.waits_for_shape:
            return "unknown"
        operands = {name: _growth_of(operand, variable) for name, operand in value.operands.items()}
        return _growth(parse_expression(value.text), operands)
    return "constant" if isinstance(value, (bool, int)) or (not isinstance(value, (list, dict))) else "unknown"


def _outputs_grow(smallest: NetCounts, largest: NetCounts, index: int) -> bool:
    """Says whether the number of channels that come out grows with those that go in."""
    node = largest.expansion.nodes[index]
    ends = []
    for net in (smallest, largest):
        shapes = [net.figures[source].output.shape for source in node.inputs]
        try:
            ends.append(output_terms(net.layers[index], shapes)[-1])
        except Problem:
            return False
    low, high = ends
    varying = _varying(low.symbols, high.symbols)
    return low.text == high.text and varying is not None and _grows(high.text, varying)


def _varying(low: Mapping[str, Symbol], high: Mapping[str, Symbol]) -> dict[str, Growth] | None:
    """Returns how the symbols of a formula change from one end to the other; `None` if one gets smaller.

    Those that depend on the var are numbers of channels, which grow: one that is the same at both ends is the same in
    between.
    """
    found: dict[str, Growth] = {}
    for name, value in high.items():
        before = low.get(name)
        if before == value:
            found[name] = "constant"
        elif _numbers(before) is None or _numbers(value) is None or not _is_smaller(before, value):
            return None
        else:
            found[name] = "grows"
    return found


def _numbers(symbol: Symbol) -> tuple[int, ...] | None:
    entries = symbol if isinstance(symbol, tuple) else (symbol,)
    known = tuple(entry for entry in entries if isinstance(entry, int))
    return known if len(known) == len(entries) else None


def _is_smaller(low: Symbol, high: Symbol) -> bool:
    before, after = _numbers(low) or (), _numbers(high) or ()
    return len(before) == len(after) and all(a <= b for a, b in zip(before, after, strict=True))


def _grows(text: str, symbols: Mapping[str, Growth]) -> bool:
    return _growth(formula(text).tree, symbols) != "unknown"


def _growth(tree: Expression, symbols: Mapping[str, Growth]) -> Growth:
    """Returns how an expression changes if its symbols grow, or stay; all its values are positive."""
    if tree.head == "literal":
        return "constant"
    if tree.head == "name":
        return symbols.get(tree.name, "unknown")
    operands = [_growth(operand, symbols) for operand in tree.operands]
    if all(growth == "constant" for growth in operands):
        return "constant"
    if tree.head in _OPERANDS_GROW:
        return "unknown" if "unknown" in operands or _has_minus(tree.operands) else "grows"
    if tree.head in ("-", "/", "//") and operands[1] == "constant":
        return operands[0]
    return "unknown"


def _has_minus(trees: Iterable[Expression]) -> bool:
    """Says whether a negative factor could turn growth round."""
    return any(tree.head == "negative" for tree in trees)
