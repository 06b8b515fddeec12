"""Marks as an Excel workbook, opened again by another library: pandas and openpyxl."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from unittest.mock import patch

import pandas

from tests.check.test_class_of_thirty import CHECK, HERE
from tests.command_line import run


def as_csv(command: str) -> list[dict[str, str]]:
    """The lines of the CSV format; 100.0 per cent are 100 in a workbook."""
    lines = csv.DictReader(io.StringIO(run(command, HERE).stdout))
    return [{key: cell.removesuffix(".0") for key, cell in line.items()} for line in lines]


def read(path: Path, sheet: str) -> list[dict[str, str]]:
    """A sheet's rows as texts; what is empty there is an empty text."""
    frame = pandas.read_excel(path, sheet_name=sheet, keep_default_na=False)
    return [{str(key): str(cell) for key, cell in row.items()} for row in frame.to_dict("records")]


def test_a_class_is_a_sheet_of_students_and_a_sheet_of_answers(tmp_path: Path) -> None:
    end = run(f"{CHECK} --format xlsx -o {tmp_path / 'marks.xlsx'}", HERE)
    assert (end.code, end.stdout) == (2, "")  # four sheets cannot be read
    assert pandas.ExcelFile(tmp_path / "marks.xlsx").sheet_names == ["Students", "Answers"]
    students = read(tmp_path / "marks.xlsx", "Students")
    assert students == as_csv(f"{CHECK} --format csv")
    assert len(students) == 30
    answers = read(tmp_path / "marks.xlsx", "Answers")
    assert answers == as_csv(f"{CHECK} --format csv --per-answer")
    assert len(answers) == 26 * 7 + 4


def test_points_are_numbers_and_no_answer_is_a_formula(tmp_path: Path) -> None:
    (tmp_path / "eve.yaml").write_text("conv2d: {params: '=1+1', neurons: 4704}\n")
    (tmp_path / "huge.yaml").write_text(f"conv2d: {{params: '{'x' * 40_000}'}}\n")
    assert run("cnncalc check lenet5 eve.yaml huge.yaml --format xlsx -o marks.xlsx", tmp_path).code == 1
    frame = pandas.read_excel(tmp_path / "marks.xlsx", sheet_name="Answers")
    assert frame["answer"][1] == "=1+1"
    assert frame["points"].tolist() == [1, 0, 0, 0]
    assert len(pandas.read_excel(tmp_path / "marks.xlsx", sheet_name="Students")) == 2


def test_a_single_sheet_is_its_answers(tmp_path: Path) -> None:
    (tmp_path / "anna.yaml").write_text("conv2d: {params: 150}\n")
    assert run("cnncalc check lenet5 anna.yaml --hints --format xlsx -o anna.xlsx", tmp_path).code == 1
    (row,) = read(tmp_path / "anna.xlsx", "Answers")
    assert (row["student"], row["status"], row["answer"], row["reasons"]) == ("anna", "wrong", "150", "bias-forgotten")
    assert row["expected"] == ""


def test_a_workbook_needs_a_file_and_a_package(tmp_path: Path) -> None:
    (tmp_path / "anna.yaml").write_text("conv2d: {params: 150}\n")
    end = run("cnncalc check lenet5 anna.yaml --format xlsx", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("error: a workbook goes to a file: add -o marks.xlsx")
    with patch.dict("sys.modules", {"xlsxwriter": None}):
        end = run("cnncalc check lenet5 anna.yaml --format xlsx -o marks.xlsx", tmp_path)
    assert end.code == 2
    assert "needs the package xlsxwriter" in end.stderr
    assert "pip install 'cnncalc[xlsxwriter]'" in end.stderr
    assert not (tmp_path / "marks.xlsx").exists()
