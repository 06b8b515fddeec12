"""Specs that are right: a file in `specs/good` has beside it, in JSON, the figures that it must come to.

Where these figures come from stands in the spec, in a comment. The JSON names what is compared, a part of the report:
a figure inside another as `exact.macs`; `names` are those of all layers in order. Files without one are of other tests,
which compare them with tables.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnncalc

FOLDER = Path(__file__).parent / "specs" / "good"
CASES = sorted(path.with_suffix(".yaml") for path in FOLDER.glob("*.json"))


def figure(record: dict[str, Any], name: str) -> Any:
    """A figure of a record by its name, with a dot for one inside another."""
    for part in name.split("."):
        record = record[part]
    return record


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_figures_are_those_of_the_source(case: Path) -> None:
    report: dict[str, Any] = cnncalc.load(case).analyze().to_dict()
    rows = {row["name"]: row for row in report["layers"]}
    expected = json.loads(case.with_suffix(".json").read_text())
    assert expected.pop("names", list(rows)) == list(rows)
    for layer, figures in expected.pop("layers", {}).items():
        assert {name: figure(rows[layer], name) for name in figures} == figures, layer
    totals = expected.pop("totals", {})
    assert {name: figure(report["totals"], name) for name in totals} == totals
    assert {key: report[key] for key in expected} == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_source_is_named(case: Path) -> None:
    assert any(line.startswith("# ") and len(line) > 20 for line in case.read_text().splitlines())


def test_every_file_is_of_some_test() -> None:
    others = {path.stem for path in FOLDER.glob("*.yaml")} - {case.stem for case in CASES}
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert {name for name in others if name not in tests} == set()
