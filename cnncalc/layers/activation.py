"""Activations as layers of their own."""

from fractions import Fraction

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import ActivationName, Integers, NonNegativeNumber, Number, argument, required
from cnncalc.layers.axes import axis_indices, known_size
from cnncalc.layers.base import Layer, Weight, times
from cnncalc.receptive_fields.reach import Everything, PerAxis, Pointwise, Reach, SameAxis, WholeAxis
from cnncalc.tensor import Shape, shown_shape

ACROSS_CHANNELS = frozenset({"softmax", "log_softmax", "sparsemax"})
"""Activations of which every output reads all channels of its position."""


class ActivationLayer(Layer):
    """What all activations share: the shape stays, and each element costs what `function` does."""

    family = "activation"

    def function(self) -> str:
        """Returns the activation's name in `costs.ACTIVATION_COSTS`."""
        raise NotImplementedError

    def flops(self, x: Shape) -> str:
        cost = costs.ACTIVATION_COSTS[self.function()]
        return times(cost, "prod(x)") if cost else "0"

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Everything() if len(x) == 1 and self.function() in ACROSS_CHANNELS else Pointwise()


class Activation(ActivationLayer):
    """An activation by its name in Keras.

    Shape: unchanged. Keras's Activation.
    """

    example = "tanh"
    primary = "activation"

    activation: ActivationName = required("name of the activation; null is linear")

    def function(self) -> str:
        return self.activation


class ReLU(ActivationLayer):
    """max(x, 0), with Keras's options of a ceiling, a slope below the threshold and the threshold itself.

    Shape: unchanged. Keras's ReLU.
    """

    primary = "max_value"

    max_value: NonNegativeNumber | None = argument(None, "largest value; null for none")
    negative_slope: NonNegativeNumber = argument(0, "slope below the threshold")
    threshold: NonNegativeNumber = argument(0, "value below which the slope applies")

    def function(self) -> str:
        return "relu"


class LeakyReLU(ActivationLayer):
    """x where it is positive, negative_slope * x elsewhere.

    Shape: unchanged. Keras's LeakyReLU.
    """

    ignored = frozenset({"alpha"})  # Keras's former name of negative_slope, which it still takes
    primary = "negative_slope"

    negative_slope: NonNegativeNumber = argument(Fraction(3, 10), "slope below 0")

    def function(self) -> str:
        return "leaky_relu"


class PReLU(ActivationLayer):
    """x where it is positive, alpha * x elsewhere; alpha is learned for every element, or once along shared axes.

    Shape: unchanged. Keras's PReLU. He et al., "Delving Deep into Rectifiers" (2015).
    """

    example = "{shared_axes: [1, 2]}"
    # A bare value stands for the first argument, which in Keras is the initialiser.
    primary = "shared_axes"

    shared_axes: Integers | None = argument(
        None, "axes along which one alpha serves all, counted from 1; null for none"
    )

    def function(self) -> str:
        return "leaky_relu"

    def alpha(self, x: Shape) -> tuple[int, ...]:
        """Returns the sizes of the weight."""
        shape = list(x)
        for axis in self.shared_axes or ():
            # Keras subtracts 1 whatever the sign: its -1 is the last axis but one.
            if not -len(x) < axis <= len(x):
                raise Problem(
                    "no-such-axis",
                    f"shared axis {axis} of PReLU is not there: the input is {shown_shape(x)}",
                    expected=f"an axis from 1 to {len(x)}",
                    found=str(axis),
                    argument="shared_axes",
                )
            shape[axis - 1] = 1
        return tuple(known_size(self.kind, tuple(shape), index) for index in range(len(shape)))

    def check_input(self, x: Shape) -> None:
        try:
            self.alpha(x)
        except Problem as problem:
            if problem.id == "unknown-size" and len(x) > 1:
                problem.suggestion = f"shared_axes: {list(range(1, len(x)))} learns one alpha per channel"
            raise

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"alpha": self.alpha(x)}

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("alpha", "prod(alpha)"),)


class ELU(ActivationLayer):
    """x where it is positive, alpha * (exp(x) - 1) elsewhere.

    Shape: unchanged. Keras's ELU.
    """

    primary = "alpha"

    alpha: Number = argument(1, "what large negative values come near to, but for the sign")

    def function(self) -> str:
        return "elu"


class Softmax(ActivationLayer):
    """exp(x), divided by its sum along one axis or several.

    Shape: unchanged. Keras's Softmax.
    """

    primary = "axis"

    axis: Integers = argument(-1, "the axis, or axes, counted as in Keras (0 is the batch)")

    def check(self) -> None:
        if not self.axis:
            raise Problem(
                "bad-value",
                "axis of Softmax must name at least one axis, not []",
                expected="an axis or a list of axes",
                found="[]",
                argument="axis",
            )

    def check_input(self, x: Shape) -> None:
        axis_indices(self.kind, self.axis, x)

    def function(self) -> str:
        return "softmax"

    def reach(self, x: Shape, y: Shape) -> Reach:
        summed = axis_indices(self.kind, self.axis, x)
        if len(x) == 1 or summed == (len(x) - 1,):
            return super().reach(x, y)
        return PerAxis(tuple(WholeAxis() if axis in summed else SameAxis() for axis in range(len(x) - 1)))
