"""What every profiler counts of a net, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cnncalc.analysis.report import Report
from cnncalc.counting import Tally
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.grid import Grid, grid_of
from cnncalc.render.json_text import indented
from cnncalc.render.markdown import escaped, markdown_table
from cnncalc.render.numbers import MISSING, grouped
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe

SCHEMA = "cnncalc.counters/1"

Format = Literal["table", "json", "markdown"]

_PARTS = 4
"""How many of the parts of a surplus are named."""


def render_counters(
    format: Format, report: Report, tallies: Sequence[Tally], layers: bool = False, terminal: Terminal | None = None
) -> str:
    """Writes the profilers' counts in one of the formats; with `layers` a row for every layer too."""
    if format == "json":
        return indented(_json(report, tallies, layers)) + "\n"
    title = f'Model: "{safe(report.name)}"'
    tables = [_totals(tallies)]
    if layers:
        tables.insert(0, _layers(report, tallies))
    if format == "table":
        blocks: list[Block] = [line((title, "bold"))]
        for table in tables:
            blocks += [table, line()]
        for text in _remarks(report, tallies):
            name, colon, rest = text.partition(": ")
            blocks.append(line((name, "bold"), colon + rest))
        return draw(blocks, terminal)
    parts = [f"### {escaped(title)}\n", *map(markdown_table, tables)]
    return "\n".join([*parts, "".join(f"- {escaped(text)}\n" for text in _remarks(report, tallies))])


def _layers(report: Report, tallies: Sequence[Tally]) -> Grid:
    headings = ["Layer (type)", "MACs", *(tally.counter.name for tally in tallies)]
    rows = [
        [
            safe(f"{row.name} ({row.type})"),
            grouped(row.exact.macs),
            *(grouped(tally.layers[index]) for tally in tallies),
        ]
        for index, row in enumerate(report.layers)
    ]
    return grid_of(headings, rows, "l" + "r" * (len(headings) - 1), folds=[0])


def _totals(tallies: Sequence[Tally]) -> Grid:
    headings = ["Counter", "Total", "It calls them", "They are", "MACs, or twice the MACs, and besides"]
    return grid_of(headings, [_total_row(tally) for tally in tallies], "lrlll", folds=[2, 3, 4])


def _remarks(report: Report, tallies: Sequence[Tally]) -> list[str]:
    """What stands below the tables."""
    macs = report.totals.exact.macs
    twice = None if macs is None else 2 * macs
    whys = [f"{tally.counter.name}: {tally.counter.why}" for tally in tallies]
    return [f"MACs: {grouped(macs)}; twice that: {grouped(twice)}", *whys, *_uncounted(tallies)]


def _total_row(tally: Tally) -> list[str]:
    total = grouped(tally.total)
    if tally.total is None and tally.uncounted:
        total = f">= {grouped(tally.known)}"
    return [tally.counter.name, total, tally.counter.calls, tally.counter.unit, _besides(tally)]


def _besides(tally: Tally) -> str:
    named = [f"{amount:+,} {label}" for label, amount in tally.surplus[:_PARTS]]
    rest = sum(amount for _, amount in tally.surplus[_PARTS:])
    return ", ".join([*named, *([f"{rest:+,} others"] if rest else [])]) or "nothing"


def _uncounted(tallies: Sequence[Tally]) -> list[str]:
    if not any(tally.uncounted for tally in tallies):
        return []
    lines = [f"{MISSING} what a counter makes of a layer is not known, and not taken for 0:"]
    for tally in tallies:
        if tally.uncounted:
            names = ", ".join(map(safe, tally.uncounted[:_PARTS]))
            more = f" and {len(tally.uncounted) - _PARTS} more" if len(tally.uncounted) > _PARTS else ""
            lines.append(f"  {tally.counter.name}: {names}{more}")
    return lines


def _json(report: Report, tallies: Sequence[Tally], layers: bool) -> dict[str, object]:
    found: dict[str, object] = {
        "schema": SCHEMA,
        "name": report.name,
        "macs": report.totals.exact.macs,
        "counters": {
            tally.counter.name: {
                "total": tally.total,
                "known": tally.known,
                "calls": tally.counter.calls,
                "unit": tally.counter.unit,
                "why": tally.counter.why,
                "besides": dict(tally.surplus),
                "uncounted": list(tally.uncounted),
            }
            for tally in tallies
        },
    }
    if layers:
        found["layers"] = [
            {
                "name": row.name,
                "type": row.type,
                "macs": row.exact.macs,
                "counters": {tally.counter.name: tally.layers[index] for tally in tallies},
            }
            for index, row in enumerate(report.layers)
        ]
    return found
