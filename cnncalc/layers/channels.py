"""Channels of zeros beside those of the input."""

from cnncalc.layers.arguments import Pair, required
from cnncalc.layers.base import Layer, Term, unchanged
from cnncalc.tensor import Shape


class ChannelPadding(Layer):
    """Adds channels of zeros before and behind those that are there: the shortcut "option A" of a ResNet.

    Shape: (..., C) to (..., before + C + after). He et al., "Deep Residual Learning" (2015), section 3.3.
    """

    family = "data movement"
    example = "[8, 8]"
    primary = "padding"

    padding: Pair = required("channels of zeros before and behind: [before, after], or one number for both")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        before, after = self.padding
        return (*unchanged(x[:-1]), Term("C + before + after", {"C": x[-1], "before": before, "after": after}))
