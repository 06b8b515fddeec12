"""Every page of the documentation shows what comes out: its files are written, its commands are run, in its order.

A block of code with a file's name behind its language is that file. `pytest --update-golden` writes the outputs anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import REPOSITORY, run

GENERATED: Final = "errors.md"
"""Its commands and outputs are those of the bad specs, whose test writes the page."""
PAGES: Final = sorted(
    page for page in [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")] if page.name != GENERATED
)
BLOCK: Final = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILES: Final = ("yaml", "json", "csv")
SHELL: Final = re.compile(r"[|>;*]|^(?!cnncalc )")


def folder_with_program(folder: Path) -> Path:
    """Puts `cnncalc` into a folder's `bin`, as a reader has it."""
    program = folder / "bin" / "cnncalc"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cnncalc "$@"\n')
    program.chmod(0o755)
    return folder


def printed(command: str, folder: Path) -> str:
    """What a command prints, its errors below what goes to standard output."""
    if not SHELL.search(command):
        end = run(command, folder)
        return end.stdout + end.stderr
    environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, timeout=60)
    return (done.stdout + done.stderr).decode()


def written_anew(page: Path, folder: Path) -> str:
    """The page's text with the outputs of its commands as they are."""

    def block(match: re.Match[str]) -> str:
        language, file, text = match.groups()
        if language in FILES and file:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
        if language != "console" or ("jq" in text and shutil.which("jq") is None):
            return match[0]
        commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        shown = "".join(f"$ {command}\n{printed(command, folder)}" for command in commands)
        return f"```console\n{shown}```"

    return BLOCK.sub(block, page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page_shows_what_comes_out(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    fresh = written_anew(page, folder_with_program(tmp_path))
    if request.config.getoption("--update-golden"):
        page.write_text(fresh)
    assert fresh == page.read_text(), "pytest --update-golden writes it anew"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", ["language.md", "tutorial.md"])
def test_specs_that_no_command_is_shown_for_work(page: str, tmp_path: Path) -> None:
    text = (REPOSITORY / "docs" / page).read_text()
    specs = {file: spec for language, file, spec in BLOCK.findall(text) if "layers:" in spec and language == "yaml"}
    unused = [file for file in specs if not re.search(rf"^\$ .*{re.escape(file)}", text, re.MULTILINE)]
    for file in unused:
        (tmp_path / file).write_text(specs[file])
        assert run(f"cnncalc validate {file}", tmp_path).code == 0, file
