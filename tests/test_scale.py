"""Long and deep nets: 100,000 layers in a chain, 500 blocks inside each other, and linear time."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType

import pytest

import cnncalc
from tests.command_line import run_process

pytestmark = pytest.mark.slow


def chain(length: int) -> str:
    """A chain of convolutions, batch normalisations and activations: `length` layers in all."""
    return f"""
input: [999999, 999999, 3]
blocks:
  unit:
    layers: [{{Conv2D: {{filters: 8, kernel_size: 3, padding: same}}}}, BatchNormalization, ReLU]
layers: [{{unit: {{repeat: {length // 3}}}}}]
"""


def calls_per_layer(length: int) -> float:
    """Function calls from text to report, a measure of work that no other load on the machine disturbs."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        report = cnncalc.loads(chain(length)).analyze()
    finally:
        sys.setprofile(None)
    return calls / len(report.layers)


def test_a_chain_of_100_000_layers(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(chain(99_999))
    end = run_process("cnncalc long.yaml --columns name --convention exact", tmp_path)
    # The first convolution has 3*3*3*8 + 8 parameters, each other one 3*3*8*8 + 8; every normalisation 4*8.
    params = (3 * 3 * 3 * 8 + 8) + 33_332 * (3 * 3 * 8 * 8 + 8) + 33_333 * 32
    field = 1 + 33_333 * 2
    assert end.code == 0
    assert end.stdout.count("\nunit_") == 99_999
    assert f"\nTotal params: {params:,} (" in end.stdout
    assert f"\nReceptive field: {field}x{field}\n" in end.stdout


def test_the_work_per_layer_does_not_grow() -> None:
    """`make bench` measures the time; a tenth more is what the garbage collector's own callbacks may add."""
    assert calls_per_layer(9_999) < 1.1 * calls_per_layer(999)


def test_500_blocks_inside_each_other(tmp_path: Path) -> None:
    blocks = "".join(f"  b{n}: {{layers: [{{b{n + 1}: {{name: in}}}}]}}\n" for n in range(500))
    text = f"input: 3\nblocks:\n{blocks}  b500: {{layers: [{{Dense: {{units: 2, name: d}}}}]}}\nlayers: [b0]\n"
    (tmp_path / "deep.yaml").write_text(text)
    end = run_process("cnncalc deep.yaml --format json", tmp_path)
    layer = json.loads(end.stdout)["layers"][-1]
    assert end.code == 0
    assert (layer["params"], len(layer["path"])) == (3 * 2 + 2, 501)
    assert layer["name"] == "b0/" + "in/" * 500 + "d"
