"""Limits as they are written: `max_params: 5M`, in a spec's `limits:` or as options of the command line."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from cnncalc.errors import Span
from cnncalc.numbers_as_written import Kind, read_amount
from cnncalc.records import record

LIMITS: Final[dict[str, Kind]] = {
    "max_params": "count",
    "max_trainable_params": "count",
    "max_macs": "count",
    "max_flops": "count",
    "max_memory": "bytes",
    "max_layers": "count",
    "min_rf": "count",
    "max_rf": "count",
}
"""Each limit's name, and whether it is an amount of something or of bytes."""


@record
class Limit:
    """A limit on a net. `span` is its place in a spec; `None` if it comes from the command line."""

    name: str
    amount: Fraction
    span: Span | None


def read_limit(name: str, text: str, span: Span | None) -> Limit:
    """Reads a limit from what is written. Raises: Problem: if that is no amount."""
    return Limit(name, read_amount(text, LIMITS[name]).value, span)
