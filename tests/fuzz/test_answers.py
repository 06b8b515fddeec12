"""Answer sheets at random: every end is marks, or an `AnswersError`."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.marking.answers import read_sheet
from cnncalc.marking.marker import Marker, Options
from cnncalc.spec.source_text import decode
from tests.fuzz.conftest import share
from tests.fuzz.outcomes import check_error, soon
from tests.fuzz.spec_grammar import HOSTILE

MARKERS = [
    Marker(cnncalc.load("lenet5"), Options()),
    Marker(cnncalc.load("lenet5"), Options(convention="either", tolerance=Fraction(1, 100), follow_through=False)),
    Marker(cnncalc.load("faster_rcnn"), Options(convention="exact")),
]
LAYERS = st.sampled_from(
    ["conv2d", "conv2d_1", "totals", "logits", "flatten", "1", "8", "9", "0", "-1", "nothing", "Conv2D", ""]
)
QUANTITIES = st.sampled_from(
    ["output_shape", "neurons", "params", "trainable_params", "receptive_field", "ops", "macs", "flops", "x", ""]
)
WRITTEN = st.sampled_from(
    [
        "28x28x6", "(28, 28, 6)", "[None, 28, 28, 6]", "28*28*6", "28 x 28 x 6", "4,704", "4.704", "61.7K", "61,706",
        "5", "5x5", "-", "?", "none", "n/a", "1e3", "1e999999", "9" * 5000, "9^9^9", "2**1000000", "1/0", "0", "-3",
        "1/3", "x" * 300, "((((", "1,2,3,4", "5*5*1*6+6", "=156", "156 params", "\u202e", "½", "٣", "１２",
    ]
)  # fmt: skip
ANSWERS = WRITTEN | HOSTILE | st.integers(-5, 10**6)
SHEETS = st.dictionaries(LAYERS, st.dictionaries(QUANTITIES, ANSWERS, max_size=4) | ANSWERS, max_size=5)


def marked(data: bytes, name: str, marker: Marker) -> None:
    """Reads and marks a sheet."""
    with soon():
        try:
            marks = marker.mark(read_sheet(decode(data, name), marker.net.layers))
        except CnncalcError as error:
            check_error(error)
            return
        for mark in marks.marks:
            assert 0 <= mark.points <= mark.max_points
            if mark.problem is not None:
                check_error(CnncalcError(mark.problem))


@share(0.03)
@given(SHEETS, st.sampled_from(MARKERS))
def test_sheets_in_yaml(sheet: Any, marker: Marker) -> None:
    marked(yaml.safe_dump(sheet, allow_unicode=True).encode(), "sheet.yaml", marker)


@share(0.02)
@given(SHEETS, st.sampled_from(MARKERS))
def test_sheets_in_json(sheet: Any, marker: Marker) -> None:
    marked(json.dumps(sheet).encode(), "sheet.json", marker)


@share(0.03)
@given(
    st.lists(QUANTITIES | st.just("layer"), max_size=4),
    st.lists(st.lists(LAYERS | WRITTEN, max_size=5), max_size=5),
    st.sampled_from([(",", "sheet.csv"), (";", "sheet.csv"), ("\t", "sheet.tsv"), (" | ", "sheet.md")]),
    st.sampled_from(MARKERS),
)
def test_tables(header: list[str], lines: list[list[str]], form: tuple[str, str], marker: Marker) -> None:
    separator, name = form
    rows = [separator.join(line) for line in (["layer", *header], *lines)]
    if name == "sheet.md":
        rows = ["| " + row + " |" for row in rows]
        rows.insert(1, "|" + "---|" * (len(header) + 1))
    marked("\n".join(rows).encode(), name, marker)


@share(0.02)
@given(st.binary(max_size=200), st.sampled_from(["sheet.yaml", "sheet.csv", "sheet.md", "sheet"]))
def test_raw_bytes_as_a_sheet(data: bytes, name: str) -> None:
    marked(data, name, MARKERS[0])
