"""`--depth`: a block instance as one row; sums that keep the totals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnncalc.analysis.report import Report, Row, no_totals
from cnncalc.errors import Diagnostic
from cnncalc.render.fold import fold
from cnncalc.render.table import render_table
from tests.render.lenet5_report import lenet5_report
from tests.render.resnet50_report import resnet50_report

STAGES = {2: 3, 3: 4, 4: 6, 5: 3}
BLOCKS = [f"conv{stage}_block{block + 1}" for stage, blocks in STAGES.items() for block in range(blocks)]


def row(name: str, *inputs: str, params: int | None = 0, shared_with: str | None = None) -> Row:
    """A layer whose path is what stands before its name's last slash; 10 neurons, 20 operations, 30 FLOPs."""
    like = lenet5_report().layers[1]
    return replace(
        like,
        name=name,
        path=tuple(name.split("/")[:-1]),
        inputs=inputs,
        neurons=10,
        params=params,
        trainable_params=params,
        shared_with=shared_with,
        notes=replace(like.notes, ops=20),
        exact=replace(like.exact, macs=20, flops=30),
    )


def report_of(*rows: Row) -> Report:
    """A report whose totals are known where its rows' figures are."""
    known = all(row.exact.flops is not None for row in rows)
    totals = lenet5_report().totals if known else no_totals("notes")
    return replace(lenet5_report(), layers=list(rows), outputs=(rows[-1].name,), totals=totals)


def test_resnet50_becomes_a_chain_of_its_sixteen_blocks() -> None:
    folded = fold(resnet50_report(), 1)
    assert [layer.name for layer in folded.layers if layer.type == "block"] == BLOCKS
    assert folded.is_chain
    assert folded.layers[7].inputs == ("pool1_pool",)
    assert folded.layers[8].inputs == ("conv2_block1",)
    assert "Connected to" not in render_table(folded)


def test_the_rows_of_a_folded_report_add_up_to_the_same_totals() -> None:
    report = resnet50_report()
    folded = fold(report, 1)
    assert folded.totals == report.totals
    for figure in ("params", "trainable_params", "neurons"):
        assert sum(getattr(layer, figure) for layer in folded.layers) == getattr(report.totals, figure)
    assert sum(layer.notes.ops or 0 for layer in folded.layers) == report.totals.notes.ops
    assert sum(layer.exact.macs or 0 for layer in folded.layers) == report.totals.exact.macs
    assert sum(layer.exact.flops or 0 for layer in folded.layers) == report.totals.exact.flops


def test_shape_and_receptive_fields_are_the_last_layers() -> None:
    report = resnet50_report("exact")
    last = next(layer for layer in report.layers if layer.name == "conv5_block1/out")
    block = next(layer for layer in fold(report, 1).layers if layer.name == "conv5_block1")
    assert block.output_shape == last.output_shape == (7, 7, 2048)
    assert block.exact.receptive_field == last.exact.receptive_field
    assert block.exact.note == last.exact.note
    assert block.notes.receptive_field == last.notes.receptive_field


def test_a_depth_beyond_the_blocks_changes_nothing() -> None:
    report = resnet50_report()
    assert fold(report, 2) == report
    assert fold(lenet5_report(), 1) == lenet5_report()


def test_depth_chooses_the_nesting() -> None:
    report = report_of(
        row("input"),
        row("net/stem", "input", params=1),
        row("net/cell_1/a", "net/stem", params=2),
        row("net/cell_1/b", "net/cell_1/a", params=3),
        row("net/cell_2/a", "net/cell_1/b", params=4),
        row("head", "net/cell_2/a", params=5),
    )
    assert [(layer.name, layer.path, layer.inputs, layer.params) for layer in fold(report, 1).layers] == [
        ("input", (), (), 0),
        ("net", (), ("input",), 10),
        ("head", (), ("net",), 5),
    ]
    assert [(layer.name, layer.path, layer.inputs, layer.params) for layer in fold(report, 2).layers] == [
        ("input", (), (), 0),
        ("net/stem", ("net",), ("input",), 1),
        ("net/cell_1", ("net",), ("net/stem",), 5),
        ("net/cell_2", ("net",), ("net/cell_1",), 4),
        ("head", (), ("net/cell_2",), 5),
    ]


def test_a_skip_connection_reads_the_block() -> None:
    report = report_of(
        row("input"),
        row("down/a", "input"),
        row("down/b", "down/a"),
        row("mid", "down/b"),
        row("up/cat", "mid", "down/a"),
    )
    folded = fold(report, 1)
    assert folded.layers[-1].inputs == ("mid", "down")
    assert folded.outputs == ("up",)
    assert not folded.is_chain


def test_weights_that_a_block_uses_twice_count_once() -> None:
    report = report_of(
        row("input"),
        row("cell/a", "input", params=7),
        row("cell/b", "cell/a", params=7, shared_with="cell/a"),
    )
    assert fold(report, 1).layers[1].params == 7
    assert fold(report, 1).layers[1].shared_with is None


def test_a_block_whose_weights_are_another_blocks_is_shared_with_it() -> None:
    report = report_of(
        row("input"),
        row("left/a", "input", params=7),
        row("left/b", "left/a", params=8),
        row("right/a", "input", params=7, shared_with="left/a"),
        row("right/b", "right/a", params=8, shared_with="left/b"),
    )
    left, right = fold(report, 1).layers[1:]
    assert (left.params, left.shared_with) == (15, None)
    assert (right.params, right.shared_with) == (15, "left")


def test_a_block_with_weights_of_its_own_counts_only_those() -> None:
    report = report_of(
        row("input"),
        row("left/a", "input", params=7),
        row("right/a", "input", params=7, shared_with="left/a"),
        row("right/b", "right/a", params=9),
    )
    assert [layer.params for layer in fold(report, 1).layers] == [0, 7, 9]


def test_an_unknown_part_makes_the_sum_unknown() -> None:
    unknown = row("cell/b", "cell/a", params=None)
    unknown = replace(unknown, neurons=None, exact=replace(unknown.exact, macs=None, flops=None))
    block = fold(report_of(row("input"), row("cell/a", "input"), unknown), 1).layers[1]
    assert (block.params, block.neurons, block.exact.macs, block.exact.flops) == (None, None, None, None)


def test_what_the_notes_do_not_count_is_left_out_of_a_sum() -> None:
    flatten = row("cell/b", "cell/a")
    flatten = replace(flatten, notes=replace(flatten.notes, ops=None), exact=replace(flatten.exact, flops=0))
    assert fold(report_of(row("input"), row("cell/a", "input"), flatten), 1).layers[1].notes.ops == 20
    assert fold(report_of(row("input"), flatten), 1).layers[1].notes.ops is None


def test_an_operation_count_that_is_not_known_makes_the_sum_unknown() -> None:
    relu = row("cell/b", "cell/a")
    relu = replace(relu, notes=replace(relu.notes, ops=None), exact=replace(relu.exact, flops=None))
    assert fold(report_of(row("input"), row("cell/a", "input"), relu), 1).layers[1].notes.ops is None


def test_flops_that_are_not_counted_are_left_out_of_a_sum() -> None:
    regions = row("cell/b", "cell/a")
    regions = replace(regions, exact=replace(regions.exact, flops=None, note="not counted"))
    report = replace(report_of(row("input"), row("cell/a", "input"), regions), totals=lenet5_report().totals)
    assert fold(report, 1).layers[1].exact.flops == 30


def test_a_sum_with_an_extension_is_an_extension() -> None:
    part = row("cell/b", "cell/a")
    part = replace(part, notes=replace(part.notes, basis=replace(part.notes.basis, ops="extension")))
    basis = fold(report_of(row("input"), row("cell/a", "input"), part), 1).layers[1].notes.basis
    assert (basis.neurons, basis.receptive_field, basis.ops) == ("documented", "documented", "extension")


@pytest.mark.parametrize("depth", [1, 2])
def test_the_block_of_the_culprit_stays_open(depth: int) -> None:
    report = report_of(row("input"), row("cell_1/a", "input"), row("cell_2/a", "cell_1/a"), row("cell_2/b", "cell_2/a"))
    report = replace(report, totals=no_totals("notes"), error=Diagnostic("x", "y"), culprit=("cell_2/c", "Conv2D"))
    first = ["cell_1"] if depth == 1 else ["cell_1/a"]
    assert [layer.name for layer in fold(report, depth).layers] == ["input", *first, "cell_2/a", "cell_2/b"]
