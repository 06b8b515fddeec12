"""Layers that change images at random in training, and those that cut images to a size."""

from fractions import Fraction
from typing import Annotated, Literal

from cnncalc.layers.arguments import Boolean, Expected, NumberArray, Positive, argument, required
from cnncalc.layers.base import Layer, Term, unchanged
from cnncalc.layers.saved import NOTHING
from cnncalc.receptive_fields.reach import PerAxis, Reach, Scrambled, Shift
from cnncalc.tensor import Shape

FlipMode = Annotated[
    Literal["horizontal", "vertical", "horizontal_and_vertical"],
    Expected("horizontal, vertical or horizontal_and_vertical"),
]


class Augmentation(Layer):
    """Changes images at random in training; at inference it hands its input on.

    Shape: (H, W, C), unchanged. Keras's layer of the same name.
    """

    rank = 2
    family = "dropout"
    ignored = frozenset({"interpolation", "fill_mode", "fill_value", "value_range", "bounding_box_format"})
    saved_for_backward = NOTHING


class AugmentationByFactor(Augmentation):
    """What the augmentations share whose strength is one number or a range, which must be given."""

    example = "0.2"
    primary = "factor"

    factor: NumberArray = required("how strong it is at most, or [least, most]")


class AugmentationByFactorOrFully(Augmentation):
    """What the augmentations share whose strength is one number or a range, 1 unless told."""

    example = "0.2"
    primary = "factor"

    factor: NumberArray = argument(1, "how strong, or how likely, it is at most, or [least, most]")


class RandomFlip(Augmentation):
    """Mirrors images at random, in training only."""

    example = "horizontal"
    primary = "mode"

    mode: FlipMode = argument("horizontal_and_vertical", "which way images are mirrored")


class RandomRotation(AugmentationByFactor):
    """Turns images at random, in training only; the factor is a part of a full turn."""


class RandomContrast(AugmentationByFactor):
    """Changes the contrast at random, in training only."""


class RandomBrightness(AugmentationByFactor):
    """Changes the brightness at random, in training only."""


class RandomHue(AugmentationByFactor):
    """Changes the hue at random, in training only."""


class RandomSaturation(AugmentationByFactor):
    """Changes the saturation at random, in training only."""


class RandomSharpness(AugmentationByFactor):
    """Sharpens or blurs at random, in training only."""


class RandomColorDegeneration(AugmentationByFactor):
    """Takes colour away at random, in training only."""


class RandomPosterization(AugmentationByFactor):
    """Leaves fewer bits to each colour at random, in training only."""

    example = "4"


class RandomInvert(AugmentationByFactorOrFully):
    """Inverts the colours at random, in training only."""


class CutMix(AugmentationByFactorOrFully):
    """Puts a part of one image into another, in training only."""


class RandomPerspective(AugmentationByFactorOrFully):
    """Changes the perspective at random, in training only."""

    scale: NumberArray = argument(1, "how far corners move")


class RandomElasticTransform(AugmentationByFactorOrFully):
    """Warps images at random, in training only."""

    scale: NumberArray = argument(1, "how far positions move")


class RandomErasing(AugmentationByFactorOrFully):
    """Blots a part of an image out at random, in training only."""

    scale: NumberArray = argument((Fraction("0.02"), Fraction("0.33")), "how large the part is, of the image")


class RandomGaussianBlur(AugmentationByFactorOrFully):
    """Blurs at random, in training only."""

    kernel_size: NumberArray = argument(3, "size of the blur's window")
    sigma: NumberArray = argument(1, "standard deviation of the blur")


class RandomGrayscale(Augmentation):
    """Makes images grey at random, in training only; they keep their channels."""

    example = "0.5"
    primary = "factor"

    factor: NumberArray = argument(Fraction("0.5"), "how likely it is")


class RandomZoom(Augmentation):
    """Enlarges or shrinks what is seen at random, in training only; the size of the map stays."""

    example = "0.2"
    primary = "height_factor"

    height_factor: NumberArray = required("how far it zooms vertically, or [least, most]")
    width_factor: NumberArray | None = argument(None, "how far it zooms horizontally; null: as vertically")


class RandomTranslation(Augmentation):
    """Moves images at random, in training only."""

    example = "{height_factor: 0.1, width_factor: 0.1}"
    primary = "height_factor"

    height_factor: NumberArray = required("how far they move vertically, of the height")
    width_factor: NumberArray = required("how far they move horizontally, of the width")


class RandomShear(Augmentation):
    """Shears images at random, in training only."""

    example = "{x_factor: 0.2}"
    primary = "x_factor"

    x_factor: NumberArray = argument(0, "how far it shears horizontally")
    y_factor: NumberArray = argument(0, "how far it shears vertically")


class RandomColorJitter(Augmentation):
    """Changes brightness, contrast, saturation and hue at random, in training only."""

    example = "{brightness_factor: 0.2, contrast_factor: 0.2}"
    primary = "brightness_factor"

    brightness_factor: NumberArray | None = argument(None, "how strongly the brightness changes")
    contrast_factor: NumberArray | None = argument(None, "how strongly the contrast changes")
    saturation_factor: NumberArray | None = argument(None, "how strongly the saturation changes")
    hue_factor: NumberArray | None = argument(None, "how strongly the hue changes")


class MixUp(Augmentation):
    """Mixes images with one another, in training only."""

    example = "0.2"
    primary = "alpha"

    alpha: NumberArray = argument(Fraction("0.2"), "parameter of the distribution of the mixture")


class RandAugment(Augmentation):
    """Applies some augmentations that it chooses itself, in training only. Cubuk et al. (2020)."""

    example = "{num_ops: 2}"
    primary = "num_ops"

    num_ops: Positive = argument(2, "how many it applies to an image")
    factor: NumberArray = argument(Fraction("0.5"), "how strong they are")


class AugMix(Augmentation):
    """Mixes chains of augmentations, in training only. Hendrycks et al. (2020)."""

    example = "{num_chains: 3}"
    primary = "num_chains"

    num_chains: Positive = argument(3, "how many chains are mixed")
    chain_depth: Positive = argument(3, "augmentations of a chain")
    factor: NumberArray = argument(Fraction("0.3"), "how strong they are")
    alpha: NumberArray = argument(1, "parameter of the distribution of the mixture")
    all_ops: Boolean = argument(True, "whether colours may change as well")


class AutoContrast(Augmentation):
    """Stretches the colours of an image over their whole range."""


class Equalization(Augmentation):
    """Evens out how often the values of a channel occur."""

    example = "{bins: 256}"
    primary = "bins"

    bins: Positive = argument(256, "how many values are told apart")


class ContrastLimitedAdaptiveHistogramEqualization(Augmentation):
    """Evens out how often values occur, tile by tile of the image."""

    example = "{clip_limit: 4}"
    primary = "clip_limit"

    clip_limit: NumberArray = argument(4, "how far the contrast may rise")
    tile_grid_size: NumberArray = argument((8, 8), "number of tiles down and across")


class Solarization(Augmentation):
    """Inverts the values of an image above a threshold."""

    example = "{threshold_factor: 0.5}"
    primary = "addition_factor"

    addition_factor: NumberArray = argument(0, "what is added before")
    threshold_factor: NumberArray = argument(0, "above which part of the range values are inverted")


# Sizes ----------------------------------------------------------------------------------------------------------


class Crop(Layer):
    """What the croppings to a size share: `height` rows and `width` columns of a map are kept."""

    rank = 2
    family = "data movement"
    primary = "height"
    saved_for_backward = NOTHING

    height: Positive = required("rows that are kept")
    width: Positive = required("columns that are kept")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return Term("height", {"height": self.height}), Term("width", {"width": self.width}), *unchanged(x[-1:])


class CenterCrop(Crop):
    """Cuts the middle out of a map; one that is too small is cut to the proportions and enlarged.

    Shape: (H, W, C) to (height, width, C). Keras's CenterCrop.
    """

    example = "{height: 24, width: 24}"

    def reach(self, x: Shape, y: Shape) -> Reach:
        height, width = x[:-1]
        if height is None or width is None:
            return Scrambled("where it is cut depends on a size that is unknown")
        rest = height - self.height, width - self.width
        if min(rest) >= 0:
            return PerAxis(tuple(Shift(-(more // 2)) for more in rest))
        return Scrambled("it is cut to the proportions of the output and enlarged")


class RandomCrop(Crop):
    """Cuts a part out of a map, anywhere in training, and at inference out of all that fits, made smaller.

    Shape: (H, W, C) to (height, width, C). Keras's RandomCrop.
    """

    example = "{height: 24, width: 24}"

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Scrambled("which part it keeps is drawn anew each time")
