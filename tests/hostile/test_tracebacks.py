"""What once ended in a traceback ends in a diagnostic."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import run
from tests.hostile.processes import Surroundings
from tests.hostile.processes import run as run_process

MERGES = ("Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract")
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("merge", MERGES)
@pytest.mark.parametrize("options", ["from: []", "branches: {}", "branches: []", "from: ''", "from: {}", "from: [[]]"])
def test_a_merge_of_nothing(merge: str, options: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"input: [8, 8, 3]\nlayers:\n  - {merge}: {{{options}}}\n")
    end = run("cnncalc net.yaml", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert "net.yaml:3:" in end.stderr


@pytest.mark.parametrize("command", ["check lenet5 -", "summary -", "check - answers.yaml", "validate -"])
def test_closed_standard_input(command: str, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text("conv2d: {params: 156}\n")
    end = run_process(command.split(), tmp_path, Surroundings(closed=("stdin",)))
    assert end.code == 2
    assert end.stderr.startswith("error: standard input cannot be read: Bad file descriptor")


@pytest.mark.slow
@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux keeps to such a limit")
@pytest.mark.parametrize("jobs", [[], ["--jobs", "2"]], ids=["one process", "two"])
def test_too_little_memory(jobs: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 4\nlayers: [{ReLU: {repeat: 1000000}}]\n")
    arguments = ["summary", "net.yaml", "net.yaml", "--max-expanded", "1000000", *jobs]
    end = run_process(arguments, tmp_path, Surroundings(memory=70 * MEGABYTE))
    assert end.code == 2
    assert end.is_clean
    assert end.stderr.startswith("error: ")
    assert end.stderr.count('error: there is too little memory for "net.yaml"') == 2


def test_a_parameter_without_axes(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: [3]\nlayers:\n  - Parameter: {shape: []}\n  - Add: {from: [input, prev]}\n"
    )
    end = run("cnncalc net.yaml", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert "must be a shape of at least one size" in end.stderr
