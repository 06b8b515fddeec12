"""Layers that act in training only: at inference they hand their input on."""

from cnncalc.layers.arguments import NonNegativeNumber, Number, Share, argument, required
from cnncalc.layers.base import Layer
from cnncalc.layers.saved import INPUT, NOTHING, Saved


class DropsElements(Layer):
    """Sets a share of the elements to 0 (AlphaDropout: to the value that keeps the statistics of selu).

    Shape: unchanged. Keras's Dropout, AlphaDropout. Srivastava et al., "Dropout" (2014).
    """

    family = "dropout"
    primary = "rate"
    ignored = frozenset({"noise_shape"})

    rate: Share = required("share of the elements that are dropped")


class Dropout(DropsElements):
    """Sets a share of the elements to 0."""

    example = "0.5"


class AlphaDropout(DropsElements):
    """Sets a share of the elements to the value that keeps the statistics of selu."""

    example = "0.1"
    saved_for_backward = Saved(numbers="prod(y)")


class NoiseDropout(Layer):
    """Drops whole channels (SpatialDropout), or multiplies by noise that is as strong (GaussianDropout).

    Shape: unchanged. Keras's SpatialDropout1D, SpatialDropout2D, SpatialDropout3D, GaussianDropout.
    """

    family = "dropout"
    primary = "rate"

    rate: Share = required("share that is dropped, or the strength of as much noise")


class SpatialDropout(NoiseDropout):
    """Drops whole channels."""

    example = "0.5"
    saved_for_backward = Saved(bytes="C")


class SpatialDropout1D(SpatialDropout):
    """Drops whole channels of sequences: (L, C), unchanged."""

    rank = 1


class SpatialDropout2D(SpatialDropout):
    """Drops whole channels of maps: (H, W, C), unchanged."""

    rank = 2


class SpatialDropout3D(SpatialDropout):
    """Drops whole channels of volumes: (D, H, W, C), unchanged."""

    rank = 3


class GaussianDropout(NoiseDropout):
    """Multiplies by noise that is as strong as dropout."""

    example = "0.1"
    saved_for_backward = Saved(numbers="prod(y)")


class GaussianNoise(Layer):
    """Adds noise with the mean 0.

    Shape: unchanged. Keras's GaussianNoise.
    """

    family = "dropout"
    primary = "stddev"
    example = "0.1"
    saved_for_backward = NOTHING

    stddev: Share = required("standard deviation of the noise")


class ActivityRegularization(Layer):
    """Adds a penalty on its input to the loss.

    Shape: unchanged. Keras's ActivityRegularization.
    """

    family = "dropout"
    primary = "l1"
    example = "{l2: 0.01}"
    saved_for_backward = INPUT

    l1: NonNegativeNumber | None = argument(0, "weight of the sum of absolute values")
    l2: NonNegativeNumber | None = argument(0, "weight of the sum of squares")


class Masking(Layer):
    """Marks the steps of a sequence that hold nothing but one value, for the layers that skip them.

    Shape: unchanged. Keras's Masking.
    """

    family = "dropout"
    primary = "mask_value"
    example = "0"
    saved_for_backward = NOTHING

    mask_value: Number = argument(0, "the value that stands for nothing")
