"""Names that are mark-up somewhere stay text in every format. A spec refuses most of them; other readers may not."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cnncalc
from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.report import Report
from cnncalc.pictures.dot import write_dot
from cnncalc.pictures.graph import draw_graph, parts_of
from cnncalc.pictures.labels import DEFAULTS
from cnncalc.pictures.mermaid import write_mermaid
from cnncalc.pictures.page import html_page
from cnncalc.pictures.tikz import write_tikz
from cnncalc.pictures.volumes import draw_volumes
from tests.pictures.geometry import SVG, layer_boxes

HOSTILE = (
    "<script>alert(1)</script>",
    "</svg>]]>&amp;<!--",
    "' onload='x",
    '"];end; click n0 "javascript:1"',
    r"\end{document}\input{x}$%#_^~",
    "a" * 1000,
    "مرحبا بالعالم",
    "🙂👩‍👩‍👧",
    "卷积层",
    "\u202e\u0007\u001b[31m\ud800",
)


def hostile_net() -> tuple[Report, Analysis]:
    """A chain of convolutions with these names, as a careless reader of files might make it."""
    layers = [{"Conv2D": {"filters": 4, "kernel_size": 3}}] * len(HOSTILE)
    model = cnncalc.from_dict({"name": HOSTILE[0], "input": [64, 64, 3], "layers": layers})
    for node, name in zip(model.expansion.nodes[1:], HOSTILE, strict=True):
        node.name = name
    return analyzed(model.expansion, "exact")


class Tags(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("draw", [draw_graph, draw_volumes], ids=lambda draw: draw.__name__)
def test_svg_and_html(draw: type) -> None:
    report, analysis = hostile_net()
    picture = draw(report, analysis)
    root = ElementTree.fromstring(picture.encode())
    names = [group.get("data-layer", "") for group in root.iter(f"{SVG}g") if "data-layer" in group.attrib][1:]
    assert names[:7] == [*HOSTILE[:7]]
    assert names[8] == HOSTILE[8]
    assert names[9] == r"\u202e\u0007\u001b[31m\ud800"
    page = Tags(html_page(picture, report.name))
    assert page.found <= {
        "html", "head", "meta", "title", "style", "body", "svg", "desc", "g", "rect", "text", "path", "polygon",
    }  # fmt: skip
    assert not {name for name in page.attributes if name.startswith("on") or name in ("href", "src", "style")}
    assert not re.search(r"url\(|@import", picture)


def test_a_name_of_1000_characters_is_shortened_in_its_box() -> None:
    root = ElementTree.fromstring(draw_graph(*hostile_net()).encode())
    assert all(box.width < 400 for box in layer_boxes(root))
    (group,) = root.findall(f".//{SVG}g[@data-layer='{HOSTILE[5]}']")
    assert any("…" in (text.text or "") for text in group.iter(f"{SVG}text"))


def test_mermaid() -> None:
    text = write_mermaid(parts_of(*hostile_net()))
    label = r"[\w #;]*(?:<br/>[\w #;]*)*"
    line = re.compile(rf'flowchart TB|  n\d+\["{label}"\]:::\w+|  n\d+ --> n\d+|  classDef \w+ [\w:#, \-]+', re.ASCII)
    assert [wrong for wrong in text.splitlines() if not line.fullmatch(wrong)] == []


def test_dot() -> None:
    report, analysis = hostile_net()
    text = write_dot(parts_of(report, analysis), report.name)
    string = r'"(?:[^"\\]|\\.)*"'
    line = re.compile(
        rf"digraph {string} {{|}}|  (?:node|graph) \[.*\];|  n\d+ -> n\d+;|  n\d+ \[(?:\w+={string}(?:, )?)*\];"
    )
    assert [wrong for wrong in text.splitlines() if not line.fullmatch(wrong)] == []


def test_tikz(tmp_path: Path) -> None:
    text = write_tikz(parts_of(*hostile_net()), DEFAULTS)
    assert text.isascii()
    assert text.count(r"\end{document}") == 1
    assert r"\input" not in text
    if shutil.which("pdflatex") is None or subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True).returncode:
        pytest.skip("there is no LaTeX with TikZ")
    (tmp_path / "net.tex").write_text(text)
    end = subprocess.run(["pdflatex", "-interaction=batchmode", "net.tex"], cwd=tmp_path, capture_output=True)
    assert end.returncode == 0, (tmp_path / "net.log").read_text()
