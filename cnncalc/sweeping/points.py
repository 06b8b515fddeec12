"""The points of a sweep, each by its number: all combinations of the values, or a random sample of them.

Nothing is held of them, so that there may be any number, and each process computes its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import prod
from typing import Final

from cnncalc.sweeping.axes import Axis, Point

_ROUNDS: Final = 4
"""Luby and Rackoff 1988: four rounds make a permutation that looks random."""


class Points(Sequence[Point]):
    """All combinations of the axes' values, the last axis the fastest; of them `sample`, in a random order, if given.

    The same seed gives the same sample, on every machine and in every version of Python.
    """

    def __init__(self, axes: Sequence[Axis], sample: int | None = None, seed: int = 0) -> None:
        self.axes = tuple(axes)
        self.seed = seed
        self.combinations = prod(len(axis.values) for axis in axes)
        self.is_sample = sample is not None
        self._count = self.combinations if sample is None else min(sample, self.combinations)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Point:  # type: ignore[override]
        if self.is_sample:
            index = _shuffled(index, self.combinations, self.seed)
        point = []
        for axis in reversed(self.axes):
            index, place = divmod(index, len(axis.values))
            point.append(axis.values[place])
        return tuple(reversed(point))


def _shuffled(index: int, count: int, seed: int) -> int:
    """Returns the place of a number in a random order of `range(count)`: a Feistel network, walked until it lands
    inside.
    """
    half = ((count - 1).bit_length() + 1) // 2
    mask = (1 << half) - 1
    while True:
        left, right = index >> half, index & mask
        for turn in range(_ROUNDS):
            digest = blake2b(f"{seed}.{turn}.{right}".encode(), digest_size=32).digest()
            left, right = right, left ^ (int.from_bytes(digest) & mask)
        index = left << half | right
        if index < count:
            return index
