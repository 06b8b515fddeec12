"""Normalisations, with the two preprocessing layers that scale and shift their input."""

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Boolean, FromMinusOne, Integer, Integers, NumberArray, Positive, argument, required
from cnncalc.layers.axes import axis_index, axis_indices, known_size
from cnncalc.layers.base import Layer, Weight, times
from cnncalc.layers.groups import does_not_divide
from cnncalc.layers.saved import NOTHING, Saved
from cnncalc.tensor import Shape, shown_shape


class ScaleAndShift(Layer):
    """What the normalisations that learn share: a scale gamma and a shift beta."""

    center: Boolean = argument(True, "whether a shift (beta) is learned")
    scale: Boolean = argument(True, "whether a scale (gamma) is learned")

    def scale_and_shift(self, text: str) -> tuple[Weight, ...]:
        """Declares gamma and beta if they are wanted, both of the size that the formula gives."""
        wanted = (("gamma", self.scale), ("beta", self.center))
        return tuple(Weight(name, text) for name, is_wanted in wanted if is_wanted)

    def flops(self, x: Shape) -> str:
        cost = costs.NORMALIZATION if self.scale or self.center else costs.PLAIN_NORMALIZATION
        return times(cost, "prod(x)")


class OneAxis(ScaleAndShift):
    """A normalisation with statistics and weights per entry of one axis, of a known size `C`."""

    axis: Integer = argument(-1, "the axis of the channels, counted as in Keras (0 is the batch)")

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

    family = "batch normalization"
    ignored = frozenset({"renorm_clipping", "renorm_momentum"})
    primary = "axis"

    renorm: Boolean = argument(False, "batch renormalisation: three more statistics per channel")

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

    family = "normalization"
    example = "{groups: 8}"
    primary = "groups"
    saved_for_backward = Saved(inputs=True, numbers="2*normalized_groups")

    groups: FromMinusOne = argument(32, "groups of channels; divides the channels, -1 for one channel each")

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

    family = "normalization"
    example = "{axis: [1, 2, 3]}"
    primary = "axis"
    saved_for_backward = Saved(inputs=True, numbers="2*prod(x)/prod(normalized)")

    axis: Integers = argument(-1, "the axis, or axes, counted as in Keras (0 is the batch)")
    rms_scaling: Boolean = argument(False, "Keras's deprecated variant: a scale and no shift, always")

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

    family = "normalization"
    primary = "axis"
    saved_for_backward = Saved(inputs=True, numbers="2*prod(x)/features")

    axis: Integers = argument(-1, "the axis, or axes, counted as in Keras (0 is the batch)")

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

    family = "normalization"
    ignored = frozenset({"alpha", "beta", "k"})
    example = "{size: 5}"
    primary = "size"
    saved_for_backward = Saved(inputs=True, numbers="3*prod(x) + (neighbours - 1)*prod(inp)")

    size: Positive = argument(5, "number of neighbouring channels")

    def check_input(self, x: Shape) -> None:
        if len(x) == 1:
            raise self.wrong_rank(x, 3)

    def flops(self, x: Shape) -> str:
        return times(costs.PLAIN_NORMALIZATION, "prod(x)")


class Normalization(Layer):
    """Subtracts a mean and divides by a standard deviation: those of the data, or those that are given.

    Shape: unchanged. Keras's preprocessing layer Normalization, whose learned mean, variance and count are
    counted as parameters that are not trained.
    """

    family = "normalization"
    ignored = frozenset({"invert"})
    primary = "axis"
    saved_for_backward = NOTHING

    axis: Integers | None = argument(-1, "axes with statistics of their own; null: one mean for all")
    mean: NumberArray | None = argument(None, "mean, where it is not found in the data")
    variance: NumberArray | None = argument(None, "variance, where it is not found in the data")

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

    family = "other"
    example = "{scale: 1/255}"
    primary = "scale"
    saved_for_backward = NOTHING

    scale: NumberArray = required("factor, or one per channel")
    offset: NumberArray = argument(0, "what is added, or one per channel")

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
