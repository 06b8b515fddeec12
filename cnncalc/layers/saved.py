"""What a layer saves for the backward pass: whole tensors, and numbers beside them."""

from typing import Final

from cnncalc.records import record


@record
class Saved:
    """What a layer saves for its gradient.

    Whole tensors: its `inputs` (with `if_trained` only if it has weights that are trained), its `output`. Beside
    them further `numbers` and `bytes` per sample, and numbers `per_batch`: formulas as those of a profiler's table.
    It may not be known at all.
    """

    inputs: bool = False
    output: bool = False
    if_trained: bool = False
    numbers: str = "0"
    bytes: str = "0"
    per_batch: str = "0"
    known: bool = True


NOTHING: Final = Saved()
UNKNOWN: Final = Saved(known=False)
INPUT: Final = Saved(inputs=True)
OUTPUT: Final = Saved(output=True)
MAXIMA: Final = Saved(inputs=True, bytes="8*prod(y)")
"""The input, and where each maximum was found."""
INPUT_AND_OUTPUT: Final = Saved(inputs=True, output=True)
"""What the extremes along an axis need: which elements are as large as they are."""
