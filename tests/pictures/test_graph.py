"""A net as a graph: what is in the SVG, and where it is. Every shipped net is measured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import pytest

import cnncalc
from cnncalc.analysis.analyze import analyzed
from cnncalc.pictures.graph import draw_graph
from cnncalc.pictures.labels import DEFAULTS, Options
from cnncalc.pictures.text_width import text_width
from cnncalc.spec.shipped import shipped_names
from tests.pictures.geometry import SVG, Rectangle, frames, layer_boxes, numbers, segments

NETS = shipped_names()


@cache
def drawn(name: str, options: Options = DEFAULTS) -> ElementTree.Element:
    report, analysis = analyzed(cnncalc.load(name).expansion, "exact", partial=True)
    return ElementTree.fromstring(draw_graph(report, analysis, options))


def layer_names(picture: ElementTree.Element) -> set[str]:
    """Every layer that a picture stands for, the copies of repeated blocks too."""
    names: set[str] = set()
    for group in picture.iter(f"{SVG}g"):
        if "data-layer" in group.attrib:
            names |= {*group.get("data-copies", group.get("data-layer", "")).split("\n")}
    return names


@pytest.mark.parametrize("name", NETS)
def test_every_layer_is_drawn(name: str) -> None:
    assert layer_names(drawn(name)) == {row.name for row in cnncalc.load(name).analyze().layers}


@pytest.mark.parametrize("name", NETS)
def test_no_box_lies_on_another(name: str) -> None:
    boxes = [*layer_boxes(drawn(name))]
    assert boxes
    assert not [(one, other) for one, other in neighbours(boxes) if one.meets(other)]
    for one, other in neighbours([*frames(drawn(name)), *boxes]):
        assert not one.meets(other) or one.holds(other) or other.holds(one), (one.name, other.name)


@pytest.mark.parametrize("name", NETS)
def test_no_line_goes_through_a_box(name: str) -> None:
    inner = [
        Rectangle(box.x + 1, box.y + 1, box.width - 2, box.height - 2, box.name) for box in layer_boxes(drawn(name))
    ]
    lines = [*segments(drawn(name))]
    assert len(lines) >= len(inner) - 1
    edges = {id(line) for line in lines}
    for one, other in neighbours([*lines, *inner]):
        assert (id(one) in edges) == (id(other) in edges) or not one.meets(other), (one, other)


@pytest.mark.parametrize("name", NETS)
def test_no_text_is_wider_than_its_box(name: str) -> None:
    for group in drawn(name).iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect[@class='box']")
        if "data-layer" not in group.attrib or box is None:
            continue
        left, width = numbers(box, "x", "width")
        by_line: dict[str, float] = {}
        for text in group.iter(f"{SVG}text"):
            class_ = text.get("class", "")
            wide = text_width(text.text or "", 10 if class_ == "small" else 11, class_ == "kind")
            (x,) = numbers(text, "x")
            start = x - wide if text.get("text-anchor") == "end" else x
            assert left < start
            assert start + wide < left + width
            y = text.get("y", "")
            by_line[y] = by_line.get(y, 0) + wide
        assert all(wide <= width - 16 for wide in by_line.values()), group.get("data-layer")


def neighbours(boxes: list[Rectangle]) -> Iterator[tuple[Rectangle, Rectangle]]:
    """The pairs that may meet: those whose heights overlap, found by a sweep from top to bottom."""
    active: list[Rectangle] = []
    for box in sorted(boxes, key=lambda box: box.y):
        active = [other for other in active if other.y + other.height >= box.y]
        yield from ((other, box) for other in active)
        active.append(box)


def test_what_follows_each_other_is_drawn_from_top_to_bottom() -> None:
    boxes = [*layer_boxes(drawn("lenet5"))]
    assert len(boxes) == 9
    assert all(above.y + above.height < below.y for above, below in pairwise(boxes))
