"""The table of the benchmarks, printed and as a page."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PACKAGES = ("cnncalc", "typer", "rich", "PyYAML", "pydantic", "keras", "torch", "torchvision", "torchinfo", "fvcore")
HEAD = ("What", "Median", "Compared", "Asked for")
INTRODUCTION = """# Benchmarks

Written by `make bench`. Every figure is the median of several runs; what is compared was run in turn, in the same
minutes. Times are processor time (user and system, all processes together), which other work on the machine disturbs
less than the time on the wall.
"""


class Line(NamedTuple):
    """A measurement: what, its median, the comparison that it is there for, and what is asked for."""

    what: str
    median: str
    compared: str = ""
    asked: str = ""


def ms(seconds: float) -> str:
    """A time in milliseconds, a long one in seconds."""
    return f"{seconds * 1e3:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def times(ratio: float) -> str:
    """How many times something is."""
    return f"{ratio:.2f} times" if ratio < 10 else f"{ratio:.0f} times"


def rate(count: int, seconds: float, unit: str) -> str:
    """So many of a unit per second."""
    return f"{count / seconds:,.0f} {unit}/s"


def machine() -> list[str]:
    """The machine and the versions, a line each."""
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    processor = platform.processor()
    names = Path("/proc/cpuinfo")
    if names.exists():
        found = [line.split(":")[1].strip() for line in names.read_text().splitlines() if line.startswith("model name")]
        processor = found[0] if found else processor
    return [
        f"{processor or platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        f"Python {sys.version.split()[0]}",
        ", ".join(versions),
    ]


def table(lines: Sequence[Line]) -> str:
    """A markdown table that reads as plain text too."""
    rows = [HEAD, *lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]

    def written(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([written(HEAD), written(["-" * width for width in widths]), *map(written, lines)])


def write(lines: Sequence[Line]) -> None:
    """Writes the page."""
    facts = "\n".join(f"- {line}" for line in machine())
    PAGE.write_text(f"{INTRODUCTION}\n{facts}\n\n{table(lines)}\n", encoding="utf-8")
