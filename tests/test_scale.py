"""Long and deep nets: 100,000 layers in a chain, 500 blocks inside each other, and linear time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.command_line import REPOSITORY, run_process


def chain(length: int) -> str:
    """A chain of convolutions, batch normalisations and activations: `length` layers in all."""
    return f"""
input: [64, 64, 3]
blocks:
  unit:
    layers: [{{Conv2D: {{filters: 8, kernel_size: 3, padding: same}}}}, BatchNormalization, ReLU]
layers: [{{unit: {{repeat: {length // 3}}}}}]
"""


MEASURE = """
import sys, time, cnncalc
text, best = sys.stdin.read(), float("inf")
for _ in range(2):
    start = time.process_time()
    report = cnncalc.loads(text).analyze()
    best = min(best, time.process_time() - start)
print(best / len(report.layers))
"""


def seconds_per_layer(length: int) -> float:
    """The better of two, in a process of its own: what else is in memory, or runs, can only make it slower."""
    end = subprocess.run(
        [sys.executable, "-c", MEASURE], input=chain(length), cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return float(end.stdout)


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


def test_time_per_layer_does_not_grow() -> None:
    assert seconds_per_layer(99_999) < 1.5 * seconds_per_layer(999)


def test_500_blocks_inside_each_other(tmp_path: Path) -> None:
    blocks = "".join(f"  b{n}: {{layers: [{{b{n + 1}: {{name: in}}}}]}}\n" for n in range(500))
    text = f"input: 3\nblocks:\n{blocks}  b500: {{layers: [{{Dense: {{units: 2, name: d}}}}]}}\nlayers: [b0]\n"
    (tmp_path / "deep.yaml").write_text(text)
    end = run_process("cnncalc deep.yaml --format json", tmp_path)
    layer = json.loads(end.stdout)["layers"][-1]
    assert end.code == 0
    assert (layer["params"], len(layer["path"])) == (3 * 2 + 2, 501)
    assert layer["name"] == "b0/" + "in/" * 500 + "d"
