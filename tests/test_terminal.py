"""Nothing that a stranger wrote is obeyed by a terminal: not in names, file names, options, tables or errors."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.command_line import REPOSITORY, run, run_process

ESCAPE = "\x1b[31m\x07\x9b2J"
"""What colours the terminal, rings its bell and clears it."""
BIDI = "\u202egnp.\u2066\u200b\u2028"
"""What turns the reading direction around, what nobody sees, and a line end that is none."""
FILE = f"net{ESCAPE}\n{BIDI}.yaml"

SPEC = """\
name: "LeNet \u202e\u2066 [bold red]evil[/] \u200b"
description: "\u202edesc\u2066"
source: "\u202esource"
input: [8, 8, 3]
vars: {width: 4}
layers:
  - Conv2D: {filters: $width, kernel_size: 3}
  - ReLU: {name: unread}
  - ELU: {from: conv2d}
  - Flatten
  - Dense: 10
"""

WRONG = {
    "kind": '  - "Conv\u202e[bold]2D"\n',
    "argument": '  - Dense: {"un\u200bits": 3}\n',
    "name": '  - Dense: {units: 3, name: "\u202ex"}\n',
    "value": '  - Dense: "\u2066ten"\n',
    "from": '  - ReLU: {from: "\u2066ten"}\n',
    "branch": '  - Add: {branches: {"\u202eone": [{Dense: 3}], "\u2066two": []}}\n',
    "spec": '  - Model: "\u202evgg16"\n',
    "syntax": "  - Dense: {units: 10 \u202e name: 3}\n",
    "tag": "  - !\u202etag x\n",
}


def harmless(text: str) -> bool:
    """Whether every character is one that is seen, a space or a line end."""
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize(
    "command",
    [
        *(f"summary FILE --format {name}" for name in ("table", "json", "jsonl", "markdown", "latex", "html", "csv")),
        "summary FILE lenet5", "summary FILE lenet5 --format csv", "summary FILE --memory", "summary FILE --depth 1",
        "explain FILE", "explain FILE conv2d", "explain FILE conv2d --format markdown", "rf FILE",
        "rf FILE conv2d --at 1,1", "worksheet FILE", "worksheet FILE --format csv", "worksheet FILE --format markdown",
        "compare FILE lenet5", "counters FILE", "reconcile FILE 1234", "validate FILE", "summary FILE --max-params 5",
        "check FILE FILE",
    ],
)  # fmt: skip
def test_names_and_file_names(command: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SPEC)
    end = run(f"cnncalc {command.replace('FILE', shlex.quote(FILE))}", tmp_path)
    assert harmless(end.stdout)
    assert harmless(end.stderr)
    assert end.stdout or end.stderr or command.startswith("validate")


@pytest.mark.parametrize("name", WRONG)
def test_what_errors_repeat(name: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SPEC + WRONG[name])
    end = run(f"cnncalc summary {shlex.quote(FILE)}", tmp_path)
    assert end.code == 2
    assert harmless(end.stdout)
    assert harmless(end.stderr)
    assert "[bold]" in end.stderr or name != "kind"  # text, not markup


@pytest.mark.parametrize(
    "command",
    [
        "summary X", "summary X.yaml", "X", "--X", "summary --X", "summary lenet5 --format X", "explain lenet5 X",
        "summary lenet5 --columns X", "summary lenet5 --input X", "summary lenet5 --set X", "summary lenet5 --set X=X",
        "summary lenet5 --depth X", "rf lenet5 --at X", "check lenet5 X", "check lenet5 X --points X", "layers X",
        "specs X", "schema X", "compare X X", "reconcile lenet5 X", "counters lenet5 --counter X", "new X/X",
        "summary lenet5 -o X/X", "worksheet lenet5 --ask X", "summary lenet5 --error-format X",
        "summary lenet5 --max-macs X",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", [ESCAPE, BIDI])
def test_what_was_typed(command: str, text: str, tmp_path: Path) -> None:
    end = run(f"cnncalc {command.replace('X', shlex.quote(text))}", tmp_path)
    assert end.code in (0, 2)
    assert harmless(end.stdout)
    assert harmless(end.stderr)


def test_a_class_of_students_with_such_names(tmp_path: Path) -> None:
    for index in range(3):
        (tmp_path / f"student{index}{ESCAPE}{BIDI}.yaml").write_text("conv2d: {params: 156}\n")
    for format in ("table", "csv", "json", "gradescope"):
        end = run(f"cnncalc check lenet5 . --format {format}", tmp_path)
        assert harmless(end.stdout)
        assert harmless(end.stderr)


def test_a_terminal_of_ascii(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(SPEC)
    end = run_process("cnncalc summary net.yaml", tmp_path)
    assert end.code == 0
    assert end.stdout.isascii()
    assert end == run_process(f"cnncalc summary {tmp_path / 'net.yaml'}", REPOSITORY)
