"""LeNet-5 from the command line: the worked example, every figure in both conventions.

Each figure by hand, for an input of 32x32x1: a 5x5 convolution without padding leaves 28x28, a 2x2 pool halves.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.command_line import run


class Worked(NamedTuple):
    """One line of the worked example; `None` is "not counted"."""

    shape: list[int]
    neurons: int
    params: int
    rf_notes: int | None
    rf_exact: int
    ops_notes: int | None
    macs: int
    flops: int


LAYERS = [
    Worked([32, 32, 1], 1024, 0, None, 1, None, 0, 0),
    Worked([28, 28, 6], 4704, 156, 5, 5, 122304, 117600, 244608),  # 4704*156/6; 784*6*25; 2*macs + bias + tanh
    Worked([14, 14, 6], 1176, 0, 7, 6, 0, 0, 4704),  # notes: 5 + (2-1)*2; exact: 5 + (2-1)*1; 4*1176
    Worked([10, 10, 16], 1600, 2416, 15, 14, 241600, 240000, 483200),  # 7 + 4*2; 6 + 4*2; 25*6*16 + 16
    Worked([5, 5, 16], 400, 0, 19, 16, 0, 0, 1600),  # 15 + 1*(2*1*2); 14 + 1*2
    Worked([400], 400, 0, None, 16, None, 0, 0),
    Worked([120], 120, 48120, None, 32, 48120, 48000, 96240),
    Worked([84], 84, 10164, None, 32, 10164, 10080, 20328),
    Worked([10], 10, 850, None, 32, 850, 840, 1740),  # softmax: 5 per element
]
TOTAL = Worked([], 9518, 61706, 19, 32, 423038, 416520, 852420)


def extent(size: int | None) -> list[int] | None:
    """A receptive field that is the same on both axes."""
    return None if size is None else [size, size]


@pytest.mark.parametrize("convention", ["notes", "exact"])
def test_json_has_every_figure(convention: str, tmp_path: Path) -> None:
    end = run(f"cnncalc summary lenet5 --format json --convention {convention}", tmp_path)
    report = json.loads(end.stdout)
    assert (end.code, end.stderr) == (0, "")
    for layer, worked in zip(report["layers"], LAYERS, strict=True):
        assert layer["output_shape"] == worked.shape
        assert (layer["neurons"], layer["params"]) == (worked.neurons, worked.params)
        assert (layer["trainable_params"], layer["non_trainable_params"]) == (worked.params, 0)
        assert layer["notes"]["receptive_field"] == extent(worked.rf_notes)
        assert layer["exact"]["receptive_field"] == extent(worked.rf_exact)
        assert layer["notes"]["ops"] == worked.ops_notes
        assert (layer["exact"]["macs"], layer["exact"]["flops"]) == (worked.macs, worked.flops)
        chosen = worked.rf_notes, worked.ops_notes
        if convention == "exact":
            chosen = worked.rf_exact, worked.macs
        assert (layer["receptive_field"], layer["ops"]) == (extent(chosen[0]), chosen[1])
    totals = report["totals"]
    assert (totals["neurons"], totals["params"]) == (TOTAL.neurons, TOTAL.params)
    assert totals["notes"] == {"receptive_field": extent(TOTAL.rf_notes), "ops": TOTAL.ops_notes}
    exact = {"receptive_field": extent(TOTAL.rf_exact), "macs": TOTAL.macs, "flops": TOTAL.flops}
    assert totals["exact"] == exact
    assert totals["ops"] == (TOTAL.ops_notes if convention == "notes" else TOTAL.macs)


def test_csv_has_every_figure(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("cnncalc summary lenet5 --format csv", tmp_path).stdout)))
    for row, worked in zip(rows, LAYERS, strict=True):
        assert row["output_shape"] == "x".join(map(str, worked.shape))
        notes = worked.rf_notes
        assert row["notes.receptive_field"] == ("" if notes is None else f"{notes}x{notes}")
        assert row["exact.receptive_field"] == f"{worked.rf_exact}x{worked.rf_exact}"
        assert row["ops"] == ("" if worked.ops_notes is None else str(worked.ops_notes))
        assert [row[name] for name in ("neurons", "params", "exact.macs", "exact.flops")] == [
            str(figure) for figure in (worked.neurons, worked.params, worked.macs, worked.flops)
        ]


@pytest.mark.parametrize("convention", ["notes", "exact"])
def test_the_table_has_every_figure_of_its_convention(convention: str, tmp_path: Path) -> None:
    lines = run(f"cnncalc lenet5 --convention {convention}", tmp_path).stdout.splitlines()
    rows = lines[lines.index("=" * len(lines[1])) + 1 :][: len(LAYERS)]
    for line, worked in zip(rows, LAYERS, strict=True):
        field, ops = (worked.rf_notes, worked.ops_notes) if convention == "notes" else (worked.rf_exact, worked.macs)
        shown = "-" if field is None else f"{field}x{field}"
        assert f"({', '.join(['None', *map(str, worked.shape)])})" in line
        assert line.split()[-4:-2] == [f"{worked.params:,}", f"{worked.neurons:,}"]
        assert line.split()[-2:] == [shown, "-" if ops is None else f"{ops:,}"]
    assert "Total params: 61,706 (241.04 KB)" in lines
    assert "Total neurons: 9,518" in lines
    operations = "423,038" if convention == "notes" else "416,520 MACs, 852,420 FLOPs"
    assert f"Total operations: {operations}" in lines
    assert f"Receptive field: {'19x19' if convention == 'notes' else '32x32'}" in lines
