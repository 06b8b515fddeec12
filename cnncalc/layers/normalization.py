"""Normalisations that learn a scale and a shift."""

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Boolean, FromMinusOne, Integer, Integers, argument
from cnncalc.layers.axes import at_least_one_axis, axis_index, axis_indices, known_size
from cnncalc.layers.base import Layer, Weight, times
from cnncalc.layers.groups import does_not_divide
from cnncalc.layers.saved import Saved
from cnncalc.tensor import Shape


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
        at_least_one_axis(self.kind, self.axis)

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


class RMSNormalization(Layer):
    """Divides each sample by its root mean square over one axis or several, and scales every place on them.

    Shape: unchanged. Keras's RMSNormalization. Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
    """

    family = "normalization"
    example = "{axis: -1}"
    primary = "axis"
    profiled = {
        **dict.fromkeys(("torchinfo", "torchinfo-1.8.0"), "learned"),
        **dict.fromkeys(("fvcore", "torch", "calflops", "calflops-macs", "ptflops", "thop"), "0"),
    }
    saved_for_backward = Saved(inputs=True, numbers="prod(x) + prod(x)/prod(normalized)")

    axis: Integers = argument(-1, "the axis, or axes, counted as in Keras (0 is the batch)")

    def check(self) -> None:
        at_least_one_axis(self.kind, self.axis)

    def check_input(self, x: Shape) -> None:
        for index in axis_indices(self.kind, self.axis, x):
            known_size(self.kind, x, index)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        sizes = tuple(x[index] for index in axis_indices(self.kind, self.axis, x))
        return super().symbols(x, y) | {"normalized": sizes}

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("scale", "prod(normalized)"),)

    def flops(self, x: Shape) -> str:
        return times(costs.NORMALIZATION, "prod(x)")


class InstanceNormalization(Layer):
    """Normalises each channel of each sample by its own statistics.

    Shape: unchanged, a sequence, a map or a volume. PyTorch's InstanceNorm1d, InstanceNorm2d and InstanceNorm3d, which
    have weights only if told. Ulyanov et al., "Instance Normalization" (2016).
    """

    family = "normalization"
    example = "{affine: true}"
    primary = "affine"
    profiled = {
        **dict.fromkeys(("torchinfo", "torchinfo-1.8.0"), "learned"),
        **dict.fromkeys(("fvcore", "calflops"), "(4 + affine)*prod(x)"),
        **dict.fromkeys(("torch", "calflops-macs"), "0"),
        "ptflops": "(1 + affine)*prod(x)",
        "thop": "2*(1 + affine)*prod(x)",
    }
    # PyTorch repeats weights and moving statistics for every sample.
    saved_for_backward = Saved(inputs=True, numbers="(2 + affine)*C + params - learned")

    affine: Boolean = argument(False, "whether a scale (gamma) and a shift (beta) are learned per channel")
    track_running_stats: Boolean = argument(False, "whether a moving mean and variance are kept per channel")

    def check_input(self, x: Shape) -> None:
        if len(x) == 1:
            raise self.wrong_rank(x, 3)
        if self.weights(x):
            known_size(self.kind, x, len(x) - 1)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        learned = (Weight("gamma", "C"), Weight("beta", "C")) if self.affine else ()
        if not self.track_running_stats:
            return learned
        return (*learned, *(Weight(name, "C", trainable=False) for name in ("moving_mean", "moving_variance")))

    def flops(self, x: Shape) -> str:
        return times(costs.NORMALIZATION if self.affine else costs.PLAIN_NORMALIZATION, "prod(x)")
