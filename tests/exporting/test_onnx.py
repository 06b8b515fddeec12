"""`cnncalc export --to onnx`, read back by `cnncalc`: the weighted layers, the shapes and the totals are the spec's.

What the `onnx` package says of these files is in `tests/peers/test_onnx_exports.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import cnncalc
from cnncalc.analysis.report import Report
from tests.command_line import run

PUBLISHED = {
    "lenet5": 61_706,
    "resnet50": 25_636_712,
    "mobilenet_v2": 3_538_984,
    "densenet121": 8_062_504,
    "inception_v3": 23_851_784,
}
"""Parameters: LeNet-5's are added up in the notes, the others are those of keras.io/api/applications."""


def weighted(report: Report) -> list[tuple[object, ...]]:
    """The layers that have weights, in order: kinds, shapes, parameters and multiply-accumulates."""
    return [(row.type, row.output_shape, row.params, row.exact.macs) for row in report.layers if row.params]


@pytest.mark.parametrize("name", [*PUBLISHED, "unet", "wavenet", "yolov1"])
def test_read_back_it_is_the_net(name: str, tmp_path: Path) -> None:
    assert run(f"cnncalc export {name} --to onnx -o net.onnx", tmp_path).code == 0
    spec, read = cnncalc.load(name).analyze(), cnncalc.load(tmp_path / "net.onnx").analyze()
    assert weighted(read) == weighted(spec)
    assert read.totals.params == PUBLISHED.get(name, spec.totals.params)
    assert read.totals.trainable_params == spec.totals.trainable_params
    assert read.totals.exact.macs == spec.totals.exact.macs
    outputs = read.outputs[: len(spec.outputs)]  # WaveNet: behind them stands what nothing reads
    assert [read[name].output_shape for name in outputs] == [spec[name].output_shape for name in spec.outputs]


def test_zeros_take_four_bytes_for_each_parameter(tmp_path: Path) -> None:
    for weights in ("none", "zeros"):
        assert run(f"cnncalc export lenet5 --to onnx --weights {weights} -o {weights}.onnx", tmp_path).code == 0
    sizes = [(tmp_path / f"{weights}.onnx").stat().st_size for weights in ("none", "zeros")]
    assert sizes[0] < 4_000
    assert 4 * 61_706 < sizes[1] < 4 * 61_706 + 4_000
    assert cnncalc.load(tmp_path / "zeros.onnx").analyze().totals.params == 61_706


def test_shared_weights_are_one_tensor(tmp_path: Path) -> None:
    assert run("cnncalc export siamese --to onnx -o net.onnx", tmp_path).code == 0
    rows = cnncalc.load("siamese").analyze().layers
    shared = [row for row in rows if row.shared_with and row.params]
    assert shared
    data = (tmp_path / "net.onnx").read_bytes()
    assert all(f"{row.name}.kernel".encode() not in data for row in shared)
    read = cnncalc.load(tmp_path / "net.onnx").analyze()
    assert read.totals.params == cnncalc.load("siamese").analyze().totals.params
    assert len([row for row in read.layers if row.shared_with and row.params]) == len(shared)


def test_what_onnx_lacks_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    end = run("cnncalc export lrcn --to onnx -o net.onnx", tmp_path)
    assert end.code == 2
    assert "(TimeDistributed): there are no operators for this kind [not-exportable]" in end.stderr
    assert not list(tmp_path.iterdir())


ODD = """
input: [13, 11, 6]
layers:
  - Conv2D: {filters: 8, kernel_size: 3, strides: 2, padding: same, dilation_rate: 1, groups: 2, activation: relu6}
  - Conv2D: {name: "wide", filters: 8, kernel_size: 3, dilation_rate: 2, padding: same}
  - Conv2DTranspose: {filters: 4, kernel_size: 3, strides: 2, padding: same}
  - MaxPooling2D: {pool_size: 3, strides: 2, ceil_mode: true}
  - UpSampling2D: 2
  - ZeroPadding2D: [[1, 0], [0, 2]]
  - Cropping2D: [[0, 1], [1, 0]]
  - GroupNormalization: {groups: 2}
  - Dense: 5
  - Flatten
  - Dense: 3
  - Softmax
"""


def test_padding_groups_and_layers_on_maps(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(ODD)
    end = run("cnncalc export odd.yaml --to onnx -o net.onnx", tmp_path)
    assert end.code == 0, end.stderr
    spec, read = cnncalc.load(tmp_path / "odd.yaml").analyze(), cnncalc.load(tmp_path / "net.onnx").analyze()
    assert weighted(read) == weighted(spec)
    assert read.totals.exact.macs == spec.totals.exact.macs


SEQUENCE = """
input: [12, 8]
layers:
  - LSTM: {units: 8, return_sequences: true}
  - MultiHeadAttention: {num_heads: 2, key_dim: 4}
  - GRU: {units: 5, return_sequences: true}
  - SimpleRNN: {units: 4, return_sequences: true, use_recurrent_bias: true}
  - LSTM: 3
  - Dense: 2
"""


def test_recurrent_layers_and_attention(tmp_path: Path) -> None:
    (tmp_path / "sequence.yaml").write_text(SEQUENCE)
    end = run("cnncalc export sequence.yaml --to onnx -o net.onnx", tmp_path)
    assert end.code == 0, end.stderr
    spec, read = cnncalc.load(tmp_path / "sequence.yaml").analyze(), cnncalc.load(tmp_path / "net.onnx").analyze()
    # 4 gates of 8 units: 4*8*(8 + 8 + 1); 4 projections of 8 channels: 4*8*(8 + 1); 3 gates with biases twice:
    # 3*5*(8 + 5 + 2); the same of 1 gate: 4*(5 + 4 + 2); 4*3*(4 + 3 + 1); 2*(3 + 1)
    assert spec.totals.params == read.totals.params == 544 + 288 + 225 + 44 + 96 + 8
    assert read.totals.exact.macs == spec.totals.exact.macs
    assert [row.output_shape for row in read.layers if row.type in ("InputLayer", "LSTM")] == [(12, 8), (12, 8), (3,)]
