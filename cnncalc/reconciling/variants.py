"""What the net may have been that a number was found for: variants of the net at hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.layers.activation import ActivationLayer
from cnncalc.layers.base import Layer
from cnncalc.layers.convolution import Conv, GroupedConvolution
from cnncalc.layers.dense import Dense
from cnncalc.layers.depthwise import Depthwise, Separable
from cnncalc.layers.registry import build, layer_class
from cnncalc.reconciling import readings
from cnncalc.reconciling.measures import PASSED_THROUGH, Net, VariantBuilder
from cnncalc.tensor import Shape, shape_text

MAX_NODES: Final = 5_000
"""Of a longer net, what would have to be computed anew is not looked at: there are some fifty such variants."""


@dataclass(frozen=True)
class Variant:
    """A net that differs in one respect: `phrase` says in which, "" where in none. `without` are nodes left out."""

    phrase: str
    cost: int
    net: Net
    without: frozenset[int] = frozenset()


def variants(builder: VariantBuilder, inputs: Sequence[int], outputs: Sequence[int]) -> Iterator[Variant]:
    """Yields the net itself, and then every variant that works out; of a very long one those that only leave parts
    out.
    """
    net = builder.net
    yield Variant("", 0, net)
    yield from _single_outputs(net, outputs)
    yield from _without_classifier(net, outputs)
    if len(net.nodes) > MAX_NODES:
        return
    yield from _folded_normalization(builder)
    yield from _moved_strides(builder)
    yield from _without_groups(builder)
    yield from _input_sizes(builder, inputs)
    yield from _classes(builder, outputs)


# Parts left out -------------------------------------------------------------------------------------------------


def _single_outputs(net: Net, outputs: Sequence[int]) -> Iterator[Variant]:
    if len(outputs) < 2:
        return
    for output in outputs:
        kept = _ancestors(net, output)
        without = frozenset(range(len(net.nodes))) - kept
        phrase = f'of what leads to the output "{net.nodes[output].name}" alone'
        yield Variant(phrase, readings.ONE_OUTPUT, net, without)


def _ancestors(net: Net, index: int) -> frozenset[int]:
    found, waiting = {index}, [index]
    while waiting:
        for source in net.nodes[waiting.pop()].inputs:
            if source not in found:
                found.add(source)
                waiting.append(source)
    return frozenset(found)


def _without_classifier(net: Net, outputs: Sequence[int]) -> Iterator[Variant]:
    """Leaves out the dense layers at the end, as `include_top=False` does in Keras, and the last one of several.

    Keras's `include_top=False` leaves out the pooling as well.
    """
    if len(outputs) != 1:
        return
    dense: list[int] = []
    index: int | None = outputs[0]
    while index is not None and (net.layers[index].family in PASSED_THROUGH or net.layers[index].family == "dense"):
        if net.layers[index].family == "dense":
            dense.append(index)
        index = _only_source(net, index)
    if dense:
        names = _names(net, dense)
        yield Variant(f"without the classifier ({names})", readings.NO_CLASSIFIER, net, frozenset(dense))
        if index is not None and net.layers[index].family == "flatten":
            index = _only_source(net, index)
        if index is not None and net.layers[index].family == "global pooling":
            phrase = f"without the classifier and the pooling before it ({_names(net, [*dense, index])})"
            yield Variant(phrase, readings.NO_CLASSIFIER, net, frozenset((*dense, index)))
    if len(dense) > 1:
        phrase = f'without the last layer ("{net.nodes[dense[0]].name}")'
        yield Variant(phrase, readings.NO_LAST_LAYER, net, frozenset(dense[:1]))


def _only_source(net: Net, index: int) -> int | None:
    sources = net.nodes[index].inputs
    return sources[0] if len(sources) == 1 else None


def _names(net: Net, indices: Sequence[int]) -> str:
    return ", ".join(f'"{net.nodes[index].name}"' for index in reversed(indices))


# Other arguments ------------------------------------------------------------------------------------------------


def with_arguments(layer: Layer, **values: object) -> Layer:
    """Returns the layer with other values, in the form in which a layer holds them."""
    return layer.model_copy(update=values)


def _folded_normalization(builder: VariantBuilder) -> Iterator[Variant]:
    """Folds batch normalisations into the convolutions before them, as for inference: a bias is what is left."""
    folded = {
        index: normalization
        for index, normalization in builder.normalizations.items()
        if getattr(builder.net.layers[index], "activation", "linear") == "linear"
    }
    layers = {index: with_arguments(builder.net.layers[index], use_bias=True) for index in folded}
    net = builder.varied(layers) if layers else None
    if net is not None:
        phrase = "with batch normalisation folded into the convolutions before it"
        yield Variant(phrase, readings.FOLDED, net, frozenset(folded.values()))


def _moved_strides(builder: VariantBuilder) -> Iterator[Variant]:
    """Yields a bottleneck's stride in its 1x1 convolution, where He et al. have it, or in the one behind, as later."""
    net = builder.net
    readers = net.readers()
    to_first: dict[int, Layer] = {}
    to_second: dict[int, Layer] = {}
    for index, first in enumerate(net.layers):
        if not isinstance(first, Conv) or set(first.kernel_size) != {1}:
            continue
        following = net.next_layer(index, readers)
        second = None if following is None else net.layers[following]
        if following is None or not isinstance(second, Conv) or set(second.kernel_size) == {1}:
            continue
        strides, one = (first.strides, second.strides), (1,) * first.rank
        if strides[0] != one and strides[1] == one:
            to_second |= {index: with_arguments(first, strides=one), following: _strided(second, strides[0])}
        elif strides[0] == one and strides[1] != one:
            to_first |= {index: _strided(first, strides[1]), following: with_arguments(second, strides=one)}
    for layers, phrase in (
        (to_first, "with a block's stride in its 1x1 convolution, not in the one behind it (as ResNet v1)"),
        (to_second, "with a block's stride in its 3x3 convolution, not in the 1x1 before it (as ResNet v1.5)"),
    ):
        moved = builder.varied(layers) if layers else None
        if moved is not None:
            yield Variant(phrase, readings.MOVED_STRIDE, moved)


def _strided(layer: Conv, strides: tuple[int, ...]) -> Layer:
    return with_arguments(layer, strides=strides)


def _without_groups(builder: VariantBuilder) -> Iterator[Variant]:
    layers: dict[int, Layer] = {}
    for index, layer in enumerate(builder.net.layers):
        if isinstance(layer, GroupedConvolution) and layer.groups > 1:
            layers[index] = with_arguments(layer, groups=1)
        elif isinstance(layer, Depthwise) and not isinstance(layer, Separable):
            channels = builder.net.figures[index].output.channels
            kind = layer.kind.removeprefix("Depthwise")
            shared = {name: getattr(layer, name) for name in layer_class(kind).arguments() if name in layer.arguments()}
            layers[index] = build(kind, shared | {"filters": channels})
    net = builder.varied(layers) if layers else None
    if net is not None:
        yield Variant("with the groups of its convolutions ignored", readings.NO_GROUPS, net)


def _input_sizes(builder: VariantBuilder, inputs: Sequence[int]) -> Iterator[Variant]:
    if len(inputs) != 1:
        return
    shape: Shape = builder.net.figures[inputs[0]].output.shape
    for size, cost in readings.SIZES.items():
        other = (*[size for _ in shape[:-1]], shape[-1])
        if len(shape) == 1 or other == shape:
            continue
        net = builder.varied({}, {inputs[0]: other})
        if net is not None:
            yield Variant(f"for an input of {shape_text(other)}", cost, net)


def _classes(builder: VariantBuilder, outputs: Sequence[int]) -> Iterator[Variant]:
    """Changes the number of classes: units of the last dense layer, or filters of a convolution in its place."""
    net = builder.net
    if len(outputs) != 1:
        return
    index = outputs[0]
    while not isinstance(net.layers[index], (Dense, Conv)):
        layer = net.layers[index]
        looked_through = isinstance(layer, ActivationLayer) or layer.family in ("global pooling", "flatten", "dropout")
        if len(net.nodes[index].inputs) != 1 or not looked_through:
            return
        (index,) = net.nodes[index].inputs
    last = net.layers[index]
    argument = "units" if isinstance(last, Dense) else "filters"
    for classes, cost in readings.CLASSES.items():
        if getattr(last, argument) == classes:
            continue
        varied = builder.varied({index: with_arguments(last, **{argument: classes})})
        if varied is not None:
            yield Variant(f"for {classes:,} class{'' if classes == 1 else 'es'}", cost, varied)
