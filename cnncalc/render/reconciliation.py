"""What gives a number, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from cnncalc.reconciling.search import Answer, Reconciliation
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.json_text import indented
from cnncalc.render.numbers import grouped
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe

Format = Literal["text", "json"]

SHOWN = 8
"""How many answers are shown to people."""


def render_reconciliation(format: Format, found: Reconciliation, terminal: Terminal | None = None) -> str:
    """Writes the answers in one of the formats."""
    return indented(found.to_dict()) + "\n" if format == "json" else draw(reconciliation_blocks(found), terminal)


def reconciliation_blocks(found: Reconciliation) -> Iterator[Block]:
    """Shows the answers, the likeliest first; or that there is none, and what comes nearest."""
    title = (f'{safe(found.number.text)}, of "{safe(found.name)}":', "bold")
    if not found.answers:
        yield line(title, (" nothing gives this.", "error"), " The nearest:")
        for answer in found.nearest:
            yield line((_value(answer.value), "number"), f"  {_what(answer)}", indent="  ")
        return
    yield line(title)
    width = max(len(_value(answer.value)) for answer in found.answers[:SHOWN])
    margin = " " * (width + 7)
    for number, answer in enumerate(found.answers[:SHOWN], 1):
        value = (f"{_value(answer.value):>{width}}", "number")
        yield line(f"{number}. ", value, (f" ({answer.match}): ", "dim"), _what(answer), indent="  ", hang=margin)
        for phrase in answer.also:
            yield line(("also ", "dim"), phrase, indent=margin, hang=f"{margin}  ")
    more = len(found.answers) - SHOWN
    if more > 0:
        yield line((f"and {more:,} less likely: --format json gives all of them", "dim"), indent="  ")


def _what(answer: Answer) -> str:
    return safe(f"{answer.phrase}, {answer.of}" if answer.of else answer.phrase)


def _value(value: int | Fraction) -> str:
    return grouped(value) if isinstance(value, int) else f"{grouped(value.numerator)}/{value.denominator}"
