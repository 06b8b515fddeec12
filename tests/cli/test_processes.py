"""The command as a process: pipes, signals, terminals, full disks, and the poorest of environments."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import REPOSITORY, run_process

pytestmark = pytest.mark.slow

PROGRAM = f"{sys.executable} -m cnncalc"
LONG = "name: Long\ninput: [64, 64, 3]\nlayers: [{Conv2D: {filters: 4, kernel_size: 1, repeat: 3000}}]\n"
"""Its table is larger than what a pipe holds."""


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **more}


def shell(script: str, folder: Path = REPOSITORY, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of bash in which `cnncalc` is the program."""
    line = f'cnncalc() {{ {PROGRAM} "$@"; }}; {script}'
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment(**more), capture_output=True, text=True, timeout=60
    )


def on_terminal(command: str, columns: int, **more: str) -> str:
    """What a terminal of this width shows of a command."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["bash", "-c", f"stty cols {columns}; {PROGRAM} {command}"],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**more), cwd=REPOSITORY,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not part:
            break
        shown += part
    process.wait(timeout=60)
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


# Pipes ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_json_into_jq() -> None:
    assert json.loads(shell("cnncalc summary vgg16 --format json | jq '.totals'").stdout)["params"] == 138_357_544


@pytest.mark.parametrize("columns", ["40", "200"])
def test_a_piped_table_has_no_colour_and_is_not_cut(columns: str) -> None:
    shown = shell("cnncalc summary lenet5 | cat", COLUMNS=columns, TERM="xterm-256color").stdout
    assert "\x1b" not in shown
    assert "average_pooling2d_1 (AveragePooling2D)  (None, 5, 5, 16)          0      400  19x19        0\n" in shown


@pytest.mark.parametrize("what", ["resnet50", "long.yaml", "long.yaml --format json", "resnet50 --help"])
def test_a_reader_that_has_seen_enough_ends_it_quietly(what: str, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    end = shell(f"cnncalc summary {what} | head -3; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert len(end.stdout.splitlines()) == 3
    assert end.stderr == ""
    assert end.returncode in (0, 128 + signal.SIGPIPE)  # what `cat` ends with, too


def test_standard_input() -> None:
    end = shell("cat specs/lenet5.yaml | cnncalc summary -")
    assert (end.stdout, end.stderr) == (shell("cnncalc summary specs/lenet5.yaml").stdout, "")
    assert shell("cnncalc - <specs/lenet5.yaml").stdout == end.stdout


# The environment --------------------------------------------------------------------------------------------------


def test_no_home_no_terminal_ascii(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("name: R\u00e9seau \u65e5\u672c\ninput: [8, 8, 1]\nlayers: [Flatten]\n", "utf-8")
    assert run_process("cnncalc net.yaml", tmp_path).code == 0
    end = shell("cnncalc net.yaml", tmp_path, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (end.returncode, end.stderr) == (0, "")
    assert end.stdout.startswith(r'Model: "R\xe9seau \u65e5\u672c"')


def test_standard_streams_may_be_closed() -> None:
    for script, code in (
        ("cnncalc lenet5 >&-", 2),
        ("cnncalc - <&-", 2),
        ("cnncalc none 2>&-", 2),
        ("cnncalc validate lenet5 >&- 2>&- <&-", 0),
    ):
        end = shell(script)
        assert end.returncode == code
        assert "Traceback" not in end.stderr
    assert shell("cnncalc - <&-").stderr.startswith("error: standard input cannot be read: Bad file descriptor [")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("what", ["lenet5", "long.yaml", "--help", "--version", "layers", "schema"])
def test_a_full_disk_is_a_diagnostic(what: str, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    end = shell(f"cnncalc {what} >/dev/full", tmp_path)
    assert end.returncode == 2
    assert end.stderr.startswith("error: ")
    assert "No space left on device" in end.stderr.splitlines()[0]
    assert len(end.stderr.splitlines()) == 2


# Terminals --------------------------------------------------------------------------------------------------------


def test_a_terminal_has_colour_and_its_own_width() -> None:
    shown = on_terminal("lenet5", 80, TERM="xterm")
    assert "\x1b[" in shown
    assert on_terminal("none", 80, TERM="xterm").startswith("\x1b[1;31merror:")
    plain = on_terminal("lenet5", 80, TERM="xterm", NO_COLOR="1")
    assert max(map(len, plain.splitlines())) <= 80
    assert "423,038" in plain


@pytest.mark.parametrize("more", [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}])
def test_no_colour_where_it_is_not_wanted(more: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal("lenet5", 80, **more)
    assert "\x1b" not in on_terminal("none", 80, **more)


def test_a_bar_for_those_who_wait(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    specs = " ".join([str(tmp_path / "long.yaml")] * 15)
    shown = on_terminal(f"summary {specs} --format jsonl -o /dev/null", 80, TERM="xterm")
    assert "/15" in shown
    assert "\x1b" not in on_terminal("summary lenet5 lenet5 -o /dev/null", 80, TERM="xterm")


# Signals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_an_interrupt_ends_with_130(seconds: float, jobs: str, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "summary", *["long.yaml"] * 400, "--format", "jsonl", "--jobs", jobs],
        cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert (process.returncode, stderr) == (130, b"")


def test_an_interrupted_output_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "summary", *["long.yaml"] * 400, "-o", "table.txt"],
        cwd=tmp_path, env=environment(),
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not any(path.name.startswith(".cnncalc-") for path in tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["long.yaml"]
