"""Random tensor operations against keras.ops, or PyTorch where Keras has no such operation: shapes, or both refuse.

Arrays of zeros run through the real functions, with a batch of 2, so that no axis is taken for the batch.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from cnncalc.errors import Problem
from cnncalc.formula import formula
from cnncalc.layers.registry import build
from cnncalc.tensor import Shape, Tensor

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

import numpy as np  # noqa: E402  (comes with Keras)
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from tests.peers.operations import BATCH, OPERATIONS  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

Arguments = dict[str, Any]
Case = tuple[Arguments, list[Shape]]
DRAWS = 120
"""Of each kind."""


class Draw(random.Random):
    def shape(self, low: int = 1, high: int = 4) -> Shape:
        return tuple(self.choice((1, 2, 3, 4, 6, 8, 9)) for _ in range(self.randint(low, high)))

    def axis(self, rank: int) -> int:
        """An axis that is there, mostly; never the batch, which no layer sees."""
        return self.choice([*range(1, rank + 1), *range(-rank, 0), rank + 2])

    def axes(self, rank: int) -> int | list[int]:
        inside = self.sample(range(1, rank + 1), self.randint(1, rank))
        return self.choice([self.axis(rank), [axis - self.choice((0, rank + 1)) for axis in inside]])

    def broadcast(self, x: Shape) -> Shape:
        """A shape that mostly fits another one."""
        sizes = tuple(self.choice((size, size, 1)) for size in x)
        return tuple(size + (self.random() < 0.03) for size in sizes)


def reduction(draw: Draw) -> Case:
    x = draw.shape()
    return {"axis": draw.axes(len(x)), "keepdims": draw.random() < 0.5}, [x]


def slicing(draw: Draw) -> Case:
    x = draw.shape()
    bounds = {"start": draw.randint(-5, 5), "stop": draw.choice((None, *range(-6, 10))), "step": draw.randint(1, 3)}
    return {"axis": draw.choice((1, len(x), -1))} | {n: v for n, v in bounds.items() if draw.random() < 0.7}, [x]


def expansion(draw: Draw) -> Case:
    x = draw.shape()
    if draw.random() < 0.5:
        return {"axis": draw.axis(len(x) + 1)}, [x]
    lead = [draw.randint(1, 4) for _ in range(draw.randint(0, 2))]
    return {"shape": [*lead, *(draw.choice((-1, size, size * 2)) for size in x)]}, [x]


def squeezing(draw: Draw) -> Case:
    x = draw.shape()
    return draw.choice(({"axis": draw.axes(len(x))}, {})), [x]


def stacking(draw: Draw) -> Case:
    x = draw.shape()
    return {"axis": draw.axis(len(x) + 1)}, [x if draw.random() < 0.95 else draw.shape() for _ in range(3)]


def product(draw: Draw) -> Case:
    leading = draw.shape(0, 2)
    rows, middle, columns = (draw.randint(1, 6) for _ in range(3))
    options = {name: draw.random() < 0.5 for name in ("transpose_a", "transpose_b")}
    a = (middle, rows) if options["transpose_a"] else (rows, middle)
    b = (columns, middle) if options["transpose_b"] else (middle, columns)
    if draw.random() < 0.1:
        b = (b[0] + 1, b[1])
    return options, [draw.broadcast(leading) + a, draw.broadcast(leading) + b]


EQUATIONS = (
    "bqd,bkd->bqk", "bhqd,bhkd->bhqk", "bhqk,bhkd->bhqd", "bijc,bkc->bijk", "bchw,bdhw->bcd", "bq,bk->bqk",
    "bqd,bd->bq", "qd,kd->qk", "...qd,...kd->...qk", "b...c,b...c->b...", "bnqhd,bnkhd->bnhqk", "bqd,bqd->bqd",
)  # fmt: skip


def einstein(draw: Draw) -> Case:
    equation = draw.choice(EQUATIONS)
    sizes = {letter: draw.randint(2, 5) for letter in "abcdefghijklmnopqrstuvwxyz"}
    hidden = draw.shape(1, 2)
    named = equation[0] == "b"
    shapes: list[Shape] = []
    for part in equation.split("->")[0].split(","):
        before, _, behind = part.removeprefix("b" if named else "").partition("...")
        middle = hidden if "..." in part else ()
        shapes.append((*(sizes[n] for n in before), *middle, *(sizes[n] for n in behind)))
    if draw.random() < 0.1:
        shapes[1] = (*shapes[1][:-1], shapes[1][-1] + 7)
    return {"equation": equation}, shapes


def blocks(draw: Draw) -> Case:
    return {"block_size": draw.randint(1, 3)}, [(draw.randint(1, 12), draw.randint(1, 12), draw.randint(1, 18))]


def channels(draw: Draw) -> Case:
    return {"padding": [draw.randint(0, 3), draw.randint(0, 3)]}, [draw.shape()]


def quotient(draw: Draw) -> Case:
    x = draw.shape()
    return {}, [draw.broadcast(x), draw.broadcast(x)[draw.randint(0, len(x) - 1) :]]


def constant(draw: Draw) -> Case:
    x = draw.shape()
    value = draw.choice((2, [2] * x[-1], [2] * 5, [[3] * x[-1]]))
    return {"op": draw.choice(("add", "multiply", "divide", "power", "maximum")), "value": value}, [x]


def normalizing(draw: Draw) -> Case:
    x = draw.shape()
    return {"axis": draw.axis(len(x)), "order": draw.randint(1, 3)}, [x]


def adaptive(rank: int) -> Callable[[Draw], Case]:
    def draw_case(draw: Draw) -> Case:
        return {"output_size": [draw.choice((None, draw.randint(1, 9))) for _ in range(rank)]}, [
            (*(draw.randint(1, 9) for _ in range(rank)), draw.randint(1, 4))
        ]

    return draw_case


CASES: dict[str, Callable[[Draw], Case]] = {
    **{f"Reduce{name}": reduction for name in ("Mean", "Max", "Min", "Sum")},
    "Slice": slicing,
    "Expand": expansion,
    "Squeeze": squeezing,
    "Stack": stacking,
    "MatMul": product,
    "Einsum": einstein,
    "DepthToSpace": blocks,
    "SpaceToDepth": blocks,
    "ChannelPadding": channels,
    "Divide": quotient,
    "Elementwise": constant,
    "Normalize": normalizing,
    **{f"Adaptive{what}Pooling{rank}D": adaptive(rank) for what in ("Average", "Max") for rank in (1, 2, 3)},
}


def calculated(kind: str, arguments: Arguments, shapes: list[Shape]) -> Shape | None:
    try:
        return build(kind, arguments).output([Tensor(shape) for shape in shapes]).shape
    except Problem:
        return None


def ran(kind: str, arguments: Arguments, shapes: list[Shape]) -> Shape | None:
    """The shape of what comes out; `None`: Keras or PyTorch refuses, or nothing comes out."""
    if kind == "Divide":  # a merge aligns one sample's axes, and the batch stands before the longest
        rank = max(map(len, shapes))
        shapes = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    zeros = [np.ones((BATCH, *shape), "float32") for shape in shapes]
    try:
        y = OPERATIONS[kind](*zeros, **arguments)
    except Exception:
        return None
    return None if 0 in y.shape or y.ndim == 1 else tuple(y.shape[1:])


@pytest.mark.parametrize("kind", CASES)
def test_operations_have_the_shapes_of_keras_and_pytorch(kind: str) -> None:
    draw, accepted = Draw(kind), 0
    for _ in range(DRAWS):
        arguments, shapes = CASES[kind](draw)
        y = ran(kind, arguments, shapes)
        assert calculated(kind, arguments, shapes) == y, (arguments, shapes)
        accepted += y is not None
    assert accepted >= DRAWS // 4


@pytest.mark.parametrize("kind", ["MatMul", "Einsum"])
def test_products_cost_what_pytorch_counts(kind: str) -> None:
    draw = Draw(kind)
    for _ in range(DRAWS):
        arguments, shapes = CASES[kind](draw)
        y = calculated(kind, arguments, shapes)
        if y is None or (kind == "MatMul" and len(shapes[0]) != len(shapes[1])):
            continue
        layer = build(kind, arguments)
        macs = layer.macs()
        assert macs is not None
        tensors = [torch.zeros((1, *shape)) for shape in shapes]
        with FlopCounterMode(display=False) as counter:
            if kind == "MatMul":
                a, b = (t.mT if arguments[f"transpose_{n}"] else t for t, n in zip(tensors, "ab", strict=True))
                torch.matmul(a, b)
            else:
                inputs = tensors if arguments["equation"][0] in "b." else [tensor[0] for tensor in tensors]
                torch.einsum(arguments["equation"], *inputs)
        figure = formula(macs).evaluate(layer.symbols(shapes[0], y))
        assert 2 * (figure or 0) == counter.get_total_flops(), (arguments, shapes)
