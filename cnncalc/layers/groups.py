"""Groups of channels: the problem of a number that does not divide the channels, and the numbers that would."""

from __future__ import annotations

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.tensor import Shape, shown_shape

_SEARCHED = 10_000
"""How far from the number that was written a divisor is looked for."""


def does_not_divide(groups: int, count: int, what: str, common: int, x: Shape | None = None) -> Problem:
    """Returns the problem of `groups` that do not divide `count` channels; a divisor of `common` would do."""
    where = f" (the input is {shown_shape(x)})" if x is not None else ""
    return Problem(
        "groups-do-not-divide",
        f"groups must divide {what}, but {groups} does not divide {shown(count)}{where}",
        argument="groups",
        expected=f"a divisor of {shown(count)}",
        found=str(groups),
        suggestion=_near_divisors(groups, common),
    )


def _near_divisors(groups: int, count: int) -> str | None:
    """Suggests the divisors of a number on either side of `groups`: `groups: 2 or 4`."""
    start = min(groups, count)
    below = next((d for d in range(start, max(0, start - _SEARCHED), -1) if count % d == 0), None)
    above = next((d for d in range(groups + 1, min(count, groups + _SEARCHED) + 1) if count % d == 0), None)
    near = [str(divisor) for divisor in (below, above) if divisor is not None]
    return f"groups: {' or '.join(near)}" if near else None
