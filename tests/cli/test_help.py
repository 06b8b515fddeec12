"""`cnncalc help`: every page is found, in a pipe as plain text, on a terminal drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cnncalc
from cnncalc.cli.commands import COMMANDS
from tests.command_line import REPOSITORY, on_terminal, run

PAGES = sorted(path.stem for path in (REPOSITORY / "docs").glob("*.md") if path.stem != "index")


def test_the_list_has_every_page(tmp_path: Path) -> None:
    shown = run("cnncalc help", tmp_path)
    assert shown.code == 0
    topics = [line.split()[0] for line in shown.stdout.splitlines() if line.startswith("  ")]
    assert topics[:5] == ["Topic", "tutorial", "language", "conventions", "formulas"]
    assert sorted(topics[1:]) == PAGES


@pytest.mark.parametrize("topic", PAGES)
def test_in_a_pipe_a_page_is_plain_text(topic: str, tmp_path: Path) -> None:
    shown = run(f"cnncalc help {topic}", tmp_path)
    assert shown.code == 0
    assert shown.stdout.startswith("# ")
    assert "<!--" not in shown.stdout
    assert "\x1b" not in shown.stdout


@pytest.mark.parametrize("width", [80, 140])
def test_a_terminal_draws_it_in_its_width(width: int, tmp_path: Path) -> None:
    shown = re.sub(r"\x1b\[[\d;]*m", "", on_terminal("cnncalc help conventions", tmp_path, width))
    assert "# " not in shown
    assert "The two conventions" in shown
    assert max(map(len, shown.splitlines())) <= width


def test_a_terminal_cuts_no_formula(tmp_path: Path) -> None:
    assert "…" not in on_terminal("cnncalc help formulas", tmp_path, 80)


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS if entry.name not in PAGES])
def test_a_command_is_a_topic(name: str, tmp_path: Path) -> None:
    shown = run(f"cnncalc help {name}", tmp_path)
    assert shown.code == 0
    assert shown.stdout.startswith(f"## {name}\n")
    assert f"Usage: cnncalc {name} " in shown.stdout


@pytest.mark.parametrize(
    ("topic", "hint"), [("langauge", '"language"'), ("sumary", '"summary"'), ("zzz", "`cnncalc help`")]
)
def test_an_unknown_topic_gets_a_hint(topic: str, hint: str, tmp_path: Path) -> None:
    shown = run(f"cnncalc help {topic}", tmp_path)
    assert shown.code == 2
    assert f'error: there is no page "{topic}"' in shown.stderr
    assert hint in shown.stderr


def test_the_changelog_begins_with_the_version(tmp_path: Path) -> None:
    newest = next(line for line in (REPOSITORY / "CHANGELOG.md").read_text().splitlines() if line.startswith("## "))
    assert run("cnncalc --version", tmp_path).stdout == f"cnncalc {cnncalc.__version__}\n"
    assert newest.startswith(f"## {cnncalc.__version__}")
