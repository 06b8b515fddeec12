"""The parts of the page that are about one net."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from cnncalc.analysis.report import Report
from cnncalc.html_report.formulas import script_data
from cnncalc.html_report.net import ReportedNet
from cnncalc.html_report.table import table_html
from cnncalc.plotting.curves import plot_of
from cnncalc.plotting.svg import draw_plot
from cnncalc.render.counters import counters_blocks
from cnncalc.render.diagnostics import render_diagnostics
from cnncalc.render.html_blocks import html_of
from cnncalc.render.memory import memory_lines
from cnncalc.render.numbers import MISSING, byte_size, extent, grouped, memory_size
from cnncalc.render.text import safe

_SMALL: Final = 40
"""Layers of a net whose blocks are open at first, and whose formulas are printed with what their symbols are."""

_BLOCK_BUTTONS: Final = """
<button type="button" data-open="true">Open all blocks</button>
<button type="button" data-open="false">Close them</button>"""


class Link(NamedTuple):
    """A part of the page that can be jumped to."""

    id: str
    text: str


def net_html(net: ReportedNet, prefix: str, heading: str | None) -> tuple[str, list[Link]]:
    """Writes all parts of a net; `prefix` begins their ids, and `heading` stands above them if there is one."""
    level = 2 if heading is None else 3
    links: list[Link] = []
    sections: list[str] = []
    of_net = "" if heading is None else f", {escape(heading)}"
    for name, title, content in _parts(net, prefix):
        id = f"{prefix}-{name}"
        links.append(Link(id, title))
        sections.append(
            f'<section id="{id}" aria-label="{title}{of_net}">\n<h{level}>{title}</h{level}>\n{content}\n</section>'
        )
    above = "" if heading is None else f"<h2>{escape(heading)}</h2>\n"
    data = f'<script type="application/json">{script_data(net)}</script>'
    label = escape(safe(net.report.name))
    size = " large" if len(net.report.layers) > _SMALL else ""
    article = f'<article class="net{size}" id="{prefix}" aria-label="{label}" data-level="{level}">\n{above}'
    return "\n".join([article, *sections, data, "</article>"]), links


def _parts(net: ReportedNet, prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yields each part's name, title and content."""
    report = net.report
    if report.error is not None:
        yield "error", "Error", f'<pre class="error" role="alert">{escape(render_diagnostics(net.mistakes))}</pre>'
    else:
        yield "totals", "Totals", _totals(report)
    if report.warnings:
        yield "warnings", "Warnings", _warnings(report)
    yield "layers", "Layers", _view(net, prefix)
    if not report.layers:
        return
    growth = draw_plot(plot_of(report, net.analysis, ("rf", "macs", "params")), alone=False)
    yield "growth", "Growth over the layers", f'<div class="plot">{growth}</div>'
    if report.totals.memory is None:
        return
    memory = draw_plot(plot_of(report, net.analysis, ("memory",)), alone=False)
    lines = "".join(f"<p>{escape(line)}</p>" for line in memory_lines(report.totals.memory))
    yield "memory", "Memory over time", f'{lines}\n<div class="plot">{memory}</div>'
    counters = html_of(list(counters_blocks(net.tallies))[1:])
    yield "profilers", "What profilers count", f'<div class="scrolled plain">{counters}</div>'


def _totals(report: Report) -> str:
    """Returns a table with a column for each convention; figures that are the same in both stand in one cell."""
    rows = "\n".join(
        f'<tr><th scope="row">{title}</th>'
        + (f'<td class="right">{notes}</td><td class="right">{exact}</td>' if exact is not None
           else f'<td class="right" colspan="2">{notes}</td>')
        + "</tr>"
        for title, notes, exact in _total_rows(report)
    )  # fmt: skip
    head = "".join(f'<th scope="col"{style}>{text}</th>' for text, style in (
        ("Figure", ""), ("Notes", ' class="right"'), ("Exact", ' class="right"')))  # fmt: skip
    return (
        '<div class="scrolled"><table class="totals"><caption>Figures of the whole net</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
        "</table></div>\n<details><summary>Where they come from</summary>\n"
        '<div class="explanation sections totals-explained"></div>\n</details>'
    )


def _total_rows(report: Report) -> Iterator[tuple[str, str, str | None]]:
    """Yields the title of each total, and its value in the notes and in the exact convention, or in both."""
    totals = report.totals
    yield "Layers", grouped(len(report.layers) - len(report.inputs)), None
    yield "Parameters", _sized(totals.params), None
    yield "Trainable parameters", _sized(totals.trainable_params), None
    yield "Parameters that are not trained", _sized(totals.non_trainable_params), None
    yield "Neurons", grouped(totals.neurons), None
    yield "Receptive field", extent(totals.notes.receptive_field), extent(totals.exact.receptive_field)
    yield "Operations, MACs", grouped(totals.notes.ops), grouped(totals.exact.macs)
    yield "FLOPs", MISSING, grouped(totals.exact.flops)
    if totals.memory is not None:
        yield "Memory of inference", _bytes(totals.memory.inference), None
        yield f"Memory to train with {totals.memory.optimizer}", _bytes(totals.memory.training), None


def _sized(params: int | None) -> str:
    return MISSING if params is None else f"{grouped(params)} ({memory_size(params)})"


def _bytes(size: int | None) -> str:
    return MISSING if size is None else byte_size(size)


def _warnings(report: Report) -> str:
    items = "\n".join(
        f"<li>{escape(safe(warning.message))} <code>{escape(warning.id)}</code></li>" for warning in report.warnings
    )
    return f'<ul class="warnings">\n{items}\n</ul>'


def _view(net: ReportedNet, prefix: str) -> str:
    """Returns the picture and the table beside it, and between them what a layer sees of the input."""
    return f"""\
<div class="view">
<div class="beside">
<div class="picture" role="group" aria-label="Picture of the net">{net.picture}</div>
<figure class="field"><svg viewBox="0 0 1 1" role="img" aria-label="Receptive field over the input"></svg>
<figcaption>Rest on a layer to see its receptive field over the input.</figcaption></figure>
</div>
<div class="right-side">
<div class="tools">
<label for="{prefix}-filter">Filter</label>
<input type="search" id="{prefix}-filter" placeholder="name or kind" autocomplete="off">
<output for="{prefix}-filter"></output>{_BLOCK_BUTTONS if any(row.path for row in net.report.layers) else ""}
</div>
<div class="scrolled">
{table_html(net.report, prefix)}
</div>
</div>
</div>"""
