"""What every profiler counts of a net, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from cnncalc.analysis.report import Report
from cnncalc.counting import Tallies, Tally
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.grid import Grid, grid_of
from cnncalc.render.json_text import indented
from cnncalc.render.markdown import escaped, markdown_table
from cnncalc.render.numbers import MISSING, grouped
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe

Format = Literal["table", "json", "markdown"]

_PARTS = 4
"""How many of the parts of a surplus are named."""


def render_counters(format: Format, found: Tallies, layers: bool = False, terminal: Terminal | None = None) -> str:
    """Writes the profilers' counts in one of the formats; with `layers` a row for every layer too."""
    if format == "json":
        return indented(found.to_dict(layers)) + "\n"
    if format == "table":
        return draw(counters_blocks(found, layers), terminal)
    parts = [f"### {escaped(_title(found))}\n", *map(markdown_table, _tables(found, layers))]
    return "\n".join([*parts, "".join(f"- {escaped(text)}\n" for text in _remarks(found.report, found.tallies))])


def counters_blocks(found: Tallies, layers: bool = False) -> Iterator[Block]:
    """Shows the counts as a table, what makes them differ below it; with `layers` a table of all layers above it."""
    yield line((_title(found), "bold"))
    for table in _tables(found, layers):
        yield table
        yield line()
    for text in _remarks(found.report, found.tallies):
        name, colon, rest = text.partition(": ")
        yield line((name, "bold"), colon + rest)


def _title(found: Tallies) -> str:
    return f'Model: "{safe(found.report.name)}"'


def _tables(found: Tallies, layers: bool) -> list[Grid]:
    return [*([_layers(found.report, found.tallies)] if layers else []), _totals(found.tallies)]


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
    """Returns what stands below the tables."""
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
