"""Layers that change the size of a map: padding, cropping, upsampling, resizing."""

from typing import Final

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers import costs
from cnncalc.layers.arguments import (
    Boolean,
    InterpolationName,
    Margins,
    Pairs,
    Positive,
    Sizes,
    VolumeInterpolationName,
    argument,
    required,
)
from cnncalc.layers.base import Layer, Term, times, unchanged
from cnncalc.receptive_fields.reach import PerAxis, Reach, Resample, Shift
from cnncalc.tensor import Shape, Size, axis_names, shown_shape

TAPS: Final = {"nearest": 1, "bilinear": 2, "trilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
"""How many neighbours on each axis an interpolation reads."""


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
    """What upsampling and resizing share: each output is a copy, or a weighted mean of its neighbours."""

    family = "data movement"
    group = "resizing"

    def method(self) -> str:
        """Returns the name of the interpolation, in `costs.INTERPOLATION_COSTS`."""
        return "nearest"

    def taps(self) -> int:
        """Returns how many neighbours on an axis each output is a mean of."""
        return TAPS[self.method()]

    def flops(self, x: Shape) -> str | None:
        cost = costs.INTERPOLATION_COSTS[self.method()]
        return times(cost, "prod(y)") if cost else "0"


class UpSampling(Interpolation):
    """Repeats every position `size` times along its axis.

    Shape: (..., N, ..., C) to (..., N*size, ..., C). Keras's UpSampling1D.
    """

    primary = "size"

    size: Sizes = argument(2, "how many times longer each axis becomes")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = zip(x[:-1], self.size, strict=True)
        return (*(Term("N*size", {"N": length, "size": size}) for length, size in lengths), *unchanged(x[-1:]))

    def reach(self, x: Shape, y: Shape) -> Reach:
        # One position becomes `size`: only the ratio counts, and it is known even if the lengths are not.
        return PerAxis(tuple(Resample(1, size, self.taps()) for size in self.size))


class UpSampling1D(UpSampling):
    """Upsamples sequences: (L, C) to (L', C)."""

    rank = 1
    example = "2"


class UpSampling2D(UpSampling):
    """Repeats rows and columns, or interpolates between them.

    Shape: (H, W, C) to (H*size, W*size, C). Keras's UpSampling2D.
    """

    rank = 2
    example = "{size: 2, interpolation: bilinear}"

    interpolation: InterpolationName = argument("nearest", "how positions in between are filled")

    def method(self) -> str:
        return self.interpolation


class UpSampling3D(UpSampling):
    """Repeats positions of a volume, or interpolates between them.

    Shape: (D, H, W, C) to (D*size, H*size, W*size, C). Keras's UpSampling3D, which repeats; PyTorch's Upsample has
    trilinear interpolation as well.
    """

    rank = 3
    example = "2"

    interpolation: VolumeInterpolationName = argument("nearest", "how positions in between are filled")

    def method(self) -> str:
        return self.interpolation


class Resizing(Interpolation):
    """Stretches or shrinks a map to a height and a width.

    Shape: (H, W, C) to (height, width, C). Keras's Resizing. To keep the aspect ratio, it first cuts the sides off
    (`crop_to_aspect_ratio`) or adds to them (`pad_to_aspect_ratio`). `antialias` averages over more positions where the
    map shrinks, if the interpolation is bilinear or bicubic; its FLOPs are then not counted.
    """

    rank = 2
    ignored = frozenset({"fill_mode", "fill_value", "bounding_box_format"})
    example = "{height: 224, width: 224}"
    primary = "height"
    uncounted = "antialias averages over as many positions as the map shrinks"

    height: Positive = required("new height")
    width: Positive = required("new width")
    interpolation: InterpolationName = argument("bilinear", "how positions in between are filled")
    crop_to_aspect_ratio: Boolean = argument(False, "whether the map is cropped instead of distorted")
    pad_to_aspect_ratio: Boolean = argument(False, "whether the map is padded instead of distorted")
    antialias: Boolean = argument(False, "whether shrinking averages over more positions")

    def check(self) -> None:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise Problem(
                "bad-value",
                "Resizing keeps the aspect ratio in one way: by crop_to_aspect_ratio or by pad_to_aspect_ratio",
                expected="one of them",
                found="both",
                suggestion="leave one of them out",
                argument="pad_to_aspect_ratio",
            )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return Term("height", {"height": self.height}), Term("width", {"width": self.width}), *unchanged(x[-1:])

    def method(self) -> str:
        return self.interpolation

    def flops(self, x: Shape) -> str | None:
        read = [size for _, size in self._read(x)]
        if self._is_widened() and any(
            size is None or size > new for size, new in zip(read, (self.height, self.width), strict=True)
        ):
            return None
        return super().flops(x)

    def _is_widened(self) -> bool:
        return self.antialias and self.interpolation in ("bilinear", "bicubic")

    def _read(self, x: Shape) -> list[tuple[int, Size]]:
        """Finds on each axis the first position that is resized and how many there are: by Keras's rule."""
        height, width = x[:-1]
        if not (self.crop_to_aspect_ratio or self.pad_to_aspect_ratio):
            return [(0, height), (0, width)]
        if height is None or width is None:
            return [(0, None), (0, None)]
        wanted = width * self.height // self.width, height * self.width // self.height
        if self.crop_to_aspect_ratio:
            sizes = [max(min(size, want), 1) for size, want in zip((height, width), wanted, strict=True)]
            return [((size - kept) // 2, kept) for size, kept in zip((height, width), sizes, strict=True)]
        sides = [max(want - size, 0) // 2 for size, want in zip((height, width), wanted, strict=True)]
        return [(-side, size + 2 * side) for side, size in zip(sides, (height, width), strict=True)]

    def reach(self, x: Shape, y: Shape) -> Reach:
        pairs = zip(self._read(x), (self.height, self.width), strict=True)
        taps, widened = self.taps(), self._is_widened()
        return PerAxis(tuple(Resample(size, new, taps, begin, widened) for (begin, size), new in pairs))
