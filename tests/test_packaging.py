"""The package: it builds with what it says that it needs, and the source archive is complete."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif("HOSTILE" not in os.environ, reason="HOSTILE=all or HOSTILE=some runs it")

REPOSITORY = Path(__file__).parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
SDIST: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]


def is_in_sdist(path: str) -> bool:
    return path == "pyproject.toml" or any(
        path == part or path.startswith(f"{part}/") or fnmatch.fnmatch(path, part) for part in SDIST
    )


def tracked() -> list[str]:
    found = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True)
    if found.returncode:
        pytest.skip("this is no checkout")
    return found.stdout.split()


def test_the_sdist_holds_what_its_tests_read() -> None:
    """Whatever part of the repository a test names is in the archive."""
    tests = "\n".join(path.read_text() for path in (REPOSITORY / "tests").rglob("*.py"))
    top_level = {path.partition("/")[0] for path in tracked()}
    named = {
        part
        for part in top_level
        if re.search(rf'["\'/]{re.escape(part)}["\'/]|^(?:from|import) {re.escape(part)}\b', tests, re.MULTILINE)
    }
    assert {"cnncalc", "tests", "specs", "docs", "benchmarks", "README.md"} <= named
    assert not [part for part in named if not is_in_sdist(part)]


def test_the_sdist_holds_nothing_that_is_not_there() -> None:
    assert not [part for part in SDIST if not (REPOSITORY / part).exists()]


def test_the_lowest_hatchling_knows_the_license_files() -> None:
    """`license = "MIT"` and `license-files = [...]` are of PEP 639: hatchling reads both from 1.27 on.

    Source: https://hatch.pypa.io/latest/history/hatchling/ (1.27.0: "Support for PEP 639").
    """
    (requirement,) = (text for text in PROJECT["build-system"]["requires"] if text.startswith("hatchling"))
    lowest = tuple(map(int, re.findall(r"\d+", requirement)))
    assert isinstance(PROJECT["project"]["license"], str)
    assert lowest >= (1, 27)
