"""What every profiler counts of a net, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cnncalc.analysis.report import Report
from cnncalc.counting import Tally
from cnncalc.render.grid import Align, markdown_grid, text_grid
from cnncalc.render.json_text import indented
from cnncalc.render.markdown import escaped
from cnncalc.render.numbers import MISSING, grouped
from cnncalc.render.text import safe

SCHEMA = "cnncalc.counters/1"

Format = Literal["table", "json", "markdown"]

_PARTS = 4
"""How many of the parts of a surplus are named."""


def render_counters(format: Format, report: Report, tallies: Sequence[Tally], layers: bool = False) -> str:
    """The profilers' counts in one of the formats; with `layers` a row for every layer too."""
    if format == "json":
        return indented(_json(report, tallies, layers)) + "\n"
    grid = text_grid if format == "table" else markdown_grid
    title = f'Model: "{safe(report.name)}"'
    parts = [f"{title}\n" if format == "table" else f"### {escaped(title)}\n", "\n" if format == "markdown" else ""]
    if layers:
        headings = ["Layer (type)", "MACs", *(tally.counter.name for tally in tallies)]
        aligns: list[Align] = ["left", *["right" for _ in headings[1:]]]  # type: ignore[list-item]
        parts += [grid(headings, _layer_rows(report, tallies), aligns), "\n"]
    headings = ["Counter", "Total", "It calls them", "They are", "MACs, or twice the MACs, and besides"]
    parts.append(grid(headings, [_total_row(tally) for tally in tallies], ["left", "right", "left", "left", "left"]))
    bullet = "- " if format == "markdown" else ""
    show = escaped if format == "markdown" else str
    macs = f"MACs: {grouped(report.totals.exact.macs)}; twice that: {grouped(_twice(report.totals.exact.macs))}"
    parts += ["\n", f"{bullet}{show(macs)}\n"]
    parts += [f"{bullet}{show(f'{tally.counter.name}: {tally.counter.why}')}\n" for tally in tallies]
    parts += [f"{bullet}{show(line)}\n" for line in _uncounted(tallies)]
    return "".join(parts)


def _total_row(tally: Tally) -> list[str]:
    total = grouped(tally.total)
    if tally.total is None and tally.uncounted:
        total = f">= {grouped(tally.known)}"
    return [tally.counter.name, total, tally.counter.calls, tally.counter.unit, _besides(tally)]


def _besides(tally: Tally) -> str:
    named = [f"{amount:+,} {label}" for label, amount in tally.surplus[:_PARTS]]
    rest = sum(amount for _, amount in tally.surplus[_PARTS:])
    return ", ".join([*named, *([f"{rest:+,} others"] if rest else [])]) or "nothing"


def _layer_rows(report: Report, tallies: Sequence[Tally]) -> list[list[str]]:
    return [
        [
            safe(f"{row.name} ({row.type})"),
            grouped(row.exact.macs),
            *(grouped(tally.layers[index]) for tally in tallies),
        ]
        for index, row in enumerate(report.layers)
    ]


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


def _twice(value: int | None) -> int | None:
    return None if value is None else 2 * value


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
