"""Layers that multiply by a matrix, or look a row up in one."""

from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import ActivationName, Boolean, Positive, argument, required
from cnncalc.layers.axes import known_size, vector_wanted
from cnncalc.layers.base import Layer, Term, Weight, bias_and_activation, times, unchanged
from cnncalc.layers.saved import INPUT, Saved
from cnncalc.receptive_fields.reach import Everything, Pointwise, Reach, Scrambled
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


class Maxout(MatrixLayer):
    """The largest of `pieces` affine functions per unit, max(w1 x + b1, w2 x + b2, ...), weights included.

    Shape: (n_in,) to (units,). Goodfellow et al., "Maxout Networks" (2013).
    """

    example = "{pieces: 2, units: 10}"
    saved_for_backward = Saved(inputs=True, bytes="8*units")

    pieces: Positive = argument(2, "number of affine functions of which the largest counts")

    def check_input(self, x: Shape) -> None:
        if len(x) != 1:
            raise vector_wanted(self.kind, x)
        super().check_input(x)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return Weight("kernel", "pieces*n_in*units"), Weight("bias", "pieces*units")

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"pieces": self.pieces}

    def macs(self) -> str:
        return "pieces*n_in*units"

    def flops(self, x: Shape) -> str:
        return f"2*macs + {times(costs.BIAS, 'pieces*units')} + {times(costs.MAXOUT, '(pieces - 1)*units')}"


class Embedding(Layer):
    """A table with a row per word: every integer of the input becomes its row.

    Shape: (...) to (..., output_dim). Keras's Embedding.
    """

    family = "data movement"
    has_steps = True
    ignored = frozenset({"mask_zero", "weights", "input_length"})
    example = "{input_dim: 10000, output_dim: 64}"
    primary = "input_dim"
    saved_for_backward = INPUT

    input_dim: Positive = required("size of the vocabulary, the largest integer of the input plus 1")
    output_dim: Positive = required("size of a row")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*unchanged(x), Term("output_dim", {"output_dim": self.output_dim}))

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("embeddings", "input_dim*output_dim"),)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"input_dim": self.input_dim, "output_dim": self.output_dim}

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Scrambled("it makes positions of its input's channels")
