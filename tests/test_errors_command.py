"""`cnncalc errors`: every error and warning is explained, and every example of one gives it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnncalc.error_reference import COMMAND, references
from tests.command_line import REPOSITORY, run

BAD = REPOSITORY / "tests" / "specs" / "bad"
REFERENCES = references()
SPECS = [id for id, each in REFERENCES.items() if each.example and not each.example.startswith((COMMAND, "# $"))]
COMMANDS = [id for id, each in REFERENCES.items() if each.example.startswith(COMMAND)]


def test_the_list_has_every_error_and_every_warning(tmp_path: Path) -> None:
    listed = run("cnncalc errors", tmp_path).stdout
    assert all(f"  {id}: " in listed for id in REFERENCES)


@pytest.mark.slow
@pytest.mark.parametrize("id", SPECS)
def test_the_example_of_an_error_is_run(id: str, tmp_path: Path) -> None:
    end = run(f"cnncalc errors {id}", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert f"[{id}]" in end.stdout.replace("\n", " ")
    assert " ".join(REFERENCES[id].explanation.split()) in " ".join(end.stdout.split())


@pytest.mark.parametrize("id", COMMANDS)
def test_the_command_of_an_example_gives_the_error(id: str) -> None:
    end = run(REFERENCES[id].example.removeprefix(COMMAND) + " --error-format json", BAD)
    assert id in [found["id"] for found in json.loads(end.stderr)]


def test_a_misspelt_id_is_suggested(tmp_path: Path) -> None:
    end = run("cnncalc errors torn-at-coma", tmp_path)
    assert end.code == 2
    assert 'did you mean "torn-at-comma"?' in end.stderr


@pytest.mark.parametrize(("ending", "start"), {
    "csv": "name,type,path", "json": "{\n", "jsonl": '{"schema"', "md": "###", "tex": "", "html": "", "txt": "Model: ",
}.items())  # fmt: skip
def test_the_ending_of_a_file_says_how_it_is_written(ending: str, start: str, tmp_path: Path) -> None:
    assert run(f"cnncalc lenet5 -o out.{ending}", tmp_path).code == 0
    formats = {"md": "markdown", "tex": "latex", "txt": "table"}
    written = (tmp_path / f"out.{ending}").read_text()
    assert written == run(f"cnncalc lenet5 --format {formats.get(ending, ending)}", tmp_path).stdout
    assert written.startswith(start)
    assert run(f"cnncalc lenet5 -o out.{ending} --format csv", tmp_path).code == 0
    assert (tmp_path / f"out.{ending}").read_text().startswith("name,type,path")


def besides(item: str, shape: str, counter: str, folder: Path) -> tuple[int, dict[str, int]]:
    """A profiler's total for one layer, and what it has besides the MACs."""
    (folder / "net.yaml").write_text(f"input: {shape}\nlayers: [{{{item}}}]\n")
    found = json.loads(run("cnncalc counters net.yaml --format json", folder).stdout)["counters"][counter]
    return found["total"], found["besides"]


def test_breakdowns_say_what_is_no_matter_of_biases(tmp_path: Path) -> None:
    """thop counts a transposed convolution by its output: 4*4*1 outputs * 2*2*3 = 192, and 48 MACs. TensorFlow counts
    4,860 * 6 biases and none of 2 * 1,312,200 products on a Conv3D: 3*30*30*6 = 16,200 outputs of 3*3*3*3 products."""
    transposed = "Conv2DTranspose: {filters: 1, kernel_size: 2, strides: 2}"
    assert besides(transposed, "[2, 2, 3]", "thop", tmp_path) == (192, {"Conv2DTranspose by its output": 144})
    volume = "Conv3D: {filters: 6, kernel_size: 3}"
    assert besides(volume, "[5, 32, 32, 3]", "tensorflow", tmp_path) == (
        16_200, {"biases": 16_200, "products not counted": -2_624_400},
    )  # fmt: skip
