"""The formats of a report. The module of a format is imported by its name when the format is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Final, Literal, NamedTuple

from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column
from cnncalc.render.terminal import Terminal

Format = Literal["table", "json", "jsonl", "csv", "markdown", "latex", "html"]

MODULES: Final[dict[Format, str]] = {
    "table": "table", "json": "json_text", "jsonl": "json_text", "csv": "delimited",
    "markdown": "markdown", "latex": "latex", "html": "html",
}  # fmt: skip
"""The module of `cnncalc.render` that writes a format: its function is `write_reports`."""

NamedReport = tuple[str, Report]
"""A report with the name of its spec as the user gave it."""


class View(NamedTuple):
    """How reports are shown.

    `several` says that several specs were asked for, whether or not all could be read: JSON is then an array,
    and CSV has a column `spec`. A table is drawn for a `terminal` if there is one.
    """

    format: Format
    several: bool = False
    columns: Sequence[Column] | None = None
    terminal: Terminal | None = None


def render(
    format: Format,
    reports: Sequence[NamedReport],
    *,
    several: bool = False,
    columns: Sequence[Column] | None = None,
    terminal: Terminal | None = None,
) -> str:
    """Writes reports in one of the formats; `View` says what the options are."""
    write_reports: Callable[[Sequence[NamedReport], View], str]
    write_reports = import_module(f"cnncalc.render.{MODULES[format]}").write_reports
    return write_reports(reports, View(format, several, columns, terminal))


def render_pieces(
    format: Format,
    spec: str,
    report: Report,
    *,
    several: bool = False,
    columns: Sequence[Column] | None = None,
    terminal: Terminal | None = None,
) -> Iterator[str]:
    """Writes the report of one spec, piece by piece if the format can; `Joiner` joins what comes of several."""
    if format in ("json", "jsonl"):
        pieces: Callable[[Report, str | None], Iterator[str]]
        pieces = import_module(f"cnncalc.render.{MODULES[format]}").report_pieces
        yield from pieces(report, None if format == "jsonl" else "  " if several else "")
        if format == "jsonl" or not several:
            yield "\n"
    else:
        yield render(format, [(spec, report)], several=several and format == "csv", columns=columns, terminal=terminal)
