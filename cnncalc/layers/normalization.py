"""Normalisations, with the two preprocessing layers that scale and shift their input."""

from __future__ import annotations

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import (
    Argument,
    ArgumentType,
    Boolean,
    Integer,
    IntegerList,
    Number,
    Optional,
    Schema,
)
from cnncalc.layers.axes import axis_index, axis_indices, known_size
from cnncalc.layers.base import Layer, Weight, times
from cnncalc.layers.groups import does_not_divide
from cnncalc.tensor import Shape, shown_shape


class ScaleAndShift(Layer):
    """What the normalisations that learn share: a scale gamma and a shift beta."""

    center = Argument(Boolean(), "whether a shift (beta) is learned", default=True)
    scale = Argument(Boolean(), "whether a scale (gamma) is learned", default=True)

    def scale_and_shift(self, text: str) -> tuple[Weight, ...]:
        """gamma and beta where they are wanted, both of the size that the formula gives."""
        wanted = (("gamma", self.scale), ("beta", self.center))
        return tuple(Weight(name, text) for name, is_wanted in wanted if is_wanted)

    def flops(self, x: Shape) -> str:
        cost = costs.NORMALIZATION if self.scale or self.center else costs.PLAIN_NORMALIZATION
        return times(cost, "prod(x)")


class OneAxis(ScaleAndShift):
    """A normalisation with statistics and weights per entry of one axis, of a known size `C`."""

    axis = Argument(Integer(None), "the axis of the channels, counted as in Keras (0 is the batch)", default=-1)

    def channels(self, x: Shape) -> int:
        return known_size(self.kind, x, axis_index(self.kind, self.axis, x))

    def check_input(self, x: Shape) -> None:
        super().check_input(x)
        self.channels(x)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"C": self.channels(x)}


class BatchNormalization(OneAxis):
    """Normalises each channel by its statistics over the batch; at inference by the moving ones.

    Shape: unchanged. Weights: gamma and beta, trained; the moving mean and variance, not. Keras's
    BatchNormalization. Ioffe and Szegedy, "Batch Normalization" (2015).
    """

    kinds = {"BatchNormalization": 0}
    family = "batch normalization"
    ignored = frozenset({"renorm_clipping", "renorm_momentum"})
    examples = ("BatchNormalization",)
    primary = "axis"

    renorm = Argument(Boolean(), "batch renormalisation: three more statistics per channel", default=False)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        statistics = ["moving_mean", "moving_variance"]
        if self.renorm:
            statistics += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        return (*self.scale_and_shift("C"), *(Weight(name, "C", trainable=False) for name in statistics))

    def flops(self, x: Shape) -> str:
        return times(costs.FOLDED_NORMALIZATION, "prod(x)")


class GroupNormalization(OneAxis):
    """Normalises each group of channels by its own statistics; `groups: -1` is instance normalisation.

    Shape: unchanged. Keras's GroupNormalization. Wu and He, "Group Normalization" (2018).
    """

    kinds = {"GroupNormalization": 0}
    family = "normalization"
    examples = ("GroupNormalization: {groups: 8}",)

    groups = Argument(Integer(-1), "groups of channels; divides the channels, -1 for one channel each", default=32)

    def check(self) -> None:
        if self.groups == 0:
            raise Problem(
                "bad-value",
                "groups of GroupNormalization must be a positive integer or -1, not 0",
                expected="a positive integer, or -1",
                found="0",
                argument="groups",
            )

    def check_input(self, x: Shape) -> None:
        channels = self.channels(x)
        if self.groups != -1 and channels % self.groups:
            raise does_not_divide(self.groups, channels, "the channels", channels, x)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return self.scale_and_shift("C")


class LayerNormalization(ScaleAndShift):
    """Normalises each sample over one axis or several, with a weight for every place on them.

    Shape: unchanged. Keras's LayerNormalization. Ba, Kiros and Hinton, "Layer Normalization" (2016).
    """

    kinds = {"LayerNormalization": 0}
    family = "normalization"
    examples = ("LayerNormalization: {axis: [1, 2, 3]}",)

    axis = Argument(IntegerList(), "the axis, or axes, counted as in Keras (0 is the batch)", default=-1)
    rms_scaling = Argument(Boolean(), "Keras's deprecated variant: a scale and no shift, always", default=False)

    def check(self) -> None:
        _at_least_one_axis(self.kind, self.axis)

    def check_input(self, x: Shape) -> None:
        indices = axis_indices(self.kind, self.axis, x)
        if self.weights(x):
            for index in indices:
                known_size(self.kind, x, index)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        sizes = tuple(x[index] for index in axis_indices(self.kind, self.axis, x))
        return super().symbols(x, y) | {"normalized": sizes}

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        if self.rms_scaling:
            return (Weight("gamma", "prod(normalized)"),)
        return self.scale_and_shift("prod(normalized)")

    def flops(self, x: Shape) -> str:
        return times(costs.NORMALIZATION, "prod(x)") if self.rms_scaling else super().flops(x)


class UnitNormalization(Layer):
    """Divides by the length (L2 norm) along one axis or several.

    Shape: unchanged. Keras's UnitNormalization.
    """

    kinds = {"UnitNormalization": 0}
    family = "normalization"
    examples = ("UnitNormalization",)

    axis = Argument(IntegerList(), "the axis, or axes, counted as in Keras (0 is the batch)", default=-1)

    def check(self) -> None:
        _at_least_one_axis(self.kind, self.axis)

    def check_input(self, x: Shape) -> None:
        axis_indices(self.kind, self.axis, x)

    def flops(self, x: Shape) -> str:
        return times(costs.PLAIN_NORMALIZATION, "prod(x)")


class LocalResponseNormalization(Layer):
    """Divides each element by a sum over `size` neighbouring channels (AlexNet).

    Shape: unchanged, a sequence or a map. PyTorch's LocalResponseNorm. Krizhevsky et al. (2012), section 3.3.
    """

    kinds = {"LocalResponseNormalization": 0}
    family = "normalization"
    ignored = frozenset({"alpha", "beta", "k"})
    examples = ("LocalResponseNormalization: {size: 5}",)

    size = Argument(Integer(), "number of neighbouring channels", default=5)

    def check_input(self, x: Shape) -> None:
        if len(x) == 1:
            raise self.wrong_rank(x, 3)

    def flops(self, x: Shape) -> str:
        return times(costs.PLAIN_NORMALIZATION, "prod(x)")


class NumberArray(ArgumentType[tuple[int, ...]]):
    """A number or a list of numbers (or of such lists), read as its sizes: no figure depends on the numbers."""

    expected = "a number, or a list of numbers"
    deepest = 8

    def read(self, value: object, rank: int) -> tuple[int, ...]:
        return self._sizes(value, rank, self.deepest)

    def _sizes(self, value: object, rank: int, depth: int) -> tuple[int, ...]:
        if not isinstance(value, (list, tuple)):
            try:
                Number().read(value, rank)
            except Problem:
                raise self.refuse(value) from None
            return ()
        sizes = {self._sizes(entry, rank, depth - 1) for entry in value} if depth else set()
        if len(sizes) != 1:
            raise self.refuse(value)
        return (len(value), *sizes.pop())

    def schema(self, rank: int) -> Schema:
        return {"anyOf": [{"type": "number"}, {"type": "array", "minItems": 1}]}


class Normalization(Layer):
    """Subtracts a mean and divides by a standard deviation: those of the data, or those that are given.

    Shape: unchanged. Keras's preprocessing layer Normalization, whose learned mean, variance and count are
    counted as parameters that are not trained.
    """

    kinds = {"Normalization": 0}
    family = "normalization"
    ignored = frozenset({"invert"})
    examples = ("Normalization",)

    axis = Argument(Optional(IntegerList()), "axes with statistics of their own; null: one mean for all", default=-1)
    mean = Argument(Optional(NumberArray()), "mean, where it is not found in the data", default=None)
    variance = Argument(Optional(NumberArray()), "variance, where it is not found in the data", default=None)

    def check(self) -> None:
        if self.mean != self.variance:
            raise Problem(
                "bad-value",
                "Normalization takes a mean and a variance of the same shape, or neither",
                expected="both mean and variance",
                found=f"{_array_text(self.mean)} as mean, {_array_text(self.variance)} as variance",
                argument="variance",
            )

    def kept(self, x: Shape) -> tuple[int, ...]:
        """The sizes of the axes with statistics of their own."""
        return tuple(known_size(self.kind, x, index) for index in axis_indices(self.kind, self.axis or (), x))

    def check_input(self, x: Shape) -> None:
        kept = self.kept(x)
        if self.mean is not None:
            axes = f"axes of size {shown_shape(kept)}" if kept else "axis: null, which has one mean for all"
            _check_array("mean", self.mean, kept, axes)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"kept": self.kept(x)}

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        sizes = {"mean": "prod(kept)", "variance": "prod(kept)", "count": "1"}
        return tuple(Weight(name, text, trainable=False) for name, text in sizes.items())

    def flops(self, x: Shape) -> str:
        return times(costs.RESCALING, "prod(x)")


class Rescaling(Layer):
    """Multiplies by a number and adds one, or does so channel by channel.

    Shape: unchanged. Keras's Rescaling.
    """

    kinds = {"Rescaling": 0}
    family = "other"
    examples = ("Rescaling: {scale: 1/255}",)

    scale = Argument(NumberArray(), "factor, or one per channel")
    offset = Argument(NumberArray(), "what is added, or one per channel", default=0)

    def check_input(self, x: Shape) -> None:
        for name, sizes in (("scale", self.scale), ("offset", self.offset)):
            with_batch = (1, *x)  # which may be written after all
            _check_array(name, sizes, with_batch, f"the input {shown_shape(x)}")

    def flops(self, x: Shape) -> str:
        return times(costs.RESCALING, "prod(x)")


def _at_least_one_axis(kind: str, axes: tuple[int, ...]) -> None:
    if not axes:
        raise Problem(
            "bad-value",
            f"axis of {kind} must name at least one axis, not []",
            expected="an axis or a list of axes",
            found="[]",
            argument="axis",
        )


def _array_text(sizes: tuple[int, ...] | None) -> str:
    if sizes is None:
        return "nothing"
    return f"{shown_shape(sizes)} numbers" if sizes else "a number"


def _check_array(name: str, sizes: tuple[int, ...], shape: Shape, what: str) -> None:
    """Refuses an array that NumPy would not spread over the shape. Raises: Problem."""
    pairs = zip(reversed(sizes), reversed(shape), strict=False)
    if len(sizes) <= len(shape) and all(length is None or size in (1, length) for size, length in pairs):
        return
    raise Problem(
        "shapes-do-not-fit",
        f"{name} has {_array_text(sizes)}, which do not fit {what}",
        expected="one number, or one per channel",
        found=_array_text(sizes),
        argument=name,
    )
