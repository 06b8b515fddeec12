"""The usual mistakes, likelier ones first: each a name, a sentence to the student, and the changes that reproduce it.

A mistake is data (see `Change`); the formulas that it leaves alone are those of the layers and of the conventions.
Adding one is an entry here, and a row for each net in which it can be made in tests/check/test_misconceptions.py.
"""

from __future__ import annotations

from typing import Final

from cnncalc.marking.misconceptions import counts, parameters, receptive_fields, shapes
from cnncalc.marking.misconceptions.misconception import Misconception, misconception

CATALOGUE: Final[tuple[Misconception, ...]] = (
    *counts.OPERATIONS,
    *parameters.PARAMETERS,
    *counts.NEURONS,
    *shapes.SHAPES,
    *receptive_fields.FIELDS,
    *receptive_fields.DILATION,
    *shapes.RARER,
    *counts.SUMS,
    misconception(
        "counted-where-nothing-is",
        "Something is counted: is there anything to count for such a layer?",
    ),
    misconception(
        "nothing-where-something-is",
        "Nothing is counted: for such a layer there is a figure.",
    ),
)
"""All of them, likelier ones first: of two that explain the same answer, the one that is about its quantity.

The last two are about answers of the wrong kind and change no formula.
"""
BY_ID: Final = {entry.id: entry for entry in CATALOGUE}

__all__ = ["BY_ID", "CATALOGUE", "Misconception"]
