"""Worksheets: what is written is read by `check`, and the key is right."""

from __future__ import annotations

from itertools import cycle
from typing import get_args

import pytest
import yaml
from jsonschema import Draft7Validator

import cnncalc
from cnncalc.analysis.report import Convention
from cnncalc.errors import Source
from cnncalc.marking.answers import read_sheet
from cnncalc.marking.marker import Marker, Options
from cnncalc.marking.marks import Marks
from cnncalc.marking.quantities import USUAL, all_quantities
from cnncalc.marking.worksheet import worksheet
from cnncalc.render.worksheet import WorksheetFormat, render_worksheet
from cnncalc.schema import schema
from cnncalc.spec.shipped import shipped_names

FORMATS: tuple[WorksheetFormat, ...] = get_args(WorksheetFormat)
SUFFIXES: dict[WorksheetFormat, str] = {"yaml": ".yaml", "csv": ".csv", "markdown": ".md"}


def marked(model: cnncalc.Model, text: str, format: WorksheetFormat, options: Options | None = None) -> Marks:
    marker = Marker(model, options)
    return marker.mark(read_sheet(Source(f"sheet{SUFFIXES[format]}", text), marker.net.layers))


FORMS = [(format, convention) for format in FORMATS for convention in get_args(Convention)]


@pytest.mark.parametrize(
    ("name", "format", "convention"),
    [(name, *form) for name in ("lenet5", "fast_rcnn", "unet") for form in FORMS]
    + [
        pytest.param(name, *form, marks=pytest.mark.slow)
        for name, form in zip(shipped_names(), cycle(FORMS), strict=False)
    ],
)
def test_the_key_of_every_shipped_net_is_all_right(name: str, format: WorksheetFormat, convention: Convention) -> None:
    model = cnncalc.load(name)
    everything = [quantity for quantity in all_quantities() if "." not in quantity]
    asked = everything if len(model.expansion.nodes) < 60 else USUAL  # what is asked of a large net is asked often
    sheet = worksheet(model, asked, solved=True, convention=convention)
    marks = marked(model, render_worksheet(sheet, format), format, Options(convention=convention))
    assert marks.count("right") == len(marks.marks) > 0


@pytest.mark.parametrize("format", FORMATS)
def test_a_blank_sheet_is_read_and_has_a_question_for_every_answer(format: WorksheetFormat) -> None:
    model = cnncalc.load("lenet5")
    marks = marked(model, render_worksheet(worksheet(model), format), format)
    assert marks.count("blank") == len(marks.marks) == 8 * 5 + 4
    assert marks.all_right


@pytest.mark.parametrize("format", FORMATS)
def test_a_sheet_that_gives_the_rest(format: WorksheetFormat) -> None:
    model = cnncalc.load("lenet5")
    text = render_worksheet(worksheet(model, ["params"], given=True), format)
    assert "28x28x6" in text
    assert "61706" not in text
    marks = marked(model, text, format, Options(ask=("params",)))
    assert marks.count("blank") == len(marks.marks) == 9
    filled = marked(model, text, format)
    assert filled.count("right") == 8 * 4 + 3


def test_worksheets_fit_the_json_schema_of_answers() -> None:
    validator = Draft7Validator(schema("answers"))
    for solved in (False, True):
        text = render_worksheet(worksheet(cnncalc.load("alexnet"), solved=solved), "yaml")
        assert not list(validator.iter_errors(yaml.safe_load(text)))


def test_yaml() -> None:
    model = cnncalc.from_dict({"name": "tiny", "input": [8, 8, 3], "layers": ["MaxPooling2D", "Flatten"]})
    sheet = worksheet(model, ["output_shape", "ops"], solved=True)
    assert render_worksheet(sheet, "yaml") == (
        "# Answers: tiny, input 8x8x3\n"
        "# Shapes: 14x14x64. Numbers: 12345, 12,345 or 3*3*64. Receptive fields: 9x9, or 9. "
        'Where there is nothing to count: "-".\n'
        "max_pooling2d:  # MaxPooling2D\n"
        "  output_shape: 4x4x3\n"
        "  ops: 0\n"
        "flatten:  # Flatten\n"
        "  output_shape: 48\n"
        '  ops: "-"\n'
        "totals:\n"
        "  ops: 0\n"
    )


def test_csv_and_markdown() -> None:
    model = cnncalc.from_dict({"name": "tiny", "input": [8, 8, 3], "layers": ["MaxPooling2D", "Flatten"]})
    sheet = worksheet(model, ["output_shape", "ops"])
    assert render_worksheet(sheet, "csv") == (
        "layer,type,output_shape,ops\nmax_pooling2d,MaxPooling2D,,\nflatten,Flatten,,\ntotals,,,\n"
    )
    assert render_worksheet(sheet, "markdown").splitlines()[4:6] == [
        "| layer         | type         | output_shape | ops |",
        "| ------------- | ------------ | ------------ | --- |",
    ]


def test_names_and_figures_that_yaml_would_read_as_something_else() -> None:
    """A layer called as the totals, names that are numbers, and a figure of 35 digits."""
    size = 10**17
    model = cnncalc.from_dict(
        {
            "input": [1, size],
            "layers": [
                {"UpSampling1D": {"size": size, "name": "totals"}},
                {"UpSampling1D": {"size": 1, "name": "0x1"}},
                {"Activation": {"activation": "relu", "name": "null"}},
                {"Activation": {"activation": "relu", "name": "-"}},
            ],
        }
    )
    for format in FORMATS:
        text = render_worksheet(worksheet(model, solved=True), format)
        marks = marked(model, text, format)
        assert marks.count("right") == len(marks.marks) == 4 * 5 + 4


@pytest.mark.parametrize("format", FORMATS)
def test_names_that_are_markup_or_formulas_elsewhere_are_read_back(format: WorksheetFormat) -> None:
    names = ["__init__", "_a_", "-SUM", "--x"]
    layers = [{"Activation": {"activation": "relu", "name": name}} for name in names]
    model = cnncalc.from_dict({"name": "*a* | `b`", "input": [4, 4, 2], "layers": layers})
    text = render_worksheet(worksheet(model, solved=True), format)
    assert marked(model, text, format).count("right") == 4 * 5 + 4
    if format == "csv":
        assert "\n'-SUM,Activation," in text
    if format == "markdown":
        assert text.startswith("# Answers: \\*a\\* \\| \\`b\\`, input 4x4x2\n")
        assert "| \\_\\_init\\_\\_ " in text


def test_no_line_is_padded_to_the_longest_name() -> None:
    layers: list[object] = ["ReLU"] * 100
    model = cnncalc.from_dict({"input": [4, 4, 2], "layers": [*layers, {"ReLU": {"name": "n" * 200}}]})
    for format in FORMATS:
        lines = render_worksheet(worksheet(model), format).splitlines()
        assert sum(len(line) > 200 for line in lines) == 1
