"""`make lowest` tests the very versions that pyproject.toml names as the oldest."""

from __future__ import annotations

import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


def test_the_lowest_versions_are_those_of_pyproject() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    lines = (REPOSITORY / "tests" / "lowest.txt").read_text().splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert [text.replace(">=", "==") for text in project["dependencies"]] == pinned
