"""The command line as its contract says it: options, formats, exit codes, standard input, overrides, diagnostics."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import REPOSITORY, Outcome, run

GOOD = """\
name: Net
input: [16, 16, 3]
vars: {width: 4}
blocks:
  low: {layers: [{Conv2D: {filters: $width, kernel_size: 3, padding: same}}, ReLU]}
  high: {layers: [low, low, BatchNormalization]}
layers: [{high: {repeat: 2, name: s}}, Flatten, {Dense: 10}]
"""
BAD = "input: [16, 16, 3]\nlayers:\n  - Conv2D: {filters: 4, kernelsize: 3}\n"
SHAPE = """\
input: [16, 16, 3]
layers:
  - Conv2D: {filters: 4, kernel_size: 3}
  - Conv2D: {filters: 4, kernel_size: 30, name: big}
  - Flatten
"""
DIAGNOSTIC = [
    "id", "message", "file", "line", "column", "end_line", "end_column", "expected", "found", "chain", "suggestion",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"good": GOOD, "bad": BAD, "shape": SHAPE}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def piped(line: str, folder: Path) -> Outcome:
    """A line of a shell in which `cnncalc` is the program."""
    script = f'cnncalc() {{ {sys.executable} -m cnncalc "$@"; }}; set -o pipefail; {line}'
    end = subprocess.run(
        ["bash", "-c", script], cwd=folder, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return Outcome(end.returncode, end.stdout, end.stderr)


# What a spec is -------------------------------------------------------------------------------------------------------


def test_a_spec_alone_is_its_summary(folder: Path) -> None:
    assert run("cnncalc good.yaml", folder) == run("cnncalc summary good.yaml", folder)
    assert run("cnncalc lenet5 --format csv", folder) == run("cnncalc summary lenet5 --format csv", folder)


def test_a_path_that_exists_comes_before_a_shipped_name(folder: Path) -> None:
    (folder / "lenet5").write_text(GOOD)
    assert 'Model: "Net"' in run("cnncalc lenet5", folder).stdout


def test_standard_input(folder: Path) -> None:
    end = piped("cnncalc - < good.yaml", folder)
    assert (end.code, end.stderr) == (0, "")
    assert end.stdout == run("cnncalc good.yaml", folder).stdout
    wrong = piped("cnncalc summary - --error-format json < bad.yaml", folder)
    assert (wrong.code, wrong.stdout) == (2, "")
    assert json.loads(wrong.stderr)[0]["file"] == "<stdin>"


@pytest.mark.parametrize("spec", ["nothing", "nothing.yaml", "no/where.yaml", ".", "lenet6"])
def test_a_spec_that_is_not_there(spec: str, folder: Path) -> None:
    end = run(f"cnncalc summary {spec}", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("error: ")


# Overrides ------------------------------------------------------------------------------------------------------------


def shapes(command: str, folder: Path) -> list[str]:
    end = run(f"{command} --format csv --columns output_shape", folder)
    assert end.code == 0, end.stderr
    return end.stdout.split()[1:]


def test_set_and_input_override_the_file(folder: Path) -> None:
    assert shapes("cnncalc good.yaml --set width=7", folder)[1] == "16x16x7"
    assert shapes("cnncalc good.yaml --set width=2*3", folder)[1] == "16x16x6"
    for written in ("8x9x1", "input=8x9x1", "'[8, 9, 1]'", "'(8, 9, 1)'"):
        assert shapes(f"cnncalc good.yaml --input {written}", folder)[:2] == ["8x9x1", "8x9x4"]


def test_inputs_by_name(folder: Path) -> None:
    (folder / "two.yaml").write_text(
        "input: {left: 8x8x3, right: 8x8x3}\nlayers: [{Concatenate: {from: [left, right]}}]\n"
    )
    assert shapes("cnncalc two.yaml --input left=8x8x5", folder) == ["8x8x5", "8x8x3", "8x8x8"]
    assert shapes("cnncalc two.yaml --input left=4x4x5 --input right=4x4x1", folder)[-1] == "4x4x6"
    assert run("cnncalc two.yaml --input 8x8x5", folder).code == 2


@pytest.mark.parametrize(
    "option",
    [
        "--set widht=3",
        "--set width",
        "--set =3",
        "--set width=0.5",
        "--set width=many",
        "--set width=",
        "--input middle=8x8x1",
        "--input 0x8x1",
        "--input eight",
        "--max-expanded 3",
        "--max-expanded 0",
        "--depth 0",
        "--depth x",
        "--columns nam",
        "--columns ''",
        "--format xml",
        "--convention mine",
        "--jobs 0",
        "--jobs x",
        "--frob",
        "-o no/such/folder/file",
    ],
)
def test_options_that_are_wrong(option: str, folder: Path) -> None:
    end = run(f"cnncalc summary good.yaml {option}", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("error: ")
    assert end.stderr.count("\n") <= 20
    array = json.loads(run(f"cnncalc summary good.yaml {option} --error-format json", folder).stderr)
    assert [list(entry) for entry in array] == [DIAGNOSTIC]


# Formats --------------------------------------------------------------------------------------------------------------


def test_the_table_is_keras_s_and_ours(folder: Path) -> None:
    text = run("cnncalc lenet5", folder).stdout
    lines = text.splitlines()
    assert lines[0] == 'Model: "LeNet-5"'
    heading = next(line for line in lines if line.startswith("Layer (type)"))
    assert re.split(r"\s{2,}", heading) == ["Layer (type)", "Output Shape", "Param #", "Neurons", "RF", "Ops"]
    assert "(None, 28, 28, 6)" in text
    # 61,706 * 4 bytes = 246,824 = 241.04 KB, as Keras prints it
    for line in (
        "Total params: 61,706 (241.04 KB)",
        "Trainable params: 61,706 (241.04 KB)",
        "Non-trainable params: 0 (0.00 B)",
    ):
        assert line in lines
    assert "9,518" in text
    assert "423,038" in text
    assert "notes" in lines[-2] + lines[-1]


def test_connected_to_stands_where_the_graph_is_no_chain(folder: Path) -> None:
    assert "Connected to" not in run("cnncalc good.yaml", folder).stdout
    assert "Connected to" in run("cnncalc resnet18", folder).stdout


def test_csv_has_the_json_s_names(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("cnncalc good.yaml --format csv", folder).stdout)))
    records = json.loads(run("cnncalc good.yaml --format json", folder).stdout)["layers"]
    assert len(rows) == len(records)  # no totals

    def names(record: dict[str, object], prefix: str = "") -> list[str]:
        found = []
        for key, value in record.items():
            found += names(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
        return found

    assert list(rows[0]) == names(records[0])
    conv = rows[1]
    assert (conv["name"], conv["output_shape"], conv["params"]) == ("s_1/low/conv2d", "16x16x4", "112")
    assert (conv["notes.basis.ops"], conv["exact.macs"], conv["exact.receptive_field"]) == (
        "documented",
        "27648",
        "3x3",
    )
    assert rows[0]["ops"] == rows[0]["shared_with"] == rows[-1]["exact.effective_stride"] == ""


def test_csv_of_several_specs_has_a_column_for_them(folder: Path) -> None:
    text = run("cnncalc summary good.yaml lenet5 --format csv", folder).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert next(iter(rows[0])) == "spec"
    assert {row["spec"] for row in rows} == {"good.yaml", "lenet5"}
    assert text.count("name,type") == 1


def test_jsonl_is_one_report_per_line(folder: Path) -> None:
    end = run("cnncalc summary good.yaml lenet5 resnet18 --format jsonl", folder)
    made = [json.loads(line) for line in end.stdout.splitlines()]
    assert [one["name"] for one in made] == ["Net", "LeNet-5", "ResNet-18"]
    one = json.loads(run("cnncalc lenet5 --format json", folder).stdout)
    assert one == made[1]


@pytest.mark.parametrize("format", ["table", "markdown", "latex", "html", "csv", "json", "jsonl"])
def test_every_format_holds_every_row(format: str, folder: Path) -> None:
    end = run(f"cnncalc good.yaml --format {format}", folder)
    assert (end.code, end.stderr) == (0, "")
    plain = end.stdout.replace(r"\_", "_")
    for name in ("s_1/low/conv2d", "s_2/batch_normalization", "flatten", "dense"):
        assert name in plain


def test_columns(folder: Path) -> None:
    end = run("cnncalc good.yaml --format csv --columns exact.macs,name,notes.basis.ops", folder)
    assert end.stdout.splitlines()[:2] == ["exact.macs,name,notes.basis.ops", "0,input,extension"]
    assert "27,648" in run("cnncalc good.yaml --columns name,exact.macs", folder).stdout


def test_depth_folds_blocks_into_rows_of_sums(folder: Path) -> None:
    whole = json.loads(run("cnncalc good.yaml --format json", folder).stdout)
    for depth, names in {
        1: ["input", "s_1", "s_2", "flatten", "dense"],
        2: [
            "input",
            "s_1/low",
            "s_1/low_1",
            "s_1/batch_normalization",
            "s_2/low",
            "s_2/low_1",
            "s_2/batch_normalization",
            "flatten",
            "dense",
        ],
        3: [row["name"] for row in whole["layers"]],
    }.items():
        text = run(f"cnncalc good.yaml --depth {depth} --format csv", folder).stdout
        folded = list(csv.DictReader(io.StringIO(text)))
        assert [row["name"] for row in folded] == names
        for row in folded:
            inside = [
                one
                for one in whole["layers"]
                if one["name"] == row["name"] or one["name"].startswith(row["name"] + "/")
            ]
            for key in ("neurons", "params", "trainable_params"):
                assert int(row[key]) == sum(one[key] for one in inside)
            assert int(row["exact.flops"]) == sum(one["exact"]["flops"] for one in inside)
            assert row["output_shape"] == "x".join(map(str, inside[-1]["output_shape"]))
            assert row["exact.receptive_field"] == "x".join(map(str, inside[-1]["exact"]["receptive_field"]))


def test_convention(folder: Path) -> None:
    notes, exact = (
        json.loads(run(f"cnncalc lenet5 --format json --convention {one}", folder).stdout) for one in ("notes", "exact")
    )
    assert (notes["totals"]["ops"], exact["totals"]["ops"]) == (423038, 416520)
    assert (notes["totals"]["receptive_field"], exact["totals"]["receptive_field"]) == ([19, 19], [32, 32])


def test_output_goes_to_a_file_whole_or_not_at_all(folder: Path) -> None:
    end = run("cnncalc good.yaml --format csv -o out.csv", folder)
    assert (end.code, end.stdout, end.stderr) == (0, "", "")
    assert (folder / "out.csv").read_text() == run("cnncalc good.yaml --format csv", folder).stdout
    before = (folder / "out.csv").read_text()
    assert run("cnncalc bad.yaml --format csv -o out.csv", folder).code == 2
    assert (folder / "out.csv").read_text() == before


# Errors ---------------------------------------------------------------------------------------------------------------


def test_a_diagnostic_shows_where_what_and_what_to_try(folder: Path) -> None:
    end = run("cnncalc bad.yaml", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("error: ")
    for part in (
        "bad.yaml:3:26",
        "  - Conv2D: {filters: 4, kernelsize: 3}",
        "^^^^^^^^^^",
        'did you mean "kernel_size"?',
    ):
        assert part in end.stderr
    (entry,) = json.loads(run("cnncalc bad.yaml --error-format json", folder).stderr)
    assert list(entry) == DIAGNOSTIC
    assert (entry["line"], entry["column"], entry["end_line"], entry["end_column"]) == (3, 26, 3, 36)
    assert entry["file"] == "bad.yaml"


def test_the_chain_of_blocks_that_led_there(folder: Path) -> None:
    (folder / "deep.yaml").write_text(GOOD.replace("kernel_size: 3, padding: same", "kernel_size: 99"))
    (entry,) = json.loads(run("cnncalc deep.yaml --error-format json", folder).stderr)
    assert re.search('"s_1".*copy 1 of 2', entry["chain"][0])
    assert '"s_1/low"' in entry["chain"][1]
    assert run("cnncalc deep.yaml", folder).stderr.count("\n") <= 20


def test_independent_errors_come_together_at_most_ten(folder: Path) -> None:
    (folder / "many.yaml").write_text("input: [8, 8, 3]\nlayers:\n" + "  - Flaten\n" * 3 + "  - Dense: {unit: 3}\n")
    assert len(json.loads(run("cnncalc many.yaml --error-format json", folder).stderr)) == 4
    (folder / "more.yaml").write_text("input: [8, 8, 3]\nlayers:\n" + "  - Flaten\n" * 30)
    assert len(json.loads(run("cnncalc more.yaml --error-format json", folder).stderr)) == 10
    assert run("cnncalc more.yaml", folder).stderr.count("error: ") == 10


@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv", "markdown", "latex", "html"])
def test_a_shape_error_leaves_the_rows_before_it(format: str, folder: Path) -> None:
    end = run(f"cnncalc shape.yaml --format {format}", folder)
    assert end.code == 2
    assert end.stderr.startswith("error: ")
    assert "conv2d" in end.stdout
    if format in ("json", "jsonl"):
        partial = json.loads(end.stdout)
        assert [row["name"] for row in partial["layers"]] == ["input", "conv2d"]
        assert list(partial["error"]) == DIAGNOSTIC
    elif format != "csv":
        assert "big" in end.stdout


def test_several_specs_are_all_processed(folder: Path) -> None:
    end = run("cnncalc summary bad.yaml good.yaml nothing.yaml lenet5 --format jsonl", folder)
    assert end.code == 2
    assert [json.loads(line)["name"] for line in end.stdout.splitlines()] == ["Net", "LeNet-5"]
    assert end.stderr.count("error: ") == 2
    both = run("cnncalc summary bad.yaml nothing.yaml good.yaml --error-format json --format csv", folder)
    assert [entry["id"] for entry in json.loads(both.stderr)] == ["unknown-argument", "file-not-found"]


def test_jobs_change_nothing(folder: Path) -> None:
    command = "cnncalc summary bad.yaml good.yaml shape.yaml lenet5 resnet18 --format csv"
    alone, together = piped(command, folder), piped(f"{command} --jobs 2", folder)
    assert alone == together


def test_validate_says_errors_only(folder: Path) -> None:
    assert run("cnncalc validate good.yaml lenet5", folder) == Outcome(0, "", "")
    end = run("cnncalc validate good.yaml bad.yaml shape.yaml", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.count("error: ") == 2
    entries = json.loads(run("cnncalc validate bad.yaml shape.yaml --error-format json", folder).stderr)
    assert [entry["file"] for entry in entries] == ["bad.yaml", "shape.yaml"]


# Limits ---------------------------------------------------------------------------------------------------------------


def test_a_broken_limit_is_exit_1(folder: Path) -> None:
    (folder / "broken.yaml").write_text(GOOD + "limits: {max_params: 1000}\n")
    (folder / "kept.yaml").write_text(GOOD + "limits: {max_params: 1000000}\n")
    end = run("cnncalc broken.yaml", folder)
    assert end.code == 1
    assert "max_params" in end.stderr
    assert end.stdout == run("cnncalc kept.yaml", folder).stdout.replace("kept", "broken")
    assert run("cnncalc kept.yaml", folder).code == 0
    assert run("cnncalc summary broken.yaml bad.yaml", folder).code == 2  # what could not be read weighs more


# Habits ---------------------------------------------------------------------------------------------------------------


def test_no_colour_and_no_cut_in_a_pipe(folder: Path) -> None:
    end = piped("COLUMNS=40 cnncalc resnet18 | cat", folder)
    assert end.code == 0
    assert "\x1b" not in end.stdout
    assert end.stdout == run("cnncalc resnet18", folder).stdout


def test_head_ends_quietly(folder: Path) -> None:
    end = piped("cnncalc resnet50 --format json | head -1", folder)
    assert (end.stdout, end.stderr) == ("{\n", "")


def test_jq_reads_it(folder: Path) -> None:
    end = piped(
        f"cnncalc good.yaml --format json | {sys.executable} -c "
        '\'import json, sys; print(json.load(sys.stdin)["totals"]["params"])\'',
        folder,
    )
    # width 4: 112, then 148 three times, two normalisations of 16, and 1024*10 + 10
    assert end.stdout == f"{112 + 3 * 148 + 32 + 10250}\n"


@pytest.mark.parametrize(
    "command",
    [
        "summary",
        "check",
        "worksheet",
        "specs",
        "layers",
        "schema",
        "validate",
        "new",
        "explain",
        "rf",
        "compare",
        "counters",
        "reconcile",
    ],
)
def test_every_command_has_help_with_an_example(command: str, folder: Path) -> None:
    end = run(f"cnncalc {command} --help", folder)
    assert (end.code, end.stderr) == (0, "")
    assert f"cnncalc {command}" in end.stdout.split("xample", 1)[1]


def test_version_help_and_nothing(folder: Path) -> None:
    assert re.fullmatch(r"cnncalc \d+\.\d+\.\d+\n", run("cnncalc --version", folder).stdout)
    assert run("cnncalc --help", folder).code == 0
    assert run("cnncalc", folder).code == 2


def test_specs_layers_schema_new(folder: Path) -> None:
    assert "resnet50" in run("cnncalc specs", folder).stdout
    text = run("cnncalc specs lenet5", folder).stdout
    (folder / "copy.yaml").write_text(text)
    assert run("cnncalc copy.yaml --format csv", folder).stdout == run("cnncalc lenet5 --format csv", folder).stdout
    assert "Conv2DTranspose" in run("cnncalc layers", folder).stdout
    for word in ("kernel_size", "default", "padding"):
        assert word in run("cnncalc layers Conv2D", folder).stdout
    for name in ("", "spec", "report", "answers"):
        assert "$schema" in json.loads(run(f"cnncalc schema {name}", folder).stdout)
    assert run("cnncalc new", folder).code == 0
    assert run("cnncalc new mine.yaml", folder).code == 0
    assert run("cnncalc mine.yaml", folder).code == 0
    assert run("cnncalc new mine.yaml", folder).code == 2  # it is there already
    for wrong in ("specs nothing", "layers Nothing", "schema nothing"):
        assert run(f"cnncalc {wrong}", folder).code == 2


# explain, rf ----------------------------------------------------------------------------------------------------------


def test_explain_gives_formula_numbers_and_result_in_both_conventions(folder: Path) -> None:
    text = run("cnncalc explain lenet5 conv2d_1", folder).stdout
    # the worked example's second convolution: 16*5*5*6 + 16, 1600*2416/16, 10*10*16*5*5*6, RF 7 + 4*2 and 6 + 4*2
    for part in (
        "16*5*5*6 + 16",
        "2,416",
        "1600*2416/16",
        "241,600",
        "10*10*16*5*5*6",
        "240,000",
        "483,200",
        "15",
        "14",
    ):
        assert part in text, part
    assert text == run("cnncalc explain lenet5 3", folder).stdout  # layers by number too
    whole = run("cnncalc explain lenet5", folder).stdout
    assert all(name in whole for name in ("input", "conv2d", "average_pooling2d_1", "flatten", "logits"))
    for wrong in ("nothing", "99", "-1"):
        assert run(f"cnncalc explain lenet5 -- {wrong}", folder).code == 2


def test_rf_gives_size_stride_offset_and_what_the_border_cuts(folder: Path) -> None:
    (folder / "same.yaml").write_text(
        "input: [20, 20, 1]\nlayers: [{Conv2D: {filters: 1, kernel_size: 5, strides: 2, padding: same, name: c}}]\n"
    )
    # total 9*2 + 5 - 20 = 3, before 1: position 0 sees -1..3, position 9 sees 17..21
    end = run("cnncalc rf same.yaml c --at 0,9", folder)
    assert end.code == 0
    assert re.search(r"size +5 +5", end.stdout)
    assert re.search(r"effective stride +2 +2", end.stdout)
    assert re.search(r"offset +-1 +-1", end.stdout)
    assert re.search(r"-1 to 3.*0 to 3", end.stdout)
    assert re.search(r"17 to 21.*17 to 19", end.stdout)
    assert run("cnncalc rf same.yaml", folder).code == 0
    for wrong in ("10,0", "0", "0,0,0", "x,y", "-1,0"):
        assert run(f"cnncalc rf same.yaml c --at={wrong}", folder).code == 2


# compare, counters, reconcile -----------------------------------------------------------------------------------------


def test_compare_puts_two_specs_side_by_side(folder: Path) -> None:
    (folder / "wider.yaml").write_text(GOOD.replace("width: 4", "width: 5"))
    end = run("cnncalc compare good.yaml wider.yaml", folder)
    assert (end.code, end.stderr) == (0, "")
    # width 4: 112 + 3*148 + 32 + 10250; width 5: 140 + 3*230 + 40 + 12810
    for part in ("good.yaml", "wider.yaml", "10,838", "13,680", "2,842", "filters 4 -> 5"):
        assert part in end.stdout, part
    assert run("cnncalc compare good.yaml good.yaml", folder).code == 0
    assert run("cnncalc compare good.yaml bad.yaml", folder).code == 2
    assert run("cnncalc compare good.yaml", folder).code == 2


# One 10x12x8 input, by running each profiler; see also the truth of whole nets in tests/peers.
COUNTS = {
    "Conv2D: {filters: 16, kernel_size: 3, padding: 1}": (140160, 138240, 276480, 278400, 140160, 138240, 278400),
    "DepthwiseConv2D: {kernel_size: 3, padding: 1}": (9600, 8640, 17280, 18240, 9600, 8640, 18240),
    "Conv2DTranspose: {filters: 16, kernel_size: 4, strides: 2, padding: 1}": (
        990720, 245760, 491520, 492000, 253440, 983040, 499200,
    ),
    "BatchNormalization": (16, 1920, 0, 1920, 1920, 3840, 1968),
    "MaxPooling2D: {pool_size: 3, strides: 2, padding: 1}": (0, 0, 0, 960, 1920, 0, 2160),
    "GlobalAveragePooling2D": (0, 960, 0, 960, 1920, 968, 960),
    "Softmax": (0, 0, 0, 960, 960, 2760, 4800),
}  # fmt: skip


@pytest.mark.parametrize("item", COUNTS)
def test_counters_are_the_profilers_own_counts(item: str, folder: Path) -> None:
    (folder / "one.yaml").write_text(f"input: [10, 12, 8]\nlayers:\n  - {item}\n")
    made = json.loads(run("cnncalc counters one.yaml --format json", folder).stdout)["counters"]
    names = ("torchinfo", "fvcore", "torch", "calflops", "ptflops", "thop", "tensorflow")
    assert tuple(made[name]["total"] for name in names) == COUNTS[item]
    shown = run("cnncalc counters one.yaml", folder).stdout
    assert all(name in shown for name in names)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4.11G", "fvcore"),
        ("4,089,238,376", "torchinfo"),
        ("8178368512", "torch"),
        ("25,557,032", "moving statistics"),  # PyTorch's parameters: without the moving statistics
        ("25.6M", "parameters"),
    ],
)
def test_reconcile_says_which_count_gives_a_number(number: str, words: str, folder: Path) -> None:
    end = run(f"cnncalc reconcile resnet50_v1_5 {number}", folder)
    assert end.code == 0
    assert words in "\n".join(end.stdout.splitlines()[1:4])


def test_reconcile_of_a_number_that_nothing_gives(folder: Path) -> None:
    assert run("cnncalc reconcile resnet50_v1_5 12345", folder).code == 1
    assert run("cnncalc reconcile resnet50_v1_5 many", folder).code == 2
