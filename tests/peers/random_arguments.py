"""Random arguments for every layer kind: such as the kind takes, and mostly such as fit the input that is given.

arguments("Conv2D", dice, (28, 28, 3))    # {"filters": 4, "kernel_size": [3, 1], "padding": "same"}
"""

from __future__ import annotations

import inspect
import math
import random
from collections.abc import Callable
from functools import cache

import keras

from cnncalc.layers import registry
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS
from cnncalc.tensor import Shape

Arguments = dict[str, object]

ACTIVATIONS = sorted({*ACTIVATION_COSTS, *ACTIVATION_ALIASES} - {"threshold"})
"""Keras names `threshold` as well, but passes it no threshold, so that it can't run."""


class Dice(random.Random):
    """Random numbers, and what arguments are made of."""

    generosity = 0.6
    """How often an argument that has a default is given."""

    def often(self) -> bool:
        return self.random() < 0.6

    def rarely(self) -> bool:
        return self.random() < 0.15

    def per_axis(self, rank: int, low: int, high: int) -> int | list[int]:
        """One number for all axes, or one for each."""
        return self.randint(low, high) if self.often() else [self.randint(low, high) for _ in range(rank)]

    def pairs(self, rank: int, high: int) -> object:
        """A padding or cropping: a number, one per axis, or one before and one after."""
        if self.often():
            return self.per_axis(rank, 0, high)
        return [self.choice([self.randint(0, high), [self.randint(0, high), self.randint(0, high)]])
                for _ in range(rank)]  # fmt: skip

    def some(self, arguments: Arguments) -> Arguments:
        """Each of the arguments or not."""
        return {name: value for name, value in arguments.items() if self.random() < self.generosity}

    def activation(self) -> str | None:
        return self.choice([None, *ACTIVATIONS])

    def filters(self) -> int:
        return self.choice([1, 2, 3, 4, 4, 6])

    def divisor(self, *numbers: int) -> int:
        """A number that divides all of them."""
        common = math.gcd(*numbers)
        return self.choice([divisor for divisor in range(1, common + 1) if common % divisor == 0])

    def axis(self, x: Shape) -> int:
        """An axis as Keras counts them: from 1, or from -1 backwards."""
        index = self.randrange(len(x))
        return self.choice([index + 1, index - len(x)])

    def axes(self, x: Shape) -> int | list[int]:
        indices = self.sample(range(len(x)), self.randint(1, len(x)))
        return self.choice([self.axis(x), [self.choice([index + 1, index - len(x)]) for index in indices]])


def arguments(kind: str, dice: Dice, x: Shape) -> Arguments:
    """Arguments for a layer of this kind on an input of this shape; not every draw fits."""
    drawn = _FAMILIES[next(module for module, kinds in registry.MODULES.items() if kind in kinds)](kind, dice, x)
    return drawn | {name: value for name, value in ignored(kind).items() if dice.rarely()}


@cache
def ignored(kind: str) -> Arguments:
    """Keras's arguments of a kind that change no figure, with Keras's defaults."""
    layer = registry.layer_class(kind)
    names = registry.IGNORED_ARGUMENTS | layer.ignored
    parameters = inspect.signature(getattr(keras.layers, kind)).parameters if hasattr(keras.layers, kind) else {}
    return {
        name: parameter.default
        for name, parameter in parameters.items()
        if name in names and isinstance(parameter.default, (str, int, float, type(None)))
    }


def channels(x: Shape) -> int:
    return x[-1] or 1


def _rank(kind: str) -> int:
    return registry.layer_class(kind).rank


def _convolution(kind: str, dice: Dice, x: Shape) -> Arguments:
    rank = _rank(kind)
    words = ["valid", "same", "same", "SAME"] + ["causal"] * (kind == "Conv1D")
    drawn = {"kernel_size": dice.per_axis(rank, 1, 3)} | dice.some(
        {
            "strides": dice.per_axis(rank, 1, 2),
            "dilation_rate": dice.per_axis(rank, 1, 2),
            "padding": dice.choice([*words, *words, dice.pairs(rank, 2)]),
            "activation": dice.activation(),
            "use_bias": dice.often(),
        }
    )
    if kind.startswith("Depthwise"):
        return drawn | dice.some({"depth_multiplier": dice.randint(1, 2)})
    filters = dice.filters()
    if kind.startswith("Separable"):
        return {"filters": filters} | drawn | dice.some({"depth_multiplier": dice.randint(1, 2)})
    drawn = {"filters": filters} | drawn | dice.some({"groups": dice.divisor(filters, channels(x))})
    if kind.endswith("Transpose"):
        room = 1 if drawn.get("strides") == 2 or dice.rarely() else 0
        drawn |= dice.some({"output_padding": dice.per_axis(rank, 0, room)})
    return drawn


def _pooling(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind.startswith("Adaptive"):
        rank = _rank(kind)
        sizes = [dice.choice([None, dice.randint(1, 6)]) for _ in range(rank)]
        return {"output_size": sizes if dice.rarely() else dice.per_axis(rank, 1, 6)}
    rank = _rank(kind)
    return dice.some(
        {
            "pool_size": dice.per_axis(rank, 1, 3),
            "strides": dice.choice([None, dice.per_axis(rank, 1, 3)]),
            "padding": dice.choice(["valid", "same", dice.pairs(rank, 1)]),
            "ceil_mode": dice.often(),
        }
    )


def _global_pooling(kind: str, dice: Dice, x: Shape) -> Arguments:
    return dice.some({"keepdims": dice.often()})


def _regions(kind: str, dice: Dice, x: Shape) -> Arguments:
    return {"pool_size": dice.per_axis(2, 1, 5), "regions": dice.randint(2, 5)}


def _dense(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind == "Embedding":
        return {"input_dim": dice.randint(1, 9), "output_dim": dice.randint(1, 5)}
    if kind == "Maxout":
        return {"units": dice.randint(1, 9)} | dice.some({"pieces": dice.randint(1, 4)})
    return {"units": dice.randint(1, 9)} | dice.some({"use_bias": dice.often(), "activation": dice.activation()})


def _reshaping(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind == "Reshape":
        return {"target_shape": _target_shape(dice, x)}
    if kind == "Permute":
        return {"dims": dice.sample(range(1, len(x) + 1), len(x))}
    if kind == "RepeatVector":
        return {"n": dice.randint(1, 5)}
    if kind == "ChannelSlice":
        start = dice.randrange(channels(x))
        stop = dice.choice([None, dice.randint(start + 1, channels(x) + 1), -1])
        return dice.some({"start": dice.choice([start, start - channels(x)]), "stop": stop})
    if kind == "ChannelShuffle":
        return dice.some({"groups": dice.divisor(channels(x))})
    return {}


def _target_shape(dice: Dice, x: Shape) -> list[int]:
    left, sizes = math.prod(size or 1 for size in x), list[int]()
    for _ in range(dice.randint(0, 3)):
        sizes.append(dice.divisor(left))
        left //= sizes[-1]
    sizes.append(left)
    dice.shuffle(sizes)
    if dice.often():
        sizes[dice.randrange(len(sizes))] = -1
    return sizes


def _normalization(kind: str, dice: Dice, x: Shape) -> Arguments:
    learned = dice.some({"center": dice.often(), "scale": dice.often()})
    match kind:
        case "BatchNormalization":
            return learned | dice.some({"axis": dice.axis(x), "renorm": dice.often()})
        case "LayerNormalization":
            return learned | dice.some({"axis": dice.axes(x), "rms_scaling": dice.often()})
        case "GroupNormalization":
            axis = dice.some({"axis": dice.axis(x)})
            length = x[axis["axis"] - (axis["axis"] > 0)] if isinstance(axis.get("axis"), int) else x[-1]  # type: ignore
            return {"groups": dice.choice([-1, dice.divisor(length or 1)])} | learned | axis
        case "RMSNormalization":
            return dice.some({"axis": dice.axis(x)})
        case "Normalize":
            return dice.some({"axis": dice.axis(x), "order": dice.randint(1, 3)})
        case "UnitNormalization":
            return dice.some({"axis": dice.axes(x)})
        case "LocalResponseNormalization":
            return dice.some({"size": dice.randint(1, 5)})
        case "Normalization":
            number = dice.choice([0.5, [0.5] * channels(x)])
            given: Arguments = {"mean": number, "variance": number} if dice.often() else {}
            return given | ({} if isinstance(given.get("mean"), list) else _normalized_axes(dice, x))
        case _:
            factors = [0.5, 2, [0.5] * channels(x)]
            return {"scale": dice.choice(factors)} | dice.some({"offset": dice.choice(factors)})


def _normalized_axes(dice: Dice, x: Shape) -> Arguments:
    return dice.some({"axis": dice.choice([None, dice.axes(x)])})


def _activation(kind: str, dice: Dice, x: Shape) -> Arguments:
    match kind:
        case "Activation":
            return {"activation": dice.activation()}
        case "ReLU":
            return dice.some({"max_value": dice.choice([None, 6]), "negative_slope": 0.1, "threshold": 0.5})
        case "LeakyReLU":
            return dice.some({"negative_slope": 0.2})
        case "PReLU":
            spatial = list(range(1, len(x)))
            shared = dice.choice([None, spatial, dice.randint(1, len(x)), dice.sample(range(1, len(x) + 1), len(x))])
            return dice.some({"shared_axes": shared or None})
        case "ELU":
            return dice.some({"alpha": 0.5})
        case _:
            return dice.some({"axis": dice.axes(x)})


def _regularization(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind == "Masking":
        return {"mask_value": 0.5}
    if kind == "ActivityRegularization":
        return dice.some({"l1": 0.1, "l2": 0.01})
    return {"stddev" if kind == "GaussianNoise" else "rate": dice.choice([0, 0.25, 0.5])}


def _resizing(kind: str, dice: Dice, x: Shape) -> Arguments:
    rank = _rank(kind)
    interpolation: Arguments = {"interpolation": dice.choice(["nearest", "bilinear"])}
    if kind == "Resizing":
        keeping = dice.choice(("crop_to_aspect_ratio", "pad_to_aspect_ratio"))
        plain: Arguments = dict.fromkeys(("crop_to_aspect_ratio", "pad_to_aspect_ratio"), False)
        plain |= {keeping: dice.often(), "antialias": dice.often()}
        interpolation = {"interpolation": dice.choice(["nearest", "bilinear", "bicubic"])}
        return {"height": dice.randint(1, 9), "width": dice.randint(1, 9)} | dice.some(interpolation | plain)
    if kind.startswith("UpSampling"):
        factors: Arguments = {"size": dice.randint(1, 2) if rank == 1 else dice.per_axis(rank, 1, 2)}
        trilinear: Arguments = {"interpolation": dice.choice(["nearest", "trilinear"])}
        return dice.some(factors | {1: {}, 2: interpolation, 3: trilinear}[rank])
    amounts = dice.pairs(rank, 2) if rank > 1 else dice.choice([dice.randint(0, 2), [dice.randint(0, 2), 1]])
    return dice.some({"padding" if kind.startswith("Zero") else "cropping": amounts})


def _merging(kind: str, dice: Dice, x: Shape) -> Arguments:
    return dice.some({"axis": dice.choice([-1, len(x)])}) if kind == "Concatenate" else {}


def _reduction(kind: str, dice: Dice, x: Shape) -> Arguments:
    return {"axis": dice.axes(x), "keepdims": dice.often()}


def _slicing(kind: str, dice: Dice, x: Shape) -> Arguments:
    return {"axis": dice.axis(x)} | dice.some(
        {"start": dice.choice([0, 0, 1, -1, -2]), "stop": dice.choice([None, -1, 2, 9]), "step": dice.randint(1, 2)}
    )


def _axis_changes(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind == "Stack":
        return dice.some({"axis": dice.randint(-1, len(x) + 1) or 1})
    if kind == "Expand":
        return dice.choice([{"axis": dice.randint(-len(x) - 1, -1)}, {"shape": [dice.choice([-1, -1, 2]) for _ in x]},
                            {"shape": [2, *(-1 for _ in x)]}])  # fmt: skip
    ones = [index for index, size in enumerate(x) if size == 1]
    return {} if not ones or dice.often() else {"axis": dice.choice(ones) - len(x)}


def _pixels(kind: str, dice: Dice, x: Shape) -> Arguments:
    sizes = (channels(x),) if kind == "DepthToSpace" else tuple(size or 1 for size in x[:-1])
    fitting = [size for size in (1, 2, 3) if all(n % (size**2 if kind == "DepthToSpace" else size) == 0 for n in sizes)]
    return {"block_size": dice.choice(fitting)}


def _channels(kind: str, dice: Dice, x: Shape) -> Arguments:
    return {"padding": [dice.randint(0, 2), dice.randint(0, 2)]}


def _pointwise(kind: str, dice: Dice, x: Shape) -> Arguments:
    return dice.choice([{"op": dice.choice(["abs", "sqrt", "exp", "square"])},
                        {"op": dice.choice(["add", "multiply", "power"]), "value": 2}])  # fmt: skip


def _scale(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind == "LayerScale":
        return dice.some({"projection_dim": channels(x)})
    return dice.some({"use_bias": dice.often(), "activation": dice.activation()})


_FAMILIES: dict[str, Callable[[str, Dice, Shape], Arguments]] = {
    "convolution": _convolution,
    "depthwise": _convolution,
    "transposed": _convolution,
    "pooling": _pooling,
    "global_pooling": _global_pooling,
    "regions": _regions,
    "dense": _dense,
    "reshaping": _reshaping,
    "normalization": _normalization,
    "weightless_normalization": _normalization,
    "preprocessing": _normalization,
    "scale": _scale,
    "activation": _activation,
    "regularization": _regularization,
    "resizing": _resizing,
    "merging": _merging,
    "reduction": _reduction,
    "slicing": _slicing,
    "axis_changes": _axis_changes,
    "pixels": _pixels,
    "channels": _channels,
    "pointwise": _pointwise,
}

KINDS = tuple(kind for module in _FAMILIES for kind in registry.MODULES[module] if kind != "InstanceNormalization")
"""The kinds that arguments are drawn for. `test_layers_of_sequences.py` draws those of the others."""
