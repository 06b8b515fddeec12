"""docs/checking.md: its picture is a marked sheet, its catalogue is the catalogue.

`pytest --update-golden` writes both anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import cnncalc
from cnncalc.cli.application import app
from cnncalc.marking.misconceptions import CATALOGUE
from cnncalc.render.marks_table import render_marks
from cnncalc.render.terminal import Terminal
from tests.command_line import REPOSITORY
from tests.terminal_pictures import FILE_OF_PAGE, drawn

PAGE = REPOSITORY / "docs" / "checking.md"
PICTURE = REPOSITORY / "docs" / "pictures" / "checking_80.svg"
LISTED = re.compile(r"(<!-- misconceptions -->\n)(.*?)(<!-- end -->)", re.DOTALL)

Compare = Callable[[Path, str], None]


@pytest.fixture
def compare(request: pytest.FixtureRequest) -> Compare:
    def same(file: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            file.write_text(text, encoding="utf-8")
        assert file.read_text(encoding="utf-8") == text, "pytest --update-golden writes it anew"

    return same


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the page shows."""
    for name, text in FILE_OF_PAGE.findall(PAGE.read_text(encoding="utf-8")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_catalogue_is_complete(compare: Compare) -> None:
    rows = "".join(f"| `{entry.id}` | {entry.text} |\n" for entry in CATALOGUE)
    table = f"| id | what is said |\n|---|---|\n{rows}"
    compare(PAGE, LISTED.sub(lambda match: match[1] + table + match[3], PAGE.read_text(encoding="utf-8")))


def test_the_picture_is_a_marked_sheet(compare: Compare) -> None:
    shown = drawn("checking", 80)
    assert all(sign in shown for sign in "✓✗→·")
    compare(PICTURE, shown)


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(example, {})
    assert capsys.readouterr().out.splitlines() == [
        "output_shape right (28, 28, 6) []",
        "params wrong 156 ['bias-forgotten']",
    ]


def test_every_option_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert app.info.name == "cnncalc"
    options = [
        "--format", "--convention", "--tolerance", "--points", "--ask", "--hints", "--no-follow-through",
        "--list-misconceptions", "--solved", "--blank-only",
    ]  # fmt: skip
    assert all(option in text for option in options)


def test_signs_differ_without_colour_and_in_ascii(folder: Path) -> None:
    marks = cnncalc.check(cnncalc.load("lenet5"), folder / "anna.yaml")
    plain = render_marks(marks, terminal=Terminal(100, False, "ascii"))
    assert plain.isascii()
    assert "\x1b" not in plain
    starts = {line.lstrip("|").split()[0] for line in plain.splitlines()}
    assert {"ok", "X", "->", "."} <= starts


def test_the_table_keeps_a_terminals_width(folder: Path) -> None:
    marks = cnncalc.check(cnncalc.load("lenet5"), folder / "anna.yaml")
    for width in (120, 80, 66):
        assert max(map(len, render_marks(marks, terminal=Terminal(width, False)).splitlines())) <= width
