"""What a layer does to the receptive field of its input, in a sentence: for what no closed formula computes."""

from __future__ import annotations

from cnncalc.receptive_fields.reach import (
    Adaptive,
    AxisReach,
    Composed,
    Everything,
    Flattened,
    PerAxis,
    Pointwise,
    Reach,
    Rearranged,
    Resample,
    SameAxis,
    Scrambled,
    Shift,
    TransposedWindow,
    WholeAxis,
    Window,
)

MERGE_IN_WORDS = "an output position sees the hull of the boxes that its inputs have there"
PRODUCT_IN_WORDS = "an output position sees all of both inputs that it sums over: the hull of their boxes"


def reach_in_words(reach: Reach) -> str:
    """Returns a sentence without its full stop, about all axes together."""
    match reach:
        case PerAxis(axes):
            sentences = list(dict.fromkeys(axis_in_words(axis) for axis in axes))
            return "; ".join(sentences)
        case Pointwise():
            return "each position sees what the same position of the input sees"
        case Rearranged():
            return "the axes change places, come or go, and the receptive field with them; one that goes is read whole"
        case Flattened():
            return "every element sees what its position of the map saw; a layer that reads the vector sees all of it"
        case Everything():
            return "every output sees all that the input sees: the hull of the boxes of all its positions"
        case Composed():
            return "the layers inside follow each other, and the receptive field goes through all of them"
        case Scrambled(reason):
            return f"undefined: {reason}, so that what an output sees is no box any more"


def axis_in_words(reach: AxisReach) -> str:
    """Returns the same about one axis."""
    match reach:
        case Window():
            return "an output position sees the hull of the boxes of the positions in its window"
        case TransposedWindow():
            return (
                "each input position is spread over k_eff output positions, s further for the next one: "
                "an output position sees the hull of the boxes of all that reach it, and the largest hull counts"
            )
        case Shift():
            return "the boxes stay as large as they are and move by what is added or cut off before"
        case Resample(taps=1):
            return "output position p sees what position floor((p + 1/2)*N/N') of the input sees"
        case Resample(taps=taps, widened=widened):
            count = "two" if taps == 2 else str(taps)
            more = f"{count}*N/N' positions where the map shrinks, else of the {count}" if widened else count
            return (
                f"output position p sees the hull of the boxes of the {more} positions around (p + 1/2)*N/N' - 1/2, "
                "of one where that is a whole number"
            )
        case Adaptive():
            return (
                "output position p sees the hull of the boxes of positions floor(p*N/bins) to "
                "ceil((p + 1)*N/bins) - 1; the largest hull counts"
            )
        case WholeAxis(steps="forwards"):
            return "each step sees the hull of the boxes of all steps up to it, and the last one that of all"
        case WholeAxis(steps="backwards"):
            return "each step sees the hull of the boxes of all steps that come later, and of one that of all"
        case WholeAxis():
            return "every position sees the hull of the boxes of all positions of the axis"
        case SameAxis():
            return "each position sees what the same position of the input sees"
