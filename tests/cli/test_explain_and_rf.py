"""`cnncalc explain` and `cnncalc rf` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import run


def test_explain_a_layer(tmp_path: Path) -> None:
    end = run("cnncalc explain lenet5 conv2d_1 --quantity receptive_field", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert "notes 15x15; exact 14x14" in end.stdout


def test_explain_the_whole_net(tmp_path: Path) -> None:
    end = run("cnncalc explain lenet5 --format json", tmp_path)
    explanation = json.loads(end.stdout)
    assert explanation["schema"] == "cnncalc.explanation/1"
    assert [layer["name"] for layer in explanation["layers"]][-1] == "logits"
    assert explanation["totals"]


def test_other_sizes_and_vars(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 8\nvars: {w: 3}\nlayers: [Dense: {units: 2*$w, name: d}]\n")
    end = run("cnncalc explain net.yaml d --quantity params --input 10 --set w=5", tmp_path)
    assert "n_in*units + units = 10*10 + 10 = 110" in end.stdout
    end = run("cnncalc rf lenet5 conv2d --input 40x36x1 --format json", tmp_path)
    assert [axis["output_length"] for axis in json.loads(end.stdout)["axes"]] == [36, 32]


def test_one_convention(tmp_path: Path) -> None:
    end = run("cnncalc explain lenet5 conv2d_1 --convention notes", tmp_path)
    assert "MACs" not in end.stdout
    assert "15x15" in end.stdout


@pytest.mark.parametrize("at", ["3,4", "'(3, 4)'", "3x4"])
def test_rf_of_one_position(at: str, tmp_path: Path) -> None:
    """LeNet-5's second convolution: position p sees rows 2*p ... 2*p + 13."""
    end = run(f"cnncalc rf lenet5 3 --at {at}", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert "rows       6 to 19 (14); all inside" in end.stdout
    assert "columns    8 to 21 (14); all inside" in end.stdout


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("explain lenet5 conv2d_9", 'error: there is no layer "conv2d_9"'),
        ("explain lenet5 --quantity rf", 'error: there is no quantity "rf"'),
        ("explain lenet5 --quantity size", 'error: there is no quantity "size"'),
        ("explain lenet5 --format html", "error: --format must be one of text, markdown, json, latex"),
        ("explain lenet5 --convention mine", "error: --convention must be one of notes, exact"),
        ("rf lenet5 conv2d_9", 'error: there is no layer "conv2d_9"'),
        ("rf lenet5 --at 1,2", 'error: --at: "logits" has no positions: it is a vector'),
        ("rf lenet5 conv2d --at 1;2", "error: --at must be whole numbers that count from 0, such as 3,4"),
        ("rf lenet5 conv2d --at=-1,2", "error: --at must be whole numbers that count from 0, such as 3,4"),
        ("rf lenet5 conv2d --at 1", "error: --at must name 2 numbers, one per axis (height, width)"),
    ],
)
def test_what_is_not_there_is_a_diagnostic(command: str, message: str, tmp_path: Path) -> None:
    end = run(f"cnncalc {command.replace(';', chr(92) + ';')}", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith(message)


def test_a_shape_that_does_not_work_out_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [4, 4, 1]\nlayers: [Conv2D: {filters: 1, kernel_size: 5}]\n")
    for command in ("explain", "rf"):
        end = run(f"cnncalc {command} net.yaml", tmp_path)
        assert end.code == 2
        assert "the window of Conv2D does not fit" in end.stderr
