"""A layer of units that are each the largest of several affine functions."""

from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Positive, argument
from cnncalc.layers.axes import vector_wanted
from cnncalc.layers.base import Weight, times
from cnncalc.layers.dense import MatrixLayer
from cnncalc.layers.saved import Saved
from cnncalc.tensor import Shape


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
