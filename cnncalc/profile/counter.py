"""What a profiler is: its name, what it calls its number, and its rules."""

from __future__ import annotations

from typing import Literal, NamedTuple

Unit = Literal["MACs", "FLOPs"]
Rules = dict[str, str | None]


class Counter(NamedTuple):
    """A profiler: `rules` are formulas by layer kind, group of kinds, activation or family, the most special first.

    `None` as a rule: what the profiler counts for such a layer is not known. `unit` is what its number comes nearest
    to, whatever it calls it; `calls` is what it calls it. `why` says in one line what else is in its number.
    """

    name: str
    calls: str
    unit: Unit
    why: str
    rules: Rules
