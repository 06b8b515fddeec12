"""A class of thirty sheets in every disorder: no sheet is lost, and all are marked on the same questions.

`class_of_thirty/` is a homework about LeNet-5, from the worksheet that
`cnncalc worksheet lenet5 --ask 'conv*:output_shape,params' --ask flatten:output_shape,ops --ask totals:params` writes.
The right answers are FORMULAS' worked example. `kim.xlsx` was written by openpyxl, `ida.txt` and `jan.txt` are what
Keras 3 and Keras 2 print.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from tests.command_line import on_terminal, run

HERE = Path(__file__).parent
FOLDER = HERE / "class_of_thirty"
CHECK = "cnncalc check lenet5 class_of_thirty"

COUNTS = {
    # Right, follows, wrong, blank, unreadable.
    "Ada Berg": (6, 0, 1, 0, 0),  # in a folder that Moodle exported; the bias is forgotten
    "Eli Fox": (6, 0, 1, 0, 0),  # Gradescope
    "anna": (7, 0, 0, 0, 0),
    "ben": (7, 0, 0, 0, 0),  # a layer is misspelt
    "carla": (6, 0, 1, 0, 0),  # CSV with quotes
    "dahlcleo": (7, 0, 0, 0, 0),  # Canvas, late; a heading is misspelt
    "dan": (6, 0, 1, 0, 0),  # semicolons and decimal commas: 10,5x10,5x16
    "emma": (7, 0, 0, 0, 0),  # tabs; n/a for nothing
    "felix": (7, 0, 0, 0, 0),  # UTF-16; 0 for nothing
    "gina": (6, 0, 1, 0, 0),  # Latin-1; one bias in all
    "hugo": (6, 0, 1, 0, 0),  # Markdown; flattened without the channels
    "ida": (6, 0, 0, 1, 0),  # Keras 3's summary, with a notebook's names
    "jan": (5, 0, 1, 1, 0),  # Keras 2's summary; a pooling forgotten
    "kim": (5, 1, 1, 0, 0),  # Excel; a bias forgotten, and the sum follows
    "max": (6, 0, 0, 1, 0),  # the headings of our own table; no totals
    "nina": (4, 0, 0, 3, 0),  # half of it is left out
    "omar": (0, 0, 0, 7, 0),  # the worksheet as it was
    "paula": (7, 0, 0, 0, 0),  # JSON
    "quentin": (7, 0, 0, 0, 0),  # 156 params, 2416 (all trainable), 400 neurons
    "rosa": (6, 0, 1, 0, 0),  # 5*5*6*16 + 16 = 2426
    "sam": (6, 0, 0, 0, 1),  # 5 = 156
    "tina": (7, 0, 0, 0, 0),  # a row about a layer that is not there
    "viktor": (7, 0, 0, 0, 0),  # none for nothing
    "wanda": (5, 1, 1, 0, 0),  # 30x30x6, and what follows from it
    "xaver": (6, 0, 0, 0, 1),  # two answers to one question
    "yara": (7, 0, 0, 0, 0),  # by numbers; 61 706
}
UNREAD = {
    "Bo Chen": "file-not-readable",  # a PDF
    "lea": "no-header",
    "uma": "torn-at-comma",
    "zoe": "tab-indentation",
}
STATUSES = ("right", "follows", "wrong", "blank", "unreadable")


@pytest.fixture(scope="module")
def report() -> dict[str, object]:
    end = run(f"{CHECK} --format json", HERE)
    assert end.code == 2
    loaded: dict[str, object] = json.loads(end.stdout)
    return loaded


def students(report: dict[str, object]) -> dict[str, dict[str, object]]:
    listed = report["students"]
    assert isinstance(listed, list)
    return {student["student"]: student for student in listed}


def test_every_sheet_is_a_row_with_its_five_statuses(report: dict[str, object]) -> None:
    found = students(report)
    marked = {name: student["marks"] for name, student in found.items() if student["marks"]}
    assert {name: tuple(marks[status] for status in STATUSES) for name, marks in marked.items()} == COUNTS
    errors = {name: student["error"][0]["id"] for name, student in found.items() if student["error"]}
    assert errors == UNREAD
    assert (report["sheets"], report["unreadable"]) == (30, 4)


def test_there_is_one_denominator(report: dict[str, object]) -> None:
    assert report["marked_on"] == "the worksheet's"
    assert {student["marks"]["max_points"] for student in students(report).values() if student["marks"]} == {7}


def test_what_was_taken_for_what_is_flagged(report: dict[str, object]) -> None:
    notes = {name: student["marks"]["notes"] for name, student in students(report).items() if student["marks"]}
    assert {name for name, own in notes.items() if own} == {"ben", "dahlcleo", "gina", "ida"}
    assert notes["ben"] == ['"convv2d_1" was read as the layer conv2d_1']
    assert "Latin-1" in notes["gina"][0]
    unread = students(report)["tina"]["marks"]["unread"]
    assert [diagnostic["id"] for diagnostic in unread] == ["unknown-layer"]


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_fits_a_terminal(width: int) -> None:
    shown = on_terminal(CHECK, HERE, width, NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= width
    assert "Unreadable" in shown


def test_bad_sheets_do_not_repeat_the_table_on_standard_error() -> None:
    end = run(CHECK, HERE)
    assert end.stderr.splitlines()[0] == (
        "error: of 30 sheets 4 could not be read and 1 could be read only in part: lea, uma, zoe, ... [unread-sheets]"
    )
    assert len(end.stderr.splitlines()) == 2
    assert "7 questions: the worksheet's; 7 points in all." in end.stdout
    assert "bias-forgotten (3, conv2d, conv2d_1): The bias is left out" in end.stdout


def test_a_line_per_student_and_a_line_per_answer() -> None:
    lines = list(csv.DictReader(io.StringIO(run(f"{CHECK} --format csv", HERE).stdout)))
    assert len(lines) == 30
    assert {line["student"] for line in lines if not line["points"]} == set(UNREAD)
    assert {line["max_points"] for line in lines} == {"7"}
    answers = list(csv.DictReader(io.StringIO(run(f"{CHECK} --format csv --per-answer", HERE).stdout)))
    assert len(answers) == 26 * 7 + 4
    (bens,) = [
        line for line in answers if (line["student"], line["layer"], line["quantity"]) == ("ben", "totals", "params")
    ]
    assert (bens["answer"], bens["expected"], bens["status"]) == ("61706", "61706", "right")


def test_asking_changes_the_denominator_for_all() -> None:
    ask = "--ask 'conv*:params,neurons' --ask totals:params"
    report = json.loads(run(f"{CHECK} {ask} --format json", HERE).stdout)
    assert report["max_points"] == 2 * 2 + 1
    assert {student["marks"]["max_points"] for student in report["students"] if student["marks"]} == {5}
    assert next(s for s in report["students"] if s["student"] == "anna")["marks"]["blank"] == 2


def test_a_roster_adds_who_handed_in_nothing_and_finds_whose_sheet_is_whose() -> None:
    report = json.loads(run(f"{CHECK} --roster roster.csv --format json", HERE).stdout)
    names = [student["student"] for student in report["students"]]
    assert names[:5] == ["Ada Berg", "Bo Chen", "Cleo Dahl", "Eli Fox", "Finn Gray"]
    assert len(names) == 31
    finn = report["students"][4]
    assert (finn["handed_in"], finn["marks"]["points"], finn["marks"]["max_points"]) == (False, 0, 7)
    assert report["nothing_handed_in"] == 1
    assert report["students"][5]["notes"] == ["not on the roster"]


def test_the_best_come_first_if_asked() -> None:
    rows = [line.split()[:2] for line in run(f"{CHECK} --rank", HERE).stdout.splitlines()]
    ranks = [row for row in rows if len(row) == 2 and row[0].isdecimal() and row[1] in COUNTS]
    assert ranks[0] == ["1", "anna"]
    assert ranks[-1] == ["26", "omar"]


@pytest.mark.parametrize(("format", "suffix"), [("markdown", ".md"), ("html", ".html")])
def test_a_page_per_student(tmp_path: Path, format: str, suffix: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "class_of_thirty")
    run(f"{CHECK} --feedback pages --feedback-format {format}", tmp_path)
    pages = {page.name: page.read_text() for page in (tmp_path / "pages").iterdir()}
    assert len(pages) == 30
    assert "bias" in pages[f"Ada_Berg{suffix}"]
    assert "Yours" not in pages[f"omar{suffix}"]
    assert "61,706" not in pages[f"omar{suffix}"]  # a blank sheet does not get the key
    assert "a tab cannot indent a line" in pages[f"zoe{suffix}"]


def test_gradescope_has_a_result_for_each() -> None:
    """https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format"""
    results = json.loads(run(f"{CHECK} --format gradescope", HERE).stdout)
    assert len(results) == 30
    for result in results:
        assert set(result) <= {"score", "max_score", "output", "output_format", "tests", "extra_data"}
        assert isinstance(result["score"], int | float)
        for test in result["tests"]:
            assert set(test) == {"name", "score", "max_score", "status", "output", "output_format"}
            assert test["status"] in ("passed", "failed")
