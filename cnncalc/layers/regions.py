"""Pooling of regions of interest: a map of a fixed size for each region that a detector proposes."""

from collections.abc import Sequence

from cnncalc.errors import Problem
from cnncalc.layers.arguments import Positive, Sizes, required
from cnncalc.layers.base import Layer, Term
from cnncalc.layers.saved import NOTHING, Saved
from cnncalc.receptive_fields.reach import Everything, Reach
from cnncalc.tensor import Shape, Tensor


class RegionPooling(Layer):
    """A map of `pool_size` for each of `regions` regions of one map: what follows is computed once per region.

    Shape: (H, W, C) to (pool_size, pool_size, C), `regions` instances of it. RoI pooling is of Girshick, "Fast R-CNN",
    2015; RoIAlign of He et al., "Mask R-CNN", 2017. FLOPs depend on how large the regions are: they are not counted.
    """

    family = "pooling"
    group = "region pooling"
    uncounted = "they depend on the regions"
    primary = "pool_size"

    pool_size: Sizes = required("height and width of each region's output")
    regions: Positive = required("number of regions per image")

    def output(self, inputs: Sequence[Tensor]) -> Tensor:
        (x,) = inputs
        if x.instances != 1:
            raise Problem(
                "regions-of-regions",
                f"{self.kind} reads the map of a whole image, but its input is one of {x.instances} regions",
                expected="the map of a whole image",
                found=f"{x.instances} regions",
                suggestion="read a map from before the regions, with from: NAME",
            )
        return Tensor(self.infer_shape(x.shape), self.regions)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*(Term("target", {"target": size}) for size in self.pool_size), Term("C", {"C": x[-1]}))

    def flops(self, x: Shape) -> None:
        return None

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Everything()


class RoIPooling(RegionPooling):
    """Takes the maximum of each cell of a region."""

    rank = 2
    example = "{pool_size: 7, regions: 300}"
    saved_for_backward = Saved(bytes="4*prod(y)")


class RoIAlign(RegionPooling):
    """Interpolates in each cell of a region."""

    rank = 2
    example = "{pool_size: 14, regions: 100}"
    saved_for_backward = NOTHING
