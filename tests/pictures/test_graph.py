"""A net as a graph: where everything is in the pictures of all shipped nets, which are those of the documentation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cnncalc
from cnncalc.analysis.analyze import analyzed
from cnncalc.pictures.graph import draw_graph
from cnncalc.pictures.labels import Options
from cnncalc.pictures.text_width import text_width
from cnncalc.spec.shipped import shipped_names
from tests.command_line import run
from tests.pictures import gallery
from tests.pictures.geometry import SVG, Rectangle, frames, insides, layer_boxes, numbers, segments

NETS = shipped_names()
KNOTTED = ("faster_rcnn", "yolov5s", "wavenet")
"""Nets that no cut takes apart, or with many lanes: drawn whole, too."""


@cache
def picture(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(gallery.page(name))


@cache
def whole(name: str) -> ElementTree.Element:
    """A net with every layer that is not a repetition, however high that is."""
    return ElementTree.fromstring(draw_graph(*gallery.analysed(name), Options(columns=1)))


def layer_names(picture: ElementTree.Element) -> set[str]:
    """Every layer or block that a picture stands for, the copies of repeated blocks too."""
    names: set[str] = set()
    for group in picture.iter(f"{SVG}g"):
        if "data-layer" in group.attrib:
            names |= {*group.get("data-copies", group.get("data-layer", "")).split("\n")}
    return names


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_the_gallery_is_what_is_drawn(name: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        gallery.file(name).write_text(gallery.page(name), encoding="utf-8")
    assert gallery.file(name).read_text(encoding="utf-8") == gallery.page(name), "--update-golden draws it anew"


@pytest.mark.parametrize("name", NETS)
def test_every_layer_is_drawn(name: str) -> None:
    names = layer_names(picture(name))
    for row in gallery.analysed(name)[0].layers:
        assert row.name in names or any("/".join(row.path[:depth]) in names for depth in range(1, 5)), row.name


@pytest.mark.parametrize("name", NETS)
def test_no_box_lies_on_another(name: str) -> None:
    check_boxes(picture(name))


@pytest.mark.parametrize("name", NETS)
def test_no_line_goes_through_a_box(name: str) -> None:
    check_lines(picture(name))


@pytest.mark.parametrize("name", NETS)
def test_no_text_is_wider_than_its_box(name: str) -> None:
    check_texts(picture(name))


@pytest.mark.parametrize("name", KNOTTED)
def test_nets_that_are_knotted(name: str) -> None:
    assert layer_names(whole(name)) == {row.name for row in gallery.analysed(name)[0].layers}
    check_boxes(whole(name))
    check_lines(whole(name))
    check_texts(whole(name))


def check_boxes(drawn: ElementTree.Element) -> None:
    boxes = [*layer_boxes(drawn)]
    assert boxes
    for one, other in neighbours([*frames(drawn), *boxes]):
        assert not one.meets(other) or one.holds(other) or other.holds(one), (one.name, other.name)
    assert not [(one.name, other.name) for one, other in neighbours(boxes) if one.meets(other)]


def check_lines(drawn: ElementTree.Element) -> None:
    inner = [*insides(drawn)]
    lines = [*segments(drawn)]
    assert len(lines) >= len(inner) - 1
    edges = {id(line) for line in lines}
    for one, other in neighbours([*lines, *inner]):
        assert (id(one) in edges) == (id(other) in edges) or not one.meets(other), (one, other)


def check_texts(drawn: ElementTree.Element) -> None:
    for group in drawn.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect[@class='box']")
        if "data-layer" not in group.attrib or box is None:
            continue
        left, width = numbers(box, "x", "width")
        by_line: dict[str, float] = {}
        for text in group.iter(f"{SVG}text"):
            assert "…" not in (text.text or "").replace("…", "", 2 * len(group.get("data-copies", ""))), "cut"
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


@pytest.mark.parametrize("name", ["resnet152", "densenet201"])
def test_long_nets_fit_a_page(name: str) -> None:
    width, height = numbers(picture(name), "width", "height")
    assert 0.7 < height / width < 1.5  # A4 is 1.41


@pytest.mark.parametrize("name", NETS)
def test_no_picture_is_higher_than_can_be_read(name: str) -> None:
    assert numbers(picture(name), "height")[0] < 2600


@pytest.mark.parametrize("name", ["vit_b_16", "resnet50", "vgg11"])
def test_no_line_leaves_the_last_layer(name: str) -> None:
    last = [row.name for row in gallery.analysed(name)[0].layers][-1]
    assert last not in {line.name for line in segments(picture(name))}


def test_a_chain_goes_from_top_to_bottom() -> None:
    boxes = [*layer_boxes(picture("lenet5"))]
    assert len(boxes) == 9
    assert all(above.y + above.height < below.y for above, below in pairwise(boxes))


@pytest.mark.parametrize("name", gallery.EXAMPLES)
def test_the_other_pictures_of_the_documentation(name: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        (gallery.FOLDER / name).parent.mkdir(exist_ok=True)
        (gallery.FOLDER / name).write_text(gallery.example(name), encoding="utf-8")
    assert (gallery.FOLDER / name).read_text(encoding="utf-8") == gallery.example(name)


def test_time_grows_as_the_layers_do() -> None:
    """A net of four times as many residual blocks, each unlike the one before it, takes about four times as long."""

    def seconds(blocks: int) -> float:
        block = {"Add": {"branches": {"main": [{"Dense": 8}, "ReLU"], "skip": []}}}
        items = [item for _ in range(blocks) for item in (block, {"Dense": 8})]
        report, analysis = analyzed(cnncalc.from_dict({"input": 8, "layers": items}).expansion, "exact")
        start = time.process_time()
        draw_graph(report, analysis)
        return time.process_time() - start

    assert seconds(200) < 8 * seconds(50) + 0.1


def test_blocks_inside_each_other_and_skips_inside_each_other() -> None:
    blocks: dict[str, object] = {f"b{i}": {"layers": [{"Dense": 4}, {f"b{i + 1}": {}}]} for i in range(150)}
    nested = {"input": 8, "blocks": {**blocks, "b150": {"layers": [{"Dense": 4}]}}, "layers": [{"b0": {}}]}
    down = [{"Dense": {"units": 8, "name": f"down{i}"}} for i in range(120)]
    up = [{"Add": {"from": ["prev", f"down{i}"]}} for i in range(118, -1, -1)]
    for spec in (nested, {"input": 8, "layers": [*down, *up]}):
        drawn = ElementTree.fromstring(draw_graph(*analyzed(cnncalc.from_dict(spec).expansion, "exact")))
        check_boxes(drawn)
        check_lines(drawn)


def test_what_is_too_tangled_is_refused(tmp_path: Path) -> None:
    layers = "\n".join(
        f"  - Add: {{name: x{i}, from: [{', '.join(f'x{j}' for j in range(i))}]}}" for i in range(2, 300)
    )
    (tmp_path / "dense.yaml").write_text(
        f"input: 8\nlayers:\n  - Dense: {{units: 8, name: x0}}\n  - Dense: {{units: 8, name: x1}}\n{layers}\n"
    )
    end = run("cnncalc draw dense.yaml -o dense.svg", tmp_path)
    assert end.code == 2
    assert "too tangled" in end.stderr
    assert not (tmp_path / "dense.svg").exists()
