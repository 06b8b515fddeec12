"""Who reads what in convolutions and poolings: positions that change the output in Keras, or in PyTorch."""

from __future__ import annotations

import itertools
import math
import os
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

from torch import nn  # noqa: E402

from cnncalc.errors import Problem  # noqa: E402
from cnncalc.layers.registry import build  # noqa: E402
from cnncalc.receptive_fields.reach import Adaptive, AxisReach, Everything, PerAxis, TransposedWindow, Window  # noqa: E402
from tests.peers.windows_comparison import (  # noqa: E402
    ADAPTIVE,
    CONVOLUTIONS,
    DEPTHWISE,
    GLOBAL,
    POOLINGS,
    TRANSPOSED,
    Arguments,
    Network,
    avg_pool3d_refuses,
    figure,
    ours,
    per_axis,
    random_pads,
    random_window,
    rank_of,
    torch_layer,
)  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore")


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
