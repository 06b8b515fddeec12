"""Numbers of thousands of digits: exact as any other, but a net may not be made of them.

Three lines of a spec double a size nine hundred thousand times. To compute and to write such numbers takes time that
grows with the square of their digits.
"""

from __future__ import annotations

from typing import Final

from cnncalc.conventions import notes
from cnncalc.errors import Problem
from cnncalc.receptive_fields.field import Field, State
from cnncalc.receptive_fields.sliding import Sliding
from cnncalc.tensor import Tensor

SHORT: Final = 1024
"""Bits of a layer's sizes and strides together that are not worth counting."""
MAX_WORK: Final = 10**11
"""Squared bits of all layers: about a second. One number may have 90,000 digits, a thousand layers 3,000 each."""


class LongNumbers:
    """Counts what the long numbers of a net cost."""

    def __init__(self) -> None:
        self.work = 0

    def add(self, output: Tensor, field: State, notes_field: notes.State) -> None:
        """Counts those of one layer: its sizes, and its effective strides. Raises: Problem: where it gets too much."""
        bits = 0
        for size in output.shape:
            if size is not None:
                bits += size.bit_length()
        if isinstance(field, Field):
            for axis in field.axes:
                bits += (axis.shift if isinstance(axis, Sliding) else axis.last).bit_length()
        if notes_field is not None:
            for running in notes_field.axes:
                if running is not None:
                    bits += running.strides.bit_length()
        if bits <= SHORT:
            return
        self.work += bits * bits
        if self.work > MAX_WORK:
            raise Problem(
                "numbers-too-long",
                f"the sizes or strides of this net have too many digits to go on, here about {bits * 3 // 10:,}",
                expected="figures that can be written down",
                suggestion="does a repeat double a size, or multiply strides?",
            )
