"""Layers that change the size of a map: padding, cropping, upsampling, resizing."""

from __future__ import annotations

from typing import ClassVar

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers import costs
from cnncalc.layers.arguments import Argument, AxisIntegers, AxisPairs, Boolean, Choice, Integer, Schema
from cnncalc.layers.base import Layer, Term, times, unchanged
from cnncalc.receptive_fields.reach import PerAxis, Reach, Resample, Shift
from cnncalc.tensor import Shape, axis_names, shown_shape

INTERPOLATIONS = Choice("nearest", "bilinear")


class ZeroPadding(Layer):
    """Zeros around the map.

    Shape: (..., N, ..., C) to (..., N + before + after, ..., C). Keras's ZeroPadding1D, ZeroPadding2D, ZeroPadding3D.
    """

    kinds = {"ZeroPadding1D": 1, "ZeroPadding2D": 2, "ZeroPadding3D": 3}
    family = "data movement"
    examples = ("ZeroPadding1D: 1", "ZeroPadding2D: [[0, 1], [0, 1]]", "ZeroPadding3D: 1")

    padding = Argument(AxisPairs(bare_pair=True), "zeros before and after on each axis", default=1)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = zip(x[:-1], self.padding, strict=True)
        padded = (
            Term("N + before + after", {"N": length, "before": before, "after": after})
            for length, (before, after) in lengths
        )
        return (*padded, *unchanged(x[-1:]))

    def reach(self, x: Shape, y: Shape) -> Reach:
        return PerAxis(tuple(Shift(before) for before, _ in self.padding))


class Cropping(Layer):
    """Cuts positions off the ends of a sequence, or off the sides of a volume.

    Shape: (..., N, ..., C) to (..., N - before - after, ..., C). Keras's Cropping1D, Cropping3D.
    """

    kinds = {"Cropping1D": 1, "Cropping3D": 3}
    family = "data movement"
    examples: ClassVar[tuple[str, ...]] = ("Cropping1D: [0, 1]", "Cropping3D: 1")

    cropping = Argument(AxisPairs(bare_pair=True), "positions cut off before and after on each axis", default=1)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = zip(x[:-1], self.cropping, strict=True)
        cropped = (
            Term("N - crop_before - crop_after", {"N": length, "crop_before": before, "crop_after": after})
            for length, (before, after) in lengths
        )
        return (*cropped, *unchanged(x[-1:]))

    def reach(self, x: Shape, y: Shape) -> Reach:
        return PerAxis(tuple(Shift(-before) for before, _ in self.cropping))

    def too_small(self, x: Shape, axis: int, size: int, term: Term) -> Problem:
        before, after = self.cropping[axis]
        return Problem(
            "size-below-one",
            f"{self.kind} cuts {before} + {after} off the {axis_names(self.rank)[axis]}, "
            f"but the input {shown_shape(x)} has {shown(x[axis] or 0)}",
            expected=f"less than {shown(x[axis] or 0)} in all",
            found=str(before + after),
            argument="cropping",
        )


class Cropping2D(Cropping):
    """Cuts rows and columns off the sides of a map.

    Shape: (H, W, C) to (H - before - after, W - before - after, C). Keras's Cropping2D, which cuts nothing unless told.
    """

    kinds = {"Cropping2D": 2}
    examples = ("Cropping2D: [[2, 1], [2, 1]]",)

    cropping = Argument(AxisPairs(), "rows and columns cut off before and after", default=0)


class Interpolation(Layer):
    """What upsampling and resizing share: each output is a copy, or a mean of its neighbours."""

    family = "data movement"

    def bilinear(self) -> bool:
        """Whether outputs are weighted means of their neighbours."""
        return False

    def flops(self, x: Shape) -> str:
        return times(costs.BILINEAR, "prod(y)") if self.bilinear() else "0"


class UpSampling(Interpolation):
    """Repeats every position `size` times along its axis.

    Shape: (..., N, ..., C) to (..., N*size, ..., C). Keras's UpSampling1D, UpSampling3D.
    """

    kinds = {"UpSampling1D": 1, "UpSampling3D": 3}
    examples: ClassVar[tuple[str, ...]] = ("UpSampling1D: 2", "UpSampling3D: 2")

    size = Argument(AxisIntegers(), "how many times longer each axis becomes", default=2)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = zip(x[:-1], self.size, strict=True)
        return (*(Term("N*size", {"N": length, "size": size}) for length, size in lengths), *unchanged(x[-1:]))

    def reach(self, x: Shape, y: Shape) -> Reach:
        # One position becomes `size`: only the ratio counts, and it is known where the lengths are not.
        return PerAxis(tuple(Resample(1, size, self.bilinear()) for size in self.size))


class UpSampling2D(UpSampling):
    """Repeats rows and columns, or interpolates between them.

    Shape: (H, W, C) to (H*size, W*size, C). Keras's UpSampling2D.
    """

    kinds = {"UpSampling2D": 2}
    examples = ("UpSampling2D: {size: 2, interpolation: bilinear}",)
    primary = "size"

    interpolation = Argument(INTERPOLATIONS, "how positions in between are filled", default="nearest")

    def bilinear(self) -> bool:
        return self.interpolation == "bilinear"


class OnlyFalse(Boolean):
    """false: an option of Keras's that is not calculated here."""

    expected = "false (only plain resizing is calculated)"

    def read(self, value: object, rank: int) -> bool:
        if super().read(value, rank):
            raise self.refuse(value)
        return False

    def schema(self, rank: int) -> Schema:
        return {"const": False}


class Resizing(Interpolation):
    """Stretches or shrinks a map to a height and a width.

    Shape: (H, W, C) to (height, width, C). Keras's Resizing.
    """

    kinds = {"Resizing": 2}
    ignored = frozenset({"fill_mode", "fill_value", "bounding_box_format"})
    examples = ("Resizing: {height: 224, width: 224}",)

    height = Argument(Integer(), "new height")
    width = Argument(Integer(), "new width")
    interpolation = Argument(INTERPOLATIONS, "how positions in between are filled", default="bilinear")
    crop_to_aspect_ratio = Argument(OnlyFalse(), "whether the map is cropped instead of distorted", default=False)
    pad_to_aspect_ratio = Argument(OnlyFalse(), "whether the map is padded instead of distorted", default=False)
    antialias = Argument(OnlyFalse(), "whether shrinking averages over more positions", default=False)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return Term("height", {"height": self.height}), Term("width", {"width": self.width}), *unchanged(x[-1:])

    def bilinear(self) -> bool:
        return self.interpolation == "bilinear"

    def reach(self, x: Shape, y: Shape) -> Reach:
        pairs = zip(x[:-1], (self.height, self.width), strict=True)
        return PerAxis(tuple(Resample(size, new_size, self.bilinear()) for size, new_size in pairs))
