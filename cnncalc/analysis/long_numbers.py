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
        self._fields: tuple[State, notes.State] | None = None
        """Those of the layer before: most layers hand them on."""
        self._bits_of_fields = 0

    def add(self, output: Tensor, field: State, notes_field: notes.State) -> None:
        """Counts those of one layer: its sizes, and its effective strides. Raises: Problem: where it gets too much."""
        if self._fields is None or self._fields[0] is not field or self._fields[1] is not notes_field:
            self._fields, self._bits_of_fields = (field, notes_field), _bits(field, notes_field)
        bits = self._bits_of_fields
        for size in output.shape:
            if size is not None:
                bits += size.bit_length()
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


def _bits(field: State, notes_field: notes.State) -> int:
    """How long the numbers are that the strides of a field make."""
    bits = 0
    if isinstance(field, Field):
        for axis in field.axes:
            bits += (axis.shift if isinstance(axis, Sliding) else axis.last).bit_length()
    if notes_field is not None:
        for running in notes_field.axes:
            if running is not None:
                bits += running.strides.bit_length()
    return bits
