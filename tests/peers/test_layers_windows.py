"""Convolutions and poolings beside Keras and PyTorch: shapes, refusals, parameters, MACs, and who reads what.

Random arguments from fixed seeds. Keras is the judge of its own kinds and arguments, PyTorch of what Keras lacks
(explicit padding, `ceil_mode`, strides together with dilation, `groups` of a transposed convolution, RoI pooling).
"""

from __future__ import annotations

import itertools
import math
import os
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

from torch import nn  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from cnncalc.errors import Problem  # noqa: E402
from cnncalc.formula import formula  # noqa: E402
from cnncalc.layers.base import Layer  # noqa: E402
from cnncalc.layers.registry import build, layer_class  # noqa: E402
from cnncalc.receptive_fields.reach import Adaptive, AxisReach, Everything, PerAxis, TransposedWindow, Window  # noqa: E402
from cnncalc.tensor import Shape, Tensor  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

Arguments = dict[str, Any]
Network = Callable[[Any], Any]
"""From a batch of channels-last maps to what a layer makes of them."""
Answer = tuple[tuple[int | None, ...], int] | None
"""The output shape and the number of parameters; `None`: refused.

Both frameworks let some transposed convolutions make maps without positions; here that is a refusal.
"""

CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D")
DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
POOLINGS = tuple(f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3))
ADAPTIVE = ("AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D")
GLOBAL = tuple(f"Global{kind}" for kind in POOLINGS)


def rank_of(kind: str) -> int:
    return layer_class(kind).rank


def figure(layer: Layer, text: str, x: Shape, y: Shape) -> int:
    value = formula(text).evaluate(layer.symbols(x, y))
    assert isinstance(value, int)
    return value


def ours(kind: str, arguments: Mapping[str, Any], x: Shape) -> Answer:
    try:
        layer = build(kind, arguments)
        y = layer.output([Tensor(x)]).shape
    except Problem:
        return None
    return y, sum(figure(layer, weight.text, x, y) for weight in layer.weights(x))


def by_keras(kind: str, arguments: Mapping[str, Any], x: Shape) -> Answer:
    """What Keras makes of zeros of this shape; where it can't compute them, what it says the shape would be."""
    try:
        layer = getattr(keras.layers, kind)(**arguments)
        if None in x or (kind == "AveragePooling3D" and len(x) == 4):  # see `avg_pool3d_refuses`
            layer.build((None, *x))
            shape = tuple(layer.compute_output_shape((None, *x)))
        else:
            shape = tuple(layer(torch.zeros(1, *x)).shape)
    except (ValueError, TypeError, IndexError, RuntimeError):
        return None
    return None if 0 in shape else (shape[1:], layer.count_params())


def by_torch(make: Callable[[], nn.Module], x: Shape) -> Answer:
    """What PyTorch makes of zeros of this channels-last shape."""
    try:
        module = make()
        shape = tuple(module(torch.zeros(1, x[-1], *x[:-1])).shape)
    except (ValueError, RuntimeError):
        return None
    if 0 in shape:
        return None
    return (*shape[2:], shape[1]), sum(parameter.numel() for parameter in module.parameters())


def compare(cases: Sequence[tuple[str, Arguments, Shape]], judge: Callable[[str, Arguments, Shape], Answer]) -> None:
    verdicts = [(case, ours(*case), judge(*case)) for case in cases]
    assert [verdict for verdict in verdicts if verdict[1] != verdict[2]] == []
    refused = sum(verdict[2] is None for verdict in verdicts)
    assert 0 < refused < 0.7 * len(cases), "nearly all or none refused: the cases test too little"


def per_axis(dice: random.Random, rank: int, low: int, high: int) -> int | list[int]:
    return dice.randint(low, high) if dice.random() < 0.4 else [dice.randint(low, high) for _ in range(rank)]


def random_map(dice: random.Random, rank: int, channels: Sequence[int] = (1, 2, 3, 4, 6), unknown: float = 0) -> Shape:
    sizes = [None if dice.random() < unknown else dice.randint(1, 9) for _ in range(rank)]
    if None not in sizes and dice.random() < 0.02:
        sizes.append(3)
    return (*sizes, dice.choice(channels))


def random_window(dice: random.Random, kind: str) -> Arguments:
    """Arguments that Keras's convolutions share; strides and dilation are not both above 1, which Keras refuses."""
    rank = rank_of(kind)
    words = ["valid", "same", "SAME", "causal"] if dice.random() < 0.3 else ["valid", "same"]
    arguments: Arguments = {
        "kernel_size": per_axis(dice, rank, 1, 5),
        "padding": dice.choice(words),
        "use_bias": dice.random() < 0.5,
        "activation": dice.choice([None, "relu", "swish"]),
    }
    arguments["dilation_rate" if dice.random() < 0.4 else "strides"] = per_axis(dice, rank, 1, 4)
    return arguments


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_convolutions_as_in_keras(kind: str) -> None:
    dice = random.Random(kind)
    cases = []
    for _ in range(200):
        arguments = random_window(dice, kind) | {"filters": dice.choice([1, 4, 6]), "groups": dice.choice([1, 1, 2, 3])}
        cases.append((kind, arguments, random_map(dice, rank_of(kind), unknown=0.1)))
    compare(cases, by_keras)


@pytest.mark.parametrize("kind", DEPTHWISE)
def test_depthwise_and_separable_convolutions_as_in_keras(kind: str) -> None:
    dice = random.Random(kind)
    cases = []
    for _ in range(200):
        arguments = random_window(dice, kind) | {"depth_multiplier": dice.randint(1, 3)}
        if kind.startswith("Separable"):
            arguments["filters"] = dice.randint(1, 5)
        cases.append((kind, arguments, random_map(dice, rank_of(kind), unknown=0.1)))
    compare(cases, by_keras)


@pytest.mark.parametrize("kind", TRANSPOSED)
def test_transposed_convolutions_as_in_keras(kind: str) -> None:
    dice = random.Random(kind)
    cases = []
    for _ in range(300):
        arguments = random_window(dice, kind) | {"filters": dice.randint(1, 4)}
        if dice.random() < 0.5:
            strides = arguments.get("strides", 1)
            room = min(strides) if isinstance(strides, list) else strides
            arguments["output_padding"] = per_axis(dice, rank_of(kind), 0, max(room - 1, dice.randint(0, 1)))
        cases.append((kind, arguments, random_map(dice, rank_of(kind), unknown=0.1)))
    compare(cases, by_keras)


@pytest.mark.parametrize("kind", POOLINGS)
def test_poolings_as_in_keras(kind: str) -> None:
    dice = random.Random(kind)
    cases = []
    for _ in range(200):
        arguments: Arguments = {
            "pool_size": per_axis(dice, rank_of(kind), 1, 4),
            "padding": dice.choice(["valid", "same"]),
            "strides": None if dice.random() < 0.3 else per_axis(dice, rank_of(kind), 1, 4),
        }
        cases.append((kind, arguments, random_map(dice, rank_of(kind), unknown=0.1)))
    compare(cases, by_keras)


@pytest.mark.parametrize("kind", ADAPTIVE)
def test_adaptive_poolings_as_in_keras(kind: str) -> None:
    dice = random.Random(kind)
    cases = [(kind, {"output_size": per_axis(dice, 2, 0, 12)}, random_map(dice, 2)) for _ in range(100)]
    compare(cases, by_keras)


@pytest.mark.parametrize("kind", GLOBAL)
def test_global_poolings_as_in_keras(kind: str) -> None:
    dice = random.Random(kind)
    cases: list[tuple[str, Arguments, Shape]] = [
        (kind, {"keepdims": keepdims}, random_map(dice, rank_of(kind), unknown=0.2))
        for keepdims in (False, True)
        for _ in range(20)
    ]
    wrong_rank = random_map(dice, rank_of(kind) % 3 + 1)
    compare([*cases, (kind, {}, wrong_rank), (kind, {}, (8,))], by_keras)


def avg_pool3d_refuses(kind: str, arguments: Mapping[str, Any], sizes: Sequence[int]) -> bool:
    """PyTorch's avg_pool3d, unlike its other poolings, refuses a window larger than the map *without* its padding."""
    window = tuples(arguments, "pool_size", 3, 2)
    return kind == "AveragePooling3D" and any(size < k for size, k in zip(sizes, window, strict=True))


def tuples(arguments: Mapping[str, Any], name: str, rank: int, default: int) -> tuple[Any, ...]:
    value = arguments.get(name, default)
    return (value,) * rank if isinstance(value, int) else tuple(value)


def torch_layer(kind: str, arguments: Mapping[str, Any], channels: int) -> nn.Module:
    """The PyTorch module of a kind with explicit padding; pairs are padded by a layer of their own."""
    rank = rank_of(kind)
    padding = tuples(arguments, "padding", rank, 0)
    before: list[nn.Module] = []
    if any(isinstance(pad, list) for pad in padding):
        flat = [amount for pair in reversed(padding) for amount in pair]
        before = [nn.ConstantPad2d(flat, -math.inf if kind.startswith("Max") else 0)]
        padding = (0,) * rank
    if kind in POOLINGS:
        name = f"{'MaxPool' if kind.startswith('Max') else 'AvgPool'}{rank}d"
        window = arguments["pool_size"], arguments["strides"], padding
        return nn.Sequential(*before, getattr(nn, name)(*window, ceil_mode=arguments["ceil_mode"]))
    geometry = {
        "stride": tuples(arguments, "strides", rank, 1),
        "dilation": tuples(arguments, "dilation_rate", rank, 1),
        "padding": padding,
        "bias": arguments["use_bias"],
        "groups": arguments["groups"],
    }
    sizes = channels, arguments["filters"], tuples(arguments, "kernel_size", rank, 1)
    if kind in TRANSPOSED:
        added = tuples(arguments, "output_padding", rank, 0)
        return getattr(nn, f"ConvTranspose{rank}d")(*sizes, output_padding=added, **geometry)
    return nn.Sequential(*before, getattr(nn, f"Conv{rank}d")(*sizes, **geometry))


def judged_by_torch(kind: str, arguments: Arguments, x: Shape) -> Answer:
    if len(x) != rank_of(kind) + 1:
        return None
    if kind == "AveragePooling3D":
        kind = "MaxPooling3D"  # the same shapes: see `avg_pool3d_refuses`
    return by_torch(lambda: torch_layer(kind, arguments, x[-1] or 0), x)


def random_pads(dice: random.Random, rank: int, high: int) -> int | list[object]:
    pads = per_axis(dice, rank, 0, high)
    if isinstance(pads, int) or dice.random() < 0.5:
        return pads if isinstance(pads, int) else list(pads)
    return [[dice.randint(0, high), dice.randint(0, high)] for _ in range(rank)]


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_convolutions_with_explicit_padding_as_in_pytorch(kind: str) -> None:
    dice = random.Random(kind)
    cases = []
    for _ in range(200):
        arguments: Arguments = {
            "filters": dice.choice([1, 4, 6]),
            "groups": dice.choice([1, 1, 2, 3]),
            "kernel_size": per_axis(dice, rank_of(kind), 1, 5),
            "strides": per_axis(dice, rank_of(kind), 1, 3),
            "dilation_rate": per_axis(dice, rank_of(kind), 1, 3),
            "padding": random_pads(dice, rank_of(kind), 5),
            "use_bias": dice.random() < 0.5,
        }
        cases.append((kind, arguments, random_map(dice, rank_of(kind))))
    compare(cases, judged_by_torch)


@pytest.mark.parametrize("kind", TRANSPOSED)
def test_transposed_convolutions_with_explicit_padding_as_in_pytorch(kind: str) -> None:
    dice = random.Random(kind)
    cases = []
    for _ in range(300):
        arguments: Arguments = {
            "filters": dice.choice([1, 4, 6]),
            "groups": dice.choice([1, 1, 2]),
            "kernel_size": per_axis(dice, rank_of(kind), 1, 5),
            "strides": per_axis(dice, rank_of(kind), 1, 3),
            "dilation_rate": per_axis(dice, rank_of(kind), 1, 3),
            "padding": per_axis(dice, rank_of(kind), 0, 3),
            "use_bias": dice.random() < 0.5,
        }
        if dice.random() < 0.3:
            arguments["output_padding"] = per_axis(dice, rank_of(kind), 0, 2)
        cases.append((kind, arguments, random_map(dice, rank_of(kind))))
    compare(cases, judged_by_torch)


@pytest.mark.parametrize("kind", POOLINGS)
def test_poolings_with_explicit_padding_and_ceil_mode_as_in_pytorch(kind: str) -> None:
    dice = random.Random(kind)
    cases: list[tuple[str, Arguments, Shape]] = [
        (
            kind,
            {"pool_size": size, "strides": 1, "padding": size // 2 + 1, "ceil_mode": False},
            (9,) * rank_of(kind) + (1,),
        )
        for size in range(1, 6)
    ]
    for _ in range(300):
        size = per_axis(dice, rank_of(kind), 1, 4)
        most = (size if isinstance(size, int) else min(size)) // 2
        ceil_mode = dice.random() < 0.6
        arguments: Arguments = {
            "pool_size": size,
            "strides": None if dice.random() < 0.2 else per_axis(dice, rank_of(kind), 1, 5),
            "padding": per_axis(dice, rank_of(kind), 0, most) if ceil_mode else random_pads(dice, rank_of(kind), most),
            "ceil_mode": ceil_mode,
        }
        cases.append((kind, arguments, random_map(dice, rank_of(kind))))
    compare(cases, judged_by_torch)


@pytest.mark.parametrize(("kind", "operation"), [("RoIAlign", "roi_align"), ("RoIPooling", "roi_pool")])
@pytest.mark.parametrize("size", [7, [2, 5]])
def test_region_pooling_as_in_torchvision(kind: str, operation: str, size: int | list[int]) -> None:
    ops = pytest.importorskip("torchvision.ops")
    boxes = torch.tensor([[0.0, 0.0, 5.0, 5.0], [3.0, 1.0, 9.0, 8.0], [0.0, 0.0, 2.0, 9.0]])
    pooled = getattr(ops, operation)(torch.zeros(1, 4, 10, 12), [boxes], size)
    y = build(kind, {"pool_size": size, "regions": 3}).output([Tensor((10, 12, 4))])
    assert (y.instances, y.shape[-1], *y.shape[:-1]) == tuple(pooled.shape)


# Multiply-accumulates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*CONVOLUTIONS, *DEPTHWISE, *TRANSPOSED])
def test_macs_are_half_of_what_the_flop_counter_of_pytorch_counts(kind: str) -> None:
    dice = random.Random(kind)
    counted = 0
    for _ in range(40):
        arguments = random_window(dice, kind)
        if "Depthwise" not in kind:
            arguments["filters"] = 2 * dice.randint(1, 3)
        if "Depthwise" in kind or "Separable" in kind:
            arguments["depth_multiplier"] = dice.randint(1, 3)
        elif kind in CONVOLUTIONS:
            arguments["groups"] = dice.choice([1, 2])
        x = random_map(dice, rank_of(kind), channels=(2, 4))
        answer = ours(kind, arguments, x)
        if answer is None:
            continue
        layer = build(kind, arguments)
        counter = FlopCounterMode(display=False)
        with counter:
            getattr(keras.layers, kind)(**arguments)(torch.zeros(1, *x))
        assert 2 * figure(layer, layer.macs(), x, answer[0]) == counter.get_total_flops(), (arguments, x)
        counted += 1
    assert counted > 20


def test_macs_of_a_grouped_transposed_convolution_are_those_of_pytorch() -> None:
    arguments: Arguments = {
        "filters": 6, "kernel_size": [4, 3], "strides": 2, "padding": 1, "groups": 2, "use_bias": False,
    }  # fmt: skip
    layer = build("Conv2DTranspose", arguments)
    x = (5, 7, 4)
    counter = FlopCounterMode(display=False)
    with counter:
        torch_layer("Conv2DTranspose", arguments, 4)(torch.zeros(1, 4, 5, 7))
    assert 2 * figure(layer, layer.macs(), x, layer.infer_shape(x)) == counter.get_total_flops()


# Who reads what --------------------------------------------------------------------------------------------------


def positions(sizes: Sequence[int]) -> list[tuple[int, ...]]:
    return list(itertools.product(*map(range, sizes)))


def influence(network: Network, sizes: Sequence[int]) -> dict[tuple[int, ...], set[tuple[int, ...]]]:
    """For each output position the input positions that change it: the answers to one impulse at each of them.

    `network` maps (batch, *sizes, 1) to (batch, *outputs, 1); no weight of it is negative or 0. In double precision,
    because oneDNN's single precision convolution of one channel is wrong for some unequal strides (PyTorch 2.14).
    """
    where = positions(sizes)
    impulses = torch.eye(len(where), dtype=torch.float64).reshape(len(where), *sizes, 1)
    answers = network(impulses).detach()[..., 0]
    reads: dict[tuple[int, ...], set[tuple[int, ...]]] = {p: set() for p in positions(answers.shape[1:])}
    for hit in (answers.abs() > 1e-3).nonzero().tolist():
        reads[tuple(hit[1:])].add(where[hit[0]])
    return reads


def reads_on_axis(reach: AxisReach, p: int, size: int) -> set[int]:
    """The input positions that output position p reads, by the definitions in `cnncalc.receptive_fields.reach`."""
    match reach:
        case Window(kernel, stride, dilation, int(before)):
            window = {p * stride - before + t * dilation for t in range(kernel)}
        case TransposedWindow(kernel, stride, dilation, int(before)):
            reached = {i: {i * stride - before + t * dilation for t in range(kernel)} for i in range(size)}
            window = {i for i in range(size) if p in reached[i]}
        case Adaptive(int(length), bins):
            window = set(range(math.floor(p * length / bins), math.ceil((p + 1) * length / bins)))
        case _:
            raise AssertionError(reach)
    return window & set(range(size))


def check_reach(kind: str, arguments: Mapping[str, Any], sizes: Sequence[int], network: Network) -> bool:
    """Whether the layer accepts the arguments; where it does, its reach must be the network's influence."""
    x = (*sizes, 1)
    answer = ours(kind, arguments, x)
    if answer is None:
        return False
    reach = build(kind, arguments).reach(x, answer[0])
    assert isinstance(reach, PerAxis)
    expected = {
        place: set(
            itertools.product(
                *(reads_on_axis(axis, p, size) for axis, p, size in zip(reach.axes, place, sizes, strict=True))
            )
        )
        for place in positions([size or 0 for size in answer[0][:-1]])
    }
    assert influence(network, sizes) == expected, (kind, arguments, sizes)
    return True


def keras_network(kind: str, arguments: Mapping[str, Any]) -> Network:
    ones = {
        name: "ones"
        for name in ("kernel_initializer", "depthwise_initializer", "pointwise_initializer")
        if kind not in (*POOLINGS, *ADAPTIVE) and (name.startswith("k") != (kind in DEPTHWISE))
        and (name != "pointwise_initializer" or kind.startswith("Separable"))
    }  # fmt: skip
    network: Network = getattr(keras.layers, kind)(**arguments, **ones, dtype="float64")
    return network


def torch_network(kind: str, arguments: Mapping[str, Any]) -> Network:
    module = torch_layer(kind, arguments, 1).double()
    for parameter in module.parameters():
        nn.init.ones_(parameter)
    return lambda batch: torch.movedim(module(torch.movedim(batch, -1, 1)), 1, -1)


SMALL = {1: (1, 12), 2: (1, 7), 3: (2, 5)}
"""The sizes of the maps that impulses are sent through."""


def small_map(dice: random.Random, kind: str) -> list[int]:
    return [dice.randint(*SMALL[rank_of(kind)]) for _ in range(rank_of(kind))]


@pytest.mark.parametrize("kind", [*CONVOLUTIONS, *DEPTHWISE, *TRANSPOSED])
def test_convolutions_read_what_keras_reads(kind: str) -> None:
    dice = random.Random(kind)
    accepted = 0
    for _ in range(60):
        arguments = random_window(dice, kind) | {"use_bias": False, "activation": None}
        if "Depthwise" not in kind:
            arguments["filters"] = 1
        strides = arguments.get("strides", 1)
        if kind in TRANSPOSED and dice.random() < 0.5:
            most = min(strides) if isinstance(strides, list) else strides
            arguments["output_padding"] = dice.randint(0, most - 1)
        sizes = small_map(dice, kind)
        if ours(kind, arguments, (*sizes, 1)) is not None:
            accepted += check_reach(kind, arguments, sizes, keras_network(kind, arguments))
    assert accepted > 30


@pytest.mark.parametrize("kind", POOLINGS)
def test_poolings_read_what_keras_reads(kind: str) -> None:
    dice = random.Random(kind)
    accepted = 0
    for _ in range(60):
        arguments: Arguments = {
            "pool_size": per_axis(dice, rank_of(kind), 1, 4),
            "padding": dice.choice(["valid", "same", "same"]),
            "strides": None if dice.random() < 0.2 else per_axis(dice, rank_of(kind), 1, 4),
        }
        sizes = small_map(dice, kind)
        if not avg_pool3d_refuses(kind, arguments, sizes):
            accepted += check_reach(kind, arguments, sizes, keras_network(kind, arguments))
    assert accepted > 30


@pytest.mark.parametrize("kind", ADAPTIVE)
def test_adaptive_poolings_read_what_keras_reads(kind: str) -> None:
    dice = random.Random(kind)
    for _ in range(60):
        arguments: Arguments = {"output_size": [dice.randint(1, 9), dice.randint(1, 9)]}
        sizes = small_map(dice, kind)
        network = keras_network(kind, arguments)
        assert check_reach(kind, arguments, sizes, network)
        layer = build(kind, arguments)
        y = layer.infer_shape((*sizes, 1))
        # One operation per element of each window.
        assert figure(layer, str(layer.flops((*sizes, 1))), (*sizes, 1), y) == sum(
            map(len, influence(network, sizes).values())
        )


@pytest.mark.parametrize("kind", [*CONVOLUTIONS, *TRANSPOSED, *POOLINGS])
def test_layers_with_explicit_padding_read_what_pytorch_reads(kind: str) -> None:
    dice = random.Random(kind)
    rank, accepted = rank_of(kind), 0
    for _ in range(80):
        size = per_axis(dice, rank, 1, 4)
        most = (size if isinstance(size, int) else min(size)) // 2
        arguments: Arguments
        if kind in POOLINGS:
            ceil_mode = dice.random() < 0.5
            padding = per_axis(dice, rank, 0, most) if ceil_mode else random_pads(dice, rank, most)
            arguments = {"pool_size": size, "ceil_mode": ceil_mode, "padding": padding}
        else:
            arguments = {
                "filters": 1, "groups": 1, "use_bias": False, "kernel_size": size,
                "dilation_rate": per_axis(dice, rank, 1, 3),
                "padding": per_axis(dice, rank, 0, 3) if kind in TRANSPOSED else random_pads(dice, rank, 3),
            }  # fmt: skip
        arguments["strides"] = per_axis(dice, rank, 1, 3)
        if kind in TRANSPOSED:
            arguments["output_padding"] = dice.randint(0, 2)
        sizes = small_map(dice, kind)
        if avg_pool3d_refuses(kind, arguments, sizes) or ours(kind, arguments, (*sizes, 1)) is None:
            continue
        accepted += check_reach(kind, arguments, sizes, torch_network(kind, arguments))
    assert accepted > 30


@pytest.mark.parametrize("kind", GLOBAL)
@pytest.mark.parametrize("keepdims", [False, True])
def test_global_poolings_read_everything_in_keras_too(kind: str, keepdims: bool) -> None:
    sizes = [2, 3, 4][: rank_of(kind)]
    layer = build(kind, {"keepdims": keepdims})
    reads = influence(getattr(keras.layers, kind)(keepdims=keepdims, dtype="float64"), sizes)
    assert isinstance(layer.reach((*sizes, 1), layer.infer_shape((*sizes, 1))), Everything)
    assert list(reads.values()) == [set(positions(sizes))]


@pytest.mark.parametrize("output_padding", [None, 0, 1, 2])
@pytest.mark.parametrize("strides", [1, 2, 3, 4])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 5, 6])
def test_a_same_transposed_convolution_is_the_gradient_of_a_same_convolution(
    kernel_size: int, strides: int, output_padding: int | None
) -> None:
    """Input position i reaches exactly those outputs that position i of the `same` convolution over them reads."""
    arguments: Arguments = {"filters": 1, "kernel_size": kernel_size, "strides": strides, "padding": "same"}
    try:
        layer = build("Conv1DTranspose", arguments | {"output_padding": output_padding})
    except Problem:
        assert output_padding is not None
        assert output_padding >= strides
        return
    size = 5
    (length, _) = layer.infer_shape((size, 1))
    reach = layer.reach((size, 1), (length, 1))
    assert isinstance(reach, PerAxis)
    assert length is not None
    if -(-length // strides) != size:
        # An even kernel without output padding: no `same` convolution has this length as its input.
        assert (output_padding, kernel_size % 2) == (0, 0)
        return
    convolution = keras_network("Conv1D", arguments | {"use_bias": False})
    x = torch.zeros(1, length, 1, dtype=torch.float64, requires_grad=True)
    y = convolution(x)
    assert y.shape[1] == size
    for i in range(size):
        (gradient,) = torch.autograd.grad(y[0, i, 0], x, retain_graph=True)
        reads = set(gradient[0, :, 0].nonzero().flatten().tolist())
        assert reads == {p for p in range(length) if i in reads_on_axis(reach.axes[0], p, size)}
