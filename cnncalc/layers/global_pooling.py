"""Global pooling: one value per channel of a whole map."""

from cnncalc.layers import costs
from cnncalc.layers.arguments import Boolean, argument
from cnncalc.layers.base import Layer, Term, times
from cnncalc.layers.saved import MAXIMA
from cnncalc.receptive_fields.reach import Everything, Reach
from cnncalc.tensor import Shape


class GlobalPooling(Layer):
    """The maximum or the average of each channel over the whole map.

    Shape: (..., C) to (C,), or with `keepdims` to (1, ..., 1, C). Keras's GlobalMaxPooling1D and its kin.
    """

    family = "global pooling"
    primary = "keepdims"

    keepdims: Boolean = argument(False, "whether the spatial axes stay, with size 1")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        kept = (Term("1", {}),) * self.rank if self.keepdims else ()
        return (*kept, Term("C", {"C": x[-1]}))

    def flops(self, x: Shape) -> str:
        return times(costs.POOLING, "prod(x)")

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Everything()


class GlobalMaxPooling(GlobalPooling):
    """The maximum of each channel over the whole map."""

    group = "global max pooling"
    saved_for_backward = MAXIMA


class GlobalMaxPooling1D(GlobalMaxPooling):
    """Maximum of each channel of sequences: (L, C) to (C,)."""

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """Maximum of each channel of maps: (H, W, C) to (C,)."""

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """Maximum of each channel of volumes: (D, H, W, C) to (C,)."""

    rank = 3


class GlobalAveragePooling1D(GlobalPooling):
    """Average of each channel of sequences: (L, C) to (C,)."""

    rank = 1


class GlobalAveragePooling2D(GlobalPooling):
    """Average of each channel of maps: (H, W, C) to (C,)."""

    rank = 2
    example = "{keepdims: true}"


class GlobalAveragePooling3D(GlobalPooling):
    """Average of each channel of volumes: (D, H, W, C) to (C,)."""

    rank = 3
