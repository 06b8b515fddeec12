"""What is said if the shapes of a net do not fit: the place, the names of what meets there, and a way out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from cnncalc.diagnosis.trials import Change, Trials
from cnncalc.errors import Diagnostic, Problem, Span, quote, shorten
from cnncalc.expansion.nodes import Expansion, Node
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import LISTED_INPUTS, Merge
from cnncalc.layers.windows import WindowLayer
from cnncalc.tensor import Shape, Tensor, shown_shape, volume

MAX_ENLARGEMENT = 1 << 12
"""How many positions an input is enlarged by, at most, in search of a size that fits."""


def diagnose(
    problem: Problem, expansion: Expansion, layers: Sequence[Layer], outputs: Sequence[Tensor], culprit: Layer | None
) -> Diagnostic:
    """Makes the diagnostic of the node that does not fit, at the argument that it is about or at its item.

    `layers` and `outputs` are those of the nodes before it; `culprit` is its layer, if that could be made.
    """
    node = expansion.nodes[len(outputs)]
    item = node.item
    span = item.span if item else None
    if item is not None and problem.argument is not None and problem.argument in item.arguments:
        span = item.arguments[problem.argument].span or span
    if culprit is not None:
        trials = Trials(expansion.nodes, [*layers, culprit], outputs)
        problem = _named(problem, node, expansion.nodes, trials)
        problem.suggestion = _suggestion(problem, node, trials)
    problem.message = f"{quote(node.name)}: {problem.message}"
    return problem.at(span or Span(expansion.document.source), node.instance.chain())


def _suggestion(problem: Problem, node: Node, trials: Trials) -> str | None:
    if channels_last := _channels_last(trials):
        return channels_last
    found = problem.suggestion
    if problem.id == "wrong-rank":
        found = _flatten_before_dense(trials) or _other_input(trials) or found or _sibling(node.kind, trials.inputs[0])
    elif problem.id == "size-below-one":
        found = _either(found, _larger_input(trials))
    elif problem.id == "shapes-do-not-fit":
        ways = [*_in_branches(trials), found]
        found = _flatten_before_dense(trials) or _either(*ways[:2])
    return found


def _either(*ways: str | None) -> str | None:
    return ", or ".join(way for way in ways if way) or None


# Merges ---------------------------------------------------------------------------------------------------------------


def _named(problem: Problem, node: Node, nodes: Sequence[Node], trials: Trials) -> Problem:
    """Makes the problem of a merge again, with the names of its inputs in place of their numbers."""
    layer = trials.layers[-1]
    if problem.id == "shapes-do-not-fit" and isinstance(layer, Merge):
        try:
            layer.output(trials.inputs, _input_names(node, nodes).__getitem__)
        except Problem as named:
            return named
    return problem


def _input_names(node: Node, nodes: Sequence[Node]) -> list[str]:
    """Names a merge's inputs: the items that make them, and the branches that these end."""
    names = [quote(nodes[source].name) for source in node.inputs]
    if node.item is None or node.item.branches is None:
        return names
    return [
        f"{name} ({'branch' if items else 'empty branch'} {shorten(branch)})"
        for name, (branch, items) in zip(names, node.item.branches.items(), strict=True)
    ]


def _in_branches(trials: Trials) -> Iterator[str]:
    """Finds the changes of a layer's arguments in one branch that would make two branches fit."""
    pair = _misfits(trials)
    if pair is None:
        return
    # The larger one first: a stride that is missing in a shortcut is the commonest case.
    larger_first = sorted(pair, key=lambda entry: -(volume(entry[1][:-1]) or 0))
    for (source, shape), (other, goal) in (larger_first, larger_first[::-1]):
        common = set(trials.ancestors(other))
        own = [index for index in trials.ancestors(source) if index not in common]
        if len(shape) != len(goal) or not own:
            continue
        if shape[:-1] == goal[:-1]:
            yield from _other_channels(trials, own, goal)
        else:
            yield from _other_windows(trials, own, shape, goal)


def _misfits(trials: Trials) -> tuple[tuple[int, Shape], tuple[int, Shape]] | None:
    """Finds the first two inputs of a merge, each a node and its shape, that do not fit even without the others."""
    node, layer = trials.nodes[trials.culprit], trials.layers[-1]
    listed = list(zip(node.inputs, trials.inputs, strict=True))[:LISTED_INPUTS]
    for index, (second, b) in enumerate(listed):
        for first, a in listed[:index]:
            try:
                layer.output((a, b))
            except Problem:
                return (first, a.shape), (second, b.shape)
    return None


def _other_channels(trials: Trials, own: Sequence[int], goal: Shape) -> Iterator[str]:
    for index in own:
        argument = next((name for name in ("filters", "units") if name in trials.layers[index].arguments()), None)
        if argument is not None:
            if trials.fits({index: trials.varied(index, **{argument: goal[-1]})}):
                yield f"{argument}: {goal[-1]} in {_place(trials.nodes[index])}"
            return


def _other_windows(trials: Trials, own: Sequence[int], shape: Shape, goal: Shape) -> Iterator[str]:
    windows = [(index, layer) for index in own if isinstance(layer := trials.layers[index], WindowLayer)]
    valid = [index for index, layer in windows if layer.window()[3] == "valid"]
    for changed in [*([index] for index in valid), valid]:
        if changed and trials.fits({index: trials.varied(index, padding="same") for index in changed}):
            yield "padding: same in " + " and ".join(_place(trials.nodes[index]) for index in reversed(changed))
            return
    for index, layer in windows:
        strides = layer.window()[1]
        others = tuple(_factor(*sizes) for sizes in zip(strides, shape, goal, strict=False))
        if others == strides:
            continue
        for padding in ({}, {"padding": "same"}):
            if trials.fits({index: trials.varied(index, strides=others, **padding)}):
                also = ", padding: same" if padding else ""
                yield f"strides: {_per_axis(others)}{also} in {_place(trials.nodes[index])}"
                return


def _factor(stride: int, size: int | None, goal: int | None) -> int:
    """Computes the stride that makes about `goal` of what comes to `size` with `stride`."""
    return max(1, round(stride * size / goal)) if size and goal else stride


def _per_axis(values: Sequence[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else str(list(values))


def _place(node: Node) -> str:
    line = node.item.span.line if node.item and node.item.span else 0
    return quote(node.name) + (f" (line {line})" if line else "")


# One input ------------------------------------------------------------------------------------------------------------


def _flatten_before_dense(trials: Trials) -> str | None:
    """Suggests Flatten if the trouble comes from a Dense layer that reads a map position by position."""
    flatten = registry.build("Flatten", {})
    for source in trials.nodes[trials.culprit].inputs[:LISTED_INPUTS]:
        for index in trials.ancestors(source):
            if trials.nodes[index].kind != "Dense" or len(trials.outputs[index].shape) == 1:
                continue
            dense = trials.layers[index]
            read = trials.outputs[trials.nodes[index].inputs[0]].shape
            if trials.fits({index: lambda inputs, dense=dense: dense.output([flatten.output(inputs)])}):  # type: ignore[misc]
                return f"{_place(trials.nodes[index])} reads a map, {shown_shape(read)}: is Flatten missing before it?"
    return None


def _sibling(kind: str, x: Tensor) -> str | None:
    """Suggests `Conv2D` for a Conv1D that reads a map."""
    rank = len(x.shape) - 1
    for digit in "123":
        other = kind.replace(f"{digit}D", f"{rank}D")
        if other != kind and registry.is_kind(other):
            return f"{other} reads an input of this shape"
    return None


# The model's input ----------------------------------------------------------------------------------------------------


def _only_input(trials: Trials) -> Shape | None:
    """Returns the shape of the model's input, if it has only one."""
    inputs = [node.layer for node in trials.nodes[:2] if isinstance(node.layer, InputLayer)]
    return inputs[0].shape if len(inputs) == 1 else None


def _given(shape: Shape) -> Change:
    return lambda inputs: Tensor(shape)


def _channels_last(trials: Trials) -> str | None:
    """Suggests to turn an input that looks like channels x height x width and would fit the other way round."""
    shape = _only_input(trials)
    if shape is None or len(shape) != 3 or None in shape:
        return None
    channels, height, width = shape
    turned = (height, width, channels)
    if channels in (1, 3, 4) and min(height or 0, width or 0) > 8 and trials.fits({0: _given(turned)}):
        return f"shapes are channels-last: input: [{height}, {width}, {channels}]"
    return None


def _other_input(trials: Trials) -> str | None:
    """Suggests another input if the culprit reads one without channels, or a square image as a vector."""
    shape = _only_input(trials)
    if trials.nodes[trials.culprit].inputs != (0,) or shape is None or None in shape:
        return None
    if len(shape) > 1:
        grey = (*shape, 1)
        fits = trials.fits({0: _given(grey)})
        return f"a shape ends with the channels, 1 for a grey image: input: {list(grey)}" if fits else None
    elements = volume(shape) or 0
    side = math.isqrt(elements)
    image = (side, side, 1)
    if side * side == elements > 1 and trials.fits({0: _given(image)}):
        return f"input: {list(image)}, or Reshape: {list(image)} before this layer"
    return None


def _larger_input(trials: Trials) -> str | None:
    """Finds the smallest input, all sides enlarged alike, that the culprit would fit."""
    shape = _only_input(trials)
    if shape is None or len(shape) < 2 or None in shape:
        return None

    def enlarged(by: int) -> Shape:
        return (*(size + by for size in shape[:-1] if size is not None), shape[-1])

    fitting = 1
    while not trials.fits({0: _given(enlarged(fitting))}):
        fitting *= 2
        if fitting > MAX_ENLARGEMENT:
            return None
    failing = fitting // 2
    while fitting - failing > 1:
        middle = (failing + fitting) // 2
        if trials.fits({0: _given(enlarged(middle))}):
            fitting = middle
        else:
            failing = middle
    return f"an input of at least {shown_shape(enlarged(fitting))}"
