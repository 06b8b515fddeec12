"""Exercises: the same seed is the same bytes, every key is right, distractors differ, and answers are marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

import cnncalc
from cnncalc.exercise.course import Course, make_course
from cnncalc.exercise.questions import TOPICS, Exercise, Question
from cnncalc.exercise.template import LEVELS, level_template, spec_text
from tests.command_line import run

FORMATS = ("worksheet", "markdown", "html", "latex", "moodle-xml", "gift", "qti", "json")


def course(level: int, seed: int = 2026, count: int = 3) -> Course:
    return make_course(level_template(level), seed, level, [f"student{n}" for n in range(count)], TOPICS, "")


def figure(report: cnncalc.Report, layer: str, quantity: str) -> object:
    """The figure that `summary` shows."""
    row: object = report[layer].to_dict()
    for name in quantity.split("."):
        assert isinstance(row, dict)
        row = row[name]
    return tuple(row) if isinstance(row, list) else row


def check_inverse(question: Question) -> None:
    """Turns an inverse question round again: a net with the answer in it gives the numbers of the question."""
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", question.text)]
    answer = question.answer
    assert isinstance(answer, int)
    if "Which padding" in question.text:
        kernel, dilation = numbers[0], numbers[2] if "dilation" in question.text else 1
        layer = {"filters": 1, "kernel_size": kernel, "padding": answer, "dilation_rate": dilation, "name": "c"}
        assert net([64, 64, 1], layer).output_shape == (64, 64, 1)
    elif "How many filters" in question.text:
        kernel, _, channels, params = numbers
        assert net([16, 16, channels], {"filters": answer, "kernel_size": kernel, "name": "c"}).params == params
    elif "see" in question.text:
        kernel, _, _, field = numbers
        layer = {"filters": 1, "kernel_size": kernel, "repeat": answer, "name": "c"}
        assert net([256, 256, 1], layer, f"c_{answer}").exact.receptive_field == (field, field)
    else:
        kernel, _, stride, length, _ = numbers
        layer = {"filters": 1, "kernel_size": kernel, "strides": stride, "name": "c"}
        assert net([answer, answer, 1], layer).output_shape == (length, length, 1)
        assert net([answer + 1, answer + 1, 1], layer).output_shape == (length + 1, length + 1, 1)


def net(shape: list[int], layer: dict[str, object], name: str = "c") -> cnncalc.Row:
    return cnncalc.from_dict({"input": shape, "layers": [{"Conv2D": layer}]}).analyze()[name]


def check_keys(exercise: Exercise) -> None:
    """Recomputes every key from the spec as it is written."""
    report = cnncalc.loads(spec_text(exercise.spec)).analyze()
    for question in exercise.questions:
        if question.kind == "inverse":
            check_inverse(question)
        elif question.table:
            # The one wrong figure of the table is that of the layer that the key names.
            assert question.quantity is not None
            right = {n: as_text(figure(report, n, question.quantity)) for n, _ in question.table[1:]}
            assert [n for n, text in question.table[1:] if text != right[n]] == [question.answer]
        else:
            assert question.layer is not None
            assert question.quantity is not None
            key = figure(report, question.layer, question.quantity)
            if question.choices:
                texts = [choice.text for choice in question.choices]
                assert len(set(texts)) == len(texts) == 4
                assert [choice.text for choice in question.choices if choice.right] == [as_text(key)]
                assert [choice.letter for choice in question.choices if choice.right] == [question.answer]
                assert len({choice.feedback for choice in question.choices}) == 4
            else:
                assert question.answer == key
        assert question.working


def as_text(value: object) -> str:
    if value is None:
        return "-"
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("level", LEVELS)
def test_every_key_is_right_and_every_choice_another_one(level: int) -> None:
    """A few seeds; `python -m benchmarks.exercises` runs a thousand of each level."""
    for exercise in course(level, count=4).exercises:
        check_keys(exercise)
        assert {question.topic for question in exercise.questions} == set(TOPICS)
        assert [question.id for question in exercise.questions] == [f"q{n}" for n in range(1, 10)]


def test_the_same_seed_is_the_same_bytes_and_another_seed_is_not(tmp_path: Path) -> None:
    def written(seed: int, folder: str, format: str) -> dict[str, bytes]:
        run(f"cnncalc exercise --seed {seed} --format {format} -o {folder}", tmp_path)
        base = tmp_path / folder
        return {str(file.relative_to(base)): file.read_bytes() for file in sorted(base.rglob("*")) if file.is_file()}

    for format in FORMATS:
        assert written(7, f"a-{format}", format) == written(7, f"b-{format}", format)
    assert written(7, "seven", "json") != written(8, "eight", "json")


def test_students_have_different_nets() -> None:
    assert len({spec_text(exercise.spec) for exercise in course(2, count=6).exercises}) > 1


def test_exercises_are_marked_from_end_to_end(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("name\nAnna Berg\nBen Chen\nCleo Dahl\n")
    command = "cnncalc exercise --level 2 --students roster.csv --seed 5 -o homework"
    assert run(command, tmp_path) == (0, "", "")
    keys = {
        each["student"]: each for each in json.loads((tmp_path / "homework/exercise.json").read_text())["exercises"]
    }
    (tmp_path / "answers").mkdir()
    for student, wrong in (("Anna Berg", {}), ("Ben Chen", {"q6": "1", "q7": "?", "q2": "5 = 7"})):
        sheet = yaml.safe_load((tmp_path / f"homework/sheets/{student.replace(' ', '_')}.yaml").read_text())
        assert list(sheet) == [question["id"] for question in keys[student]["questions"]]
        answers = {
            question["id"]: "x".join(map(str, answer)) if isinstance(answer := question["answer"], list) else answer
            for question in keys[student]["questions"]
        }
        (tmp_path / f"answers/{student.replace(' ', '_')}.yaml").write_text(yaml.safe_dump(answers | wrong))
    (tmp_path / "answers/Eve.yaml").write_text("q1: 5\n")
    end = run("cnncalc check --exercise homework answers --format json", tmp_path)
    students = {student["student"]: student for student in json.loads(end.stdout)["students"]}
    assert {name: student["marks"] and student["marks"]["points"] for name, student in students.items()} == {
        "Anna Berg": 9, "Ben Chen": 6, "Cleo Dahl": 0, "Eve": None,
    }  # fmt: skip
    assert students["Ben Chen"]["marks"]["unreadable"] == 2  # ? and 5 = 7
    assert students["Cleo Dahl"]["handed_in"] is False
    assert students["Eve"]["error"][0]["id"] == "no-such-student"
    assert end.code == 2


def test_a_wrong_choice_is_named_and_choices_and_layers_are_read_as_they_are_written(tmp_path: Path) -> None:
    run("cnncalc exercise --level 2 --seed 5 -o homework", tmp_path)
    (only,) = json.loads((tmp_path / "homework/exercise.json").read_text())["exercises"]
    choice, layer = only["questions"][6], only["questions"][7]["answer"]
    right = next(each for each in choice["choices"] if each["right"])
    wrong = next(each for each in choice["choices"] if not each["right"])

    def marked(q7: str, q8: str) -> list[dict[str, object]]:
        (tmp_path / "student01.yaml").write_text(yaml.safe_dump({"q7": q7, "q8": q8}))
        end = run("cnncalc check --exercise homework student01.yaml --format json", tmp_path)
        marks: list[dict[str, object]] = json.loads(end.stdout)["students"][0]["marks"]["marks"]
        return marks[6:8]

    first, second = marked(wrong["letter"].upper() + ")", layer.upper())
    assert (first["status"], second["status"]) == ("wrong", "right")
    assert first["reasons"] == [
        {"id": wrong["mistake"], "text": wrong["feedback"], "layer": choice["layer"], "together_with": None}
    ]
    first, second = marked(right["text"], layer.replace("_", "__"))
    assert (first["status"], second["status"]) == ("right", "right")
    first, second = marked("z", "nowhere")
    assert (first["status"], second["status"]) == ("unreadable", "unreadable")


def test_namesakes_have_an_exercise_each(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("name,id\nAnna Berg,11\nBen Chen,12\nanna berg,13\n")
    run("cnncalc exercise --students roster.csv --seed 5 -o homework", tmp_path)
    sheets = sorted(sheet.name for sheet in (tmp_path / "homework/sheets").iterdir())
    assert sheets == ["Anna_Berg_11.yaml", "Ben_Chen.yaml", "anna_berg_13.yaml"]
    end = run("cnncalc check --exercise homework homework/sheets --format json", tmp_path)
    assert (end.code, end.stderr) == (1, "")
    handed_in = [student["handed_in"] for student in json.loads(end.stdout)["students"]]
    assert handed_in == [True, True, True]


def test_exercises_bring_their_questions_and_students(tmp_path: Path) -> None:
    run("cnncalc exercise -o homework", tmp_path)
    end = run("cnncalc check --exercise homework homework/sheets --ask params", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert "leave out --ask" in end.stderr


def test_a_csv_sheet_is_read_too(tmp_path: Path) -> None:
    run("cnncalc exercise --level 1 --seed 5 -o homework", tmp_path)
    (only,) = json.loads((tmp_path / "homework/exercise.json").read_text())["exercises"]
    lines = [
        f"{q['id']};{'x'.join(map(str, a)) if isinstance(a := q['answer'], list) else a}" for q in only["questions"]
    ]
    (tmp_path / "student01.csv").write_text("\n".join(["question;answer", *lines]))
    end = run("cnncalc check --exercise homework student01.csv", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert "9 of 9" in end.stdout


def test_a_template_of_ones_own_and_a_spec_without_ranges(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "vars: {n: {from: 10, to: 20, step: 5}}\ninput: [$n, $n, 3]\n"
        "layers: [{Conv2D: {filters: 8, kernel_size: 3, name: conv}}]\n"
    )
    assert run("cnncalc exercise --template own.yaml --topics shapes --format json -o a", tmp_path).code == 0
    spec = json.loads((tmp_path / "a/exercise.json").read_text())["exercises"][0]["spec"]
    assert spec["input"][0] in (10, 15, 20)
    assert "vars" not in spec
    assert run("cnncalc exercise lenet5 --format json -o b", tmp_path).code == 0


@pytest.mark.parametrize(
    ("options", "id"),
    [
        ("--topics colour", "bad-option"), ("--topics ,", "bad-option"), ("lenet5 --template own.yaml", "bad-option"),
        ("--template missing.yaml", "file-not-found"), ("--level 9", "bad-option"), ("--format xml", "bad-option"),
        ("--template bad.yaml", "bad-range"), ("--template one.yaml", "no-exercise"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_exit_code_2(tmp_path: Path, options: str, id: str) -> None:
    (tmp_path / "bad.yaml").write_text("vars: {n: {from: 9, to: 1}}\ninput: [8, 8, 1]\nlayers: [Flatten]\n")
    (tmp_path / "one.yaml").write_text("input: [8, 8, 1]\nlayers: [ReLU]\n")
    end = run(f"cnncalc exercise {options} -o out --error-format json", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert json.loads(end.stderr)[0]["id"] == id
    assert not (tmp_path / "out").exists()


def test_a_folder_that_was_changed_is_refused(tmp_path: Path) -> None:
    run("cnncalc exercise --format json -o homework", tmp_path)
    (tmp_path / "a.yaml").write_text("q1: 5\n")
    for text in ("{}", "[]", "no json", '{"schema": "cnncalc.exercise/1", "exercises": [5]}'):
        (tmp_path / "homework/exercise.json").write_text(text)
        end = run("cnncalc check --exercise homework a.yaml", tmp_path)
        assert end.code == 2
        assert end.stderr.startswith("error: ")
