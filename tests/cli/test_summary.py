"""`cnncalc summary`: its options, its formats, and what becomes of specs that are wrong."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import cnncalc
from tests.command_line import run

SPEC = """\
name: Small
vars: {width: 4}
input: [8, 8, 3]
blocks:
  unit:
    layers: [{Conv2D: {filters: $width, kernel_size: 3, padding: same}}, ReLU]
layers:
  - unit: {repeat: 2}
  - Flatten
  - Dense: 10
"""
TWO_INPUTS = """\
input: {left: [8, 8, 1], right: [8, 8, 1]}
layers:
  - Conv2D: {filters: 2, kernel_size: 3, from: left, name: seen}
  - Conv2D: {filters: 2, kernel_size: 3, from: right}
  - Add: {from: [seen, prev]}
"""
MISFIT = """\
input: [8, 8, 3]
layers:
  - Conv2D: {filters: 4, kernel_size: 3}
  - Conv2D: {filters: 4, kernel_size: 9, name: wide}
  - Flatten
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("small", SPEC), ("two", TWO_INPUTS), ("misfit", MISFIT), ("broken", "input: [8\n")):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def rows(command: str, folder: Path) -> dict[str, dict[str, str]]:
    """The CSV rows of a command, by name."""
    end = run(f"{command} --format csv", folder)
    assert end.code == 0, end.stderr
    return {row["name"]: row for row in csv.DictReader(io.StringIO(end.stdout))}


# Options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["summary small.yaml", "small.yaml", "--format table small.yaml", "summary -- small.yaml"]
)
def test_a_spec_alone_is_its_summary(command: str, folder: Path) -> None:
    assert run(f"cnncalc {command}", folder).stdout.startswith('Model: "Small"\n')


def test_a_file_comes_before_a_shipped_spec_of_the_same_name(folder: Path) -> None:
    (folder / "lenet5").write_text(SPEC)
    assert run("cnncalc lenet5", folder).stdout.startswith('Model: "Small"\n')


def test_depth_folds_blocks_and_keeps_totals(folder: Path) -> None:
    report = json.loads(run("cnncalc small.yaml --depth 1 --format json", folder).stdout)
    # 3*3*3*4 + 4 = 112 and 3*3*4*4 + 4 = 148 parameters
    assert [(row["name"], row["params"]) for row in report["layers"]] == [
        ("input", 0), ("unit_1", 112), ("unit_2", 148), ("flatten", 0), ("dense", 8 * 8 * 4 * 10 + 10)
    ]  # fmt: skip
    assert report["totals"]["params"] == sum(row["params"] for row in report["layers"])


# The two 3x3 convolutions of the first block, behind a 7x7 window and a 3x3 pooling of stride 2 each. In the notes,
# which leave out the first stride: 7 + 2*2 + 2*2 + 2*2. In Araujo, Norris and Sim, Distill 2019: 7 + 2*2 + 2*4 + 2*4.
@pytest.mark.parametrize(("depth", "name"), [("", "conv2_1/add"), ("--depth 1", "conv2_1")])
def test_a_block_that_ends_in_an_activation_hands_on_its_receptive_field(depth: str, name: str, folder: Path) -> None:
    row = rows(f"cnncalc resnet18 {depth}", folder)[name]
    assert (row["notes.receptive_field"], row["exact.receptive_field"]) == ("19x19", "27x27")
    assert row["receptive_field"] == "19x19"


@pytest.mark.parametrize("shape", ["16x8x3", "[16, 8, 3]", "(16, 8, 3)", "input=16x8x3"])
def test_input_overrides_the_files(shape: str, folder: Path) -> None:
    assert rows(f"cnncalc small.yaml --input '{shape}'", folder)["unit_1/conv2d"]["output_shape"] == "16x8x4"


def test_input_by_name(folder: Path) -> None:
    report = rows("cnncalc two.yaml --input left=32x32x1 --input right=32x32x1", folder)
    assert report["add"]["output_shape"] == "30x30x2"


def test_set_overrides_vars_and_the_last_one_counts(folder: Path) -> None:
    row = rows("cnncalc small.yaml --set width=7 --set width=2*3", folder)["unit_1/conv2d"]
    assert row["params"] == str(3 * 3 * 3 * 6 + 6)


def test_columns(folder: Path) -> None:
    lines = run("cnncalc lenet5 --columns name,exact.macs", folder).stdout.splitlines()
    assert lines[2].split() == ["Layer", "MACs"]
    assert "conv2d               117,600" in lines


def test_convention(folder: Path) -> None:
    assert rows("cnncalc lenet5 --convention exact", folder)["conv2d_1"]["receptive_field"] == "14x14"


def test_max_expanded(folder: Path) -> None:
    end = run("cnncalc small.yaml --max-expanded 3", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("error: the spec comes to more than 3 layers [too-many-layers]\n")


@pytest.mark.parametrize(
    ("option", "found"),
    [
        ("--format xml", '--format must be one of table, json, jsonl, csv, markdown, latex, html, not "xml"'),
        ("--convention note", '--convention must be one of notes, exact, not "note"'),
        ("--depth 0", '--depth must be a whole number of at least 1, not "0"'),
        ("--depth one", '--depth must be a whole number of at least 1, not "one"'),
        ("--max-expanded -3", '--max-expanded must be a whole number of at least 1, not "-3"'),
        ("--jobs 1.5", '--jobs must be a whole number of at least 1, not "1.5"'),
        ("--columns name,parms", 'there is no column "parms"'),
        ("--columns name --format json", "--columns is not for --format json: its records are always whole"),
        ("--set width", '--set must be NAME=VALUE, such as width=0.5, not "width"'),
        ("--set widht=3", 'the spec has no variable "widht" to set'),
        ("--set 'width={a: 1}'", "--set: a single value or a list is wanted here, not a mapping"),
        ("--input 0x3x1", "--input: a size is a positive integer, not 0"),
        ("--input right=8x8x3", 'there is no input "right"'),
        ("--input abc", "--input: an input's shape can't be \"abc\""),
        ("--fromat json", 'there is no option "--fromat"'),
        ("--format", "option '--format' requires an argument"),
        ("--error-format xml", '--error-format must be one of text, json, github, sarif, not "xml"'),
    ],
)
def test_nonsense_is_a_diagnostic(option: str, found: str, folder: Path) -> None:
    end = run(f"cnncalc small.yaml {option}", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.splitlines()[0].startswith(f"error: {found} [")


# Several specs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["", " --jobs 2"])
def test_all_specs_are_processed_in_the_order_given(jobs: str, folder: Path) -> None:
    end = run(f"cnncalc summary small.yaml broken.yaml misfit.yaml lenet5 --format jsonl{jobs}", folder)
    reports = [json.loads(line) for line in end.stdout.splitlines()]
    assert [report["name"] for report in reports] == ["Small", "misfit", "LeNet-5"]
    assert ["error" in report for report in reports] == [False, True, False]
    assert end.code == 2
    assert end.stderr.count("error: ") == 2
    assert end.stderr.index("broken.yaml") < end.stderr.index("misfit.yaml")


def test_several_as_json_are_an_array_of_what_each_is_alone(folder: Path) -> None:
    both = json.loads(run("cnncalc summary small.yaml lenet5 --format json", folder).stdout)
    alone = [run(f"cnncalc {spec} --format json", folder).stdout for spec in ("small.yaml", "lenet5")]
    assert both == [json.loads(text) for text in alone]
    assert run("cnncalc summary broken.yaml none.yaml --format json", folder).stdout == "[]\n"


def test_several_as_csv_have_one_header_and_a_column_spec(folder: Path) -> None:
    lines = list(csv.reader(io.StringIO(run("cnncalc summary small.yaml lenet5 --format csv", folder).stdout)))
    assert lines[0][:2] == ["spec", "name"]
    assert [line[0] for line in lines[1:]] == ["small.yaml"] * 7 + ["lenet5"] * 9


@pytest.mark.parametrize("format", ["table", "markdown", "latex", "html"])
def test_several_in_other_formats_stand_one_below_the_other(format: str, folder: Path) -> None:
    alone = [run(f"cnncalc {spec} --format {format}", folder).stdout for spec in ("small.yaml", "lenet5")]
    assert run(f"cnncalc summary small.yaml lenet5 --format {format}", folder).stdout == "\n".join(alone)


# Errors -----------------------------------------------------------------------------------------------------------


def test_the_table_shows_the_rows_up_to_the_culprit(folder: Path) -> None:
    end = run("cnncalc misfit.yaml", folder)
    assert end.code == 2
    assert "conv2d (Conv2D)" in end.stdout
    assert "wide (Conv2D)  <-- error" in end.stdout
    assert "flatten" not in end.stdout
    assert end.stderr.startswith('error: "wide": the window of Conv2D does not fit')


def test_json_has_the_partial_report_with_the_error(folder: Path) -> None:
    end = run("cnncalc misfit.yaml --format json --error-format json", folder)
    report, errors = json.loads(end.stdout), json.loads(end.stderr)
    assert [layer["name"] for layer in report["layers"]] == ["input", "conv2d"]
    assert report["totals"]["params"] is None
    assert errors == [report["error"]]
    assert set(errors[0]) == {
        "id", "message", "file", "line", "column", "end_line", "end_column", "expected", "found", "chain", "suggestion"
    }  # fmt: skip
    assert (errors[0]["file"], errors[0]["line"]) == ("misfit.yaml", 4)


def test_errors_of_several_specs_are_one_array(folder: Path) -> None:
    end = run("cnncalc summary broken.yaml none.yaml --error-format=json", folder)
    assert [error["file"] for error in json.loads(end.stderr)] == ["broken.yaml", "none.yaml"]


def test_usage_errors_are_json_too(folder: Path) -> None:
    for command in ("summary", "summary small.yaml --fromat x --error-format json", "summary --error-format json"):
        end = run(f"cnncalc {command} --error-format json", folder)
        assert end.code == 2
        assert [error["id"] for error in json.loads(end.stderr)] == ["usage"]


def test_a_misspelt_command_is_told_so(folder: Path) -> None:
    end = run("cnncalc sumary lenet5", folder)
    assert end.code == 2
    assert 'did you mean "summary"?' in end.stderr
    assert run("cnncalc lenet55", folder).stderr.splitlines()[1].endswith('did you mean "lenet5"?')


# Files ------------------------------------------------------------------------------------------------------------


def test_output_goes_to_a_file(folder: Path) -> None:
    end = run("cnncalc small.yaml --format json -o report.json", folder)
    assert (end.code, end.stdout, end.stderr) == (0, "", "")
    report = cnncalc.load(folder / "small.yaml").analyze().to_dict()
    assert json.loads((folder / "report.json").read_text()) == report


def test_a_file_is_written_whole_or_not_at_all(folder: Path) -> None:
    (folder / "report.json").write_text("as it was")
    assert run("cnncalc broken.yaml --format json -o report.json", folder).code == 2
    assert (folder / "report.json").read_text() == "as it was"
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".yaml") == ["report.json"]


def test_a_file_keeps_its_permissions_and_a_link_stays_a_link(folder: Path) -> None:
    (folder / "real.txt").write_text("")
    (folder / "real.txt").chmod(0o640)
    (folder / "link.txt").symlink_to("real.txt")
    assert run("cnncalc small.yaml -o link.txt", folder).code == 0
    assert (folder / "link.txt").is_symlink()
    assert (folder / "real.txt").stat().st_mode & 0o777 == 0o640
    assert (folder / "real.txt").read_text().startswith("Model")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("none/report.txt", "No such file or directory"),
        (".", "Is a directory"),
        ("/dev/full", "No space left on device"),
        ("broken.yaml/x", "Not a directory"),
    ],
)
def test_a_file_that_cannot_be_written_is_a_diagnostic(target: str, reason: str, folder: Path) -> None:
    end = run(f"cnncalc small.yaml -o {target}", folder)
    assert end.code == 2
    assert end.stderr.startswith(f'error: "{target}" cannot be written: {reason} [')


def test_the_name_of_a_spec_is_no_formula(tmp_path: Path) -> None:
    for name in ("=1+1", "other"):
        (tmp_path / f"{name}.yaml").write_text("input: 4\nlayers: [Dense: 2]\n")
    end = run("cnncalc summary --format csv =1+1.yaml other.yaml", tmp_path)
    names = [line.partition(",")[0] for line in end.stdout.splitlines()]
    assert names == ["spec", *["'=1+1.yaml"] * 2, *["other.yaml"] * 2]
