"""`cnncalc report`: one HTML page that says everything of a net. `tests/site` opens it in a browser."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import on_terminal, run

WRONG = """\
input: 28x28x1
blocks:
  stage:
    layers:
      - Conv2D: {filters: 8, kernel_size: 3}
      - MaxPooling2D: 14
      - Conv2D: {filters: 8, kernel_size: 5}
layers:
  - stage
  - Dense: 10
"""


def page_of(spec: str, folder: Path) -> str:
    """The page that `cnncalc report` writes of a spec."""
    end = run(f"cnncalc report {spec} -o report.html", folder)
    assert end == (0, "", "")
    return (folder / "report.html").read_text()


@pytest.fixture(scope="module")
def resnet50(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a net with blocks that are repeated."""
    return page_of("resnet50", tmp_path_factory.mktemp("resnet50"))


def data_of(page: str) -> dict[str, Any]:
    """What the page's script reads: the explanations of its only net."""
    (text,) = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    data: dict[str, Any] = json.loads(text)
    return data


def table_rows(page: str) -> list[list[str]]:
    """The cells of the table of layers, as text."""
    (table,) = re.findall(r'<table class="layers".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr.*?</tr>", table)]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in rows]


def test_the_table_has_the_figures_of_the_summary(tmp_path: Path) -> None:
    report = json.loads(run("cnncalc summary lenet5 --format json", tmp_path).stdout)
    rows = table_rows(page_of("lenet5", tmp_path))
    assert len(rows) == len(report["layers"])
    for row, layer in zip(rows, report["layers"], strict=True):
        assert row[0] == f"{layer['name']} {layer['type']}"
        assert row[2] == f"{layer['params']:,}"
        assert row[7] == f"{layer['exact']['macs']:,}"


def test_blocks_stand_above_their_layers_with_their_sums(resnet50: str, tmp_path: Path) -> None:
    rows = table_rows(resnet50)
    names = [row[0] for row in rows]
    at = names.index("conv2_1 block")
    assert names[at + 1] == "conv2_1/conv2d Conv2D"
    folded = json.loads(run("cnncalc summary resnet50 --depth 1 --format json", tmp_path).stdout)
    (block,) = (layer for layer in folded["layers"] if layer["name"] == "conv2_1")
    assert rows[at][2] == f"{block['params']:,}"


def test_every_formula_of_explain_is_there(resnet50: str, tmp_path: Path) -> None:
    data = data_of(resnet50)
    explained = json.loads(run("cnncalc explain resnet50 conv4_2/conv2d_1 --format json", tmp_path).stdout)["layers"][0]
    names = [
        layer["name"] for layer in json.loads(run("cnncalc summary resnet50 --format json", tmp_path).stdout)["layers"]
    ]
    shown = [data["sections"][number] for number in data["layers"][names.index("conv4_2/conv2d_1")]["sections"]]
    assert len(shown) == len(explained["sections"]) + 1  # memory besides
    for section, (_, parts, difference) in zip(explained["sections"], shown, strict=False):
        assert section["difference"] == (None if difference is None else data["texts"][difference])
        for part, (_, lines, given, _) in zip(section["parts"], parts, strict=True):
            texts = [" = ".join(data["texts"][step] for step in line) for line in lines]
            for line in part["lines"]:
                assert any(line["formula"] in text and line["numbers"] in text for text in texts) or part["remarks"]
            assert [entry["symbol"] for entry in part["given"]] == [data["texts"][entry[0]] for entry in given]


def test_equal_layers_share_their_formulas(resnet50: str) -> None:
    """ResNet-50 has 175 layers of six sections and repeats most of them: a page of under 1 MB."""
    data = data_of(resnet50)
    assert len(resnet50.encode()) < 1_000_000
    assert len(data["texts"]) == len(set(data["texts"]))
    used = [number for layer in data["layers"] for number in layer["sections"]] + data["totals"]
    assert len(data["sections"]) == len(set(used)) < len(used)


def test_every_layer_has_what_profilers_count_of_it(tmp_path: Path) -> None:
    data = data_of(page_of("lenet5", tmp_path))
    counted = json.loads(run("cnncalc counters lenet5 --layers --format json", tmp_path).stdout)
    names = [name for name, _ in data["counters"]]
    for layer, entry in zip(counted["layers"], data["layers"], strict=True):
        shown = dict(zip(names, data["counts"][entry["counts"]], strict=True))
        assert shown == {name: f"{value:,}" for name, value in layer["counters"].items()}


def test_the_middle_of_a_layer_sees_what_rf_says(tmp_path: Path) -> None:
    data = data_of(page_of("lenet5", tmp_path))
    layer = data["layers"][3]  # conv2d_1: 10x10, its middle 4,4
    field = json.loads(run("cnncalc rf lenet5 conv2d_1 --at 4,4 --format json", tmp_path).stdout)
    assert layer["at"] == [4, 4]
    assert layer["sees"] == field["at"]["sees"] == [[8, 21], [8, 21]]  # 14 of 32, as 5 + 1 + 4*2 says
    assert layer["input"] == [32, 32]


def test_totals_warnings_and_profilers_stand_in_the_page(tmp_path: Path) -> None:
    page = page_of("fast_rcnn", tmp_path)
    end = run("cnncalc summary fast_rcnn --format json", tmp_path)
    report = json.loads(end.stdout)
    assert f"{report['totals']['params']:,}" in page
    assert f"{report['totals']['exact']['macs']:,}" in page
    for warning in report["warnings"]:
        message, _, id = warning.removesuffix("]").rpartition(" [")
        assert message in unescape(page)
        assert f"<code>{id}</code>" in page
    assert "Counter</th>" in page
    assert 'id="net1-memory"' in page


def test_the_picture_and_the_table_have_the_same_names(resnet50: str) -> None:
    (picture,) = re.findall(r'<div class="picture".*?</svg>', resnet50, re.DOTALL)
    in_table = set(re.findall(r'<tr [^>]*data-layer="([^"]+)"', resnet50))
    in_picture = set(re.findall(r'data-layer="([^"]+)"', picture))
    assert in_picture
    assert in_picture <= in_table


def test_the_page_loads_nothing(tmp_path: Path) -> None:
    page = page_of("lenet5", tmp_path)
    assert "default-src 'none'; script-src 'sha256-" in page
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == {"http://www.w3.org/2000/svg"}


def test_the_same_net_gives_the_same_bytes(tmp_path: Path) -> None:
    assert page_of("lenet5", tmp_path) == page_of("lenet5", tmp_path)


def test_a_name_stays_text(tmp_path: Path) -> None:
    name = "</script><script>alert(1)</script><img src=x onerror=alert(1)> ${x} שלום 🔥 " + "long " * 200
    (tmp_path / "net.yaml").write_text(
        f"name: {json.dumps(name, ensure_ascii=False)}\ninput: 8x8x1\nlayers: [Flatten]\n"
    )
    page = page_of("net.yaml", tmp_path)
    assert "<img" not in page
    assert page.count("<script") == page.count("</script>") == 2
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page
    assert "${x} שלום 🔥" in page


def test_a_shape_error_is_shown_at_its_layer(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(WRONG)
    end = run("cnncalc report net.yaml -o report.html", tmp_path)
    assert end.code == 2
    assert end.stderr.startswith('error: "stage/conv2d_1": the window of Conv2D does not fit')
    page = (tmp_path / "report.html").read_text()
    rows = table_rows(page)
    assert [row[0] for row in rows] == [
        "input InputLayer", "stage/conv2d Conv2D", "stage/max_pooling2d MaxPooling2D",
        "stage/conv2d_1 Conv2D: its shape does not work out",
    ]  # fmt: skip
    assert 'role="alert"' in page
    assert unescape(re.findall(r'<pre class="error" role="alert">(.*?)</pre>', page, re.DOTALL)[0]) == end.stderr
    assert re.search(r'<g class="layer convolution culprit" data-layer="stage/conv2d_1"', page)


def test_two_nets_stand_side_by_side(tmp_path: Path) -> None:
    page = page_of("vgg11 vgg13", tmp_path)
    assert page.count('<article class="net') == 2
    assert len(set(re.findall(r'\bid="([^"]+)"', page))) == len(re.findall(r'\bid="([^"]+)"', page))
    compared = json.loads(run("cnncalc compare vgg11 vgg13 --format json", tmp_path).stdout)
    (picture,) = re.findall(r'<div class="picture compared".*?</svg>', page, re.DOTALL)
    assert picture.count('data-layer="stage1/conv_1/conv2d"') == 2
    (params,) = (total for total in compared["totals"] if total["quantity"] == "params")
    assert f"{params['differences'][0]:+,}" in page


def test_one_spec_at_two_inputs_is_two_nets(tmp_path: Path) -> None:
    page = page_of("lenet5 --input 32x32x1 --input 64x64x1", tmp_path)
    assert "<h1>LeNet-5, 32x32x1 and LeNet-5, 64x64x1</h1>" in page
    assert page_of("lenet5 --input 64x64x1", tmp_path).count('<article class="net') == 1


def test_a_terminal_gets_no_page(tmp_path: Path) -> None:
    shown = on_terminal("cnncalc report lenet5", tmp_path, 100)
    assert "<html" not in shown
    assert "-o report.html" in shown


@pytest.mark.parametrize("spec", ["lenet5", "net.yaml"])
def test_the_page_is_html(spec: str, tmp_path: Path) -> None:
    html5lib = pytest.importorskip("html5lib")
    (tmp_path / "net.yaml").write_text(WRONG)
    run(f"cnncalc report {spec} -o report.html", tmp_path)
    html5lib.HTMLParser(strict=True).parse((tmp_path / "report.html").read_text())
