"""Exact receptive fields of recurrent layers, attention and wrappers against gradients of Keras's layers in PyTorch.

A position of the input is seen if the gradient of an output by it is not 0; weights are random, so that gradients do
not cancel. Compared is the largest extent over all positions of the output, which borders cut: sequences are long
enough that some position is not cut, unless the field is the whole input.
"""

from __future__ import annotations

import math
import os
import random
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

import cnncalc  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

LENGTH, CHANNELS = 36, 3
Item = dict[str, Any]


def recurrent(dice: random.Random) -> Item:
    kind = dice.choice(["SimpleRNN", "LSTM", "GRU"])
    return {kind: {"units": 3, "return_sequences": True, "go_backwards": dice.random() < 0.3}}


def bidirectional(dice: random.Random) -> Item:
    return {"Bidirectional": {"layer": {dice.choice(["LSTM", "GRU"]): {"units": 2, "return_sequences": True}}}}


def convolution(dice: random.Random) -> Item:
    return {"Conv1D": {"filters": 3, "kernel_size": dice.randint(1, 4), "strides": dice.choice([1, 1, 2])}}


def band(dice: random.Random) -> Item:
    window = dice.randint(1, 3)
    return {"MultiHeadAttention": {"num_heads": 2, "key_dim": 2, "sliding_window": window}}


def attention(dice: random.Random) -> Item:
    if dice.random() < 0.5:
        return {"MultiHeadAttention": {"num_heads": 1, "key_dim": 2}}
    return {"GroupQueryAttention": {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}}


def frame_by_frame(dice: random.Random) -> Item:
    return {"TimeDistributed": {"layer": {"Dense": {"units": 3}}}}


def product(dice: random.Random) -> Item:
    return {"EinsumDense": {"equation": "abc,cd->abd", "output_shape": [None, 3]}}


STEPS = (
    recurrent,
    bidirectional,
    convolution,
    convolution,
    convolution,
    band,
    band,
    attention,
    frame_by_frame,
    product,
)


def made(item: Item) -> Any:
    """The layer of Keras's that an item stands for."""
    [(kind, arguments)] = item.items()
    values = {name: made(value) if isinstance(value, dict) else value for name, value in arguments.items()}
    if "model" in values:
        values["layer"] = keras.Sequential([made(inner) for inner in values.pop("model")])
    return getattr(keras.layers, kind)(**values)


def measured(items: list[Item], length: int) -> int:
    """The largest extent of the input that a position of the output sees."""
    x = torch.rand(1, length, CHANNELS, dtype=torch.float32, requires_grad=True)
    y = x
    for item in items:
        layer = made(item)
        y = layer(y, y) if "Attention" in next(iter(item)) else layer(y)
    largest = 0
    for position in range(y.shape[1] if y.dim() == 3 else 1):
        output = y[0, position].sum() if y.dim() == 3 else y.sum()
        (gradient,) = torch.autograd.grad(output, x, retain_graph=True)
        seen = gradient[0].abs().sum(dim=-1).nonzero().flatten().tolist()
        largest = max(largest, seen[-1] - seen[0] + 1)
    return largest


@pytest.mark.parametrize("seed", range(40))
def test_random_chains_see_what_gradients_show(seed: int) -> None:
    dice = random.Random(f"sequence {seed}")
    items = [dice.choice(STEPS)(dice) for _ in range(dice.randint(1, 4))]
    model = cnncalc.from_dict({"input": [LENGTH, CHANNELS], "layers": items})
    field = model.analyze().layers[-1].exact.receptive_field
    assert field is not None
    seen = measured(items, LENGTH)
    if field[0] <= LENGTH:
        assert field[0] == seen, items
    else:  # it is shown as it is; strides leave less than a step of the input unread
        strides = math.prod(item["Conv1D"]["strides"] for item in items if "Conv1D" in item)
        assert LENGTH - strides < seen <= LENGTH, items


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_a_step_sees_those_up_to_it_and_the_last_all(kind: str) -> None:
    layer = getattr(keras.layers, kind)(3, return_sequences=True)
    x = torch.rand(1, 9, CHANNELS, requires_grad=True)
    y = layer(x)
    for step in range(9):
        (gradient,) = torch.autograd.grad(y[0, step].sum(), x, retain_graph=True)
        assert gradient[0].abs().sum(dim=-1).nonzero().flatten().tolist() == list(range(step + 1))
    rows = cnncalc.from_dict({"input": [9, CHANNELS], "layers": [{kind: 3}]}).analyze().layers
    assert rows[-1].exact.receptive_field == (9,)
    assert measured([{kind: {"units": 3}}], 9) == 9


EYE: list[Item] = [
    {"Conv2D": {"filters": 2, "kernel_size": 3}},
    {"AveragePooling2D": {"pool_size": 2, "strides": 1}},
]


@pytest.mark.parametrize(
    "items",
    [
        [
            {"TimeDistributed": {"layer": {"Conv2D": {"filters": 2, "kernel_size": 3}}}},
            {"TimeDistributed": {"layer": {"GlobalAveragePooling2D": {}}}},
            {"LSTM": {"units": 2, "return_sequences": True}},
        ],
        [{"TimeDistributed": {"model": EYE}}, {"TimeDistributed": {"model": [EYE[1], {"Flatten": {}}]}}],
    ],
    ids=["layers", "models"],
)
def test_frames_stay_apart(items: list[Item]) -> None:
    """What is done to each frame, one layer or several, then a recurrent layer over all."""
    rows = cnncalc.from_dict({"input": [4, 6, 7, 1], "layers": items}).analyze().layers
    x = torch.rand(1, 4, 6, 7, 1, requires_grad=True)
    y = x
    for item, row in zip(items, rows[1:], strict=True):
        y = made(item)(y)
        boxes = []
        for place in torch.cartesian_prod(*map(torch.arange, y.shape[1:-1])).reshape(-1, y.dim() - 2).tolist():
            (gradient,) = torch.autograd.grad(y[0][tuple(place)].sum(), x, retain_graph=True)
            seen = gradient[0].abs().sum(dim=-1).nonzero()
            boxes.append((seen.amax(dim=0) - seen.amin(dim=0) + 1).tolist())
        assert row.exact.receptive_field == tuple(map(max, zip(*boxes, strict=True)))
