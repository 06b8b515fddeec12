"""What a terminal shows of every command: no line is too long, no word is broken, nothing is lost."""

from __future__ import annotations

import re
from itertools import cycle
from pathlib import Path

import pytest

import cnncalc
from cnncalc.render.spec_list import SpecListing, render_spec_list
from cnncalc.render.table import render_table
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import display_width
from tests.command_line import REPOSITORY, on_terminal, run
from tests.terminal_pictures import FILES

WIDTHS = (60, 80, 140)
SPECS = ("lenet5", "resnet50", "inception_v3", "mobilenet_v2", "unet", "densenet121", "mask_rcnn_resnet50_fpn")
COMMANDS = (
    *(f"summary {spec}" for spec in SPECS), "summary resnet50 --depth 1", "summary lenet5 --memory",
    "summary unet --convention exact", "summary lenet5 --counter fvcore --counter thop",
    "summary vgg16 --columns name,path,type,inputs,params,exact.macs,exact.flops,exact.effective_stride",
    "explain lenet5", "explain resnet50 conv2_1/conv2d", "explain inception_v3 conv/conv2d",
    "explain unet --quantity ops", "explain inception_module concatenate",
    "errors unknown-argument", "errors dense-on-map", "reconcile yolov5s 7225885",
    "rf lenet5", "rf resnet50 conv2_1/re_lu", "rf unet", "counters resnet50", "counters lenet5 --layers",
    "compare resnet50 resnet50_v1_5", "compare lenet5 vgg16 resnet50", "reconcile resnet50_v1_5 3.8G",
    "reconcile lenet5 61K", "layers", "layers Conv2D", "layers SeparableConv2D", "layers Add",
    "summary stopped.yaml", "check lenet5 class", "check lenet5 class/anna.yaml", "check --list-misconceptions",
    "summary lenet5 --columns nmae", "summary resnet5",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Specs with mistakes, and the sheets of a class."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def pieces(text: str) -> set[str]:
    """The words of a text, and the parts of its names: where lines may end."""
    return {piece for piece in re.split(r"[\s/_|:\u2500-\u257f]+", text) if piece.strip("-=.")}


@pytest.mark.parametrize("command", COMMANDS)
def test_lines_fit_and_words_stay_whole(command: str, folder: Path) -> None:
    plain = run(f"cnncalc {command}", folder)
    for width in (60, 100):
        shown = on_terminal(f"cnncalc {command}", folder, width, NO_COLOR="1")
        assert max(map(display_width, shown.splitlines())) <= width
        assert pieces(plain.stdout + plain.stderr) <= pieces(shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_line_of_the_spec_is_shown_around_the_mistake(width: int, folder: Path) -> None:
    lines = on_terminal("cnncalc summary net.yaml", folder, width, NO_COLOR="1").splitlines()
    assert max(map(display_width, lines)) <= width
    carets = next(index for index, line in enumerate(lines) if "^" in line)
    start = lines[carets].index("^")
    assert lines[carets].strip("| ") == "^" * len("kernal_size")
    assert lines[carets - 1][start:].startswith("kernal_size: 5")


@pytest.mark.parametrize("command", ["summary resnet50", "explain lenet5", "summary net.yaml", "rf lenet5"])
def test_a_dumb_terminal_shows_plain_text(command: str, folder: Path) -> None:
    plain = run(f"cnncalc {command}", folder)
    assert on_terminal(f"cnncalc {command}", folder, 60, TERM="dumb") == plain.stdout + plain.stderr


def test_markup_in_names_is_text(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text('name: "[bold red]evil[/] :smile:"\ninput: [8, 8, 1]\nlayers: [Flatten]\n')
    assert 'Model: "[bold red]evil[/] :smile:"' in on_terminal("cnncalc net.yaml", tmp_path, 80, NO_COLOR="1")
    assert "\u001b[1m" in on_terminal("cnncalc net.yaml", tmp_path, 80)


@pytest.mark.slow
def test_every_shipped_spec_and_their_list_fit() -> None:
    listings = []
    for path, width in zip(sorted((REPOSITORY / "specs").glob("*.yaml")), cycle(WIDTHS), strict=False):
        report = cnncalc.load(path.stem).analyze()
        totals = report.totals
        listings.append(SpecListing("a family", path.stem, "1998", totals.params, totals.exact.macs, report.name))
        table = render_table(report, terminal=Terminal(width, color=False))
        assert max(map(display_width, table.splitlines())) <= width
        assert pieces(render_table(report)) <= pieces(table)
    for width in WIDTHS:
        shown = render_spec_list(listings, Terminal(width, color=False))
        assert max(map(display_width, shown.splitlines())) <= width
        assert pieces(render_spec_list(listings)) <= pieces(shown)
