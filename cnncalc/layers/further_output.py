"""What a layer hands on beside its output: the last states of a recurrent layer, or what it reads backwards."""

from pydantic import InstanceOf

from cnncalc.layers.base import Layer, Term, unchanged
from cnncalc.layers.saved import NOTHING
from cnncalc.layers.sources import NOT_COUNTED
from cnncalc.receptive_fields.reach import Everything, PerAxis, Pointwise, Reach, Rearranged, SameAxis, WholeAxis
from cnncalc.tensor import Shape

BACKWARD = "backward"
"""The output of a Bidirectional that does not merge its directions, for the one that reads backwards."""


class Output(Layer):
    """A further output of a layer. It is no kind of the spec language: reading `NAME/state_h` makes it.

    It reads the layer's first output, whose shape tells its own.
    """

    family = "data movement"
    is_view = True
    saved_for_backward = NOTHING
    profiled = NOT_COUNTED

    of: InstanceOf[Layer]
    output_name: str

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return unchanged(x) if self.output_name == BACKWARD else self.of.state_terms(x)

    def reach(self, x: Shape, y: Shape) -> Reach:
        if self.output_name == BACKWARD:
            return PerAxis((WholeAxis(), *(SameAxis() for _ in x[2:]))) if len(x) > 1 else Pointwise()
        if len(x) == len(y):
            return Pointwise()
        return Everything() if len(y) == 1 else Rearranged(tuple(range(1, len(x) - 1)))
