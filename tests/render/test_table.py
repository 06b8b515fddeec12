"""The table: golden texts of LeNet-5, and what holds for every report."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from cnncalc.analysis.report import Convention, ExactTotals, Report
from cnncalc.render.columns import parse_columns
from cnncalc.render.table import render_table
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import display_width
from tests.render.lenet5_report import hostile_report, lenet5_report, stopped_report
from tests.render.resnet50_report import LARGER, resnet50_report, with_automatic_names

CONVENTIONS: tuple[Convention, ...] = ("notes", "exact")


def monochrome(width: int | None) -> Terminal | None:
    """A terminal of a width without colour; without a width a pipe."""
    return None if width is None else Terminal(width, color=False)


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("width", [None, 80, 140])
def test_lenet5(convention: Convention, width: int | None, golden: Callable[[str, str], None]) -> None:
    golden(
        f"lenet5_{convention}_{width or 'piped'}.txt",
        render_table(lenet5_report(convention), terminal=monochrome(width)),
    )


@pytest.mark.parametrize("width", [None, 80, 140])
def test_resnet50(width: int | None, golden: Callable[[str, str], None]) -> None:
    golden(f"resnet50_notes_{width or 'piped'}.txt", render_table(resnet50_report(), terminal=monochrome(width)))


def test_a_report_that_stops_shows_its_rows_and_the_culprit(golden: Callable[[str, str], None]) -> None:
    golden("stopped.txt", render_table(stopped_report()))


def test_the_rows_add_up_to_the_totals() -> None:
    rows = [re.split(r"  +", line) for line in render_table(lenet5_report()).splitlines()[4:13]]
    params, neurons, operations = (
        sum(int(cells[column].replace(",", "").replace("-", "0")) for cells in rows) for column in (2, 3, 5)
    )
    assert f"Total params: {params:,} (241.04 KB)\n" in render_table(lenet5_report())
    assert f"Total neurons: {neurons:,}\n" in render_table(lenet5_report())
    assert f"Total operations: {operations:,}\n" in render_table(lenet5_report())
    assert (params, neurons, operations) == (61_706, 9_518, 423_038)


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 140, 200])
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(width: int, convention: Convention) -> None:
    for report in (lenet5_report(convention), resnet50_report(convention)):
        for candidate in (report, with_automatic_names(report)):
            table = render_table(candidate, terminal=monochrome(width))
            assert max(map(display_width, table.splitlines())) <= width
            for row in candidate.layers:
                parts = re.split("[/_ ]", f"{row.name} ({row.type})")
                assert all(part in table for part in parts)
                assert f"{row.params:,}" in table
                assert f"{row.ops or 0:,}" in table


def test_a_piped_table_is_never_cut() -> None:
    name = "n" * 1000
    report = lenet5_report()
    report = replace(report, name=name, layers=[replace(row, name=name, inputs=(name,)) for row in report.layers])
    table = render_table(replace(report, is_chain=False))
    assert table.startswith(f'Model: "{name}"\n')
    assert table.count(f"{name} (Conv2D)") == 2
    assert "..." not in table


def test_an_endless_name_fits_a_terminal() -> None:
    name = "n" * 100_000
    report = lenet5_report()
    report = replace(report, name=name, layers=[replace(row, name=name, inputs=(name,)) for row in report.layers])
    assert max(map(len, render_table(report, terminal=monochrome(80)).splitlines())) == 80


def test_a_number_is_not_cut_however_narrow_the_terminal_is() -> None:
    rows = [replace(row, neurons=10**100) for row in lenet5_report().layers]
    table = render_table(replace(lenet5_report(), layers=rows), terminal=monochrome(40))
    assert table.count(f"{10**100:,}") == len(rows)


def test_numbers_of_two_thousand_digits_are_whole() -> None:
    report = lenet5_report()
    report = replace(
        report,
        layers=[replace(row, neurons=10**2400) for row in report.layers],
        totals=replace(report.totals, params=10**2400, trainable_params=10**2400, neurons=9 * 10**2400),
    )
    assert f"Total neurons: 9{',000' * 800}\n" in render_table(report)


@pytest.mark.parametrize("width", [None, 80])
def test_connected_to_stands_beside_a_graph_only(width: int | None) -> None:
    assert "Connected to" not in render_table(lenet5_report(), terminal=monochrome(width))
    assert "Connected to" in render_table(resnet50_report(), terminal=monochrome(width))


def test_on_a_narrow_terminal_connections_that_are_not_the_row_above_stand_below() -> None:
    table = render_table(resnet50_report(), terminal=monochrome(100))
    lines = [line.strip("│ ") for line in table.splitlines()]
    add = next(index for index, line in enumerate(lines) if line.startswith("conv2_block1/add (Add)"))
    assert lines[add + 1] == "Connected to: conv2_block1/0_bn, conv2_block1/3_bn"
    assert lines[add + 2].startswith("conv2_block1/out")
    assert "Connected to: conv2_block1/add" not in lines


def test_what_is_special_about_the_weights_is_said() -> None:
    report = lenet5_report()
    frozen = replace(report.layers[1], trainable_params=0)
    sharing = replace(report.layers[3], shared_with="conv2d")
    table = render_table(replace(report, layers=[frozen, sharing]))
    assert "conv2d (Conv2D, non-trainable)" in table
    assert "conv2d_1 (Conv2D, shared with conv2d)" in table


def test_a_layer_without_weights_is_not_marked() -> None:
    assert "non-trainable" not in render_table(lenet5_report())


def test_regions_are_counted_out() -> None:
    report = lenet5_report()
    table = render_table(replace(report, layers=[*report.layers[:8], replace(report.layers[8], instances=300)]))
    assert "300 x (None, 10)" in table
    assert "\nN x (...): there are N of these per image" in table


def test_an_unknown_size_is_none_and_an_unknown_figure_a_dash() -> None:
    report = lenet5_report()
    row = replace(report.layers[1], output_shape=(None, None, 6), neurons=None)
    table = render_table(replace(report, layers=[row], totals=replace(report.totals, neurons=None)))
    assert re.search(r"^conv2d \(Conv2D\)  \(None, None, None, 6\) +156 +-  5x5  122,304$", table, re.MULTILINE)
    assert "Total neurons: -\n" in table


def test_a_note_of_the_exact_convention_is_a_footnote_of_its_figure() -> None:
    table = render_table(resnet50_report("exact"))
    assert table.count("[1] 483x483") == sum(row.exact.note is not None for row in resnet50_report().layers)
    assert f"\n[1] {LARGER}\n" in table
    assert "[1]" not in render_table(resnet50_report("notes"))


def test_a_note_of_another_row_has_another_mark() -> None:
    report = resnet50_report("exact")
    first = replace(report.layers[0], exact=replace(report.layers[0].exact, receptive_field=None, note="no field"))
    table = render_table(replace(report, layers=[first, *report.layers[1:]]))
    assert "[1] -  " in table
    assert f"\n[1] no field\n[2] {LARGER}\n" in table


def test_the_conventions_are_not_said_to_differ_where_they_agree() -> None:
    report = lenet5_report()
    agreeing = replace(
        report,
        layers=[report.layers[0]],
        totals=replace(report.totals, exact=ExactTotals((19, 19), 423_038, None)),
    )
    assert "conventions differ" not in render_table(agreeing)
    assert "conventions differ" in render_table(report)


def test_where_only_rows_differ_the_first_is_named() -> None:
    report = lenet5_report()
    totals = replace(report.totals, exact=ExactTotals((19, 19), 423_038, None))
    assert (
        "The two conventions differ in this report: receptive fields, first that of average_pooling2d; "
        "operations, first those of conv2d.\n"
    ) in render_table(replace(report, totals=totals))


def test_warnings_come_last() -> None:
    table = render_table(replace(lenet5_report(), warnings=("nothing reads branch", "2 more")))
    assert table.endswith("\nWarning: nothing reads branch\nWarning: 2 more\n")


def test_columns_of_ones_own(golden: Callable[[str, str], None]) -> None:
    columns = parse_columns("name,type,exact.macs,exact.flops,exact.effective_stride,inputs")
    golden("lenet5_columns.txt", render_table(lenet5_report(), columns))


def test_columns_of_ones_own_fit_a_terminal() -> None:
    columns = parse_columns("name,inputs,path,type,params,exact.flops")
    table = render_table(with_automatic_names(resnet50_report()), columns, monochrome(80))
    assert max(map(len, table.splitlines())) <= 80
    assert "2,049,000" in table
    assert "max_pooling2d" in table


def test_a_net_without_layers_has_a_table() -> None:
    empty = replace(lenet5_report(), layers=[])
    assert "Layer (type)  Output Shape  Param #" in render_table(empty)


@pytest.mark.parametrize("report", [lenet5_report(), resnet50_report(), stopped_report(), hostile_report()])
@pytest.mark.parametrize("width", [60, 80, 140])
def test_colour_is_all_that_a_terminal_with_colour_adds(report: Report, width: int) -> None:
    plain, colored = render_table(report, terminal=monochrome(width)), render_table(report, terminal=Terminal(width))
    assert "\x1b" not in plain
    assert colored != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


@pytest.mark.parametrize("width", [None, 80])
def test_hostile_text_is_escaped(width: int | None) -> None:
    table = render_table(hostile_report("exact"), terminal=monochrome(width))
    assert all(line.isprintable() for line in table.splitlines())
    assert "\\u001b[31mred\\u0007" in table
    table.encode()


def test_plain_text_is_ascii_and_so_is_a_terminal_that_shows_nothing_else() -> None:
    assert render_table(resnet50_report()).isascii()
    assert render_table(stopped_report()).isascii()
    for width in (60, 80, 140):
        assert render_table(resnet50_report(), terminal=Terminal(width, False, "ascii")).isascii()
