"""The longest numbers that a net may be made of.

A size has at most 18 digits, but a map may have many axes, and strides multiply along a net. To compute and to write
long numbers takes time that grows with the square of their digits, and Python writes no integer of more than 4,300.
"""

from __future__ import annotations

from typing import Final

from cnncalc.conventions import notes
from cnncalc.errors import Problem
from cnncalc.receptive_fields.field import Field, State
from cnncalc.receptive_fields.sliding import Sliding
from cnncalc.tensor import Tensor, volume

MAX_BITS: Final = 4_000
"""Bits of the elements of a map, and of a stride: 1,204 digits. Figures are products of two such numbers at most."""


def check_elements(output: Tensor) -> None:
    """Refuses an output whose number of elements is too long. Raises: Problem."""
    _check(volume(tuple([size or 1 for size in output.shape])) or 0)


def check_strides(field: State, notes_field: notes.State) -> None:
    """Refuses receptive fields whose strides, or ends, are too long. Raises: Problem."""
    if isinstance(field, Field):
        for axis in field.axes:
            _check(axis.shift if isinstance(axis, Sliding) else axis.last)
    if notes_field is not None:
        for running in notes_field.axes:
            if running is not None:
                _check(running.strides)


def _check(number: int) -> None:
    bits = number.bit_length()
    if bits > MAX_BITS:
        raise Problem(
            "numbers-too-long",
            f"the sizes or strides of this net have too many digits to go on, here about {bits * 3 // 10:,}",
            expected="figures that can be written down",
            suggestion="does a repeat double a size, or multiply strides?",
        )
