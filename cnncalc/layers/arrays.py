"""Arrays of numbers as arguments: whether they broadcast to the input."""

from __future__ import annotations

from cnncalc.errors import Problem
from cnncalc.tensor import Shape, shown_shape


def array_text(sizes: tuple[int, ...] | None) -> str:
    """Says how many numbers an array has."""
    if sizes is None:
        return "nothing"
    return f"{shown_shape(sizes)} numbers" if sizes else "a number"


def check_array(name: str, sizes: tuple[int, ...], shape: Shape, what: str) -> None:
    """Refuses an array that NumPy would not spread over the shape. Raises: Problem."""
    pairs = zip(reversed(sizes), reversed(shape), strict=False)
    if len(sizes) <= len(shape) and all(length is None or size in (1, length) for size, length in pairs):
        return
    raise Problem(
        "shapes-do-not-fit",
        f"{name} has {array_text(sizes)}, which do not fit {what}",
        expected="one number, or one per channel",
        found=array_text(sizes),
        argument=name,
    )
