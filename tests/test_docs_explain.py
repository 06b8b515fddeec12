"""docs/explain.md: what its commands print is what it shows. `pytest --update-golden` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command_line import REPOSITORY, run

PAGE = REPOSITORY / "docs" / "explain.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def test_the_page_shows_what_the_commands_print(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text()
    commands = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    assert len(commands) == 6

    def printed(block: re.Match[str]) -> str:
        shown = []
        for command in re.findall(r"^\$ (.*)$", block[1], re.MULTILINE):
            end = run(command, tmp_path)
            assert (end.code, end.stderr) == (0, "")
            shown.append(f"$ {command}\n{end.stdout}")
        return f"```console\n{''.join(shown)}```"

    fresh = CONSOLE.sub(printed, text)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(fresh)
    assert fresh == PAGE.read_text(), "pytest --update-golden writes it anew"


def test_the_page_has_the_figures_that_were_worked_out_by_hand() -> None:
    """LeNet-5's second convolution, 5x5 behind 5x5 and 2x2 with stride 2.

    notes: 5 + (2 - 1)*2 + (5 - 1)*2*1 = 15; exact: 5 + (2 - 1)*1 + (5 - 1)*2 = 14 (Araujo et al. 2019).
    ResNet-50's first shortcut: 256*(1*1*64) + 256 = 16,640 parameters, 56*56*256*64 = 51,380,224 MACs.
    The autoencoder's first transposed convolution: 7 becomes 14; 7*7 positions * 8*3*3*8 weights = 28,224 MACs.
    """
    text = PAGE.read_text()
    assert "notes 15x15; exact 14x14" in text
    assert f"= {256 * 64 + 256:,}" in text
    assert f"= {56 * 56 * 256 * 64:,}" in text
    assert f"exact MACs {7 * 7 * 8 * 3 * 3 * 8:,}" in text
    assert "Parameters: 1,792; trainable 0" in text
