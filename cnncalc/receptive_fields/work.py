"""How much one analysis may do to follow positions, so that a hostile net takes no longer than an honest one."""

from __future__ import annotations

from typing import Final

MAX_PHASES: Final = 1 << 16
"""Positions after which a box may first repeat; more would make one layer's work unbounded."""
LONG: Final = 256
"""Bits of a position that are as much work, and as much memory, as the box is without them."""
MAX_WORK: Final = 2_000_000
"""Phases that one analysis follows in all: a hostile net is told so, and an honest one never comes near."""


class Untraceable(Exception):
    """No box, or one that repeats only after too many positions to follow; the message is the clause for the note."""


class Work:
    """The phases that one analysis has followed, so that they stay bounded."""

    def __init__(self) -> None:
        self.done = 0

    def follow(self, phases: int, shift: int) -> None:
        """Counts boxes that come again, `shift` input positions further. Raises: Untraceable: they are too many."""
        if phases > MAX_PHASES:
            raise Untraceable(f"its box repeats only every {phases:,} positions, too many to follow")
        self.add(phases * (1 + shift.bit_length() // LONG))

    def add(self, steps: int) -> None:
        self.done += steps
        if self.done > MAX_WORK:
            raise Untraceable("the network has too many positions to follow")
