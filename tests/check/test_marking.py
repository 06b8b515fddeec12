"""Marking: conventions, tolerance, points, blanks, hints, and what marks are as data."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import AnswersError, CnncalcError, Source, SpecError, UsageError
from cnncalc.marking.answers import read_sheet, sheet_from_value
from cnncalc.marking.marker import Marker, Options
from cnncalc.marking.marks import Mark
from cnncalc.marking.net import Net, layer_in_context
from cnncalc.marking.quantities import all_quantities, of_record
from cnncalc.marking.reasons import MAX_EXPLAINED
from cnncalc.marking.recount import recount
from cnncalc.spec.shipped import shipped_names

LENET = cnncalc.load("lenet5")


def only(answers: object, **options: Any) -> Mark:
    (mark,) = cnncalc.check(LENET, answers, **options).marks  # type: ignore[arg-type]
    return mark


# Right and wrong ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "answer"),
    [
        ("output_shape", "28x28x6"), ("output_shape", [None, 28, 28, 6]), ("output_shape", (28, 28, 6)),
        ("neurons", "4,704"), ("neurons", "28*28*6"), ("params", 156), ("params", "5*5*1*6 + 6"), ("params", 156.0),
        ("trainable_params", 156), ("non_trainable_params", 0), ("receptive_field", 5), ("receptive_field", "5x5"),
        ("ops", "122,304"), ("macs", 117_600), ("exact.macs", 117_600), ("flops", 244_608), ("notes.ops", 122_304),
        ("exact.receptive_field", "(5, 5)"), ("effective_stride", 1), ("offset", 0),
    ],
)  # fmt: skip
def test_a_right_answer_is_right_however_it_is_written(quantity: str, answer: object) -> None:
    mark = only({"conv2d": {quantity: answer}})
    assert (mark.status, mark.points, mark.reasons) == ("right", 1, ())


@pytest.mark.slow
def test_every_quantity_can_be_asked_of_every_layer_of_every_kind_of_net() -> None:
    for name in ("lenet5", "unet", "fast_rcnn", "xor_mlp"):
        model = cnncalc.load(name)
        marker = Marker(model, Options(convention="either"))
        for answer in ("7", "3x3x3", "-", "1/2"):
            quantities = dict.fromkeys(all_quantities(), answer)
            sheet = {row.name: quantities for row in model.analyze().layers[:4]}
            for mark in marker.mark(sheet_from_value(sheet, marker.net.layers)).marks:
                assert mark.status in ("right", "wrong", "follows", "unreadable")


def test_the_input_can_be_asked_too() -> None:
    assert only({"input": {"neurons": 1024}}).status == "right"


@pytest.mark.parametrize(
    ("convention", "field", "status"),
    [("notes", 7, "right"), ("notes", 6, "wrong"), ("exact", 6, "right"), ("exact", 7, "wrong"),
     ("either", 6, "right"), ("either", 7, "right"), ("either", 8, "wrong")],
)  # fmt: skip
def test_the_convention_decides_about_receptive_fields(convention: str, field: int, status: str) -> None:
    """LeNet-5's first pooling: 7 in the notes, 6 exactly (FORMULAS, section 6)."""
    assert only({2: {"receptive_field": field}}, convention=convention).status == status


@pytest.mark.parametrize(
    ("convention", "ops", "status"),
    [("notes", 122_304, "right"), ("exact", 117_600, "right"), ("exact", 122_304, "wrong"),
     ("either", 117_600, "right")],
)  # fmt: skip
def test_the_convention_decides_about_operations(convention: str, ops: int, status: str) -> None:
    assert only({1: {"ops": ops}}, convention=convention).status == status


def test_either_shows_both_right_figures() -> None:
    mark = only({2: {"receptive_field": 9}}, convention="either")
    assert (mark.expected, mark.also_right) == ((7, 7), (6, 6))


@pytest.mark.parametrize(
    ("answer", "tolerance", "status"),
    [
        ("61.7K", 0, "wrong"), ("61.7K", 0.01, "right"), (61_700, 0.001, "right"), (61_700, 0.0001, "right"),
        (61_000, 0.01, "wrong"), ("62K", Fraction(1, 100), "right"), (61_706, 0, "right"), ("~61,000", 0.02, "right"),
    ],
)  # fmt: skip
def test_rounded_answers_count_within_the_tolerance(answer: object, tolerance: float, status: str) -> None:
    assert only({"totals": {"params": answer}}, tolerance=tolerance).status == status


def test_with_a_tolerance_the_mistake_that_gives_the_very_number_explains_it() -> None:
    """(5*5*1)*6 = 150 is the bias left out; one bias for all would be 151, which 1% cannot tell from it."""
    marks = cnncalc.check(cnncalc.load("lenet5"), {"conv2d": {"params": 150}}, tolerance=0.01)
    assert [reason.id for reason in marks.marks[0].reasons] == ["bias-forgotten"]


def test_the_tolerance_is_for_counts_only() -> None:
    assert only({"conv2d": {"output_shape": "28x28x6"}}, tolerance=1).status == "right"
    assert only({"conv2d": {"output_shape": "29x28x6"}}, tolerance=1).status == "wrong"
    assert only({"conv2d": {"receptive_field": 6}}, tolerance=1).status == "wrong"


def test_a_rounded_answer_without_a_tolerance_says_what_to_do() -> None:
    mark = only({"totals": {"params": "61.7K"}})
    assert mark.problem is not None
    assert mark.problem.id == "rounded-answer"
    assert "--tolerance" in str(mark.problem.suggestion)


@pytest.mark.parametrize("answer", ["many", "5 = 156", "156 = 5*5*6", [[156]], {"a": 156}])
def test_what_cannot_be_read_is_for_the_marker_and_the_others_are_still_marked(answer: object) -> None:
    marks = cnncalc.check(LENET, {"conv2d": {"params": answer, "neurons": 4704}})
    assert [mark.status for mark in marks.marks] == ["unreadable", "right"]
    assert marks.marks[0].problem is not None
    assert not marks.all_right


@pytest.mark.parametrize(
    ("quantity", "answer"),
    [
        ("params", "156 params"), ("params", "156 (all trainable)"), ("macs", "117600 MACs"), ("ops", "122.304,0"),
        ("receptive_field", "5 px"), ("receptive_field", "5 px x 5 px"), ("output_shape", "28 x 28 x 6"),
        ("neurons", "28*28*6 = 4704"), ("neurons", "28*28*6 = 784*6 = 4,704 neurons"), ("neurons", "n = 4704"),
    ],
)  # fmt: skip
def test_units_remarks_and_workings_are_read(quantity: str, answer: str) -> None:
    assert only({"conv2d": {quantity: answer}}).status == "right"


def test_half_a_pixel_is_read_and_wrong() -> None:
    assert only({"conv2d": {"output_shape": "27.5x27.5x6"}}).status == "wrong"
    assert only({"conv2d": {"output_shape": "27,5x27,5x6"}}).status == "wrong"


def test_a_right_working_with_a_wrong_sum_says_so() -> None:
    mark = only({"conv2d": {"neurons": "28*28*6 = 4700"}})
    assert (mark.status, [reason.id for reason in mark.reasons]) == ("wrong", ["working-right-sum-wrong"])


def test_nothing_to_count_is_a_dash() -> None:
    """Flatten has no operations and no receptive field of its own in the notes."""
    for answer in ("-", "none", "n/a", 0, None):
        assert only({"flatten": {"ops": answer}}).status == "right"
        assert only({"flatten": {"receptive_field": answer}}).status == "right"
    for answer in ("-", "none", "n/a", 0):
        assert only({"flatten": {"params": answer}}).status == "right"
        assert only({"conv2d": {"ops": answer}}).status == "wrong"
    assert only({"flatten": {"ops": 0}}, strict_none=True).status == "wrong"
    assert only({"flatten": {"params": "-"}}, strict_none=True).status == "wrong"
    assert only({"flatten": {"ops": "-"}}, strict_none=True).status == "right"


def test_what_is_left_blank_earns_nothing_and_is_not_wrong() -> None:
    marks = cnncalc.check(LENET, {"conv2d": {"params": "", "neurons": None, "ops": 1}})
    assert [mark.status for mark in marks.marks] == ["blank", "blank", "wrong"]
    assert (marks.points, marks.max_points) == (0, 3)
    assert cnncalc.check(LENET, {"conv2d": {"params": ""}}).all_right


def test_asked_quantities_are_marked_everywhere_and_others_nowhere() -> None:
    marks = cnncalc.check(LENET, {"conv2d": {"params": 156, "neurons": 1}}, ask=["params"])
    assert len(marks.marks) == 8 + 1  # the layers and the totals
    assert {mark.quantity for mark in marks.marks} == {"params"}
    assert (marks.points, marks.max_points) == (1, 9)


def test_points_per_quantity() -> None:
    answers = {"conv2d": {"params": 156, "neurons": 1, "ops": "122304"}}
    marks = cnncalc.check(LENET, answers, points={"params": 2, "ops": 0.5, "neurons": 3})
    assert (marks.points, marks.max_points) == (Fraction(5, 2), Fraction(11, 2))


def test_marks_come_in_the_nets_order() -> None:
    marks = cnncalc.check(LENET, {"totals": {"params": 1}, "dense": {"params": 1}, 1: {"params": 1}})
    assert [mark.layer for mark in marks.marks] == ["conv2d", "dense", "totals"]
    assert [mark.number for mark in marks.marks] == [1, 6, None]


# Data -----------------------------------------------------------------------------------------------------------------


def test_marks_are_plain_data() -> None:
    marks = cnncalc.check(LENET, {"conv2d": {"params": 150, "output_shape": "28x28x6"}})
    assert json.loads(json.dumps(marks.to_dict())) == {
        "schema": "cnncalc.marks/1",
        "sheet": "<answers>",
        "model": "LeNet-5",
        "convention": "notes",
        "points": 1,
        "max_points": 2,
        "right": 1,
        "follows": 0,
        "wrong": 1,
        "blank": 0,
        "unreadable": 0,
        "questions": "those that this sheet has, as there is no --ask",
        "unread": [],
        "notes": [],
        "marks": [
            {
                "layer": "conv2d", "number": 1, "type": "Conv2D", "quantity": "params", "status": "wrong",
                "answer": "150", "expected": 156, "also_right": None, "points": 0, "max_points": 1,
                "follows_from": None, "follows_from_quantity": None, "guess": False,
                "reasons": [{
                    "id": "bias-forgotten",
                    "text": "The bias is left out: there is one more parameter per filter or unit.",
                    "layer": "conv2d",
                    "together_with": None,
                }],
                "problem": None, "line": None,
            },
            {
                "layer": "conv2d", "number": 1, "type": "Conv2D", "quantity": "output_shape", "status": "right",
                "answer": "28x28x6", "expected": [28, 28, 6], "also_right": None, "points": 1, "max_points": 1,
                "follows_from": None, "follows_from_quantity": None, "guess": False, "reasons": [],
                "problem": None, "line": None,
            },
        ],
    }  # fmt: skip


def test_hints_leave_the_right_figures_out() -> None:
    marks = cnncalc.check(LENET, {"conv2d": {"params": 150}, 2: {"receptive_field": 9}}, convention="either")
    hinted = json.dumps(marks.to_dict(hints=True))
    assert "156" not in hinted
    assert all(mark["expected"] is None and mark["also_right"] is None for mark in json.loads(hinted)["marks"])


def test_the_path_of_a_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "anna.yaml"
    sheet.write_text("conv2d:\n  params: 156\n")
    for path in (sheet, str(sheet)):
        marks = cnncalc.check(LENET, path)
        assert (marks.sheet, marks.points) == ("anna", 1)
    assert marks.marks[0].span is not None
    assert marks.marks[0].span.line == 2


def test_the_function_stays_callable_once_its_package_is_imported() -> None:
    import cnncalc.marking.class_report

    assert callable(cnncalc.check)


@pytest.mark.parametrize(
    ("options", "id"),
    [({"convention": "both"}, "unknown-convention"), ({"points": {"parms": 1}}, "unknown-quantity"),
     ({"ask": ["colour"]}, "unknown-quantity")],
)  # fmt: skip
def test_options_that_are_none(options: dict[str, Any], id: str) -> None:
    with pytest.raises(UsageError) as error:
        cnncalc.check(LENET, {}, **options)
    assert error.value.diagnostics[0].id == id


def test_errors_are_those_of_the_package(tmp_path: Path) -> None:
    with pytest.raises(AnswersError):
        cnncalc.check(LENET, {"conv": {}})
    with pytest.raises(AnswersError):
        cnncalc.check(LENET, tmp_path / "missing.yaml")
    broken = cnncalc.loads("input: [4, 4, 1]\nlayers: [{Conv2D: {filters: 1, kernel_size: 9}}]")
    with pytest.raises(SpecError):
        cnncalc.check(broken, {})


# The engine -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_names())
def test_recounting_a_layer_unchanged_gives_the_reports_figures(name: str) -> None:
    net = Net(cnncalc.load(name))
    for index, row in enumerate(net.rows):
        counts = recount(layer_in_context(net.analysis, index))
        assert counts == {figure: of_record(figure, row) for figure in counts or ()}
        assert counts


def test_a_net_whose_sizes_are_unknown_is_marked_as_far_as_they_are_known() -> None:
    model = cnncalc.from_dict({"input": [None, None, 3], "layers": [{"Conv2D": {"filters": 8, "kernel_size": 3}}]})
    answers = {"conv2d": {"output_shape": "?x?x8", "params": 201, "neurons": "-", "receptive_field": 3}}
    marks = cnncalc.check(model, answers)
    assert [mark.status for mark in marks.marks] == ["right", "wrong", "right", "right"]
    wrong_shape = cnncalc.check(model, {"conv2d": {"output_shape": "?x8x8"}})
    assert wrong_shape.marks[0].status == "wrong"


VALUES = st.one_of(
    st.integers(-10, 10**17),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["27x27x6", "30x30x6", "1x1x1", "150", "9" * 400, "5x5", "-", "61.7K", "(1, 2)", "0x0x0"]),
    st.lists(st.integers(-1, 10**17), max_size=4),
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([row.name for row in LENET.analyze().layers]),
        st.dictionaries(st.sampled_from(list(all_quantities())), VALUES, max_size=6),
        max_size=5,
    ),
    st.sampled_from(["notes", "exact", "either"]),
)
def test_any_values_are_marked_or_refused(answers: dict[str, dict[str, object]], convention: Any) -> None:
    try:
        marks = cnncalc.check(LENET, answers, convention=convention)
    except CnncalcError:
        return
    assert len(marks.marks) == sum(len(row) for row in answers.values())
    json.dumps(marks.to_dict(), allow_nan=False)


def test_figures_of_a_thousand_digits_are_marked() -> None:
    """10^17 on each of 60 axes: as many neurons as a number of 1,021 digits."""
    model = cnncalc.from_dict({"input": [*[10**17] * 60, 1], "layers": [{"Dense": {"units": 1, "name": "dense"}}]})
    marker = Marker(model)
    text = "dense: {neurons: 5, output_shape: 7, exact.macs: 1e300}"
    sheet = read_sheet(Source("a.yaml", text), marker.net.layers)
    assert [mark.status for mark in marker.mark(sheet).marks] == ["wrong"] * 3


@pytest.mark.slow
def test_a_long_sheet_with_everything_wrong_is_marked_soon() -> None:
    """206 kB about the 707 layers of DenseNet-201: the first wrong answers are explained, all are marked."""
    model = cnncalc.load("densenet201")
    quantities = [name for name in all_quantities() if "." not in name]
    answers = {
        str(number): {name: 7919 * number + position for position, name in enumerate(quantities)}
        for number in range(1, len(model.expansion.nodes))
    }
    start = time.process_time()
    marks = cnncalc.check(model, answers)
    assert time.process_time() - start < 5
    wrong = [mark for mark in marks.marks if mark.status == "wrong"]
    assert len(wrong) > 5_000
    assert any(mark.reasons for mark in wrong[:MAX_EXPLAINED])
    assert not any(mark.reasons for mark in wrong[MAX_EXPLAINED:])
