"""A Parquet file has the CSV file's values, with the types that pandas, polars and DuckDB expect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import run

SWEEP: Final = (
    "cnncalc sweep small.yaml --vary width=4,8 --vary depth=1,2,16 --vary act=relu,tanh --vary input=17x18x3,32x32x3 "
    "--columns params,receptive_field,exact.macs,layers.c_2.params"
)
COUNTS: Final = ("width", "depth", "params", "exact.macs", "layers.c_2.params")
SIZES: Final = ("input", "receptive_field")
TEXTS: Final = ("act", "error", "layer")


@pytest.fixture
def records(folder: Path) -> list[dict[str, object]]:
    """The rows as JSON lines have them; the Parquet file is beside them."""
    pytest.importorskip("pyarrow", reason="pip install 'cnncalc[search]'")
    assert run(f"{SWEEP} -o points.parquet", folder).code == 0
    assert run(f"{SWEEP} -o points.csv", folder).code == 0
    return [json.loads(line) for line in run(f"{SWEEP} --format jsonl", folder).stdout.splitlines()]


def as_csv(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def test_pandas(records: list[dict[str, object]], folder: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="pip install 'cnncalc[search]'")
    frame = pandas.read_parquet(folder / "points.parquet", dtype_backend="pyarrow")
    assert {name: str(frame[name].dtype) for name in frame} == {
        **dict.fromkeys(COUNTS, "int64[pyarrow]"),
        **dict.fromkeys(SIZES, "list<element: int64>[pyarrow]"),
        **dict.fromkeys(TEXTS, "string[pyarrow]"),
    } | {name: str(frame[name].dtype) for name in TEXTS}
    assert frame.to_dict("list").keys() == records[0].keys()
    csv = pandas.read_csv(folder / "points.csv", dtype=str, keep_default_na=False)
    assert csv.to_dict("records") == [{name: as_csv(value) for name, value in row.items()} for row in records]
    for name in COUNTS:
        assert [None if value is pandas.NA else value for value in frame[name]] == [row[name] for row in records]


def test_polars(records: list[dict[str, object]], folder: Path) -> None:
    polars = pytest.importorskip("polars", reason="pip install 'cnncalc[search]'")
    frame = polars.read_parquet(folder / "points.parquet")
    types = dict.fromkeys(COUNTS, polars.Int64) | {name: polars.List(polars.Int64) for name in SIZES}
    assert dict(frame.schema) == types | dict.fromkeys(TEXTS, polars.String)
    assert frame.to_dicts() == records


def test_duckdb(records: list[dict[str, object]], folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="pip install 'cnncalc[search]'")
    table = duckdb.sql(f"select * from '{folder / 'points.parquet'}'")
    types = {name: str(type) for name, type in zip(table.columns, table.types, strict=True)}
    assert {types[name] for name in COUNTS} == {"BIGINT"}
    assert {types[name] for name in SIZES} == {"BIGINT[]"}
    assert {types[name] for name in TEXTS} == {"VARCHAR"}
    assert [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()] == records


def test_an_interrupted_file_is_gone_on_with(records: list[dict[str, object]], folder: Path) -> None:
    whole = (folder / "points.parquet").read_bytes()
    rows = "".join(json.dumps(row) + "\n" for row in records)
    (folder / "points.parquet").unlink()
    (folder / "points.parquet.rows.jsonl").write_text(rows[: len(rows) // 2])
    assert run(f"{SWEEP} -o points.parquet --resume", folder).code == 0
    assert (folder / "points.parquet").read_bytes() == whole
    assert not (folder / "points.parquet.rows.jsonl").exists()
