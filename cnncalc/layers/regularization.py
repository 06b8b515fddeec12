"""Layers that act in training only: at inference they hand their input on."""

from __future__ import annotations

from cnncalc.layers.arguments import Argument, Number, Optional
from cnncalc.layers.base import Layer


class Dropout(Layer):
    """Sets a share of the elements to 0 (AlphaDropout: to the value that keeps the statistics of selu).

    Shape: unchanged. Keras's Dropout, AlphaDropout. Srivastava et al., "Dropout" (2014).
    """

    kinds = {"Dropout": 0, "AlphaDropout": 0}
    family = "dropout"
    ignored = frozenset({"noise_shape"})
    examples = ("Dropout: 0.5", "AlphaDropout: 0.1")

    rate = Argument(Number(0, 1), "share of the elements that are dropped")


class NoiseDropout(Layer):
    """Drops whole channels (SpatialDropout), or multiplies by noise that is as strong (GaussianDropout).

    Shape: unchanged. Keras's SpatialDropout1D, SpatialDropout2D, SpatialDropout3D, GaussianDropout.
    """

    kinds = {"SpatialDropout1D": 1, "SpatialDropout2D": 2, "SpatialDropout3D": 3, "GaussianDropout": 0}
    family = "dropout"
    examples = ("SpatialDropout1D: 0.5", "SpatialDropout2D: 0.5", "SpatialDropout3D: 0.5", "GaussianDropout: 0.1")

    rate = Argument(Number(0, 1), "share that is dropped, or the strength of as much noise")


class GaussianNoise(Layer):
    """Adds noise with the mean 0.

    Shape: unchanged. Keras's GaussianNoise.
    """

    kinds = {"GaussianNoise": 0}
    family = "dropout"
    examples = ("GaussianNoise: 0.1",)

    stddev = Argument(Number(0, 1), "standard deviation of the noise")


class ActivityRegularization(Layer):
    """Adds a penalty on its input to the loss.

    Shape: unchanged. Keras's ActivityRegularization.
    """

    kinds = {"ActivityRegularization": 0}
    family = "dropout"
    examples = ("ActivityRegularization: {l2: 0.01}",)

    l1 = Argument(Optional(Number(0)), "weight of the sum of absolute values", default=0)
    l2 = Argument(Optional(Number(0)), "weight of the sum of squares", default=0)
