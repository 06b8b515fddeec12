"""README's examples work, and its table has every command. `tests/test_docs.py` runs what it shows."""

from __future__ import annotations

import re

import pytest

import cnncalc
from cnncalc.cli.commands import COMMANDS
from tests.command_line import REPOSITORY

README = REPOSITORY / "README.md"


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
