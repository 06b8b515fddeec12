"""Equations of Einstein sums: a letter per axis, `bqd,bkd->bqk`."""

from __future__ import annotations

import re
from typing import Final

from cnncalc.records import record

ELLIPSIS: Final = "..."


@record
class Letters:
    """One letter per axis, of each input and of the output; `...` stands for any number of axes."""

    inputs: tuple[str, ...]
    output: str

    def summed(self) -> str:
        """Returns the letters that both inputs have and the output has not."""
        first, second = self.inputs
        return "".join(letter for letter in first if letter in second and letter not in self.output and letter != ".")


def parse_equation(text: str) -> Letters | None:
    """Reads `ij,jk->ik`; `None` if it is no equation. Each part has different letters, and `...` at most once."""
    written = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[A-Za-z.]+(,[A-Za-z.]+)*->[A-Za-z.]+", written):
        return None
    inputs, output = written.split("->")
    parts = (*inputs.split(","), output)
    for part in parts:
        plain = part.replace(ELLIPSIS, "", 1)
        if "." in plain or len(set(plain)) < len(plain):
            return None
    return Letters(parts[:-1], output)


def mistake_in(letters: Letters) -> str | None:
    """Says what is wrong with an equation of two inputs, as the end of a sentence; `None`: nothing."""
    if len(letters.inputs) != 2:
        return f"has {len(letters.inputs)} inputs: products of two tensors are calculated"
    first, second = letters.inputs
    has_ellipsis = [ELLIPSIS in part for part in (*letters.inputs, letters.output)]
    if (has_ellipsis[0] or has_ellipsis[1]) != has_ellipsis[2]:
        return "has ... on one side of the arrow only"
    for letter in letters.output.replace(ELLIPSIS, ""):
        if letter not in first + second:
            return f'has "{letter}" in the output, which no input has'
    for own, other in ((first, second), (second, first)):
        for letter in own.replace(ELLIPSIS, ""):
            if letter not in other + letters.output:
                return f'sums over "{letter}" of one input alone: put ReduceSum before it'
    return None


def spelled_out(letters: Letters, ranks: tuple[int, ...]) -> Letters | None:
    """Returns the letters of inputs with so many axes, without the batch, which the equation may name or leave out.

    `...` becomes Greek letters, the same ones for the same axes counted from the last. `None` if the numbers of axes
    do not fit.
    """
    return _expanded(letters, ranks) or _expanded(_without_batch(letters, ranks), ranks)


def _without_batch(letters: Letters, ranks: tuple[int, ...]) -> Letters:
    """Leaves out the first letter of the output wherever an input has one axis less than letters."""
    batch = letters.output[0]
    inputs = tuple(
        part[1:] if part[0] == batch and _axes(part) == rank + 1 else part
        for part, rank in zip(letters.inputs, ranks, strict=True)
    )
    still_there = batch == "." or any(batch in part for part in inputs)
    return letters if still_there else Letters(inputs, letters.output[1:])


def _expanded(letters: Letters, ranks: tuple[int, ...]) -> Letters | None:
    inputs = []
    most = 0
    for part, rank in zip(letters.inputs, ranks, strict=True):
        hidden = rank - _axes(part)
        if hidden < 0 or (hidden and ELLIPSIS not in part):
            return None
        inputs.append(part.replace(ELLIPSIS, _greek(hidden)))
        most = max(most, hidden)
    output = letters.output.replace(ELLIPSIS, _greek(most))
    return Letters(tuple(inputs), output) if output else None


def _axes(part: str) -> int:
    return len(part.replace(ELLIPSIS, ""))


def _greek(count: int) -> str:
    """Names axes that `...` stands for: the last one is alpha, as they are aligned at the right."""
    return "".join(chr(ord("\u03b1") + index) for index in reversed(range(count)))
