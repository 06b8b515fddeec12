"""A layer kind that cnncalc does not have: all that its author writes."""

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import Boolean, Positive, argument, required
from cnncalc.layers.base import Layer, Weight
from cnncalc.layers.saved import Saved
from cnncalc.tensor import Shape


class Damp(Layer):
    """Each channel times a trained factor, `steps` times over.

    Shape: unchanged.
    """

    family = "other"
    example = "{steps: 3}"
    primary = "steps"
    profiled = {"thop": "steps*prod(y)"}
    saved_for_backward = Saved(inputs=True)

    steps: Positive = required("how often the factor is applied")
    trained: Boolean = argument(True, "whether there is a factor at all")

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("factor", "C"),) if self.trained else ()

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"steps": self.steps}

    def macs(self) -> str:
        return "steps*prod(y)"

    def flops(self, x: Shape) -> str:
        return "2*macs"
