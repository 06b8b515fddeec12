"""Layers that trade channels for positions: pixel shuffle and its way back."""

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers.arguments import Positive, argument
from cnncalc.layers.base import Layer, Term
from cnncalc.receptive_fields.reach import PerAxis, Reach, Resample, Window
from cnncalc.tensor import Shape, axis_names, shown_shape


class BlockMovement(Layer):
    """What both ways share: squares of `block_size` by `block_size` positions stand for the channels of one."""

    family = "data movement"
    rank = 2
    primary = "block_size"

    block_size: Positive = argument(2, "rows, and columns, of the square that the channels of one position become")


class DepthToSpace(BlockMovement):
    """Spreads the channels of each position over a square of positions (pixel shuffle, sub-pixel convolution).

    Shape: (H, W, C) to (H*b, W*b, C/b^2) with b the block_size. PyTorch's PixelShuffle. Shi et al., "Real-Time Single
    Image and Video Super-Resolution" (2016).
    """

    example = "{block_size: 2}"

    def check_input(self, x: Shape) -> None:
        super().check_input(x)
        square = self.block_size**2
        if x[-1] is not None and x[-1] % square:
            fit = -(-x[-1] // square) * square
            raise Problem(
                "groups-do-not-divide",
                f"DepthToSpace needs a multiple of block_size^2 = {shown(square)} channels, but the input "
                f"{shown_shape(x)} has {shown(x[-1])}",
                expected=f"a multiple of {shown(square)}",
                found=shown(x[-1]),
                suggestion=f"{shown(fit)} channels before it would do",
                argument="block_size",
            )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = (Term("N*b", {"N": length, "b": self.block_size}) for length in x[:-1])
        return (*lengths, Term("C/(b*b)", {"C": x[-1], "b": self.block_size}))

    def reach(self, x: Shape, y: Shape) -> Reach:
        return PerAxis((Resample(1, self.block_size),) * 2)  # position p reads p // b


class SpaceToDepth(BlockMovement):
    """Puts the channels of each square of positions into those of one.

    Shape: (H, W, C) to (H/b, W/b, C*b^2) with b the block_size. PyTorch's PixelUnshuffle; darknet's reorg.
    """

    example = "{block_size: 2}"
    example_inputs = ((64, 64, 64),)

    def check_input(self, x: Shape) -> None:
        super().check_input(x)
        for name, length in zip(axis_names(2), x[:-1], strict=True):
            if length is not None and length % self.block_size:
                surplus = length % self.block_size
                raise Problem(
                    "groups-do-not-divide",
                    f"SpaceToDepth needs a {name} that block_size = {self.block_size} divides, but the input "
                    f"{shown_shape(x)} has {shown(length)}",
                    expected=f"a multiple of {self.block_size}",
                    found=shown(length),
                    suggestion=f"Cropping2D before it could cut off {surplus}, or ZeroPadding2D add "
                    f"{self.block_size - surplus}",
                    argument="block_size",
                )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        lengths = (Term("N/b", {"N": length, "b": self.block_size}) for length in x[:-1])
        return (*lengths, Term("C*b*b", {"C": x[-1], "b": self.block_size}))

    def reach(self, x: Shape, y: Shape) -> Reach:
        return PerAxis((Window(self.block_size, self.block_size, 1, 0),) * 2)
