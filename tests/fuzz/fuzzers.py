"""The fuzzers: what each draws, and what must hold of it."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.marking.answers import read_sheet
from cnncalc.marking.marker import Marker, Options
from cnncalc.spec.library import document_from_value
from cnncalc.spec.source_text import decode
from tests.command_line import run_arguments
from tests.fuzz import keras_files, network_files, sheets, specs, texts
from tests.fuzz.command_lines import command_line
from tests.fuzz.outcomes import MAX_EXPANDED, MAX_SECONDS, check_error, of_bytes, outcome, soon

Case = Any
Family = Literal["specs", "sheets", "options", "files"]

COMMANDS: Final = (
    "summary net.yaml --convention exact",
    "summary net.yaml --depth 1 --max-expanded 2000",
    "summary net.yaml --format csv --columns name,exact.offset,notes.ops,params",
    "summary net.yaml --format latex",
    "summary net.yaml --format json --memory",
    "summary net.yaml --memory --optimizer adam --batch 7",
    "summary net.yaml --counter thop --max-macs 1M --min-rf 3",
    "summary net.yaml lenet5 --format jsonl",
    "validate net.yaml",
    "worksheet net.yaml",
    "worksheet net.yaml --solved --format csv",
    "worksheet net.yaml --solved --format markdown --convention exact",
    "compare net.yaml lenet5",
    "compare net.yaml net.yaml --format json",
    "counters net.yaml --layers",
    "counters net.yaml --format json",
    "plot net.yaml",
    "plot net.yaml --y neurons,memory,rf -o -",
    "reconcile net.yaml 1000",
    "report net.yaml",
    "report net.yaml lenet5",
    "rf net.yaml --at 0,0",
    "rf net.yaml --format json",
    *(f"explain net.yaml {layer}" for layer in ("", "1", "conv2d", "a", "b/conv2d", "99", "'x y'")),
    "explain net.yaml 2 --format latex",
    "explain net.yaml 1 --format markdown --convention exact",
    "explain net.yaml 1 --format json",
    *(f"rf net.yaml {layer}" for layer in ("1", "conv2d", "add", "-1", "input")),
    "rf net.yaml 2 --at 3,5",
)
ANSWERS: Final = b"conv2d: {params: 156, ops: 1}\n"
NET: Final = b"input: [8, 8, 3]\nvars: {width: 2}\nlayers: [{Conv2D: {filters: $width, kernel_size: 3}}, Flatten]\n"


@dataclass(frozen=True, slots=True)
class Fuzzer:
    """`draw` makes a case, `check` raises where something is wrong with what comes of it.

    `share` is its part of all cases of its family.
    """

    name: str
    family: Family
    share: float
    draw: Callable[[Random], Case]
    check: Callable[[Case], object]

    def case(self, seed: int) -> Case:
        """The case of a seed, the same one every time."""
        return self.draw(Random(f"{self.name} {seed}"))


def _of_data(value: Any) -> dict[str, Any] | list[str]:
    def analyze() -> cnncalc.Report:
        return cnncalc.Model(document_from_value(value), max_expanded=MAX_EXPANDED).analyze(partial=True)

    return outcome(analyze)


def _same_in_text_and_data(case: tuple[Any, bytes]) -> None:
    value, text = case
    of_text, of_data = of_bytes(text), _of_data(value)
    if isinstance(of_text, dict) and isinstance(of_data, dict):
        assert of_text["layers"] == of_data["layers"]


def _spec_and_text(random: Random) -> tuple[Any, bytes]:
    value = specs.spec(random)
    return value, texts.as_yaml(random, value)


def _command_on_spec(random: Random) -> tuple[str, bytes]:
    text = texts.mutated(random) if random.random() < 0.3 else texts.as_yaml(random, specs.spec(random))
    return random.choice(COMMANDS), text


def _check_command_on_spec(case: tuple[str, bytes]) -> None:
    command, text = case
    _ends(shlex.split(command), {"net.yaml": text}, "json" not in command)


def _ends(arguments: list[str], files: dict[str, bytes], is_text: bool) -> None:
    """Runs a command: it ends with 0, 1 or 2, says why where that is 2, and writes nothing that a terminal obeys."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        with soon(2 * MAX_SECONDS):  # the summary of ResNet-50 and more, in several steps
            end = run_arguments(arguments, Path(folder))
    assert end.code in (0, 1, 2), end
    assert end.code < 2 or end.stderr.startswith(
        ("error: ", "Usage: ") if is_text else ("error: ", "[", "{", "::error ")
    ), end
    assert "Traceback" not in end.stderr
    if is_text:
        written = (end.stdout + end.stderr).replace("\t", "").split("\n")
        assert all(line.isprintable() for line in written), written


def _check_command_line(arguments: list[str]) -> None:
    is_text = not any(word in argument for argument in arguments for word in ("json", "github", "sarif"))
    _ends(arguments, {"net.yaml": NET, "answers.yaml": ANSWERS}, is_text)


@cache
def _markers() -> tuple[Marker, ...]:
    return (
        Marker(cnncalc.load("lenet5"), Options()),
        Marker(cnncalc.load("lenet5"), Options(convention="either", tolerance=Fraction(1, 100), follow_through=False)),
        Marker(cnncalc.load("faster_rcnn"), Options(convention="exact")),
    )


def _sheet(name: str, draw: Callable[[Random], bytes]) -> Callable[[Random], tuple[str, bytes, int]]:
    return lambda random: (name, draw(random), random.randrange(3))


def _table(random: Random) -> tuple[str, bytes, int]:
    return (*sheets.table(random), random.randrange(3))


def _raw_sheet(random: Random) -> tuple[str, bytes, int]:
    return random.choice(("sheet.yaml", "sheet.csv", "sheet.md", "sheet.json", "sheet")), texts.raw_bytes(random), 0


def _check_sheet(case: tuple[str, bytes, int]) -> None:
    """A sheet comes to marks, or to an error that says what is wrong."""
    name, data, which = case
    marker = _markers()[which]
    with soon():
        try:
            marks = marker.mark(read_sheet(decode(data, name), marker.net.layers))
        except CnncalcError as error:
            check_error(error)
            return
        for mark in marks.marks:
            assert 0 <= mark.points <= mark.max_points
            if mark.problem is not None:
                check_error(CnncalcError(mark.problem))


FUZZERS: Final = (
    Fuzzer("one wrong value", "specs", 0.1,
           lambda random: texts.as_yaml(random, specs.one_wrong_value(random)), of_bytes),
    Fuzzer("specs in YAML", "specs", 0.25, lambda random: texts.as_yaml(random, specs.spec(random)), of_bytes),
    Fuzzer("specs as Python data", "specs", 0.15, specs.spec, _of_data),
    Fuzzer("specs as text and as data", "specs", 0.05, _spec_and_text, _same_in_text_and_data),
    Fuzzer("shipped specs with slips", "specs", 0.2, texts.mutated, of_bytes),
    Fuzzer("pieces of YAML", "specs", 0.1, texts.pieces, of_bytes),
    Fuzzer("raw bytes", "specs", 0.05, texts.raw_bytes, of_bytes),
    Fuzzer("commands on specs", "specs", 0.1, _command_on_spec, _check_command_on_spec),
    Fuzzer("sheets in YAML", "sheets", 0.35,
           _sheet("sheet.yaml", lambda random: texts.as_yaml(random, sheets.sheet(random))), _check_sheet),
    Fuzzer("sheets in JSON", "sheets", 0.25,
           _sheet("sheet.json", lambda random: texts.as_json(random, sheets.sheet(random))), _check_sheet),
    Fuzzer("tables", "sheets", 0.3, _table, _check_sheet),
    Fuzzer("raw bytes as sheets", "sheets", 0.1, _raw_sheet, _check_sheet),
    Fuzzer("command lines", "options", 1.0, command_line, _check_command_line),
    Fuzzer("ONNX files with damage", "files", 0.2, network_files.damaged_onnx, network_files.check_file),
    Fuzzer("odd graphs in ONNX", "files", 0.2, network_files.odd_onnx, network_files.check_file),
    Fuzzer("odd programs of PyTorch", "files", 0.1, network_files.odd_program, network_files.check_file),
    Fuzzer("code of PyTorch and Keras with slips", "files", 0.1, network_files.damaged_code, network_files.check_file),
    Fuzzer("YOLO files with slips", "files", 0.1, network_files.damaged_yolo, network_files.check_file),
    Fuzzer("Keras, darknet and Caffe files with damage", "files", 0.2, keras_files.damaged, network_files.check_file),
    Fuzzer("odd models of Keras", "files", 0.2, keras_files.odd_model, network_files.check_file),
)  # fmt: skip
