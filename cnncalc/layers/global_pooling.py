"""Global pooling: one value per channel of a whole map."""

from __future__ import annotations

from cnncalc.layers import costs
from cnncalc.layers.arguments import Argument, Boolean
from cnncalc.layers.base import Layer, Term, times
from cnncalc.receptive_fields.reach import Everything, Reach
from cnncalc.tensor import Shape


class GlobalPooling(Layer):
    """The maximum or the average of each channel over the whole map.

    Shape: (..., C) to (C,), or with `keepdims` to (1, ..., 1, C). Keras's GlobalMaxPooling1D and its kin.
    """

    kinds = {
        "GlobalMaxPooling1D": 1, "GlobalMaxPooling2D": 2, "GlobalMaxPooling3D": 3,
        "GlobalAveragePooling1D": 1, "GlobalAveragePooling2D": 2, "GlobalAveragePooling3D": 3,
    }  # fmt: skip
    family = "global pooling"
    examples = (
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "GlobalMaxPooling3D",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D: {keepdims: true}",
        "GlobalAveragePooling3D",
    )

    keepdims = Argument(Boolean(), "whether the spatial axes stay, with size 1", default=False)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        kept = (Term("1", {}),) * self.rank if self.keepdims else ()
        return (*kept, Term("C", {"C": x[-1]}))

    def flops(self, x: Shape) -> str:
        return times(costs.POOLING, "prod(x)")

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Everything()
