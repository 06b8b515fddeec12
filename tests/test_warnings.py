"""Warnings for students: each is found in its example, gone in the better one, and can be silenced."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

import cnncalc
from cnncalc.spec.names import WARNINGS
from cnncalc.spec.shipped import shipped_names
from cnncalc.warnings.find import find_warnings
from cnncalc.warnings.registry import RULES
from tests.command_line import run

EXAMPLES = [id for id, rule in RULES.items() if rule.example]
assert find_warnings  # the modules with the rules are loaded


def command_of(text: str) -> str:
    """The command that an example is about: its first line, if that is one."""
    first = text.partition("\n")[0]
    return first.removeprefix("# $ ") if first.startswith("# $ ") else "cnncalc summary net.yaml"


def ids(text: str, folder: Path, options: str = "") -> list[str]:
    """The ids of the warnings about a spec, in the order in which JSON has them."""
    (folder / "net.yaml").write_text(text)
    end = run(f"{command_of(text)} --format json {options}", folder)
    assert end.code == 0, end.stderr
    assert end.stderr == ""
    return [warning.rpartition("[")[2].rstrip("]") for warning in json.loads(end.stdout)["warnings"]]


def test_every_id_has_a_rule_and_every_rule_an_id() -> None:
    assert set(RULES) == set(WARNINGS)


@pytest.mark.parametrize("id", EXAMPLES)
def test_the_example_has_the_warning_and_the_better_one_none(id: str, tmp_path: Path) -> None:
    rule = RULES[id]
    assert ids(rule.example, tmp_path) == [id]
    end = run(command_of(rule.example), tmp_path)
    assert end.code == 0
    assert "[" + id + "]" in end.stderr
    assert end.stderr.startswith("warning: ")
    assert "arning" not in end.stdout
    assert ids(rule.better, tmp_path) == []


@pytest.mark.parametrize("id", EXAMPLES)
def test_a_warning_can_be_silenced(id: str, tmp_path: Path) -> None:
    example = RULES[id].example
    assert ids(example, tmp_path, f"--no-warn {id}") == []
    first, end, rest = example.partition("\n") if example.startswith("#") else ("", "", example)
    for ignore in (id, f"[{id}]"):
        assert ids(f"{first}{end}ignore: {ignore}\n{rest}", tmp_path) == []
        assert run(f"{command_of(example)} --strict", tmp_path).code == 0


BIASED = """\
input: [32, 32, 3]
blocks:
  unit: {params: {n: 8}, layers: [Conv2D: {filters: $n, kernel_size: 3}, BatchNormalization]}
layers:
  - unit: {name: first%s}
  - Conv2D: {filters: 8, kernel_size: 3, name: second%s}
  - BatchNormalization
  - GlobalAveragePooling2D
"""


@pytest.mark.parametrize(
    ("on_block", "on_layer", "named"),
    [
        ("", "", ['"first/conv2d"', '"second"']),
        (", ignore: [bias-before-batch-norm]", "", ['"second"']),
        ("", ", ignore: bias-before-batch-norm", ['"first/conv2d"']),
        (", ignore: [bias-before-batch-norm, unread]", ", ignore: [bias-before-batch-norm]", []),
        ("", ", ignore: [unread]", ['"first/conv2d"', '"second"']),
    ],
)
def test_an_item_silences_a_warning_of_it_alone(on_block: str, on_layer: str, named: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(BIASED % (on_block, on_layer))
    end = run("cnncalc validate net.yaml --no-warn field-smaller-than-input", tmp_path)
    assert re.findall(r'"[a-z0-9_/]+"(?= \(line)', end.stderr) == named


def test_an_item_ignores_only_warnings_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [8, 8, 1]\nlayers:\n  - Flatten: {ignore: [unred]}\n")
    end = run("cnncalc validate net.yaml", tmp_path)
    assert end.code == 2
    assert end.stderr.startswith('error: there is no warning "unred" [unknown-warning]\n  --> net.yaml:3:24\n')
    assert 'did you mean "unread"?' in end.stderr


@pytest.mark.parametrize("id", EXAMPLES)
def test_only_strict_makes_an_exit_code_of_a_warning(id: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(RULES[id].example)
    assert run(f"{command_of(RULES[id].example)} --strict", tmp_path).code == 1


def test_validate_warns_as_well(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(RULES["softmax-of-one"].example)
    end = run("cnncalc validate net.yaml", tmp_path)
    assert (end.code, end.stdout) == (0, "")
    assert end.stderr == 'warning: "dense" (line 3): softmax over one value is always 1 [softmax-of-one]\n'
    assert run("cnncalc validate net.yaml --strict", tmp_path).code == 1
    assert run("cnncalc validate net.yaml --no-warn softmax-of-one", tmp_path).stderr == ""
    assert "softmax-of-one" in run("cnncalc validate net.yaml --no-warn softmax-of-on", tmp_path).stderr
    two = run("cnncalc summary net.yaml net.yaml", tmp_path).stderr
    assert two.count('warning: net.yaml: "dense" (line 3)') == 2
    assert run("cnncalc summary net.yaml net.yaml --jobs 2", tmp_path).stderr == two


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_specs_are_quiet(name: str) -> None:
    """What of them is unusual on purpose stands in their `ignore`, with the reason; what is not counted is said."""
    assert {warning.id for warning in cnncalc.load(name).analyze().warnings} <= {"not-counted"}


QUIET = {
    "squeeze and excitation": "Multiply: {branches: {main: [], gate: [GlobalAveragePooling2D, {Dense: {units: 2, "
    "activation: relu}}, {Dense: {units: 8, activation: sigmoid}}, {Reshape: [1, 1, 8]}]}}",
    "a pointwise Dense in a residual block": "Add: {branches: {main: [{Dense: 32}, {Dense: 8}], shortcut: []}}",
    "pooling that keeps the size": "Concatenate: {branches: {a: [], b: [{MaxPooling2D: {pool_size: 3, strides: 1, "
    "padding: same}}]}}",
    "sigmoid at the end": "Conv2D: {filters: 1, kernel_size: 1, activation: sigmoid}",
    "a bias in front of an activation": "Conv2D: {filters: 8, kernel_size: 1, activation: relu}",
    "softmax over channels of a map": "Softmax",
}


@pytest.mark.parametrize("item", QUIET.values(), ids=QUIET)
def test_what_is_no_mistake_has_no_warning(item: str, tmp_path: Path) -> None:
    assert ids(f"input: [16, 16, 8]\nlayers:\n  - {item}\n", tmp_path) == []


def test_a_dropped_classifier_and_features_are_no_classifier_kept(tmp_path: Path) -> None:
    for until in ("block5_pool", "fc2"):
        text = (
            f"input: [224, 224, 3]\nlayers:\n  - Model: {{spec: vgg16, until: {until}}}\n  - Flatten\n  - Dense: 10\n"
        )
        assert "classifier-kept" not in ids(text, tmp_path)


def test_trainable_inside_of_what_is_frozen_frees_nothing(tmp_path: Path) -> None:
    text = (
        "input: 4\nblocks: {b: {layers: [{Dense: {units: 4, trainable: true}}]}}\n"
        "layers: [{b: {trainable: false, name: f}}, b]\n"
    )
    assert ids(text, tmp_path) == ["freezes-nothing"]


def test_one_warning_names_the_first_items(tmp_path: Path) -> None:
    convolutions = "  - Conv2D: {filters: 4, kernel_size: 1}\n  - BatchNormalization\n" * 5
    (tmp_path / "net.yaml").write_text(f"input: [8, 8, 4]\nlayers:\n{convolutions}")
    [line] = run("cnncalc validate net.yaml", tmp_path).stderr.splitlines()
    assert '"conv2d" (line 3), "conv2d_1" (line 5), "conv2d_2" (line 7) and 2 more: the bias' in line


# Errors and warnings for programs -----------------------------------------------------------------------------------


def test_github_shows_errors_and_warnings_beside_their_lines(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(RULES["softmax-of-one"].example)
    (tmp_path / "bad.yaml").write_text("input: 4\nlayers:\n  - Dense: {unit: 3}\n")
    lines = run("cnncalc validate net.yaml bad.yaml --error-format github", tmp_path).stderr.splitlines()
    assert lines[0] == (
        '::warning file=net.yaml,line=3,endLine=3,col=5,endColumn=10,title=softmax-of-one::"dense" (line 3): '
        "softmax over one value is always 1"
    )
    assert lines[1].startswith("::error file=bad.yaml,line=3,endLine=3,col=13,endColumn=17,title=unknown-argument::")
    odd = tmp_path / "100%,a.yaml"
    odd.write_text("input: 4\nlayers: [Flat]\n")
    [line] = run(f"cnncalc validate {shlex.quote(odd.name)} --error-format github", tmp_path).stderr.splitlines()
    assert line.startswith("::error file=100%25%2Ca.yaml,line=2")


def test_sarif_has_both_with_their_places(tmp_path: Path) -> None:
    """The keys that OASIS's SARIF 2.1.0 requires, and regions that count from 1 with an exclusive end."""
    (tmp_path / "net.yaml").write_text(RULES["softmax-of-one"].example)
    (tmp_path / "bad.yaml").write_text("input: 4\nlayers:\n  - Dense: {unit: 3}\n")
    log = json.loads(run("cnncalc validate net.yaml bad.yaml --error-format sarif", tmp_path).stderr)
    assert log["version"] == "2.1.0"
    [log_of_run] = log["runs"]
    assert log_of_run["tool"]["driver"]["name"] == "cnncalc"
    first, second = log_of_run["results"][:2]
    assert (first["ruleId"], first["level"]) == ("unknown-argument", "error") or first["level"] == "warning"
    assert {first["level"], second["level"]} == {"error", "warning"}
    [location] = second["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "bad.yaml"}
    region = {"startLine": 3, "startColumn": 13, "endLine": 3, "endColumn": 17}
    assert location["physicalLocation"]["region"] == region
    empty = json.loads(run("cnncalc validate lenet5 --error-format sarif", tmp_path).stderr)
    assert empty["runs"][0]["results"] == []
