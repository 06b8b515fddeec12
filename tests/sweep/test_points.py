"""What a sweep says of a point is what `summary` says of the net with these values."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import cnncalc
from tests.command_line import run

TOTALS = (
    "params,trainable_params,non_trainable_params,neurons,ops,receptive_field,notes.ops,notes.receptive_field,"
    "exact.macs,exact.flops,exact.receptive_field"
)


def records(command: str, folder: Path) -> list[dict[str, object]]:
    end = run(f"{command} --format jsonl", folder)
    assert end.code == 0, end.stderr
    return [json.loads(line) for line in end.stdout.splitlines()]


def figure(totals: object, name: str) -> object:
    for key in name.split("."):
        assert isinstance(totals, dict)
        totals = totals[key]
    return totals


VARIED = (
    "--vary width=1..40 --vary depth=1..3 --vary squeeze=true,false --vary ratio=0.25,0.5 --vary stride=1,2,3 "
    "--vary input=8x8x3,17x12x1,32x32x3"
)


@pytest.mark.parametrize("convention", ["notes", "exact"])
def test_random_points_have_the_totals_of_summary(convention: str, folder: Path) -> None:
    command = f"cnncalc sweep residual.yaml {VARIED} --sample 60 --convention {convention} --columns {TOTALS}"
    for record in records(command, folder):
        values = {name: record[name] for name in ("width", "depth", "squeeze", "ratio", "stride")}
        shape = record["input"]
        assert isinstance(shape, list)
        report = cnncalc.load(folder / "residual.yaml", set=values, input=shape).analyze(convention, partial=True)
        error = report.error and report.error.id, report.culprit and report.culprit[0]
        assert (record["error"], record["layer"]) == error
        totals = report.to_dict()["totals"]
        for name in TOTALS.split(","):
            assert record[name] == figure(totals, name), (values, shape, name)


def test_figures_of_layers_their_number_and_memory(folder: Path) -> None:
    columns = "layers.dense.params,layers.c_2.exact.receptive_field,layers.c_1.output_shape,layers,memory.training"
    one, two = records(f"cnncalc sweep small.yaml --vary depth=1,2 --columns {columns}", folder)
    # Two valid windows of 3x3 leave 28x28 of 32x32, the pooling 14x14 with 16 channels: 14*14*16*10 + 10 weights.
    assert two["layers.dense.params"] == 31370
    assert two["layers.c_2.exact.receptive_field"] == [5, 5]
    assert two["layers.c_1.output_shape"] == [30, 30, 16]
    assert (one["layers"], two["layers"]) == (4, 5)
    assert one["layers.c_2.exact.receptive_field"] is None  # there is no second convolution
    memory = json.loads(run("cnncalc summary small.yaml --memory --format json", folder).stdout)["totals"]["memory"]
    assert two["memory.training"] == memory["training"]


def test_a_point_that_breaks_is_a_row_with_the_error_and_the_layer(folder: Path) -> None:
    end = run(
        "cnncalc sweep small.yaml --vary depth=2,16,0 --where 'params < 1K' --columns params --format csv", folder
    )
    # 16 windows of 3x3 need 33 positions; there are no 0 copies: both stay, whatever the condition.
    assert end.stdout == "depth,params,error,layer\n16,,size-below-one,c_16\n0,,bad-value,\n"
    assert end.stderr == "Points with an error: size-below-one (1), bad-value (1).\n"
    assert end.code == 0


def test_a_var_may_be_a_text(folder: Path) -> None:
    rows = records("cnncalc sweep small.yaml --vary act=relu,softmax,nonsense --columns exact.flops", folder)
    assert [row["error"] for row in rows] == [None, None, "bad-value"]


def test_conditions_know_amounts_values_and_the_smallest_axis_of_a_field(folder: Path) -> None:
    sweep = "cnncalc sweep small.yaml --vary width=8,16 --vary depth=1..4 --columns params,receptive_field"
    rows = records(f"{sweep} --where 'params < 36.4K and receptive_field >= 9' --where '$width > depth'", folder)
    everything = records(sweep, folder)
    params = [row["params"] for row in everything]
    fields = [row["receptive_field"] for row in everything]
    wanted = [
        row for row, count, field in zip(everything, params, fields, strict=True)
        if isinstance(count, int) and isinstance(field, list) and count < 36400 and field[0] >= 9
    ]  # fmt: skip
    assert [(row["width"], row["depth"]) for row in rows] == [(row["width"], row["depth"]) for row in wanted]
    assert 0 < len(wanted) < len(everything)


def test_the_front_holds_what_no_point_beats(folder: Path) -> None:
    varied = "--vary width=2..20:3 --vary depth=1..6 --columns params,exact.macs,receptive_field"
    everything = records(f"cnncalc sweep residual.yaml {varied}", folder)

    def costs(row: dict[str, object]) -> tuple[int, int]:
        assert isinstance(row["exact.macs"], int)
        assert isinstance(row["receptive_field"], list)
        return row["exact.macs"], -min(row["receptive_field"])

    def is_beaten(row: dict[str, object]) -> bool:
        ours = costs(row)
        return any(o != ours and o[0] <= ours[0] and o[1] <= ours[1] for o in map(costs, everything))

    objectives = "--minimize exact.macs --maximize receptive_field"
    front = records(f"cnncalc sweep residual.yaml {varied} {objectives} --pareto", folder)
    assert front == sorted((row for row in everything if not is_beaten(row)), key=costs)
    assert len(front) > 3


def test_rows_in_an_order(folder: Path) -> None:
    rows = records("cnncalc sweep small.yaml --vary depth=1,16,3 --vary width=8,4 --sort depth,-params", folder)
    assert [(row["depth"], row["width"]) for row in rows] == [(1, 8), (1, 4), (3, 8), (3, 4), (16, 8), (16, 4)]


def test_a_sample_has_distinct_points_and_the_seed_says_which(folder: Path) -> None:
    def sample(options: str) -> list[tuple[object, object]]:
        rows = records(
            f"cnncalc sweep small.yaml --vary width=1..30 --vary depth=1..3 --columns layers {options}", folder
        )
        return [(row["width"], row["depth"]) for row in rows]

    assert len(set(sample("--sample 50"))) == 50
    assert sorted(sample("--sample 1000")) == sorted(sample(""))
    assert sample("--sample 20 --seed 7") == sample("--sample 50 --seed 7")[:20] != sample("--sample 20 --seed 8")


def test_several_processes_give_the_same(folder: Path) -> None:
    command = "cnncalc sweep small.yaml --vary width=1..150 --vary depth=1..4 --format csv --columns params"
    assert run(f"{command} --jobs 2", folder).stdout == run(command, folder).stdout


def test_csv_and_table(folder: Path) -> None:
    command = "cnncalc sweep small.yaml --vary width=8,128 --vary input=9x10x3 --columns params,receptive_field"
    rows = list(csv.DictReader(io.StringIO(run(f"{command} --format csv", folder).stdout)))
    # 3*3*3*128 + 128, 3*3*128*128 + 128, and 2*3*128 values that ten units read: 7680 + 10
    assert rows[1] == {
        "width": "128", "input": "9x10x3", "params": "158858", "receptive_field": "7x7", "error": "", "layer": "",
    }  # fmt: skip
    assert run(command, folder).stdout == (
        "width   input   params  receptive_field\n"
        "---------------------------------------\n"
        "    8  9x10x3    1,298              7x7\n"
        "  128  9x10x3  158,858              7x7\n"
    )


def test_a_picture_of_the_front(folder: Path) -> None:
    command = "cnncalc sweep small.yaml --vary depth=1..5 --minimize params --maximize receptive_field"
    drawn = run(f"{command} --plot params,receptive_field", folder).stdout
    assert drawn.splitlines()[-1].strip() == "# on the front"
    assert run(f"{command} --plot params,receptive_field -o front.svg", folder).code == 0
    assert (folder / "front.svg").read_text().count("<circle") == 5 + 1  # five windows are best in both


@pytest.mark.parametrize(
    ("options", "id"),
    [
        ("--vary widht=1", "unknown-variable"),
        ("--vary width", "bad-option"),
        ("--vary width=9..1", "bad-option"),
        ("--vary width=1..2:0", "bad-option"),
        ("--vary width=1 --vary width=2", "bad-option"),
        ("--vary input=0x3", "bad-shape"),
        ("--vary width=1 --where 'params <'", "bad-expression"),
        ("--vary width=1 --where params", "bad-expression"),
        ("--vary width=1 --where 'nonsense > 1'", "bad-expression"),
        ("--vary width=1 --where '__import__(1)'", "bad-expression"),
        ("--vary width=1 --columns parms", "unknown-column"),
        ("--vary width=1 --columns layers.conv.params", "no-such-layer"),
        ("--vary width=1 --pareto", "bad-option"),
        ("--vary width=1 --resume", "bad-option"),
        ("--vary width=1 --format parquet", "bad-option"),
        ("--vary width=1 --plot params", "bad-option"),
        ("--vary width=1 --set height=2", "unknown-variable"),
    ],
)
def test_what_is_refused(options: str, id: str, folder: Path) -> None:
    end = run(f"cnncalc sweep small.yaml {options} --error-format json", folder)
    assert end.code == 2
    assert [diagnostic["id"] for diagnostic in json.loads(end.stderr)] == [id]
