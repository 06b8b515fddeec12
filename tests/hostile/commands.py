"""What every command is tried with: the example of its help, and what it does with files, folders and many specs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final, NamedTuple

from cnncalc.cli.commands import COMMANDS
from tests.command_line import REPOSITORY


class Try(NamedTuple):
    """A command line, and the exit codes that are right when nothing happens to it."""

    line: str
    codes: tuple[int, ...] = (0,)

    @property
    def arguments(self) -> list[str]:
        return shlex.split(self.line.removeprefix("cnncalc "))

    @property
    def reads_stdin(self) -> bool:
        return "-" in self.arguments

    @property
    def writes_file(self) -> bool:
        return "-o" in self.arguments or self.line.startswith("cnncalc new")


LONG: Final = """\
name: Long
input: [64, 64, 3]
layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same, repeat: 6000}}]
"""
"""It takes about half a second, and its table is larger than what a pipe holds."""
KERAS_FILES: Final = REPOSITORY / "tests" / "truth" / "import_keras" / "files"
CODES: Final = {"compare": (0, 1), "check": (0, 1), "reconcile": (0, 1), "watch": (2,)}
MORE: Final = (
    Try("cnncalc summary - --format json"),
    Try("cnncalc check lenet5 -", (0, 1)),
    Try("cnncalc check lenet5 class", (0, 1, 2)),
    Try("cnncalc check - answers.yaml", (0, 1, 2)),
    Try("cnncalc summary lenet5 resnet50 nets/good.yaml --format jsonl"),
    Try("cnncalc summary lenet5 resnet50 nets/good.yaml --jobs 2"),
    Try("cnncalc validate nets/bad.yaml", (2,)),
    Try("cnncalc validate nets/bad.yaml --error-format json", (2,)),
    Try("cnncalc summary resnet50 --format html -o out.html"),
    Try("cnncalc worksheet lenet5 -o out.yaml"),
    Try("cnncalc compare lenet5 vgg11 -o out.txt", (0, 1)),
    Try("cnncalc --help"),
    Try("cnncalc --version"),
    Try("cnncalc", (2,)),
)
EXAMPLES: Final = tuple(
    Try(entry.example.partition(" >")[0], CODES.get(entry.name, (0,))) for entry in COMMANDS
)  # a new command is tried without a line here
TRIES: Final = (*EXAMPLES, *MORE)
LONG_TRIES: Final = tuple(
    Try(line, CODES.get(line.split()[1], (0,)))
    for line in (
        "cnncalc summary long.yaml",
        "cnncalc summary long.yaml --format json",
        "cnncalc summary long.yaml --format html",
        "cnncalc summary long.yaml -o out.txt",
        "cnncalc summary long.yaml long.yaml long.yaml --jobs 2",
        "cnncalc worksheet long.yaml --solved",
        "cnncalc explain long.yaml",
        "cnncalc compare long.yaml resnet50",
        "cnncalc counters long.yaml --layers",
        "cnncalc rf long.yaml",
        "cnncalc check long.yaml answers.yaml",
        "cnncalc reconcile long.yaml 1000",
        "cnncalc validate long.yaml long.yaml long.yaml",
    )
)


def write_files(folder: Path) -> None:
    """Writes the files that the command lines name."""
    for part in ("nets", "class"):
        (folder / part).mkdir()
    (folder / "answers.yaml").write_text("conv2d_1: {params: 156, ops: 1}\n")
    for name in ("ada", "bob", "eve"):
        (folder / "class" / f"{name}.yaml").write_text("conv2d_1: {params: 156}\n")
    (folder / "nets" / "good.yaml").write_text("input: [8, 8, 3]\nlayers: [{Conv2D: {filters: 4, kernel_size: 3}}]\n")
    (folder / "nets" / "bad.yaml").write_text("input: [8, 8, 3]\nlayers: [{Conv2D: {filters: 4, kernelsize: 3}}]\n")
    (folder / "long.yaml").write_text(LONG)
    (folder / "model.keras").write_bytes((KERAS_FILES / "hand-seq_mnist_cnn.keras").read_bytes())


def expected_codes(tried: Try) -> tuple[int, ...]:
    """How a command ends when nothing happens to it."""
    return (2,) if tried.line == "cnncalc validate nets/*.yaml" else tried.codes
