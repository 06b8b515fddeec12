"""`watch` draws again whenever a file is saved."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.command_line import run
from tests.watch.terminal import PseudoTerminal

NET = """\
name: Watched
input: [8, 8, 1]
layers:
  - Conv2D: {filters: 4, kernel_size: 3}
  - Flatten
  - Dense: 10
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET)
    return tmp_path


def test_saving_a_mistake_and_mending_it(folder: Path) -> None:
    net = folder / "net.yaml"
    with PseudoTerminal("cnncalc watch net.yaml", folder) as terminal:
        first = terminal.wait_for("Total params: 1,490")  # 3*3*4 + 4, and 6*6*4*10 + 10
        assert "+" not in first.replace("+-", "")
        net.write_text(NET.replace("filters: 4", "filters: 8"))
        saved = terminal.wait_for("Total params: 2,970")
        assert "+1,480" in saved
        assert "+40" in next(line for line in saved.splitlines() if "conv2d" in line)
        net.write_text(NET.replace("filters: 4", "filers: 8"))
        broken = terminal.wait_for("filers")
        assert "did you mean" in broken
        assert "Total params: 2,970" in broken
        assert "the last figures that worked out are below" in broken
        beside = folder / "net.yaml~"  # as editors save that write a new file and rename it
        beside.write_text(NET.replace("Dense: 10", "Dense: 20"))
        os.rename(beside, net)
        mended = terminal.wait_for("Total params: 2,940")
        assert "filers" not in mended
        assert "-30" in mended
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.written.endswith("\x1b[?25h\x1b[?1049l")  # the cursor is back, and the screen from before


def test_an_included_spec_is_watched_and_a_resized_terminal_is_drawn_anew(folder: Path) -> None:
    (folder / "outer.yaml").write_text("input: [8, 8, 1]\nlayers:\n  - Model: {spec: net.yaml}\n")
    with PseudoTerminal("cnncalc watch outer.yaml", folder, 100, 30) as terminal:
        terminal.wait_for("Total params: 1,490")
        (folder / "net.yaml").write_text(NET.replace("Dense: 10", "Dense: 12"))
        terminal.wait_for("Total params: 1,780")
        terminal.resize(60, 8)
        small = terminal.wait_for("more lines")
        assert len(small.splitlines()) == 8
        assert max(map(len, small.splitlines())) <= 60
        terminal.press(" " * 9)
        terminal.wait_for("Convention")
        os.kill(terminal.process.pid, signal.SIGINT)
        assert terminal.end() == 130
        assert terminal.written.endswith("\x1b[?25h\x1b[?1049l")


def test_answers_and_explanations_are_watched(folder: Path) -> None:
    (folder / "answers.yaml").write_text("conv2d: {params: 41}\n")
    with PseudoTerminal("cnncalc check net.yaml answers.yaml --watch", folder) as terminal:
        terminal.wait_for("wrong")
        (folder / "answers.yaml").write_text("conv2d: {params: 40}\n")
        terminal.wait_for("right")
        terminal.press("q")
        assert terminal.end() == 0
    with PseudoTerminal("cnncalc explain net.yaml conv2d --quantity params --watch", folder) as terminal:
        terminal.wait_for("40")
        time.sleep(0.05)
        (folder / "net.yaml").write_text(NET.replace("kernel_size: 3", "kernel_size: 5"))
        terminal.wait_for("104")  # 5*5*4 + 4
        terminal.press("q")
        assert terminal.end() == 0


@pytest.mark.parametrize("command", ["watch net.yaml", "explain net.yaml --watch", "check net.yaml a.yaml --watch"])
def test_a_pipe_is_refused(command: str, folder: Path) -> None:
    end = run(f"cnncalc {command}", folder)
    assert end.code == 2
    assert "not-a-terminal" in end.stderr
