"""A class: many sheets, broken ones among them, and the commonest mistakes."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

import cnncalc
from cnncalc.marking.class_report import ClassReport, asked_of, class_report, mark_file, read_file
from cnncalc.marking.marker import Marker
from cnncalc.marking.sheet_files import find_sheets
from cnncalc.marking.worksheet import worksheet
from cnncalc.render.gradescope import gradescope, gradescope_class
from cnncalc.render.marks_csv import render_class_csv
from cnncalc.render.worksheet import render_worksheet
from tests.command_line import run

LENET = cnncalc.load("lenet5")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five sheets, of which two can't be read, and a file that is none."""
    (tmp_path / "anna.yaml").write_text("conv2d:\n  params: 150\n  neurons: 4704\n")
    (tmp_path / "bob.csv").write_text("layer,params,neurons\nconv2d,150,784\n")
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "carl.json").write_text('{"conv2d": {"params": 26, "neurons": 4704}}')
    (tmp_path / "dora.yaml").write_text("conv2d: {params: 61,706}\n")
    (tmp_path / "eve.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "readme.pdf").write_bytes(b"%PDF")
    (tmp_path / ".hidden.yaml").write_text("no sheet")
    return tmp_path


def report(folder: Path, model: cnncalc.Model = LENET) -> ClassReport:
    """The report that `cnncalc check` makes of a folder."""
    marker = Marker(model)
    files, passed_over = find_sheets([str(folder)])
    sheets = [read_file(file, marker.net.layers) for file in files]
    asked = asked_of(marker, sheets)
    return class_report(marker, [mark_file(marker, sheet, asked) for sheet in sheets], asked, passed_over)


def test_broken_sheets_are_rows_and_the_others_are_still_marked(folder: Path) -> None:
    students = {student.name: student for student in report(folder).students}
    assert list(students) == ["anna", "bob", "dora", "eve", "group/carl"]
    assert [diagnostic.id for diagnostic in students["dora"].diagnostics] == ["torn-number"]
    assert [diagnostic.id for diagnostic in students["eve"].diagnostics] == ["encoding"]
    points = {name: student.marks.points for name, student in students.items() if student.marks}
    assert points == {"anna": 1, "bob": 0, "group/carl": 1}


def test_the_commonest_mistakes_per_question(folder: Path) -> None:
    questions = report(folder).questions
    assert [(q.layer, q.quantity, q.wrong, q.answered) for q in questions] == [
        ("conv2d", "params", 3, 3), ("conv2d", "neurons", 1, 3),
    ]  # fmt: skip
    assert questions[0].mistakes == (("bias-forgotten", 2), ("filters-not-multiplied", 1))
    assert questions[0].commonest_answer == "150"
    mistake = report(folder).mistakes[0]
    assert (mistake.id, mistake.answers, mistake.layers) == ("bias-forgotten", 2, ("conv2d",))


def test_as_data(folder: Path) -> None:
    data = report(folder).to_dict()
    assert (data["sheets"], data["unreadable"]) == (5, 2)
    assert data["mean_points"] == pytest.approx(2 / 3)
    assert report(folder).mean_points == Fraction(2, 3)
    assert isinstance(data["passed_over"], list)
    assert [os.path.basename(path) for path in data["passed_over"]] == ["readme.pdf"]


def test_files_of_one_name_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "sheet.yaml").write_text("1: {params: 156}")
    paths = [str(tmp_path / place / "sheet.yaml") for place in ("a", "b")]
    assert [sheet.name for sheet in find_sheets(paths)[0]] == paths
    assert [sheet.name for sheet in find_sheets([str(tmp_path)])[0]] == ["a/sheet", "b/sheet"]


def test_what_is_not_opened_in_a_folder_is_listed_as_unread(tmp_path: Path) -> None:
    """A link to the key must not earn its marks, a pipe never ends, and a locked folder may hold sheets."""
    (tmp_path / "key.yaml").write_text("conv2d: {params: 156}\n")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "eve.yaml").write_text("conv2d: {params: 156}\n")
    folder = tmp_path / "class"
    (folder / "real").mkdir(parents=True)
    (folder / "anna.yaml").write_text("conv2d: {params: 156}\n")
    (folder / "alias.yaml").symlink_to("anna.yaml")
    (folder / "inside").symlink_to("real")
    (folder / "bob.yaml").symlink_to("../key.yaml")
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "group").symlink_to("../others")
    os.mkfifo(folder / "pipe.yaml")
    end = run("cnncalc check lenet5 class --format json", tmp_path)
    students = {student["student"]: student for student in json.loads(end.stdout)["students"]}
    assert {name: student["error"] and student["error"][0]["id"] for name, student in students.items()} == {
        "alias": None,
        "anna": None,
        "bob": "path-leaves-folder",
        "gone": "file-not-readable",
        "group": "path-leaves-folder",
        "pipe": "file-not-readable",
    }
    assert end.code == 2
    table = run("cnncalc check lenet5 class", tmp_path).stdout
    assert "4 could not be read" in table
    assert "bob.yaml" in table


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is locked for the superuser")
def test_a_locked_folder_is_listed_as_unread(tmp_path: Path) -> None:
    (tmp_path / "class" / "locked").mkdir(parents=True)
    (tmp_path / "class" / "locked").chmod(0)
    sheets, _ = find_sheets([str(tmp_path / "class")])
    assert [(sheet.name, sheet.problem and sheet.problem.id) for sheet in sheets] == [("locked", "file-not-readable")]


@pytest.mark.slow
def test_two_hundred_sheets_for_vgg16_with_a_broken_one(tmp_path: Path) -> None:
    """What `benchmarks/check_class.py` times."""
    model = cnncalc.load("vgg16")
    key = render_worksheet(worksheet(model, solved=True), "yaml")
    for number in range(200):
        wrong = key.replace("params: 1792", f"params: {1792 - 64 * (number % 2)}")
        (tmp_path / f"s{number:03}.yaml").write_text(wrong)
    (tmp_path / "s100.yaml").write_text("block1_conv1: {params: 1,792}")
    found = report(tmp_path, model)
    assert [student.name for student in found.students if student.marks is None] == ["s100"]
    assert [(q.layer, q.wrong, q.mistakes) for q in found.questions] == [
        ("block1_conv1", 100, (("bias-forgotten", 100),)),
    ]  # fmt: skip


def test_what_excel_leaves_beside_an_open_workbook_is_no_sheet(tmp_path: Path) -> None:
    (tmp_path / "anna.yaml").write_text("conv2d: {params: 156}")
    (tmp_path / "~$anna.xlsx").write_bytes(b"lock")
    assert [sheet.name for sheet in find_sheets([str(tmp_path)])[0]] == ["anna"]


def test_csv_has_a_line_per_student_and_no_formulas_for_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "=1+1.yaml").write_text("1: {params: 156}")
    (tmp_path / "bad.yaml").write_text("x: {}")
    lines = render_class_csv(report(tmp_path)).splitlines()
    assert lines[0] == "student,file,points,max_points,percent,right,follows,wrong,blank,unreadable,error,notes"
    assert lines[1].startswith("'=1+1,")
    assert lines[1].endswith(",1,1,100.0,1,0,0,0,0,,")
    assert "the net has no layer" in lines[2]


def test_gradescope(folder: Path) -> None:
    """https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format"""
    anna, _, dora, *_ = report(folder).students
    result = gradescope(anna)
    assert (result["score"], result["max_score"]) == (1, 2)
    tests = result["tests"]
    assert isinstance(tests, list)
    assert [(test["name"], test["score"], test["max_score"], test["status"]) for test in tests] == [
        ("conv2d: neurons", 1, 1, "passed"),
        ("conv2d: params", 0, 1, "failed"),
    ]
    assert "right: 156" in tests[1]["output"]
    assert "bias-forgotten" in tests[1]["output"]
    hinted = gradescope(anna, hints=True)["tests"]
    assert isinstance(hinted, list)
    assert "156" not in hinted[1]["output"]
    broken = gradescope(dora)
    assert (broken["score"], broken["tests"]) == (0, [])
    assert "61,706" in str(broken["output"])
    assert len(gradescope_class(report(folder).students)) == 5
