"""CSV, Markdown, LaTeX, HTML and JSON: golden texts, and what a reader of each makes of a stranger's text."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cnncalc.analysis.report import Report
from cnncalc.render.columns import all_columns, parse_columns
from cnncalc.render.delimited import csv_text
from cnncalc.render.formats import Format, render
from cnncalc.render.text import safe
from tests.render.lenet5_report import HOSTILE, hostile_report, lenet5_report, stopped_report
from tests.render.resnet50_report import resnet50_report

MODULES: dict[Format, str] = {
    "table": "table",
    "json": "json_text",
    "jsonl": "json_text",
    "csv": "delimited",
    "markdown": "markdown",
    "latex": "latex",
    "html": "html",
}
ROOT = Path(__file__).parents[2]
FORMATS = tuple(MODULES)
REPORTS = {"lenet5": lenet5_report("exact"), "stopped": stopped_report()}


def one(format: Format, report: Report) -> str:
    return render(format, [("spec.yaml", report)])


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("format", ["json", "csv", "markdown", "latex", "html"])
def test_golden(format: Format, report: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{report}_{format}.txt", one(format, REPORTS[report]))


@pytest.mark.parametrize("format", FORMATS)
def test_every_text_ends_in_one_newline_and_can_be_shown_on_a_terminal(format: Format) -> None:
    for report in (*REPORTS.values(), hostile_report(), hostile_report("exact")):
        text = one(format, report)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert all(line.isprintable() for line in text.split("\n"))
        text.encode()


def test_csv_has_the_names_of_the_report_and_no_totals() -> None:
    header, *rows = csv.reader(io.StringIO(one("csv", lenet5_report())))
    assert header == [column.name for column in all_columns()]
    assert len(rows) == 9
    conv2d = dict(zip(header, rows[1], strict=True))
    assert conv2d["output_shape"] == "28x28x6"
    assert conv2d["exact.flops"] == "244608"
    assert conv2d["shared_with"] == ""
    assert sum(int(row[header.index("params")]) for row in rows) == 61_706


def test_csv_of_several_specs_says_which() -> None:
    reports = [("a.yaml", lenet5_report()), ("b\n.yaml", lenet5_report())]
    lines = list(csv.reader(io.StringIO(render("csv", reports, several=True, columns=parse_columns("name,params")))))
    assert lines[0] == ["spec", "name", "params"]
    assert lines[1] == ["a.yaml", "input", "0"]
    assert lines[-1] == ["b\\u000a.yaml", "logits", "850"]
    assert len(lines) == 1 + 2 * 9


def test_csv_holds_hostile_text_in_one_cell() -> None:
    header, *rows = csv.reader(io.StringIO(one("csv", hostile_report())))
    assert {row[header.index("name")] for row in rows} == {safe(HOSTILE)}


def test_json_is_the_report() -> None:
    for report in (lenet5_report(), resnet50_report("exact"), stopped_report(), hostile_report()):
        assert json.loads(one("json", report)) == report.to_dict()
        assert json.loads(one("jsonl", report)) == report.to_dict()


def test_json_of_several_specs_is_an_array_even_if_only_one_could_be_read() -> None:
    reports = [("a", lenet5_report()), ("b", stopped_report())]
    assert json.loads(render("json", reports, several=True)) == [report.to_dict() for _, report in reports]
    assert json.loads(render("json", reports[:1], several=True)) == [lenet5_report().to_dict()]
    assert json.loads(render("json", [], several=True)) == []


def test_json_lines_are_one_report_each() -> None:
    reports = [("a", lenet5_report()), ("b", stopped_report())]
    lines = render("jsonl", reports, several=True).splitlines()
    assert [json.loads(line) for line in lines] == [report.to_dict() for _, report in reports]


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_the_longest_integers_are_exact_in_json(format: Format) -> None:
    digits = "1" + "0" * 2399 + "7"
    report = lenet5_report()
    number = 10**2400 + 7
    text = one(format, replace(report, totals=replace(report.totals, params=number, trainable_params=number)))
    assert f'"params": {digits}, "trainable_params": {digits}, "non_trainable_params": 0' in re.sub(r",\s+", ", ", text)


def test_json_is_ascii() -> None:
    text = one("json", replace(hostile_report(), name="größe\x7f"))
    assert text.isascii()
    assert "\\u007f" in text
    assert json.loads(text)["name"] == "größe\x7f"


def test_a_shape_stays_in_one_line_of_the_indented_json() -> None:
    assert '\n      "output_shape": [28, 28, 6],\n' in one("json", lenet5_report())


class Cells(HTMLParser):
    """Gathers a table's texts by tag, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.setdefault(self.tags[-1], []).append(data)


def test_html_shows_hostile_text_as_text() -> None:
    page = Cells()
    page.feed(one("html", hostile_report()))
    assert set(page.tags) == {"style", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "strong", "br"}
    assert page.texts["caption"] == [f'Model: "{safe(HOSTILE)}"']


def test_html_is_the_same_in_every_character_set() -> None:
    text = one("html", replace(lenet5_report(), name="größe 卷积"))
    assert text.isascii()
    page = Cells()
    page.feed(text)
    assert page.texts["caption"] == ['Model: "größe 卷积"']


def test_a_notebook_shows_the_html_table() -> None:
    assert lenet5_report()._repr_html_() == one("html", lenet5_report())


def test_markdown_leaves_names_of_layers_as_they_are() -> None:
    assert "| conv2d_1 (Conv2D) | (None, 10, 10, 16) | 2,416 |" in one("markdown", lenet5_report())


def test_markdown_has_as_many_cells_in_every_row() -> None:
    for report in (lenet5_report(), stopped_report(), hostile_report()):
        rows = [line for line in one("markdown", report).splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


def test_latex_escapes_everything_that_is_special() -> None:
    body = one("latex", hostile_report()).partition("\n")[2]
    assert not re.search(r"(?<!\\)[$#_%]|[\^~]", body)
    assert "\\input" not in body
    rows = [line for line in body.splitlines() if line.endswith(r" \\") and "multicolumn" not in line]
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {6}
    braces = re.findall(r"(?<!\\)[{}]", body)
    assert braces.count("{") == braces.count("}")


@pytest.mark.parametrize("format", ["table", "markdown", "latex", "html"])
def test_columns_can_be_chosen_in_every_table(format: Format) -> None:
    text = render(format, [("a", lenet5_report())], columns=parse_columns("name,exact.flops"))
    assert "FLOPs" in text
    assert "244,608" in text
    assert "122,304" not in text


def test_several_reports_stand_below_each_other() -> None:
    text = render("table", [("a", lenet5_report()), ("b", resnet50_report())], several=True)
    assert text.startswith('Model: "LeNet-5"\n')
    assert '\n\nModel: "ResNet-50"\n' in text


@pytest.mark.parametrize("format", FORMATS)
def test_a_format_imports_no_other_formats_module_and_no_library(format: Format) -> None:
    code = f"""
import sys
from tests.render.lenet5_report import lenet5_report
from cnncalc.render.formats import render
render({format!r}, [("a", lenet5_report())])
print(*sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(run.stdout.split())
    modules = {f"cnncalc.render.{module}" for module in MODULES.values()}
    assert loaded & modules == {f"cnncalc.render.{MODULES[format]}"}
    assert not loaded & {"rich", "typer", "pydantic", "yaml"}


def test_no_cell_of_a_csv_table_is_a_formula() -> None:
    """What a spreadsheet computes begins with one of six characters; numbers may."""
    cells = ["=1+1", "+1+1", "-2+3+cmd|' /C calc'!A0", "-(1)", "-@SUM(1)", "@SUM(1)", "\t=1", "--1"]
    figures = ["-1", "+1", "-1.5e-3", "-1x-1", "-1/2x?", "-", "a=1", "", 5, -5, None]
    header, *lines = csv.reader(io.StringIO(csv_text(["cell"], [[cell] for cell in (*cells, *figures)]), newline=""))
    assert header == ["cell"]
    assert csv_text([], [["\r=1"]]).endswith("'\r=1\n")
    assert [line[0] for line in lines[: len(cells)]] == [f"'{cell}" for cell in cells]
    assert [line[0] if line else "" for line in lines[len(cells) :]] == [
        "" if figure is None else str(figure) for figure in figures
    ]


def test_html_carries_its_style_for_itself_alone() -> None:
    text = one("html", lenet5_report())
    style = text[: text.index("</style>")]
    assert text.startswith("<style>\n")
    selectors = [part for line in style.splitlines()[1:] for part in line.partition(" {")[0].split(", ") if "{" in line]
    assert selectors
    assert all(selector.startswith("table.cnncalc") for selector in selectors)
    assert "color:" not in style.replace("rgba", "")  # those of the page, light or dark
