"""A figure and a convention are one entry each: what is added in one place is seen everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from jsonschema import Draft7Validator

import cnncalc
from cnncalc.analysis.figures import FIGURES, Figure
from cnncalc.conventions.convention import CONVENTIONS, NOTES, ConventionName
from cnncalc.marking.worksheet import worksheet
from cnncalc.render.fold import fold
from cnncalc.render.formats import render
from cnncalc.schema import schema

# The first layer is 3x3 over 1 channel, to 4: 9 * 4 weights and 4 biases; the second over 4 channels, to 2.
SPEC = """
input: [8, 8, 1]
blocks: {unit: {layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same}}, {MaxPooling2D: 2}]}}
layers: [unit, {Conv2D: {filters: 2, kernel_size: 3, padding: same}}]
"""


@pytest.fixture
def bits(monkeypatch: pytest.MonkeyPatch) -> Figure:
    """A figure that no other test knows: the bits of the parameters in half precision."""
    figure = Figure("bits", "Bits", "count", "sum", in_totals=True, title="number of bits", formula="16*params")
    monkeypatch.setitem(FIGURES, figure.key, figure)
    return figure


def test_a_figure_is_in_every_format(bits: Figure) -> None:
    report = cnncalc.loads(SPEC).analyze()
    layers = report.to_dict()["layers"]
    assert isinstance(layers, list)
    assert [layer["bits"] for layer in layers] == [0, 640, 0, 1184]
    assert report.totals.to_dict()["bits"] == 1824
    assert Draft7Validator(schema("report")).is_valid(report.to_dict())
    table = render("table", [("net", report)])
    assert "Bits" in table
    assert "1,184" in table
    header, *lines = render("csv", [("net", report)]).splitlines()
    assert [line.split(",")[header.split(",").index("bits")] for line in lines] == ["0", "640", "0", "1184"]


def test_a_figure_is_folded(bits: Figure) -> None:
    folded = fold(cnncalc.loads(SPEC).analyze(), 1)
    assert [row.to_dict()["bits"] for row in folded.layers] == [0, 640, 1184]


def test_a_figure_is_compared_asked_for_and_explained(bits: Figure) -> None:
    model = cnncalc.loads(SPEC)
    totals = {total.quantity: total.values for total in cnncalc.compare(model, model).totals}
    assert totals["bits"] == (1824, 1824)
    marks = cnncalc.check(model, {"unit/conv2d": {"bits": 640}, "conv2d": {"bits": 592}}).marks
    assert [mark.status for mark in marks] == ["right", "wrong"]
    sections = cnncalc.explain(model, "unit/conv2d").layers[0].sections
    assert [(part.value, part.lines[0].formula) for part in sections[-1].parts] == [(640, "16*params")]


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch) -> str:
    """A second course: a pooling costs nothing, and a stride acts after its own layer."""
    other = replace(
        NOTES, name="other", title="the formulas of another course", ops={**NOTES.ops, "pooling": None},
        later_window="RF + (k_eff - 1)*2*S", headings={"ops": "Work"},
    )  # fmt: skip
    monkeypatch.setitem(CONVENTIONS, other.name, other)
    return other.name


def test_options_take_every_convention() -> None:
    assert get_args(ConventionName) == tuple(CONVENTIONS)


def test_a_second_course_is_in_every_format(course: str) -> None:
    report = cnncalc.loads(SPEC).analyze(course)
    # 3; then 3 + (2 - 1)*2*2 = 7; then 7 + (3 - 1)*2*2 = 15: by the notes 3, 5, 9.
    assert [row.receptive_field for row in report.layers] == [None, (3, 3), (7, 7), (15, 15)]
    assert report.layers[2].ops is None
    by_notes = cnncalc.loads(SPEC).analyze()
    assert [row.receptive_field for row in by_notes.layers] == [None, (3, 3), (5, 5), (9, 9)]
    assert by_notes.layers[2].ops is not None
    assert report.to_dict()["convention"] == course
    assert Draft7Validator(schema("report")).is_valid(report.to_dict())
    table = render("table", [("net", report)])
    assert "Work" in table
    assert "15x15" in table
    assert "the formulas of another course" in table
    assert "15x15" in render("csv", [("net", report)])


def test_a_second_course_is_explained(course: str) -> None:
    explanation = cnncalc.explain(cnncalc.loads(SPEC), "conv2d", "receptive_field", course)
    (part,) = explanation.layers[0].sections[0].parts
    assert part.value == (15, 15)
    assert part.lines[0].formula == "RF + (k_eff - 1)*2*S"


def test_a_second_course_has_worksheets_and_comparisons(course: str) -> None:
    model = cnncalc.loads(SPEC)
    sheet = worksheet(model, ["receptive_field"], solved=True, convention=course)
    assert [line.cells[0][1] for line in sheet.lines] == [(3, 3), (7, 7), (15, 15), (15, 15)]
    compared = cnncalc.compare(model, model, convention=course)
    totals = {total.quantity: total.values for total in compared.totals}
    assert totals["notes.receptive_field"] == ((15, 15), (15, 15))
