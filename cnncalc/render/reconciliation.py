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

SCHEMA = "cnncalc.reconciliation/1"

Format = Literal["text", "json"]

SHOWN = 8
"""How many answers are shown to people."""


def render_reconciliation(format: Format, found: Reconciliation, terminal: Terminal | None = None) -> str:
    """Writes the answers, the likeliest first; or that there is none, and what comes nearest."""
    return indented(_json(found)) + "\n" if format == "json" else draw(_blocks(found), terminal)


def _blocks(found: Reconciliation) -> Iterator[Block]:
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


def _json(found: Reconciliation) -> dict[str, object]:
    number = found.number
    return {
        "schema": SCHEMA,
        "name": found.name,
        "number": {"text": number.text, "value": _plain(number.value), "kind": number.kind},
        "answers": [_answer(answer) for answer in found.answers],
        "nearest": [_answer(answer) for answer in found.nearest],
    }


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "value": _plain(answer.value),
        "match": answer.match,
        "quantity": answer.quantity,
        "what": answer.phrase,
        "variant": answer.of or None,
        "also": list(answer.also),
        "cost": answer.cost,
    }


def _plain(value: int | Fraction) -> int | str:
    """A whole number as it is, a fraction as `409/100`."""
    if isinstance(value, int) or value.denominator == 1:
        return value.numerator
    return f"{value.numerator}/{value.denominator}"
