"""A net as a graph: what is in the SVG, and where it is."""

from __future__ import annotations

from xml.etree import ElementTree

import cnncalc
from cnncalc.analysis.analyze import analyzed
from cnncalc.pictures.graph import Options, draw_graph
from cnncalc.spec.shipped import shipped_names

SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str, options: Options = Options()) -> ElementTree.Element:  # noqa: B008
    report, analysis = analyzed(cnncalc.load(name).expansion, "exact", partial=True)
    return ElementTree.fromstring(draw_graph(report, analysis, options))


def layer_names(picture: ElementTree.Element) -> set[str]:
    """Every layer that a picture stands for, the copies of repeated blocks too."""
    names: set[str] = set()
    for group in picture.iter(f"{SVG}g"):
        if "data-layer" in group.attrib:
            names |= {*group.get("data-copies", group.get("data-layer", "")).split("\n")}
    return names


def test_every_layer_of_every_shipped_net_is_drawn() -> None:
    for name in shipped_names():
        assert layer_names(drawn(name)) == {row.name for row in cnncalc.load(name).analyze().layers}, name
