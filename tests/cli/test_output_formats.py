"""`-o FILE` without `--format`: the file's ending says how it is written, in every command that writes such files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import run

SHEET = "conv2d: {params: 156}\n"


@pytest.mark.parametrize(
    ("command", "ending", "format"),
    [
        *(("summary lenet5", ending, format) for ending, format in {
            "csv": "csv", "json": "json", "jsonl": "jsonl", "md": "markdown", "tex": "latex", "html": "html",
            "txt": "table", "HTML": "html",
        }.items()),
        ("summary lenet5 alexnet", "csv", "csv"),
        ("compare lenet5 alexnet", "json", "json"), ("compare lenet5 alexnet", "md", "markdown"),
        ("compare lenet5 alexnet", "txt", "table"),
        ("counters lenet5", "md", "markdown"), ("counters lenet5", "json", "json"),
        ("explain lenet5 conv2d", "md", "markdown"), ("explain lenet5 conv2d", "tex", "latex"),
        ("explain lenet5 conv2d", "json", "json"), ("explain lenet5 conv2d", "txt", "text"),
        ("rf lenet5 conv2d", "json", "json"), ("rf lenet5 conv2d", "txt", "text"),
        ("reconcile lenet5 61706", "json", "json"),
        ("worksheet lenet5", "csv", "csv"), ("worksheet lenet5", "md", "markdown"), ("worksheet lenet5", "yml", "yaml"),
        ("check lenet5 sheet.yaml", "csv", "csv"), ("check lenet5 sheet.yaml", "json", "json"),
    ],
)  # fmt: skip
def test_the_ending_chooses_the_format(command: str, ending: str, format: str, tmp_path: Path) -> None:
    (tmp_path / "sheet.yaml").write_text(SHEET)
    wanted = run(f"cnncalc {command} --format {format}", tmp_path)
    end = run(f"cnncalc {command} -o out.{ending}", tmp_path)
    assert (end.code, end.stdout, end.stderr) == (wanted.code, "", wanted.stderr)
    assert (tmp_path / f"out.{ending}").read_text() == wanted.stdout


def test_what_is_told_counts_more_than_the_ending(tmp_path: Path) -> None:
    run("cnncalc rf lenet5 -o out.csv --format json", tmp_path)
    assert (tmp_path / "out.csv").read_text().startswith("{")


@pytest.mark.parametrize(
    ("command", "file", "format"),
    [
        ("compare lenet5 alexnet", "out.csv", "csv"), ("summary lenet5", "net.yaml", "yaml"),
        ("rf lenet5", "f.md", "markdown"),
    ],
)  # fmt: skip
def test_an_ending_that_the_command_does_not_write_is_refused(
    command: str, file: str, format: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text("mine")
    end = run(f"cnncalc {command} -o {file}", tmp_path)
    assert end.code == 2
    assert end.stderr.startswith(f'error: "{file}" stands for {format}, which this command does not write [bad-option]')
    assert (tmp_path / file).read_text() == "mine"
