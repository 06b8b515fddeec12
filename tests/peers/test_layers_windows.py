"""Convolutions and poolings beside Keras and PyTorch: shapes, refusals, parameters, MACs.

Random arguments from fixed seeds. Keras is the judge of its own kinds and arguments, PyTorch of what Keras lacks
(explicit padding, `ceil_mode`, strides together with dilation, `groups` of a transposed convolution, RoI pooling).
"""

from __future__ import annotations

import os
import random

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from cnncalc.layers.registry import build  # noqa: E402
from cnncalc.tensor import Shape, Tensor  # noqa: E402
from tests.peers.windows_comparison import (  # noqa: E402
    ADAPTIVE,
    CONVOLUTIONS,
    DEPTHWISE,
    GLOBAL,
    POOLINGS,
    TRANSPOSED,
    Arguments,
    by_keras,
    compare,
    figure,
    judged_by_torch,
    ours,
    per_axis,
    random_map,
    random_pads,
    random_window,
    rank_of,
    torch_layer,
)  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore")


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
