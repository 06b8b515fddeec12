"""Wrong answers that no formula gives: another question's answer, digits exchanged, a sum that is none of the rows.

They are looked for last, and only in numbers long enough that they are no coincidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from cnncalc.formula import Number
from cnncalc.marking.net import Net
from cnncalc.marking.quantities import Figure, Value
from cnncalc.tensor import volume

FEWEST: Final = 100
"""What a number has to be at least to be somebody else's answer: smaller ones are alike by chance."""
FEWEST_DIGITS: Final = 4
"""Digits of a number in which one may be off, or two exchanged."""
_COUNTS: Final[tuple[Figure, ...]] = ("neurons", "params", "trainable_params", "notes.ops", "macs", "flops")


def other_answer(net: Net, index: int, figure: Figure, value: Value) -> Iterator[str]:
    """Names the mistakes of who answers another question: about this layer, or about another one."""
    if isinstance(value, int) and value >= FEWEST and figure in _COUNTS:
        row = net.rows[index]
        read = [net.rows[net.layers.find(name) or 0] for name in row.inputs]
        others = [net.right(index, name) for name in _COUNTS if name != figure]
        others += [volume(near.output_shape) for near in (row, *read)]
        if value in others:
            yield "other-question-of-layer"
    if figure == "output_shape" and isinstance(value, tuple) and len(value) == 3:
        if value in [net.rows[net.layers.find(name) or 0].output_shape for name in net.rows[index].inputs]:
            yield "other-question-of-layer"
        elif any(value == net.right(other, figure) for other in _neighbours(net, index)):
            yield "answer-of-other-layer"
    elif isinstance(value, int) and value >= FEWEST and figure in _COUNTS:
        kind = net.rows[index].type
        if any(value == net.right(other, figure) for other in range(len(net.rows)) if net.rows[other].type == kind):
            yield "answer-of-other-layer"


def _neighbours(net: Net, index: int) -> Iterable[int]:
    return (other for other in (index - 1, index + 1) if 0 <= other < len(net.rows))


def slip(right: Value, value: Value) -> str | None:
    """Names the slip of the pen that turns a right number into this one; `None` if none does."""
    if not isinstance(right, int) or not isinstance(value, (int, Fraction)) or right <= 0 or value <= 0:
        return None
    if right >= 10 and any(value in (right * ten, Fraction(right, ten)) for ten in (10, 100, 1_000, 1_000_000)):
        return "power-of-ten"
    ours, theirs = str(right), str(value)
    if len(ours) < FEWEST_DIGITS or len(ours) != len(theirs):
        return None
    differing = [position for position, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
    if len(differing) == 1:
        return "one-digit-off"
    if len(differing) == 2:
        one, two = differing
        if (ours[one], ours[two]) == (theirs[two], theirs[one]):
            return "digits-exchanged"
    return None


def sums_up_otherwise(rows: Iterable[Value], total: Value) -> bool:
    """Says whether a student gave a number for every row, and the total is another number than their sum."""
    parts: list[Number] = []
    for part in rows:
        if isinstance(part, tuple) or part is None:
            return False
        parts.append(part)
    return bool(parts) and sum(parts) != total
