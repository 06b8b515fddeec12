"""Layers without windows beside Keras and PyTorch: shapes, refusals, parameters, and who reads what.

Random arguments from fixed seeds, and every odd form by hand. Keras is the judge of its own kinds, PyTorch of what
Keras lacks. Left out, because a spec has no batch and Keras's answer would be about it: axes that name the batch.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from cnncalc.errors import Problem
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS
from cnncalc.layers.registry import MODULES, build
from cnncalc.tensor import Shape, Tensor
from tests.peers.layer_comparison import calculated, reported

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")


pytestmark = pytest.mark.filterwarnings("ignore")

Arguments = dict[str, object]
Case = tuple[Arguments, tuple[Shape, ...]]

DRAWS = 60
NOT_IN_KERAS = ("Maxout", "ChannelSlice", "ChannelShuffle", "LocalResponseNormalization")
KINDS = tuple(
    kind
    for module in (
        "dense",
        "reshaping",
        "normalization",
        "weightless_normalization",
        "preprocessing",
        "activation",
        "regularization",
        "resizing",
        "merging",
    )
    for kind in MODULES[module]
    if kind not in NOT_IN_KERAS
)


class Draw(random.Random):
    """Random shapes and arguments."""

    def shape(self, rank: int, *, unknown: float = 0.1) -> Shape:
        spatial = (None if self.random() < unknown else self.randint(1, 9) for _ in range(rank))
        return (*spatial, self.randint(1, 12))

    def any_shape(self) -> Shape:
        return self.shape(self.randint(0, 3))

    def some(self, **arguments: object) -> Arguments:
        """Some of the arguments; a list stands for one of its entries."""
        return {
            name: self.choice(value) if isinstance(value, list) else value
            for name, value in arguments.items()
            if self.random() < 0.6
        }

    def axis(self, x: Shape) -> int:
        """An axis that is there, or a little beyond the last."""
        return self.choice([-1, *range(1, len(x) + 3), *range(-len(x), 0)])

    def axes(self, x: Shape) -> object:
        inside = list(range(1, len(x) + 1))
        several = [axis - self.choice([0, len(x) + 1]) for axis in self.sample(inside, self.randint(1, len(x)))]
        return self.choice([self.axis(x), several])

    def amounts(self, rank: int) -> object:
        """Padding or cropping in one of Keras's forms."""
        if rank == 1:
            return self.choice([self.randint(0, 4), [self.randint(0, 4), self.randint(0, 4)]])
        pairs = [self.choice([self.randint(0, 3), [self.randint(0, 3), self.randint(0, 3)]]) for _ in range(rank)]
        return self.choice([self.randint(0, 4), pairs])

    def factors(self, rank: int) -> object:
        return self.choice([self.randint(0, 4), [self.randint(1, 3) for _ in range(rank)] if rank > 1 else 2])

    def numbers(self, x: Shape) -> object:
        """A number per channel, or for all, or a wrong count of them."""
        return self.choice([0.5, [0.5], [0.5] * (x[-1] or 1), [[0.5] * (x[-1] or 1)], [0.5] * 13])


def dense(draw: Draw, kind: str) -> Case:
    if kind == "Embedding":
        return {"input_dim": draw.randint(0, 9), "output_dim": draw.randint(0, 5)}, (draw.any_shape(),)
    options = draw.some(use_bias=[True, False], activation=["relu", None, "softmax"])
    return {"units": draw.randint(0, 9), **options}, (draw.any_shape(),)


def reshaping(draw: Draw, kind: str) -> Case:
    x = draw.shape(draw.randint(0, 3), unknown=0)
    if kind == "RepeatVector":
        return {"n": draw.randint(0, 5)}, (draw.shape(draw.choice([0, 0, 0, 1])),)
    if kind == "Permute":
        dims = draw.sample(range(1, len(x) + 1), len(x))
        dims = draw.choice([dims, dims, dims, [*dims, len(dims) + 1], dims[1:], [0, *dims[1:]], [1, *dims[1:]]])
        return {"dims": dims}, (draw.shape(len(x) - 1),)
    if kind == "Reshape":
        left, sizes = math.prod(size or 1 for size in x), list[int]()
        for _ in range(draw.randint(0, 3)):
            sizes.append(draw.choice([size for size in range(1, left + 1) if left % size == 0]))
            left //= sizes[-1]
        sizes.append(left)
        draw.shuffle(sizes)
        for odd in (-1, -1, 0, -2, 5):
            if draw.random() < 0.15:
                sizes[draw.randrange(len(sizes))] = odd
        return {"target_shape": sizes}, (x,)
    return {}, (draw.any_shape(),)


def normalization(draw: Draw, kind: str) -> Case:
    x = draw.any_shape()
    learned = draw.some(center=[True, False], scale=[True, False])
    if kind == "Rescaling":
        x = draw.shape(draw.randint(0, 3), unknown=0)
        return {"scale": draw.numbers(x), **draw.some(offset=draw.numbers(x))}, (x,)
    if kind == "BatchNormalization":
        return {**learned, **draw.some(axis=draw.axis(x), renorm=[True, False])}, (x,)
    if kind == "GroupNormalization":
        return {"groups": draw.randint(-2, 6), **learned, **draw.some(axis=draw.axis(x))}, (x,)
    if kind == "LayerNormalization":
        return {**learned, **draw.some(axis=draw.axes(x), rms_scaling=[True, False])}, (x,)
    if kind == "Normalization":
        given = draw.numbers(x)
        statistics = draw.choice([{}, {"mean": given, "variance": draw.choice([given, given, 0.5])}, {"mean": given}])
        return {**statistics, **draw.some(axis=draw.choice([None, draw.axes(x)]), invert=True)}, (x,)
    return draw.some(axis=draw.axes(x)), (x,)


def activation(draw: Draw, kind: str) -> Case:
    x = draw.any_shape()
    slopes = [0, 0.1, -0.1]
    if kind == "ReLU":
        return draw.some(max_value=[None, 6, 0, -1], negative_slope=slopes, threshold=slopes), (x,)
    if kind == "PReLU":
        shared = draw.choice([None, draw.axes(x), draw.randint(-4, 4), [1, 2], [1, 1], []])
        return draw.some(shared_axes=[shared]), (x,)
    if kind == "Activation":
        return {"activation": draw.choice([*ACTIVATION_COSTS, *ACTIVATION_ALIASES, None, "glu", "nothing"])}, (x,)
    if kind == "Softmax":
        # What Keras announces for an axis that is not there stops when it runs: the sizes must be known to see it.
        x = draw.shape(draw.randint(0, 3), unknown=0)
        return draw.some(axis=draw.axes(x)), (x,)
    return draw.some(**{"alpha" if kind == "ELU" else "negative_slope": slopes}), (x,)


def regularization(draw: Draw, kind: str) -> Case:
    x = draw.shape(int(kind[-2])) if kind.startswith("Spatial") and draw.random() < 0.9 else draw.any_shape()
    if kind == "ActivityRegularization":
        return draw.some(l1=[0, 0.1, None, -1], l2=[0, 0.1, -1]), (x,)
    return {"stddev" if kind == "GaussianNoise" else "rate": draw.choice([0, 0.5, 1, -0.1, 1.1])}, (x,)


def resizing(draw: Draw, kind: str) -> Case:
    rank = 2 if kind == "Resizing" else int(kind[-2])
    x = draw.shape(draw.choice([rank] * 6 + [rank + 1, 0]))
    if kind == "Resizing":
        x = draw.shape(2, unknown=0)
        options = draw.some(interpolation=["nearest", "bilinear"], antialias=False)
        return {"height": draw.randint(0, 9), "width": draw.randint(0, 9), **options}, (x,)
    if kind == "UpSampling2D":
        return draw.some(size=draw.factors(2), interpolation=["nearest", "bilinear"]), (x,)
    if kind.startswith("UpSampling"):
        return draw.some(size=draw.factors(rank)), (x,)
    return draw.some(**{"padding" if kind.startswith("Zero") else "cropping": draw.amounts(rank)}), (x,)


def merging(draw: Draw, kind: str) -> Case:
    base = draw.shape(draw.randint(0, 3), unknown=0)
    axis = draw.choice([-1, -1, *range(1, len(base) + 1), len(base) + 1, -len(base)])
    joined = (axis - 1 if axis > 0 else axis) % len(base)
    inputs = []
    for _ in range(draw.choice([2, 2, 2, 3, 4])):
        x = list(base)
        for index in range(len(x)):
            if draw.random() < 0.2:
                x[index] = draw.choice([1, x[index], draw.randint(1, 9) if index == joined else 7])
            if index < len(x) - 1 and draw.random() < 0.15:
                x[index] = None
        inputs.append(tuple(x[draw.choice([0] * 9 + [len(x) - 1]) :]))
    return {"axis": axis} if kind == "Concatenate" else {}, tuple(inputs)


CASES: dict[str, Callable[[Draw, str], Case]] = {
    "dense": dense,
    "reshaping": reshaping,
    "normalization": normalization,
    "preprocessing": normalization,
    "weightless_normalization": normalization,
    "activation": activation,
    "regularization": regularization,
    "resizing": resizing,
    "merging": merging,
}


@pytest.mark.parametrize("kind", KINDS)
def test_random_arguments_give_what_keras_reports(kind: str) -> None:
    draw = Draw(f"{kind} 1")
    module = next(module for module, kinds in MODULES.items() if kind in kinds)
    answers = []
    for _ in range(DRAWS):
        arguments, shapes = CASES[module](draw, kind)
        if kind == "Activation" and arguments["activation"] == "threshold":
            continue  # Keras announces its shape, but can't run it: it passes no threshold on
        ours = calculated(kind, arguments, *shapes)
        # Keras's LayerNormalization runs on TensorFlow for every axis, but with PyTorch for the last ones only.
        keras_says = reported(kind, arguments, *shapes, run=kind != "LayerNormalization")
        assert ours == keras_says, f"{kind} {arguments} on {shapes}"
        answers.append(ours)
    assert sum(answer is not None for answer in answers) > DRAWS // 6, "the cases should not all be refused"


def check(kind: str, arguments: Arguments, *shapes: Shape, refused: bool = False) -> None:
    ours, keras_says = calculated(kind, arguments, *shapes), reported(kind, arguments, *shapes)
    assert ours == keras_says
    assert (ours is None) == refused


@pytest.mark.parametrize(
    ("kind", "arguments", "x"),
    [
        ("Dense", {"units": 10}, (4, 5, 6, 7)),
        ("Dense", {"units": 10}, (None, None, 7)),
        ("Flatten", {}, (9,)),
        ("Flatten", {}, (None, 4, 3)),
        ("Reshape", {"target_shape": [-1]}, (4, 4, 3)),
        ("Reshape", {"target_shape": [2, -1, 6]}, (4, 3, 5)),
        ("Permute", {"dims": [3, 1, 2]}, (None, 5, 6)),
        ("BatchNormalization", {"axis": 1, "center": False, "scale": False}, (4, 5, 6)),
        ("BatchNormalization", {"renorm": True, "scale": False}, (4, 5, 6)),
        ("LayerNormalization", {"axis": [1, 2, 3]}, (4, 5, 6)),
        ("LayerNormalization", {"axis": [-1, 1]}, (4, 5, 6)),
        ("LayerNormalization", {"rms_scaling": True, "scale": False}, (4, 5, 6)),
        ("LayerNormalization", {"axis": [1, 2, 3], "scale": False, "center": False}, (None, 5, 6)),
        ("GroupNormalization", {"groups": -1}, (4, 5, 6)),
        ("GroupNormalization", {"groups": 2, "axis": -3}, (4, 5, 6)),
        ("Normalization", {}, (224, 224, 3)),
        ("Normalization", {"axis": None}, (None, None, 3)),
        ("Normalization", {"axis": [1, 3]}, (4, 5, 6)),
        ("Normalization", {"mean": [0.5, 0.4, 0.3], "variance": [1, 1, 1]}, (4, 5, 3)),
        ("Rescaling", {"scale": [1.5, 2.5, 3.5], "offset": [[1, 2, 3]]}, (4, 5, 3)),
        ("PReLU", {}, (4, 5, 6)),
        ("PReLU", {"shared_axes": [1, 2]}, (None, None, 6)),
        ("PReLU", {"shared_axes": 0}, (4, 5, 6)),
        ("PReLU", {"shared_axes": -1}, (4, 5, 6)),
        ("LeakyReLU", {"alpha": 0.1}, (4, 5, 6)),
        ("Softmax", {"axis": [1, 2]}, (4, 5, 6)),
        ("Dropout", {"rate": 0.5, "noise_shape": [None, 1, 1, 6]}, (4, 5, 6)),
        ("ZeroPadding1D", {"padding": [0, 3]}, (5, 6)),
        ("ZeroPadding2D", {"padding": [1, 3]}, (4, 5, 6)),
        ("ZeroPadding2D", {"padding": [[0, 1], [2, 3]]}, (None, 5, 6)),
        ("Cropping2D", {}, (4, 5, 6)),
        ("Cropping3D", {"cropping": [1, [0, 1], 2]}, (4, 5, 6, 7)),
        ("Embedding", {"input_dim": 100, "output_dim": 8, "mask_zero": True, "input_length": 9}, (9,)),
    ],
)
def test_odd_forms_give_what_keras_reports(kind: str, arguments: Arguments, x: Shape) -> None:
    check(kind, arguments, x)


@pytest.mark.parametrize(
    ("kind", "arguments", "x"),
    [
        ("Dense", {"units": 10}, (None,)),
        ("BatchNormalization", {"axis": 4}, (4, 5, 6)),
        ("BatchNormalization", {"axis": 1}, (None, 5, 6)),
        ("GroupNormalization", {"groups": 0}, (4, 5, 6)),
        ("GroupNormalization", {}, (4, 5, 16)),
        ("Normalization", {"axis": 1}, (None, 5, 6)),
        ("Normalization", {"mean": 0.5}, (4, 5, 6)),
        ("PReLU", {}, (None, 5, 6)),
        ("PReLU", {"shared_axes": 4}, (4, 5, 6)),
        ("Softmax", {"axis": []}, (4, 5, 6)),
        ("Activation", {"activation": "glu"}, (4, 5, 6)),
        ("Cropping1D", {"cropping": [2, 3]}, (5, 6)),
        ("Cropping2D", {"cropping": -1}, (4, 5, 6)),
        ("UpSampling2D", {"interpolation": "area"}, (4, 5, 6)),
        ("Reshape", {"target_shape": [-1, -1]}, (4, 5, 6)),
        ("Reshape", {"target_shape": [7, -1]}, (4, 5, 6)),
        ("Permute", {"dims": [1, 2]}, (4, 5, 6)),
    ],
)
def test_what_keras_refuses_is_refused(kind: str, arguments: Arguments, x: Shape) -> None:
    check(kind, arguments, x, refused=True)


@pytest.mark.parametrize(
    ("kind", "arguments", "shapes", "refused"),
    [
        ("Add", {}, [(28, 28, 64), (14, 14, 64)], True),
        ("Add", {}, [(28, 28, 64), (28, 28, 1)], False),
        ("Multiply", {}, [(28, 28, 64), (1, 1, 64)], False),
        ("Multiply", {}, [(64,), (28, 28, 64)], False),
        ("Multiply", {}, [(28, 64), (5, 28, 1)], False),
        ("Maximum", {}, [(None, 28, 64), (14, 1, 64)], False),
        ("Average", {}, [(None, 5), (3, 5), (4, 5)], False),
        ("Average", {}, [(3, 5), (4, 5), (None, 5)], True),
        ("Subtract", {}, [(3,), (3,), (3,)], True),
        ("Concatenate", {}, [(28, 28, 64), (28, 28, 3), (28, 28, 1)], False),
        ("Concatenate", {}, [(28, 28, 64), (28, 1, 64)], True),
        ("Concatenate", {"axis": 1}, [(None, 5, 6), (4, 5, 6)], False),
        ("Concatenate", {"axis": -3}, [(3, 5, 6), (4, 5, 6)], False),
        ("Concatenate", {"axis": 3}, [(None, 5, 6), (4, 5, 6)], False),
        ("Concatenate", {"axis": 3}, [(4, 5, 6), (None, 5, 6)], False),
        ("Concatenate", {"axis": 4}, [(4, 5, 6), (4, 5, 6)], True),
        ("Concatenate", {}, [(6,), (5, 6)], True),
    ],
)
def test_merges_broadcast_as_keras_does(kind: str, arguments: Arguments, shapes: list[Shape], refused: bool) -> None:
    check(kind, arguments, *shapes, refused=refused)


def accepts(kind: str, arguments: Arguments, x: Shape) -> bool:
    try:
        return build(kind, arguments).output([Tensor(x)]).shape == x
    except Problem:
        return False


@pytest.mark.parametrize("x", [(6,), (5, 6), (4, 5, 6), (3, 4, 5, 6)])
@pytest.mark.parametrize(
    ("kind", "arguments", "module"),
    [
        ("ChannelShuffle", {"groups": 2}, torch.nn.ChannelShuffle(2)),
        ("ChannelShuffle", {"groups": 4}, torch.nn.ChannelShuffle(4)),
        ("LocalResponseNormalization", {"size": 5}, torch.nn.LocalResponseNorm(5)),
    ],
)
def test_what_pytorch_takes_is_taken(kind: str, arguments: Arguments, module: object, x: tuple[int, ...]) -> None:
    try:
        runs = module(torch.zeros(1, x[-1], *x[:-1])).shape[1:] == (x[-1], *x[:-1])  # type: ignore[operator]
    except (RuntimeError, ValueError):
        runs = False
    assert accepts(kind, arguments, x) == runs


def test_channel_slice_cuts_as_python_does() -> None:
    for length in (1, 3, 6):
        for start in range(-8, 9):
            for stop in (None, *range(-8, 9)):
                kept = len(range(length)[start:stop])
                layer = build("ChannelSlice", {"start": start, "stop": stop})
                try:
                    (channels,) = layer.output([Tensor((length,))]).shape
                except Problem:
                    channels = 0
                assert channels == kept
