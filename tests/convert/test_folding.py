"""What `import` writes is a spec of a person's size, and the same net as the flat one, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnncalc
from tests.command_line import run
from tests.convert import caffe_files, darknet_files
from tests.convert.test_keras_code import RESNET
from tests.convert.test_keras_truth import CASES, file_of
from tests.convert.test_yolo import yolov8

BOUNDS = {
    "ResNet50_notop": 60,
    "app_DenseNet121_keras2.1.6": 120,
    "EfficientNetB0_notop": 120,
    "InceptionV3_notop": 120,
}
"""Lines of the spec, at most."""


def spec_of(file: str, options: str, folder: Path) -> str:
    outcome = run(f"cnncalc import {file} {options}", folder)
    assert outcome.code == 0, outcome.stderr
    return outcome.stdout


def rows(spec: str) -> list[tuple[object, ...]]:
    """What each row says and which rows it reads, by number: blocks give rows other names."""
    layers = cnncalc.loads(spec).analyze().layers
    number = {row.name: index for index, row in enumerate(layers)}
    return [
        (row.type, row.output_shape, row.params, row.trainable_params, [number[name] for name in row.inputs])
        for row in layers
    ]


@pytest.mark.parametrize("name", BOUNDS)
def test_a_network_comes_to_few_lines_and_is_the_same(name: str, tmp_path: Path) -> None:
    [case] = [case for case in CASES if case["name"].endswith(f"/{name}")]
    file = file_of(case, tmp_path)
    folded = spec_of(file, "", tmp_path)
    assert folded.count("\n") <= BOUNDS[name]
    assert rows(folded) == rows(spec_of(file, "--flat", tmp_path))
    assert cnncalc.loads(folded).analyze().totals.params == case["totals"]["params"]


SMALL = [case["name"] for case in CASES if case.get("expect") != "refuse" and len(case["rows"]) < 90]
OTHERS = {
    "yolov3.cfg": darknet_files.yolov3(416),
    "googlenet.prototxt": caffe_files.googlenet(),
    "resnet.prototxt": caffe_files.resnet50(),
    "yolov8n.yaml": yolov8(),
    "resnet.py": RESNET,
}


@pytest.mark.parametrize("name", SMALL)
def test_the_folded_and_the_flat_spec_of_a_keras_file_have_the_same_rows(name: str, tmp_path: Path) -> None:
    """The larger ones among keras.applications are in tests/peers/test_keras_files.py."""
    [case] = [case for case in CASES if case["name"] == name]
    file = file_of(case, tmp_path)
    assert rows(spec_of(file, "", tmp_path)) == rows(spec_of(file, "--flat", tmp_path))


@pytest.mark.parametrize("name", OTHERS)
def test_the_folded_and_the_flat_spec_of_other_files_have_the_same_rows(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(OTHERS[name])
    folded, flat = spec_of(name, "", tmp_path), spec_of(name, "--flat", tmp_path)
    assert rows(folded) == rows(flat)
    assert len(folded.splitlines()) < 0.6 * len(flat.splitlines())


def test_blocks_that_follow_each_other_are_one_item(tmp_path: Path) -> None:
    [case] = [case for case in CASES if case["name"].endswith("/ResNet50_notop")]
    spec = spec_of(file_of(case, tmp_path), "--name mine", tmp_path)
    assert spec.startswith("name: mine\n")
    assert "\n  - residual: {filters: 256, name: conv4_block, repeat: 5}\n" in spec


def test_a_spec_is_no_file_to_import(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 3\nlayers: [Dense: 2]\n")
    outcome = run("cnncalc import net.yaml", tmp_path)
    assert outcome.code == 2
    assert "is it a spec already?" in outcome.stderr
    assert "cnncalc summary net.yaml" in outcome.stderr
