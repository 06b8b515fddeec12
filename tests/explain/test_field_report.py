"""`cnncalc rf` as data and as text: what each output position sees, and where the border cuts it, by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

import cnncalc
from cnncalc.errors import UsageError
from cnncalc.explaining.field_report import AxisReport, FieldReport
from cnncalc.render.field_report import render_field, render_field_json
from tests.command_line import run


def report(
    layers: str, layer: str | None = None, at: tuple[int, ...] | None = None, input: str = "32x32x3"
) -> FieldReport:
    text = f"input: {input}\nlayers:\n" + "".join(f"  - {item}\n" for item in layers.split("; "))
    return cnncalc.rf(cnncalc.loads(text), layer, at)


def spans(axis: AxisReport) -> list[tuple[int, tuple[int, int] | None, tuple[int, int] | None]]:
    return [(row.position, row.span, row.clipped) for row in axis.rows]


def test_what_every_position_sees_and_where_the_border_cuts_it() -> None:
    """A window of 5 with 2 before on 8 rows: position p sees p - 2 ... p + 2."""
    (axis,) = report("Conv1D: {filters: 1, kernel_size: 5, padding: 2}", input="8x1").axes
    assert (axis.name, axis.size, axis.effective_stride, axis.offset, axis.covers) == ("length", 5, 1, -2, False)
    assert spans(axis) == [
        (0, (-2, 2), (0, 2)), (1, (-1, 3), (0, 3)), (2, (0, 4), (0, 4)), (3, (1, 5), (1, 5)),
        (4, (2, 6), (2, 6)), (5, (3, 7), (3, 7)), (6, (4, 8), (4, 7)), (7, (5, 9), (5, 7)),
    ]  # fmt: skip
    assert (axis.cut_before, axis.cut_after) == (1, 6)


def test_a_short_axis_is_listed_whole() -> None:
    (axis,) = report("AveragePooling1D: 2", input="10x1").axes
    assert [row.span for row in axis.rows] == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
    assert (axis.cut_before, axis.cut_after) == (None, None)


def test_lenet() -> None:
    """conv 5, pool 2/2, conv 5: 14 rows, 2 apart; the ten positions of a side see rows 0 to 31."""
    found = cnncalc.rf(cnncalc.load("lenet5"), "conv2d_1")
    for axis in found.axes:
        assert (axis.size, axis.effective_stride, axis.offset, axis.covers) == (14, 2, 0, False)
        assert axis.rows[0].span == (0, 13)
        assert axis.rows[-1].span == (18, 31)
        assert (axis.cut_before, axis.cut_after) == (None, None)


def test_without_a_layer_it_is_the_last_one_that_has_a_field() -> None:
    assert cnncalc.rf(cnncalc.load("lenet5")).layer == "logits"
    scrambled = "Conv2D: {filters: 4, kernel_size: 3, name: last}; Permute: [3, 1, 2]"
    assert report(scrambled).layer == "last"


def test_a_vector_sees_the_whole_map_and_has_no_rows() -> None:
    found = report("Conv2D: {filters: 4, kernel_size: 3}; Flatten; Dense: 5")
    assert [(axis.size, axis.covers, axis.rows, axis.effective_stride) for axis in found.axes] == [
        (32, True, (), None)
    ] * 2


@pytest.mark.parametrize(("kernel", "covers"), [(3, False), (63, True)])
def test_an_element_of_a_flattened_map_sees_what_the_position_saw(kernel: int, covers: bool) -> None:
    """Of 32 rows: 3 are not all, and 63 around a position are, as far as they lie inside."""
    found = report(f"Conv2D: {{filters: 4, kernel_size: {kernel}, padding: same}}; Flatten")
    assert [(axis.size, axis.covers) for axis in found.axes] == [(kernel, covers)] * 2


def test_an_element_of_a_map_as_long_as_it_will() -> None:
    """Of 22 columns a kernel of 3 sees not all; of rows nobody knows whether it does."""
    found = report("Conv2D: {filters: 4, kernel_size: 3, padding: same}; Flatten", input="[null, 22, 3]")
    assert [(axis.size, axis.offset, axis.covers) for axis in found.axes] == [(3, -1, None), (3, -1, False)]
    assert [(axis.output_axis, axis.rows) for axis in found.axes] == [("", ())] * 2


def test_a_box_larger_than_the_input_covers_it_where_it_does() -> None:
    """A window of 9 on 7 rows, 4 before: position 2 sees -2 ... 6, position 3 sees -1 ... 7: all; 1 sees -3 ... 5."""
    (axis,) = report("Conv1D: {filters: 1, kernel_size: 9, padding: same}", input="7x1").axes
    assert (axis.size, axis.covers) == (9, True)
    (axis,) = report("Conv1D: {filters: 1, kernel_size: 5, padding: same}", input="7x1").axes
    assert axis.covers is False


def test_behind_upsampling_the_stride_is_a_fraction() -> None:
    (axis,) = report("UpSampling1D: 3; Conv1D: {filters: 1, kernel_size: 2}", input="4x1").axes
    assert (axis.size, axis.effective_stride) == (2, Fraction(1, 3))
    assert [row.span for row in axis.rows[:3]] == [(0, 0), (0, 0), (0, 1)]
    assert json.loads(render_field_json(report("UpSampling1D: 3", input="4x1")))["axes"][0]["effective_stride"] == "1/3"


def test_positions_that_nothing_reaches() -> None:
    found = report("Conv1DTranspose: {filters: 1, kernel_size: 1, strides: 2}", input="3x1")
    assert [row.span for row in found.axes[0].rows] == [(0, 0), None, (1, 1), None, (2, 2), None]
    assert "  1  nothing\n" in render_field(found)


def test_axes_that_changed_places() -> None:
    """Rows 3 wide and columns 5 wide, then permuted: the output's columns run along the input's rows."""
    found = report("Conv2D: {filters: 1, kernel_size: [3, 5]}; Permute: [2, 1, 3]", input="20x30x1")
    height, width = found.axes
    assert (height.name, height.output_axis, height.output_length, height.size) == ("height", "width", 18, 3)
    assert (width.name, width.output_axis, width.output_length, width.size) == ("width", "height", 26, 5)
    assert "Output columns, and the input rows that they see:" in render_field(found)


# One position ---------------------------------------------------------------------------------------------------------


def test_one_position_exact_and_clipped() -> None:
    found = report("Conv2D: {filters: 4, kernel_size: 5, padding: same, strides: 2}", at=(0, 15))
    # `same` pads (16 - 1)*2 + 5 - 32 = 3, of which 1 before: row 0 sees -1 ... 3, column 15 sees 29 ... 33.
    assert [(seen.span, seen.clipped) for seen in found.at] == [((-1, 3), (0, 3)), ((29, 33), (29, 31))]
    text = render_field(found)
    assert "Position (0, 15) sees of the input:" in text
    assert "rows       -1 to 3 (5); inside 0 to 3 (4)" in text
    assert "columns    29 to 33 (5); inside 29 to 31 (3)" in text


def test_a_position_behind_a_permutation_is_one_of_the_output() -> None:
    found = report("Conv2D: {filters: 1, kernel_size: [3, 5]}; Permute: [2, 1, 3]", at=(7, 2), input="20x30x1")
    assert [seen.span for seen in found.at] == [(2, 4), (7, 11)]  # row 2 of the convolution, column 7


def test_a_branch_that_does_not_reach_a_column_shows_no_rows_there() -> None:
    """A transposed convolution with a kernel of 1 and strides (1, 2) reaches even columns; identity reaches all."""
    layers = (
        "Conv2D: {filters: 1, kernel_size: 1, strides: [1, 1]}; UpSampling2D: {size: [1, 2], name: up}; "
        "Add: {name: sum, branches: {"
        "tall: [{Conv2D: {filters: 1, kernel_size: [5, 1], padding: same, from: conv2d}}, "
        "{Conv2DTranspose: {filters: 1, kernel_size: 1, strides: [1, 2]}}], flat: []}}"
    )
    assert [seen.span for seen in report(layers, "sum", (8, 4), "16x8x1").at] == [(6, 10), (2, 2)]
    assert [seen.span for seen in report(layers, "sum", (8, 5), "16x8x1").at] == [(8, 8), (2, 2)]
    assert [axis.size for axis in report(layers, "sum", None, "16x8x1").axes] == [5, 1]


@pytest.mark.parametrize(
    ("layers", "at", "message"),
    [
        ("Conv2D: {filters: 1, kernel_size: 3}", (30, 0), "its height has positions 0 to 29"),
        ("Conv2D: {filters: 1, kernel_size: 3}", (0, 0, 0), "--at must name 2 numbers"),
        ("Conv2D: {filters: 1, kernel_size: 3}; Flatten", (0,), '--at: "flatten" has no positions: it is a vector'),
        ("Embedding: {input_dim: 9, output_dim: 2}", (0, 0), '"embedding" has no positions'),
    ],
)
def test_a_position_that_is_not_there(layers: str, at: tuple[int, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        report(layers, str(len(layers.split("; "))), at)


def test_no_field_has_a_reason() -> None:
    found = report("Permute: [3, 1, 2]", "1")
    assert found.axes == ()
    assert found.note == "undefined: it moves channels into space"
    assert "undefined: it moves channels into space" in render_field(found)
    with pytest.raises(UsageError, match="no layer has a receptive field"):
        report("Dense: 3", input="5")


def test_what_is_not_aligned_is_named() -> None:
    """A 3x3 kernel beside a 2x2 one: -1 ... 1 and 0 ... 1 have different centres."""
    layers = (
        "Add: {branches: {odd: [{Conv2D: {filters: 3, kernel_size: 3, padding: same, name: odd}}], "
        "even: [{Conv2D: {filters: 3, kernel_size: 2, padding: same, name: even}}]}}"
    )
    found = report(layers)
    assert found.note == "not aligned: odd and even have different centres"


def test_an_output_as_long_as_can_be_written_takes_no_time() -> None:
    long = 10**17
    (axis,) = report("Conv1D: {filters: 1, kernel_size: 3, padding: same}", input=f"{long}x1").axes
    assert (axis.cut_before, axis.cut_after, axis.covers) == (0, long - 1, False)
    assert axis.rows[-1].span == (long - 2, long)


def test_unknown_sizes_leave_open_what_depends_on_them() -> None:
    (axis,) = report("Conv1D: {filters: 1, kernel_size: 3, padding: same}", input="nullx1").axes
    assert (axis.size, axis.offset, axis.covers, axis.cut_before) == (3, -1, None, None)
    assert axis.rows[0].span == (-1, 1)
    (axis,) = report("Conv1D: {filters: 1, kernel_size: 3, strides: 2, padding: same}", input="nullx1").axes
    assert (axis.size, axis.offset) == (3, None)
    assert axis.rows[0].span is None


def test_programs_get_every_position(tmp_path: Path) -> None:
    """A window of 5 on 32 rows, and one of 2 at stride 2: position p sees 2p ... 2p + 5."""
    axis = json.loads(run("cnncalc rf lenet5 average_pooling2d --format json", tmp_path).stdout)["axes"][0]
    assert [row["sees"] for row in axis["rows"]] == [[2 * p, 2 * p + 5] for p in range(14)]
    assert axis["all_rows"] is True
    (tmp_path / "long.yaml").write_text("input: [50000, 1]\nlayers: [Conv1D: {filters: 1, kernel_size: 1}]\n")
    (axis,) = json.loads(run("cnncalc rf long.yaml --format json", tmp_path).stdout)["axes"]
    assert (len(axis["rows"]), axis["all_rows"]) == (20_000, False)
