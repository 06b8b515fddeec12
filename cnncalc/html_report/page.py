"""The page as a whole: one HTML file that loads nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from cnncalc import __version__
from cnncalc.comparing.comparison import Comparison
from cnncalc.html_report.net import ReportedNet
from cnncalc.html_report.sections import Link, net_html
from cnncalc.pictures.comparison import draw_comparison
from cnncalc.pictures.labels import Options
from cnncalc.render.comparison import comparison_blocks
from cnncalc.render.html_blocks import html_of
from cnncalc.render.text import elide, safe

SCRIPTS: Final = ("explanations.js", "field.js", "table.js", "net.js")
_LONGEST: Final = 120
"""Characters of a name that a heading shows."""


def render_page(nets: Sequence[ReportedNet], comparison: Comparison | None = None) -> str:
    """Writes the page of one net, or of several with their comparison. The same nets give the same text."""
    names = _names(nets, comparison)
    links: list[Link] = []
    body: list[str] = []
    if comparison is not None:
        links.append(Link("comparison", "Comparison"))
        body.append(_comparison(nets, comparison))
    for number, (name, net) in enumerate(zip(names, nets, strict=True), 1):
        html, own_links = net_html(net, f"net{number}", name if len(nets) > 1 else None)
        body.append(html)
        links += own_links if len(nets) == 1 else [Link(f"net{number}", name)]
    script = "\n".join(map(_file, SCRIPTS))
    heading = " and ".join(names)
    return Template(_file("page.html")).substitute(
        title=escape(f"{heading} - cnncalc"),
        heading=escape(heading),
        links="\n".join(f'<li><a href="#{link.id}">{escape(link.text)}</a></li>' for link in links),
        body="\n".join(body),
        style=_file("page.css"),
        script=script,
        script_hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
        version=__version__,
    )


def _comparison(nets: Sequence[ReportedNet], comparison: Comparison) -> str:
    """Totals and layers that differ; of two nets also the picture of both, whose groups are theirs in their order."""
    tables = html_of(comparison_blocks(comparison))
    picture = ""
    if len(nets) == 2:
        analysed = [(net.report, net.analysis) for net in nets]
        drawn = draw_comparison(comparison.names, analysed, comparison.differences[0], Options())
        picture = f'<div class="picture compared" role="group" aria-label="Picture of both nets">{drawn}</div>'
    return (
        f'<section id="comparison"><h2>Comparison</h2>\n<div class="scrolled plain">{tables}</div>\n{picture}</section>'
    )


def _names(nets: Sequence[ReportedNet], comparison: Comparison | None) -> list[str]:
    """Returns what the nets are called: of one spec at several inputs, what the comparison calls them too."""
    names = [elide(safe(net.report.name), _LONGEST) for net in nets]
    if comparison is None or len(set(names)) == len(names):
        return names
    return [f"{name}, {elide(safe(label), _LONGEST)}" for name, label in zip(names, comparison.names, strict=True)]


def _file(name: str) -> str:
    return files(__package__).joinpath("browser", name).read_text(encoding="utf-8")
