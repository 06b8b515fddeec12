"""`cnncalc check` and `cnncalc worksheet` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnncalc.marking.misconceptions import CATALOGUE
from tests.command_line import run

SHEET = """\
conv2d:
  output_shape: 28x28x6
  params: 150
  receptive_field: 5
average_pooling2d:
  receptive_field: 6
totals:
  params: 61.7K
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "anna.yaml").write_text(SHEET)
    (tmp_path / "right.yaml").write_text("conv2d:\n  params: 156\n")
    (tmp_path / "broken.yaml").write_text("conv2d: {params: 61,706}\n")
    return tmp_path


def test_exit_codes(folder: Path) -> None:
    assert run("cnncalc check lenet5 right.yaml", folder).code == 0
    assert run("cnncalc check lenet5 anna.yaml", folder).code == 1
    assert run("cnncalc check lenet5 broken.yaml", folder).code == 2
    assert run("cnncalc check lenet5 right.yaml right.yaml", folder).code == 0
    assert run("cnncalc check lenet5 right.yaml anna.yaml", folder).code == 1
    assert run("cnncalc check lenet5 right.yaml broken.yaml anna.yaml", folder).code == 2
    assert run("cnncalc check lenet5 missing.yaml", folder).code == 2
    assert run("cnncalc check lenet5", folder).code == 2


def test_a_marked_sheet(folder: Path) -> None:
    end = run("cnncalc check lenet5 anna.yaml", folder)
    assert end.stderr == ""
    assert "✗  conv2d             params           150      156" in end.stdout
    assert "✓  conv2d             output_shape     28x28x6  28x28x6" in end.stdout
    assert "[bias-forgotten]" in end.stdout
    assert "A guess, 5 mistakes give this:" in end.stdout
    assert "Points: 2 of 5 (40.0%)" in end.stdout


@pytest.mark.parametrize("format", ["table", "json", "csv", "gradescope"])
def test_hints_reveal_no_right_figure(folder: Path, format: str) -> None:
    end = run(f"cnncalc check lenet5 anna.yaml --hints --format {format}", folder)
    assert "bias-forgotten" in end.stdout
    assert not any(figure in end.stdout for figure in ("156", "7x7", "61,706", "61706", "[7, 7]"))
    shown = run(f"cnncalc check lenet5 anna.yaml --format {format}", folder).stdout
    assert "156" in shown


def test_json_gives_ids_texts_and_layers(folder: Path) -> None:
    marks = json.loads(run("cnncalc check lenet5 anna.yaml --format json", folder).stdout)
    wrong = [mark for mark in marks["marks"] if mark["status"] == "wrong"]
    assert [mark["reasons"][0]["id"] for mark in wrong[:2]] == ["bias-forgotten", "own-stride-left-out"]
    assert wrong[0]["reasons"][0]["layer"] == "conv2d"
    assert wrong[0]["line"] == 3


def test_a_sheet_that_cannot_be_read_is_a_diagnostic(folder: Path) -> None:
    end = run("cnncalc check lenet5 broken.yaml", folder)
    assert end.stdout == ""
    heading = "error: inside braces YAML splits 61,706 at the comma [torn-number]"
    assert end.stderr.startswith(f"{heading}\n  --> broken.yaml:1:18\n")
    end = run("cnncalc check lenet5 broken.yaml --error-format json", folder)
    assert [diagnostic["id"] for diagnostic in json.loads(end.stderr)] == ["torn-number"]


def test_gradescope_gets_a_result_in_any_case(folder: Path) -> None:
    end = run("cnncalc check lenet5 broken.yaml --format gradescope", folder)
    assert json.loads(end.stdout)["score"] == 0
    assert end.code == 2


def test_a_class(folder: Path) -> None:
    end = run("cnncalc check lenet5 .", folder)
    assert end.code == 2
    assert "anna     2 of 5" in end.stdout
    assert "broken   not read" in end.stdout
    assert "right    1 of 5" in end.stdout
    assert "inside braces YAML splits 61,706" in end.stdout
    assert "Commonest mistakes" in end.stdout
    assert end.stderr.startswith("error: of 3 sheets 1 could not be read: broken [unread-sheets]\n")
    data = json.loads(run("cnncalc check lenet5 . --format json", folder).stdout)
    assert [student["student"] for student in data["students"]] == ["anna", "broken", "right"]
    assert data["students"][1]["error"][0]["id"] == "torn-number"
    lines = run("cnncalc check lenet5 . --format csv", folder).stdout.splitlines()
    assert [line.split(",")[0] for line in lines] == ["student", "anna", "broken", "right"]


def test_an_empty_folder(tmp_path: Path) -> None:
    end = run("cnncalc check lenet5 .", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert "there is no answer sheet" in end.stderr


def test_options(folder: Path) -> None:
    end = run("cnncalc check lenet5 anna.yaml --tolerance 1% --convention either --points params=2", folder)
    assert "Points: 5 of 7" in end.stdout  # shape, two fields, and twice the total; not the wrong parameters
    end = run("cnncalc check lenet5 anna.yaml --ask params --format json", folder)
    assert json.loads(end.stdout)["max_points"] == 9


def test_follow_through_can_be_left_out(folder: Path) -> None:
    (folder / "one.yaml").write_text("conv2d: {output_shape: 30x30x6}\naverage_pooling2d: {output_shape: 15x15x6}\n")
    assert "follows from your output_shape of conv2d" in run("cnncalc check lenet5 one.yaml", folder).stdout
    strict = run("cnncalc check lenet5 one.yaml --no-follow-through", folder).stdout
    assert "follows" not in strict
    assert "2 wrong" in strict


@pytest.mark.parametrize(
    "options",
    [
        "--tolerance much", "--tolerance -1", "--tolerance 1e999999999", "--tolerance 200%", "--points params",
        "--points parms=2", "--points params=-1", "--points params=1e99999999", "--convention both", "--ask colour",
        "--ask ,", "--format xml",
    ],
)  # fmt: skip
def test_options_that_are_none(folder: Path, options: str) -> None:
    end = run(f"cnncalc check lenet5 anna.yaml {options}", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("error: ")


def test_the_catalogue_is_listed(tmp_path: Path) -> None:
    end = run("cnncalc check --list-misconceptions", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert [line.split()[0] for line in end.stdout.splitlines()] == [entry.id for entry in CATALOGUE]


def test_another_input_shape(folder: Path) -> None:
    (folder / "big.yaml").write_text("conv2d: {output_shape: 60x60x6}\n")
    assert run("cnncalc check lenet5 big.yaml --input 64x64x1", folder).code == 0


def test_marks_can_be_written_to_a_file(folder: Path) -> None:
    end = run("cnncalc check lenet5 anna.yaml --format gradescope -o results.json", folder)
    assert (end.code, end.stdout) == (1, "")
    assert json.loads((folder / "results.json").read_text())["score"] == 2


@pytest.mark.parametrize("format", ["yaml", "csv", "markdown"])
def test_what_worksheet_writes_check_reads(folder: Path, format: str) -> None:
    key = run(f"cnncalc worksheet alexnet --solved --format {format}", folder)
    assert (key.code, key.stderr) == (0, "")
    (folder / f"key.{format}").write_text(key.stdout)
    assert run(f"cnncalc check alexnet key.{format}", folder).code == 0
    blank = run(f"cnncalc worksheet alexnet --format {format} -o blank.{format}", folder)
    assert (blank.code, blank.stdout) == (0, "")
    end = run(f"cnncalc check alexnet blank.{format}", folder)
    assert end.code == 1
    assert "Nothing is answered." in end.stdout
    assert "23296" not in end.stdout


def test_worksheet_options(folder: Path) -> None:
    sheet = run("cnncalc worksheet lenet5 --ask params --blank-only", folder).stdout
    assert "  output_shape: 28x28x6\n" in sheet
    assert "  params:\n" in sheet
    assert "params: 156" not in sheet
    exact = run("cnncalc worksheet lenet5 --ask receptive_field --solved --convention exact", folder).stdout
    assert "  receptive_field: 6x6\n" in exact
    assert run("cnncalc worksheet lenet5 --solved --blank-only", folder).code == 2
    assert run("cnncalc worksheet lenet5 --ask colour", folder).code == 2
    assert run("cnncalc worksheet lenet5 --format html", folder).code == 2
