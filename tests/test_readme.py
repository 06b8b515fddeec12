"""README's commands are run, and what it shows is what comes out. `pytest --update-golden` writes the outputs anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cnncalc
from cnncalc.cli.commands import COMMANDS
from tests.command_line import REPOSITORY

README = REPOSITORY / "README.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to run in, with the program as a reader has it."""
    folder = tmp_path_factory.mktemp("readme")
    program = folder / "bin" / "cnncalc"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cnncalc "$@"\n')
    program.chmod(0o755)
    return folder


def shown(block: str, folder: Path) -> str:
    """A console block with its commands' outputs as they are, errors below what goes to standard output."""
    lines = []
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    for line in block.splitlines():
        if line.startswith("$ "):
            end = subprocess.run(
                ["bash", "-c", line[2:]], cwd=folder, env={"PATH": path, "PYTHONPATH": str(REPOSITORY)},
                capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            lines.append(f"{line}\n{end.stdout}{end.stderr}")
    return "".join(lines)


def test_the_outputs_are_what_comes_out(folder: Path, request: pytest.FixtureRequest) -> None:
    text = README.read_text()
    blocks = CONSOLE.findall(text)
    assert len(blocks) >= 3
    for block in blocks:
        if "jq" in block and shutil.which("jq") is None:
            continue
        fresh = shown(block, folder)
        if request.config.getoption("--update-golden"):
            text = text.replace(block, fresh)
        else:
            assert fresh == block, "pytest --update-golden writes it anew"
    if request.config.getoption("--update-golden"):
        README.write_text(text)


def test_the_spec_works() -> None:
    (spec,) = re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)
    report = cnncalc.loads(spec).analyze()
    assert report.warnings == ()
    assert report.layers[-1].name == "predictions"
    assert "stage1_2/conv2d" in [row.name for row in report.layers]


def test_the_python_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    report = names["report"]
    assert isinstance(report, cnncalc.Report)
    assert f"report.totals.params  # {report.totals.params}" in code


def test_every_command_is_in_the_table(request: pytest.FixtureRequest) -> None:
    head = "| for example | what it does |\n|---|---|\n"
    rows = "".join(f"| `{entry.example}` | {entry.does} |\n" for entry in COMMANDS)
    if request.config.getoption("--update-golden"):
        README.write_text(re.sub(rf"{re.escape(head)}(\|.*\n)*", lambda _: head + rows, README.read_text()))
    assert f"{head}{rows}\n" in README.read_text(), "pytest --update-golden writes it anew"


def test_the_two_commands_are_targets() -> None:
    targets = re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    for command in re.findall(r"^    make (\w+)", README.read_text(), re.MULTILINE):
        assert command in targets
