"""What an entry of the catalogue of mistakes is, and the layers that entries are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cnncalc.layers.family import Family
from cnncalc.marking.changes import Change


@dataclass(frozen=True, slots=True)
class Misconception:
    """A usual mistake: a stable id, a sentence to the student, and the changes of formulas that each make it."""

    id: str
    text: str
    changes: tuple[Change, ...]


def misconception(id: str, text: str, *changes: Change) -> Misconception:
    """Makes an entry of the catalogue."""
    return Misconception(id, text, changes)


def of(*families: Family) -> frozenset[Family]:
    """Names the families of layers that a change is about."""
    return frozenset(families)


CONVOLUTION: Final = of("convolution")
POOLING: Final = of("pooling")
BATCH_NORMALIZATION: Final = of("batch normalization")
DENSE: Final = of("dense")
FLATTEN: Final = of("flatten")
DROPOUT: Final = of("dropout")
FULL: Final = frozenset({"Conv1D", "Conv2D", "Conv3D"})
DEPTHWISE: Final = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})
TRANSPOSED: Final = frozenset({"Conv2DTranspose"})
SEPARABLE: Final = frozenset({"SeparableConv1D", "SeparableConv2D"})
