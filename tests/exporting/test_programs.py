"""Programs of Keras and PyTorch: golden texts, whatever names a spec has, and what a framework lacks.

`tests/peers/test_exports.py` runs programs with the frameworks themselves.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cnncalc
from tests.command_line import REPOSITORY, run

FRAMEWORKS = ("keras", "torch")


def exported(spec: str, to: str, folder: Path) -> str:
    """The program of a spec."""
    outcome = run(f"cnncalc export {spec} --to {to}", folder)
    assert outcome.code == 0, outcome.stderr
    return outcome.stdout


@pytest.mark.parametrize("to", FRAMEWORKS)
@pytest.mark.parametrize("spec", ["lenet5", "resnet50", "densenet121", "mobilenet_v3_small", "faster_rcnn", "fcn8s"])
def test_programs_are_as_they_were(spec: str, to: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    if (spec, to) == ("faster_rcnn", "keras"):
        pytest.skip("Keras has no pooling of regions")
    golden(f"{spec}_{to}.py", exported(spec, to, tmp_path))


@pytest.mark.parametrize("to", FRAMEWORKS)
def test_resnet50_is_as_short_as_a_person_would_write_it(to: str, tmp_path: Path) -> None:
    """Blocks are functions or modules, copies are loops; the table of figures stands behind the net."""
    text = exported("resnet50", to, tmp_path)
    net = text.partition("\n\n\nFIGURES = ")[0]
    assert len(net.splitlines()) <= 60
    assert net.count("Conv2D(" if to == "keras" else "Conv2d(") == 5, "four in the block, one before the blocks"


@pytest.mark.parametrize("to", FRAMEWORKS)
def test_the_figures_are_those_of_the_report(to: str, tmp_path: Path) -> None:
    """Table 1 of He et al. 2016 has 1,000 classes behind 2,048 channels: 2,049,000 parameters; Keras counts 25,636,712
    in all of ResNet-50."""
    tree = ast.parse(exported("resnet50", to, tmp_path))
    (figures,) = [
        ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "FIGURES"
    ]
    assert sum(parameters for _, parameters, _ in figures) == 25_636_712
    assert 2_049_000 in [parameters for _, parameters, _ in figures]


@pytest.mark.parametrize("to", FRAMEWORKS)
def test_vars_are_constants_and_set_changes_them(to: str, tmp_path: Path) -> None:
    text = run(f"cnncalc export mobilenet_v1 --to {to} --set alpha=0.5 --input 128x128x3", tmp_path).stdout
    assert "\nALPHA = 0.5\n" in text
    assert "ALPHA" in text.partition("ALPHA = 0.5")[2]
    assert "128" in text


def test_a_file_is_written(tmp_path: Path) -> None:
    assert run("cnncalc export lenet5 --to keras -o net.py", tmp_path).code == 0
    assert (tmp_path / "net.py").read_text() == exported("lenet5", "keras", tmp_path)


# Keras's JSON ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["lenet5", "resnet50", "densenet121", "unet", "finetune_resnet50"])
def test_keras_json_is_read_again_row_by_row(spec: str, tmp_path: Path) -> None:
    """Padding that Keras has no argument for is a layer of its own, `..._pad`."""
    assert run(f"cnncalc export {spec} --to keras-json -o net.json", tmp_path).code == 0
    ours, theirs = cnncalc.load(spec).analyze(), cnncalc.load(tmp_path / "net.json").analyze()
    rows = [row for row in theirs.layers if not row.name.endswith(("_pad", "_crop"))]
    figures = [
        {row.name.replace("/", "_"): (row.type, row.output_shape, row.params, row.trainable_params) for row in layers}
        for layers in (ours.layers, rows)
    ]
    assert figures[0] == figures[1]
    assert theirs.totals.params == ours.totals.params
    assert theirs.totals.trainable_params == ours.totals.trainable_params


def test_keras_json_holds_keras_own_layers_alone(tmp_path: Path) -> None:
    outcome = run("cnncalc export shufflenet_v2_x1_0 --to keras-json", tmp_path)
    assert outcome.code == 2
    assert "none of Keras's own layers" in outcome.stderr


# Names -------------------------------------------------------------------------------------------------------------

HOSTILE = '''
name: 'x"""; import os #'
input: [8, 8, 3]
vars: {class: 4, import: 2, keras: 3, layers: 1, torch: 2, self: 3, x: 5}
blocks:
  def:
    params: {lambda: null, print: 1, ops: 2, nn: 3, in_channels_: 4, i: 1}
    layers:
      - Conv2D: {filters: $lambda, kernel_size: $nn, padding: same, name: 3x3}
      - Conv2D: {filters: $class, kernel_size: $i, name: forward}
      - Conv2D: {filters: $print*$ops, kernel_size: 1, name: a.b-c}
  None-.type:
    params: {filters: $keras}
    layers: [Conv2D: {filters: $filters, kernel_size: 1, name: train}]
layers:
  - def: {lambda: 2, name: return}
  - def: {lambda: 3, print: $x, name: yield, repeat: 3}
  - None-.type: {name: __init__}
  - Add: {branches: {if: [Conv2D: {filters: $self, kernel_size: 1, name: weights}], 2: []}, name: del}
  - Dense: {units: $torch, name: '1'}
  - Dense: {units: $import, name: keras}
  - Dense: {units: $layers, name: self}
'''


@pytest.mark.parametrize("to", FRAMEWORKS)
def test_any_name_makes_a_program_that_builds_the_net_and_nothing_else(to: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(HOSTILE)
    only_builds(exported("net.yaml", to, tmp_path), to)


@pytest.mark.parametrize("to", FRAMEWORKS)
@pytest.mark.parametrize("name", ['"""', "\\", "\n\nimport os\n", "'''", '"', "{x}", "a" * 500, "\\N{BEL}"])
def test_no_title_leaves_its_text(to: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"{{name: {json.dumps(name)}, input: 4, layers: [{{Dense: 2}}]}}")
    only_builds(exported("net.yaml", to, tmp_path), to)


STATEMENTS = {
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.FunctionDef, ast.ClassDef, ast.arguments, ast.arg,
    ast.Assign, ast.AugAssign, ast.Return, ast.If, ast.For, ast.Assert, ast.Expr, ast.With, ast.withitem,
}  # fmt: skip
EXPRESSIONS = {
    ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.Tuple,
    ast.List, ast.Dict, ast.DictComp, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.Starred, ast.Subscript,
    ast.Slice, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.Load, ast.Store,
    ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
}  # fmt: skip


CALLED = {
    "keras", "layers", "ops", "nn", "torch", "super", "range", "print", "sum", "len", "zip", "getattr", "tuple",
}  # fmt: skip


def only_builds(text: str, to: str) -> None:
    """Asserts that a program consists of what the exporter writes: no other import, no call of anything else."""
    tree = ast.parse(text)
    modules = {"keras": {"keras"}, "torch": {"torch", "torchvision"}}[to]
    own = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        assert any(isinstance(node, kind) for kind in STATEMENTS | EXPRESSIONS), ast.dump(node)
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= modules
        if isinstance(node, ast.ImportFrom):
            assert node.module in modules
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, (ast.Call, ast.Constant))
        if isinstance(node, ast.Call):
            called: ast.expr = node.func
            while not isinstance(called, (ast.Name, ast.JoinedStr)):
                match called:
                    case ast.Attribute(value=inner) | ast.Call(func=inner) | ast.Subscript(value=inner):
                        called = inner
                    case ast.BinOp(left=inner):
                        called = inner
                    case _:
                        raise AssertionError(ast.unparse(called))
            assert isinstance(called, ast.JoinedStr) or called.id in CALLED | own, ast.unparse(called)


# What a framework lacks --------------------------------------------------------------------------------------------


def test_what_keras_lacks_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    outcome = run("cnncalc export faster_rcnn --to keras -o net.py", tmp_path)
    assert outcome.code == 2
    assert "[not-exportable]" in outcome.stderr
    assert '"ro_i_align" (RoIAlign): Keras has no pooling of regions' in outcome.stderr
    assert not (tmp_path / "net.py").exists()


def test_what_pytorch_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: [8, 8, 8, 3]\nlayers: [ConvLSTM2D: {filters: 2, kernel_size: 3, name: a}]"
    )
    outcome = run("cnncalc export net.yaml --to torch", tmp_path)
    assert outcome.code == 2
    assert '"a" (ConvLSTM2D): PyTorch has no ConvLSTM2D' in outcome.stderr


def test_goldens_are_formatted_as_ruff_would() -> None:
    """ruff's own width of 88; a text can't be split."""
    for file in sorted((REPOSITORY / "tests/exporting/golden").glob("*.py")):
        for line in file.read_text().splitlines():
            assert len(line) <= 88 or '"' in line, f"{file.name}: {line}"
