"""`cnncalc counters` and `cnncalc summary --counter`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from jsonschema import validate

from cnncalc.profile.profilers import COUNTERS
from cnncalc.schema.report import schema
from tests.command_line import run


def test_all_side_by_side(tmp_path: Path) -> None:
    end = run("cnncalc counters resnet50_v1_5", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    lines = end.stdout.splitlines()
    rows = {line.split()[0]: line.split()[1] for line in lines[3 : 3 + len(COUNTERS)]}
    assert list(rows) == list(COUNTERS)
    assert (rows["fvcore"], rows["thop"]) == ("4,111,512,576", "4,133,742,592")
    assert "fvcore: MACs without biases, and normalisation, average pooling and upsampling besides" in lines
    assert "+22,227,968 BatchNormalization, +100,352 GlobalAveragePooling2D" in end.stdout


def test_layer_by_layer(tmp_path: Path) -> None:
    found = json.loads(run("cnncalc counters resnet18 --layers --format json", tmp_path).stdout)
    for name, counter in found["counters"].items():
        assert sum(layer["counters"][name] for layer in found["layers"]) == counter["total"]
    shown = run("cnncalc counters resnet18 --layers", tmp_path).stdout
    assert "conv1 (Conv2D) " in shown


def test_json(tmp_path: Path) -> None:
    found = json.loads(
        run("cnncalc counters alexnet --counter fvcore --counter DeepSpeed --format json", tmp_path).stdout
    )
    assert (found["schema"], found["macs"]) == ("cnncalc.counters/1", 714_188_480)
    assert list(found["counters"]) == ["fvcore", "calflops"]
    assert found["counters"]["fvcore"] == {
        "total": 714_197_696,
        "known": 714_197_696,
        "calls": "flops",
        "unit": "MACs",
        "why": "MACs without biases, and normalisation, average pooling and upsampling besides",
        "besides": {"AdaptiveAveragePooling2D": 9216},
        "uncounted": [],
    }


def test_markdown(tmp_path: Path) -> None:
    end = run("cnncalc counters lenet5 --format markdown --counter torch", tmp_path)
    assert end.stdout.startswith('### Model: "LeNet-5"\n\n| Counter | Total |')
    assert "| torch | 833,040 | flops | FLOPs | nothing |\n" in end.stdout


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    end = run("cnncalc counters convnext_tiny", tmp_path)
    (line,) = (line for line in end.stdout.splitlines() if line.startswith("tensorflow "))
    assert line.split()[1] == ">="
    assert "is not known, and not taken for 0" in end.stdout


# In the table ---------------------------------------------------------------------------------------------------------


def test_a_column_of_the_table(tmp_path: Path) -> None:
    end = run("cnncalc resnet50_v1_5 --counter fvcore --counter torch", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    heading = end.stdout.splitlines()[2]
    assert heading.split()[-4:] == ["fvcore", "torch", "Connected", "to"]
    assert "Counted by fvcore: 4,111,512,576 flops (MACs without biases" in end.stdout
    assert "Counted by torch: 8,178,368,512 flops" in end.stdout


def test_blocks_are_sums(tmp_path: Path) -> None:
    folded, whole = (
        json.loads(run(f"cnncalc resnet18 --counter ptflops --format json {depth}", tmp_path).stdout)
        for depth in ("--depth 1", "")
    )
    assert sum(layer["counters"]["ptflops"] for layer in folded["layers"]) == whole["totals"]["counters"]["ptflops"]
    assert whole["totals"]["counters"] == {"ptflops": 1_825_313_768}


@pytest.mark.parametrize("options", ["--counter fvcore,tf", "--memory", "--counter thop --batch 4 --dtype float16"])
def test_the_report_keeps_to_its_schema(tmp_path: Path, options: str) -> None:
    for spec in ("resnet18", "efficientnet_b0"):
        validate(json.loads(run(f"cnncalc {spec} {options} --format json", tmp_path).stdout), schema())


def test_csv_has_a_column_too(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("input: [2, 2, 3]\nlayers: [Flatten, Conv2D: {filters: 1, kernel_size: 3}]\n")
    end = run("cnncalc summary bad.yaml lenet5 --counter thop --format csv", tmp_path)
    rows = list(csv.DictReader(io.StringIO(end.stdout)))
    counts = {row["name"]: row["counters.thop"] for row in rows if row["spec"] == "lenet5"}
    assert counts["conv2d"] == "117600"
    assert {row["counters.thop"] for row in rows if row["spec"] == "bad.yaml"} == {""}
    chosen = run("cnncalc lenet5 --counter thop --columns name,counters.thop --format csv", tmp_path)
    assert chosen.stdout.splitlines()[:3] == ["name,counters.thop", "input,0", "conv2d,117600"]


def test_a_warning_where_a_count_is_not_known(tmp_path: Path) -> None:
    end = run("cnncalc convnext_tiny --counter tensorflow --depth 1", tmp_path)
    assert "Counted by tensorflow: - float_ops" in end.stdout
    assert 'warning: what tensorflow counts for "' in end.stderr


def test_a_counter_that_there_is_not(tmp_path: Path) -> None:
    for command in ("summary lenet5 --counter fvcor", "counters lenet5 --counter fvcor"):
        end = run(f"cnncalc {command}", tmp_path)
        assert (end.code, end.stdout) == (2, "")
        assert 'did you mean "fvcore"?' in end.stderr
