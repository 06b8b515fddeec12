"""Rows as a Parquet file, written with pyarrow: integers, decimals, texts and lists of integers keep their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from cnncalc.errors import Diagnostic, UsageError
from cnncalc.optional_packages import optional_package
from cnncalc.sweeping.axes import Type

ROWS_IN_A_GROUP: Final = 50_000
"""What is in memory at once."""


def write_parquet(path: str, names: Sequence[str], types: Sequence[Type], rows: Iterable[Sequence[object]]) -> None:
    """Writes rows to a file. Raises: UsageError: if pyarrow is missing, or a figure has more than 63 bits; OSError."""
    check_parquet()
    arrow: Any = optional_package("pyarrow", "--format parquet", extra="parquet")
    parquet: Any = optional_package("pyarrow.parquet", "--format parquet", extra="parquet")
    of_type = {
        "count": arrow.int64(), "sizes": arrow.list_(arrow.int64()), "text": arrow.string(),
        "number": arrow.float64(), "boolean": arrow.bool_(),
    }  # fmt: skip
    schema = arrow.schema([(name, of_type[type]) for name, type in zip(names, types, strict=True)])
    with parquet.ParquetWriter(path, schema) as writer:
        for group in _groups(rows):
            try:
                arrays = [
                    arrow.array(column, type=field.type)
                    for column, field in zip(zip(*group, strict=True), schema, strict=True)
                ]
            except (OverflowError, arrow.ArrowInvalid):
                message = "a figure is too large for Parquet, which has integers of 64 bits"
                raise UsageError(Diagnostic("bad-option", message, suggestion="--format csv or jsonl")) from None
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))


def check_parquet() -> None:
    """Refuses Parquet if nothing is there to write it. Raises: UsageError: `missing-package`."""
    optional_package("pyarrow", "--format parquet", extra="parquet")


def _groups(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    remaining = iter(rows)
    while group := list(islice(remaining, ROWS_IN_A_GROUP)):
        yield group
