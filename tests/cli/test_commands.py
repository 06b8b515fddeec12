"""Every command but `summary`, the table of commands, and help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import cnncalc
from cnncalc.cli.application import load_command
from cnncalc.cli.commands import COMMANDS
from cnncalc.layers import registry
from tests.command_line import REPOSITORY, run

SHIPPED = sorted(path.stem for path in (REPOSITORY / "specs").glob("*.yaml"))
BAD = "input: [8, 8, 3]\nlayers: [Flaten]\n"


# All of them ------------------------------------------------------------------------------------------------------


def test_help_names_every_command_with_an_example(tmp_path: Path) -> None:
    end = run("cnncalc --help", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    for entry in COMMANDS:
        assert f"  {entry.name} " in end.stdout
        assert f"  {entry.example}\n" in end.stdout


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_each_command_has_help_with_its_example(entry: object, tmp_path: Path) -> None:
    name, _, example = entry  # type: ignore[misc]
    for option in ("--help", "-h"):
        end = run(f"cnncalc {name} {option}", tmp_path)
        assert (end.code, end.stderr) == (0, "")
        assert end.stdout.startswith(f"Usage: cnncalc {name} ")
        assert example in end.stdout
        assert "--error-format" in end.stdout
    assert example.startswith(f"cnncalc {name} ")


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_option_says_what_it_does(entry: object) -> None:
    assert all(param.help for param in load_command(entry.name).params)  # type: ignore[attr-defined]


def test_version(tmp_path: Path) -> None:
    assert run("cnncalc --version", tmp_path).stdout == f"cnncalc {cnncalc.__version__}\n"


def test_nothing_asked_is_help_and_an_error(tmp_path: Path) -> None:
    end = run("cnncalc", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("Usage: cnncalc ")


# specs ------------------------------------------------------------------------------------------------------------


def test_specs_lists_all_with_year_parameters_and_macs(tmp_path: Path) -> None:
    lines = run("cnncalc specs", tmp_path).stdout.splitlines()
    listed = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("  ")}
    assert sorted(listed.keys() - {"Spec"}) == SHIPPED
    assert listed["lenet5"] == ["1998", "61,706", "416,520", "LeNet-5"]
    assert lines[lines.index("VGG:") + 1].split()[0] == "vgg11"


@pytest.mark.parametrize("name", ["lenet5", "resnet50"])
def test_specs_prints_the_text_of_one(name: str, tmp_path: Path) -> None:
    assert run(f"cnncalc specs {name}", tmp_path).stdout == (REPOSITORY / "specs" / f"{name}.yaml").read_text()


def test_specs_knows_what_it_does_not_have(tmp_path: Path) -> None:
    end = run("cnncalc specs resnet51", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    heading, hint = end.stderr.splitlines()
    assert heading == 'error: there is no shipped spec "resnet51" [no-such-spec]'
    assert hint == '   = help: did you mean "resnet50"?'


# layers -----------------------------------------------------------------------------------------------------------


def test_layers_lists_every_kind_and_the_costs(tmp_path: Path) -> None:
    text = run("cnncalc layers", tmp_path).stdout
    words = text.replace(",", " ").split()
    assert all(kind in words for kind in (*registry.kinds(), "Model"))
    assert "  2  BatchNormalization at inference, per element: the moving statistics" in text
    assert "  5  softmax, log_softmax" in text


@pytest.mark.parametrize("kind", [*registry.kinds(), "Model"])
def test_layers_explains_each_kind(kind: str, tmp_path: Path) -> None:
    end = run(f"cnncalc layers {kind}", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert end.stdout.startswith(f"{kind}\n")
    if kind != "Model":
        assert all(f"\n  {name} " in end.stdout for name in registry.layer_class(kind).arguments())
        assert "FLOPs (exact)" in end.stdout
    example = next(line for line in end.stdout.splitlines() if line.startswith("  - "))
    as_json = end.stdout.splitlines()[end.stdout.splitlines().index(example) + 1]
    (item,) = yaml.safe_load(example)
    assert json.loads(as_json) == item


def test_layers_has_the_formulas_without_numbers(tmp_path: Path) -> None:
    text = run("cnncalc layers Conv2D", tmp_path).stdout
    for line in (
        "filters        number of output channels (a positive integer; required)",
        "height and width = floor((N - k_eff)/s) + 1   [padding: valid]",
        "height and width = ceil(N/s)   [padding: same]",
        "kernel = F*k_h*k_w*C   [groups: 1]",
        "bias = F   [use_bias: true]",
        "neurons*params/F",
        "H'*W'*F*k_h*k_w*C   [groups: 1]",
    ):
        assert line in text


def test_layers_knows_other_frameworks_names(tmp_path: Path) -> None:
    end = run("cnncalc layers MaxPool2d", tmp_path)
    assert end.code == 2
    assert 'here it is called "MaxPooling2D"' in end.stderr


# validate and new -------------------------------------------------------------------------------------------------


def test_validate_says_nothing_of_what_is_fine(tmp_path: Path) -> None:
    assert run("cnncalc validate lenet5 resnet50 --error-format json", tmp_path) == (0, "", "")


def test_validate_says_what_is_wrong_with_each(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    end = run("cnncalc validate bad.yaml lenet5 none.yaml", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.count("error: ") == 2


def test_validate_takes_what_summary_takes(tmp_path: Path) -> None:
    end = run("cnncalc validate lenet5 --input 4x4x1", tmp_path)
    assert end.code == 2
    assert "the window of Conv2D does not fit" in end.stderr


def test_new_writes_a_spec_that_works(tmp_path: Path) -> None:
    assert run("cnncalc new net.yaml", tmp_path) == (0, "", "")
    assert run("cnncalc new", tmp_path).stdout == (tmp_path / "net.yaml").read_text()
    report = json.loads(run("cnncalc net.yaml --format json --set width=2", tmp_path).stdout)
    assert report["layers"][1]["output_shape"] == [32, 32, 2 * 16]
    assert report["warnings"] == []


def test_new_touches_no_file(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("mine")
    end = run("cnncalc new net.yaml", tmp_path)
    assert end.code == 2
    assert end.stderr.startswith('error: "net.yaml" exists already [file-exists]\n')
    assert (tmp_path / "net.yaml").read_text() == "mine"


# Completion -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("cnncalc sch", ["schema"]),
        ("cnncalc summary resnet50_v1", ["resnet50_v1_5"]),
        ("cnncalc summary lenet5 --format j", ["json", "jsonl"]),
        ("cnncalc lenet5 --conv", ["--convention"]),
        ("cnncalc layers Conv2", ["Conv2D", "Conv2DTranspose"]),
        ("cnncalc summary net", ["nets/", "net.yaml"]),
        ("cnncalc validate --error-format ", ["text", "json", "github", "sarif"]),
    ],
)
def test_shells_complete(line: str, offered: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.yaml").write_text(BAD)
    (tmp_path / "nets").mkdir()
    words = line.split(" ")
    monkeypatch.setenv("_CNNCALC_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    assert sorted(run("cnncalc", tmp_path).stdout.split()) == sorted(offered)
