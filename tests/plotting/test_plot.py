"""`cnncalc plot`: curves over the layers, on a terminal and as SVG."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.command_line import on_terminal, run

SVG = "{http://www.w3.org/2000/svg}"


def test_each_curve_says_what_it_ends_at(tmp_path: Path) -> None:
    """LeNet-5: 61,706 parameters and 416,520 MACs are Keras's and fvcore's; its dense layer sees the input, 32x32."""
    shown = run("cnncalc plot lenet5", tmp_path).stdout
    assert "* exact: 32\n" in shown
    assert "- input 32\n" in shown
    assert "* MACs, exact: 416,520\n" in shown
    assert "o operations, notes: 423,038\n" in shown
    assert "* parameters: 61,706\n" in shown
    assert "From left to right: 9 layers, input to logits." in shown


def test_only_what_is_asked_for_is_plotted(tmp_path: Path) -> None:
    shown = run("cnncalc plot lenet5 --y params", tmp_path).stdout
    assert "Parameters, added up" in shown
    assert "Receptive field" not in shown


def test_the_curve_rises_where_the_parameters_are(tmp_path: Path) -> None:
    """XOR's two layers have 2*2 + 2 and 2 + 1 parameters: the steps stand at 0, 6 and 9 of 9, or 0, 7 and 11 of 11."""
    write_spec = "cnncalc plot xor_mlp --y params"
    lines = run(write_spec, tmp_path).stdout.splitlines()
    grid = [line.partition("|")[2] for line in lines if "|" in line]
    assert len(grid) == 12
    heights = {column: 11 - row for row, cells in enumerate(grid) for column, cell in enumerate(cells) if cell == "*"}
    assert heights == dict.fromkeys(range(4), 0) | dict.fromkeys(range(4, 8), 7) | dict.fromkeys(range(8, 12), 11)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_terminal_is_not_too_narrow(width: int, tmp_path: Path) -> None:
    shown = re.sub(r"\x1b\[[\d;]*m", "", on_terminal("cnncalc plot resnet50", tmp_path, width))
    assert max(map(len, shown.splitlines())) <= width
    assert "●" in shown


def test_memory_is_that_of_the_summary(tmp_path: Path) -> None:
    memory = json.loads(run("cnncalc summary resnet50 --memory --format json", tmp_path).stdout)["totals"]["memory"]
    shown = run("cnncalc plot resnet50 --y memory", tmp_path).stdout
    kept, alive = (f"{memory_bytes / 2**20:.2f} MB" for memory_bytes in (memory["kept"], memory["peak"]["listed"]))
    assert f"kept for training: {kept}\n" in shown
    assert f"alive at inference, at most: {alive}\n" in shown


def test_what_is_not_known_is_no_curve(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [null, null, 3]\nlayers: [Conv2D: {filters: 4, kernel_size: 5}]\n")
    shown = run("cnncalc plot net.yaml --y macs,memory", tmp_path).stdout
    assert "MACs, exact: unknown\n" in shown
    assert "kept for training: unknown\n" in shown


def test_an_axis_of_its_own_has_a_curve_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 20x30x1\nlayers: [Conv2D: {filters: 4, kernel_size: [3, 7]}]\n")
    shown = run("cnncalc plot net.yaml --y rf", tmp_path).stdout
    assert "exact, height: 3\n" in shown
    assert "exact, width: 7\n" in shown
    assert "input 20\n" in shown
    assert "input 30\n" in shown


def test_the_svg_has_a_column_for_each_layer(tmp_path: Path) -> None:
    assert run("cnncalc plot resnet50 --y rf,macs -o plot.svg", tmp_path) == (0, "", "")
    picture = ElementTree.fromstring((tmp_path / "plot.svg").read_text())
    names = [group.get("data-layer") for group in picture.iter(f"{SVG}g")]
    report = json.loads(run("cnncalc summary resnet50 --format json", tmp_path).stdout)
    assert names == [layer["name"] for layer in report["layers"]]
    titles = [title.text or "" for title in picture.iter(f"{SVG}title")]
    assert "conv5_3/conv2d_1\nReceptive field, exact: 483\n" in "\n".join(titles)  # Araujo et al. 2019


def test_a_page_holds_the_same_picture(tmp_path: Path) -> None:
    assert run("cnncalc plot lenet5 -o plot.svg", tmp_path).code == 0
    assert run("cnncalc plot lenet5 -o plot.html", tmp_path).code == 0
    assert (tmp_path / "plot.svg").read_text() in (tmp_path / "plot.html").read_text()
    assert run("cnncalc plot lenet5 -o -", tmp_path).stdout == (tmp_path / "plot.svg").read_text()


@pytest.mark.parametrize(("file", "start"), [("plot.png", b"\x89PNG"), ("plot.pdf", b"%PDF")])
def test_typst_makes_png_and_pdf(file: str, start: bytes, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    assert run(f"cnncalc plot lenet5 -o {file}", tmp_path) == (0, "", "")
    assert (tmp_path / file).read_bytes().startswith(start)


def test_a_format_that_has_no_plots_is_refused(tmp_path: Path) -> None:
    end = run("cnncalc plot lenet5 -o plot.dot", tmp_path)
    assert end.code == 2
    assert "svg, html, png, pdf" in end.stderr


def test_the_same_net_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        run(f"cnncalc plot unet -o {name}", tmp_path)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_an_unknown_quantity_is_refused(tmp_path: Path) -> None:
    end = run("cnncalc plot lenet5 --y rf,mcas", tmp_path)
    assert end.code == 2
    assert 'did you mean "macs"?' in end.stderr


def test_a_shape_error_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 4x4x1\nlayers: [Conv2D: {filters: 4, kernel_size: 5}]\n")
    assert run("cnncalc plot net.yaml -o plot.svg", tmp_path).code == 2
    assert not (tmp_path / "plot.svg").exists()
