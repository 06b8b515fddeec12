"""Real Keras files of 2.1 to 3.15: totals, rows, wiring and sharing are what Keras itself says of them.

Source: `tests/truth/import_keras`, measured on Keras 3.15.1 and 2.15.0. A row is a call of a layer or operation.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis.report import Report, Row
from tests.command_line import REPOSITORY, run

TRUTH = REPOSITORY / "tests" / "truth" / "import_keras"
CASES = json.loads(gzip.decompress((TRUTH / "cases.json.gz").read_bytes()))["cases"]
Case = dict[str, Any]
AWAITED: set[str] = set()
"""Files with layers that have no kind so far."""


def file_of(case: Case, folder: Path) -> str:
    """Unpacks the file of a case and returns its name in the folder."""
    packed = TRUTH / "files" / case["file"]
    data = packed.read_bytes()
    name = packed.name.removesuffix(".gz")
    (folder / name).write_bytes(gzip.decompress(data) if packed.suffix == ".gz" else data)
    return name


def figures(rows: Sequence[Row]) -> Counter[tuple[object, ...]]:
    return Counter((row.type, row.output_shape, row.params, row.trainable_params) for row in rows)


def inputs_read(report: Report) -> Counter[tuple[object, ...]]:
    """Counts which shapes each row reads: the wiring, whatever the layers are called."""
    shapes = {row.name: row.output_shape for row in report.layers}
    return Counter(
        (row.type, row.output_shape, tuple(sorted(map(str, {shapes[name] for name in row.inputs}))))
        for row in report.layers
    )


@pytest.mark.parametrize("case", [case for case in CASES if case["expect"] == "equal"], ids=lambda case: case["name"])
def test_a_keras_file_has_the_rows_that_keras_says(case: Case, tmp_path: Path) -> None:
    if any(name in case["name"] for name in AWAITED):
        pytest.xfail("a kind is missing")
    report = cnncalc.load(tmp_path / file_of(case, tmp_path)).analyze()
    totals = report.totals
    assert (totals.params, totals.trainable_params) == (case["totals"]["params"], case["totals"]["trainable"])
    rows = [row for row in report.layers if row.type != "InputLayer"]
    expected = Counter(
        (row["cls"], tuple(row["output_shape"]), row["params"], row["trainable"])
        for row in case["rows"]
        if "any_type" not in row
    )
    assert not expected - figures(rows)
    left = figures(rows) - expected
    operations = [row for row in case["rows"] if "any_type" in row]
    needed = [row for row in operations if "may_be_left_out" not in row]
    assert len(needed) <= left.total() <= len(operations)
    read = Counter(
        (row["cls"], tuple(row["output_shape"]), tuple(sorted({str(tuple(shape)) for _, shape in row["reads"]})))
        for row in case["rows"]
        if "reads" in row and "any_type" not in row
    )
    assert not read - inputs_read(report)
    shared = sum(row["params"] > 0 for row in case["rows"] if row.get("shared"))
    assert sum(row.shared_with is not None for row in rows) == shared


@pytest.mark.parametrize("case", [case for case in CASES if case["expect"] == "refuse"], ids=lambda case: case["name"])
def test_what_is_no_model_is_refused(case: Case, tmp_path: Path) -> None:
    name = file_of(case, tmp_path)
    for command in (f"cnncalc import {name} -o net.yaml", f"cnncalc summary {name}"):
        outcome = run(command, tmp_path)
        assert outcome.code == 2
        assert outcome.stderr.startswith("error: ")
        assert not (tmp_path / "net.yaml").exists()


def test_a_live_model_is_read_by_its_configuration() -> None:
    [case] = [case for case in CASES if case["name"] == "keras3/json/seq_mnist_cnn"]

    class Live:
        name = "mnist"

        def to_json(self) -> str:
            return gzip.decompress((TRUTH / "files" / case["file"]).read_bytes()).decode()

    assert cnncalc.from_keras(Live()).analyze().totals.params == case["totals"]["params"]
    with pytest.raises(cnncalc.CnncalcError, match="not a int"):
        cnncalc.from_keras(3)  # type: ignore[arg-type]
