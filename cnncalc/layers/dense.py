"""Layers that multiply by a matrix."""

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import ActivationName, Boolean, Positive, argument, required
from cnncalc.layers.axes import known_size
from cnncalc.layers.base import Layer, Term, Weight, bias_and_activation, unchanged
from cnncalc.receptive_fields.reach import Everything, Pointwise, Reach
from cnncalc.tensor import Shape


class MatrixLayer(Layer):
    """What Dense and Maxout share: the last axis of the input, of a known size, becomes `units`."""

    family = "dense"
    primary = "units"

    units: Positive = required("number of outputs per position")

    def check_input(self, x: Shape) -> None:
        super().check_input(x)
        known_size(self.kind, x, len(x) - 1)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*unchanged(x[:-1]), Term("units", {"units": self.units}))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"n_in": x[-1], "units": self.units, "pos": x[:-1]}

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Everything() if len(x) == 1 else Pointwise()


class Dense(MatrixLayer):
    """A fully connected layer; on a map it is applied to every position, like a 1x1 convolution.

    Shape: (..., n_in) to (..., units). Keras's Dense.
    """

    example = "{units: 120, activation: tanh}"

    activation: ActivationName = argument(None, "activation applied to the output")
    use_bias: Boolean = argument(True, "whether a bias is added per unit")

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", "n_in*units")
        return (kernel, Weight("bias", "units")) if self.use_bias else (kernel,)

    def macs(self) -> str:
        return "prod(pos)*n_in*units"

    def flops(self, x: Shape) -> str:
        return "2*macs" + bias_and_activation(self.use_bias, self.activation)
