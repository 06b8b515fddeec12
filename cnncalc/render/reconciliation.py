"""What gives a number, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from cnncalc.reconcile.search import Answer, Reconciliation
from cnncalc.render.json_text import indented
from cnncalc.render.numbers import grouped
from cnncalc.render.text import safe

SCHEMA = "cnncalc.reconciliation/1"

Format = Literal["text", "json"]

SHOWN = 8
"""How many answers are shown to people."""


def render_reconciliation(format: Format, found: Reconciliation) -> str:
    """The answers, the likeliest first; or that there is none, and what comes nearest."""
    if format == "json":
        return indented(_json(found)) + "\n"
    title = f'{safe(found.number.text)}, of "{safe(found.name)}":'
    if not found.answers:
        lines = [f"{title} nothing gives this. The nearest:"]
        lines += [f"  {_value(answer.value)}  {_what(answer)}" for answer in found.nearest]
        return "\n".join(lines) + "\n"
    width = max(len(_value(answer.value)) for answer in found.answers[:SHOWN])
    lines = [title]
    for number, answer in enumerate(found.answers[:SHOWN], 1):
        lines.append(f"  {number}. {_value(answer.value):>{width}} ({answer.match}): {_what(answer)}")
        lines += _also(answer.also, " " * (width + 7))
    more = len(found.answers) - SHOWN
    if more > 0:
        lines.append(f"  and {more:,} less likely: --format json gives all of them")
    return "\n".join(lines) + "\n"


def _also(phrases: Sequence[str], margin: str) -> list[str]:
    return [f"{margin}also {phrase}" for phrase in phrases]


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
