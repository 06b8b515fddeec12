"""Layers that change the size of a map: padding, cropping, upsampling, resizing."""

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers import costs
from cnncalc.layers.arguments import InterpolationName, Margins, OnlyFalse, Pairs, Positive, Sizes, argument, required
from cnncalc.layers.base import Layer, Term, times, unchanged
from cnncalc.receptive_fields.reach import PerAxis, Reach, Resample, Shift
from cnncalc.tensor import Shape, axis_names, shown_shape


class ZeroPadding(Layer):
    """Zeros around the map.

    Shape: (..., N, ..., C) to (..., N + before + after, ..., C). Keras's ZeroPadding1D, ZeroPadding2D, ZeroPadding3D.
    """

    family = "data movement"
    primary = "padding"

    padding: Margins = argument(1, "zeros before and after on each axis")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = zip(x[:-1], self.padding, strict=True)
        padded = (
            Term("N + before + after", {"N": length, "before": before, "after": after})
            for length, (before, after) in lengths
        )
        return (*padded, *unchanged(x[-1:]))

    def reach(self, x: Shape, y: Shape) -> Reach:
        return PerAxis(tuple(Shift(before) for before, _ in self.padding))


class ZeroPadding1D(ZeroPadding):
    """Pads sequences: (L, C) to (L', C)."""

    rank = 1
    example = "1"


class ZeroPadding2D(ZeroPadding):
    """Pads maps: (H, W, C) to (H', W', C)."""

    rank = 2
    example = "[[0, 1], [0, 1]]"


class ZeroPadding3D(ZeroPadding):
    """Pads volumes: (D, H, W, C) to (D', H', W', C)."""

    rank = 3
    example = "1"


class Cropping(Layer):
    """Cuts positions off the ends of a sequence, or off the sides of a volume.

    Shape: (..., N, ..., C) to (..., N - before - after, ..., C). Keras's Cropping1D, Cropping3D.
    """

    family = "data movement"
    primary = "cropping"
    is_view = True

    cropping: Margins = argument(1, "positions cut off before and after on each axis")

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


class Cropping1D(Cropping):
    """Crops sequences: (L, C) to (L', C)."""

    rank = 1
    example = "[0, 1]"


class Cropping3D(Cropping):
    """Crops volumes: (D, H, W, C) to (D', H', W', C)."""

    rank = 3
    example = "1"


class Cropping2D(Cropping):
    """Cuts rows and columns off the sides of a map.

    Shape: (H, W, C) to (H - before - after, W - before - after, C). Keras's Cropping2D, which cuts nothing unless told.
    """

    rank = 2
    example = "[[2, 1], [2, 1]]"

    cropping: Pairs = argument(0, "rows and columns cut off before and after")


class Interpolation(Layer):
    """What upsampling and resizing share: each output is a copy, or a mean of its neighbours."""

    family = "data movement"
    group = "resizing"

    def bilinear(self) -> bool:
        """Whether outputs are weighted means of their neighbours."""
        return False

    def flops(self, x: Shape) -> str:
        return times(costs.BILINEAR, "prod(y)") if self.bilinear() else "0"


class UpSampling(Interpolation):
    """Repeats every position `size` times along its axis.

    Shape: (..., N, ..., C) to (..., N*size, ..., C). Keras's UpSampling1D, UpSampling3D.
    """

    primary = "size"

    size: Sizes = argument(2, "how many times longer each axis becomes")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = zip(x[:-1], self.size, strict=True)
        return (*(Term("N*size", {"N": length, "size": size}) for length, size in lengths), *unchanged(x[-1:]))

    def reach(self, x: Shape, y: Shape) -> Reach:
        # One position becomes `size`: only the ratio counts, and it is known even if the lengths are not.
        return PerAxis(tuple(Resample(1, size, self.bilinear()) for size in self.size))


class UpSampling1D(UpSampling):
    """Upsamples sequences: (L, C) to (L', C)."""

    rank = 1
    example = "2"


class UpSampling3D(UpSampling):
    """Upsamples volumes: (D, H, W, C) to (D', H', W', C)."""

    rank = 3
    example = "2"


class UpSampling2D(UpSampling):
    """Repeats rows and columns, or interpolates between them.

    Shape: (H, W, C) to (H*size, W*size, C). Keras's UpSampling2D.
    """

    rank = 2
    example = "{size: 2, interpolation: bilinear}"

    interpolation: InterpolationName = argument("nearest", "how positions in between are filled")

    def bilinear(self) -> bool:
        return self.interpolation == "bilinear"


class Resizing(Interpolation):
    """Stretches or shrinks a map to a height and a width.

    Shape: (H, W, C) to (height, width, C). Keras's Resizing.
    """

    rank = 2
    ignored = frozenset({"fill_mode", "fill_value", "bounding_box_format"})
    example = "{height: 224, width: 224}"
    primary = "height"

    height: Positive = required("new height")
    width: Positive = required("new width")
    interpolation: InterpolationName = argument("bilinear", "how positions in between are filled")
    crop_to_aspect_ratio: OnlyFalse = argument(False, "whether the map is cropped instead of distorted")
    pad_to_aspect_ratio: OnlyFalse = argument(False, "whether the map is padded instead of distorted")
    antialias: OnlyFalse = argument(False, "whether shrinking averages over more positions")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return Term("height", {"height": self.height}), Term("width", {"width": self.width}), *unchanged(x[-1:])

    def bilinear(self) -> bool:
        return self.interpolation == "bilinear"

    def reach(self, x: Shape, y: Shape) -> Reach:
        pairs = zip(x[:-1], (self.height, self.width), strict=True)
        return PerAxis(tuple(Resample(size, new_size, self.bilinear()) for size, new_size in pairs))
