"""`--columns`: the names of the JSON report."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from cnncalc.errors import UsageError
from cnncalc.render.columns import all_columns, keras_shape, parse_columns
from tests.render.lenet5_report import lenet5_report


def leaves(record: dict[str, object], prefix: str = "") -> list[str]:
    """The keys of a nested record, dotted."""
    names = []
    for key, value in record.items():
        names += leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return names


def test_the_columns_are_the_keys_of_a_row_in_its_order() -> None:
    assert [column.name for column in all_columns()] == leaves(lenet5_report().layers[0].to_dict())


def test_columns_come_in_the_order_asked_for() -> None:
    assert [column.name for column in parse_columns("params, name,exact.macs")] == ["params", "name", "exact.macs"]


def test_every_unknown_column_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        parse_columns("name,parms,exact.mac,nothing")
    assert [(found.id, found.message, found.suggestion) for found in caught.value.diagnostics] == [
        ("unknown-column", 'there is no column "parms"', 'did you mean "params"?'),
        ("unknown-column", 'there is no column "exact.mac"', 'did you mean "exact.macs"?'),
        ("unknown-column", 'there is no column "nothing"', None),
    ]


def test_no_column_is_an_error() -> None:
    with pytest.raises(UsageError):
        parse_columns("")


def test_cells_for_people_and_for_programs() -> None:
    row = lenet5_report().layers[2]
    row = replace(
        row,
        path=("encoder", "down_1"),
        inputs=("a", "encoder/b"),
        output_shape=(None, None, 6),
        instances=300,
        neurons=None,
        params=1_234_567,
        trainable_params=1_000_000,
        exact=replace(row.exact, effective_stride=(Fraction(1, 2), Fraction(1, 2)), offset=None),
    )
    cells = {column.name: (column.shown(row), column.plain(row)) for column in all_columns()}
    assert cells == {
        "name": ("average_pooling2d", "average_pooling2d"),
        "type": ("AveragePooling2D", "AveragePooling2D"),
        "path": ("encoder/down_1", "encoder/down_1"),
        "inputs": ("a, encoder/b", "a encoder/b"),
        "output_shape": ("300 x (None, None, None, 6)", "?x?x6"),
        "instances": ("300", "300"),
        "neurons": ("-", ""),
        "params": ("1,234,567", "1234567"),
        "trainable_params": ("1,000,000", "1000000"),
        "non_trainable_params": ("234,567", "234567"),
        "shared_with": ("-", ""),
        "receptive_field": ("7x7", "7x7"),
        "ops": ("0", "0"),
        "notes.receptive_field": ("7x7", "7x7"),
        "notes.ops": ("0", "0"),
        "notes.basis.neurons": ("documented", "documented"),
        "notes.basis.receptive_field": ("documented", "documented"),
        "notes.basis.ops": ("documented", "documented"),
        "exact.receptive_field": ("6x6", "6x6"),
        "exact.effective_stride": ("1/2x1/2", "1/2x1/2"),
        "exact.offset": ("-", ""),
        "exact.macs": ("0", "0"),
        "exact.flops": ("4,704", "4704"),
        "exact.note": ("-", ""),
    }


def test_shapes_are_written_as_keras_writes_them() -> None:
    assert keras_shape((28, 28, 6)) == "(None, 28, 28, 6)"
    assert keras_shape((None, 3)) == "(None, None, 3)"
    assert keras_shape((10,)) == "(None, 10)"
