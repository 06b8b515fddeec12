"""A layer of which only its output's shape and its parameters are known."""

from collections.abc import Iterator, Sequence

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import AnyShape, NonNegative, argument, required
from cnncalc.layers.base import Term, Weight
from cnncalc.layers.merging import Merge
from cnncalc.layers.merging_remedies import Names, numbered
from cnncalc.layers.saved import UNKNOWN
from cnncalc.receptive_fields.reach import Reach, Scrambled
from cnncalc.tensor import Shape


class Opaque(Merge):
    """A layer that nobody can look into, such as Keras's Lambda or a layer of one's own: shape and parameters as said.

    Shape: any, of one input or several, to `output_shape`. Its operations are not counted, and its receptive field is
    not known: every total that it touches says so.
    """

    family = "other"
    fewest_inputs = 1
    uncounted = "what it computes is not known"
    example = "{output_shape: [7, 7, 64], params: 1000}"
    primary = "output_shape"
    profiled = {}
    saved_for_backward = UNKNOWN

    output_shape: AnyShape = required("the output's shape without the batch; null is a size that is unknown")
    params: NonNegative = argument(0, "number of parameters, all trained unless it is frozen")

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        return tuple(Term("target", {"target": size}) for size in self.output_shape)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("parameters", "declared"),) if self.params else ()

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"declared": self.params}

    def macs(self) -> None:
        return None

    def flops(self, x: Shape) -> None:
        return None

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        return ((self.reach(shape, y), y) for shape in shapes)

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Scrambled("what it reads is not known", reads_all=False)
