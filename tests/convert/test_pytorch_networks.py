"""Networks of torchvision 0.29, exported by PyTorch 2.14, against what its modules say of themselves.

`pytorch/truth.json.gz` holds the parameters of each network and, for each call of a module without inner ones, its
name, class, output shape and own parameters, as forward hooks have seen them. The data of the weights was cut out.
`old` is the exporter by TorchScript (`dynamo=False`), which folds batch normalisation away; `dyn` the newer one.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Final

import pytest

import cnncalc
from cnncalc import Report
from tests.command_line import run

FOLDER: Final = Path(__file__).parent / "pytorch"
TRUTH: Final = json.loads(gzip.decompress((FOLDER / "truth.json.gz").read_bytes()))
UNUSED: Final = {"inception_v3": "AuxLogits."}
"""Modules that only training uses: a trace of the net at inference does not have them."""


def loaded(name: str, folder: Path) -> Report:
    """The report of one of the networks."""
    if name.endswith(".pt2"):
        return cnncalc.load(FOLDER / name).analyze()
    file = folder / name
    file.write_bytes(gzip.decompress((FOLDER / f"{name}.gz").read_bytes()))
    return cnncalc.load(file).analyze()


def sizes(shape: list[int] | tuple[int | None, ...]) -> list[int]:
    """The sizes of a shape in a fixed order, but those of 1, among which PyTorch has the batch."""
    return sorted(size for size in shape if size and size != 1)


@pytest.mark.parametrize(
    "file", ["resnet50-dyn.onnx", "resnet50.pt2", "densenet121-dyn.onnx", "efficientnet_b0-dyn.onnx",
             "inception_v3-dyn.onnx", "mobilenet_v2.pt2", "swin_t.pt2", "vit_b_16-old.onnx"],
)  # fmt: skip
def test_every_module_with_parameters_is_a_row(file: str, tmp_path: Path) -> None:
    report = loaded(file, tmp_path)
    name = file.partition(".")[0].removesuffix("-dyn").removesuffix("-old")
    truth = TRUTH[name]
    row_of = {row.name: row for row in report.layers}
    for module, kind, shape, params in truth["rows"]:
        if params and not kind.startswith("NonDynamicallyQuantizable"):
            row = row_of[module]
            assert (sizes(row.output_shape), row.trainable_params) == (sizes(shape), params), module
    unused = UNUSED.get(name)
    if unused is None:
        assert report.totals.trainable_params == truth["params"]
    assert sizes(report.layers[-1].output_shape) == sizes(truth["output"])


def test_a_net_with_folded_batch_normalisation_has_a_bias_for_each_channel_instead(tmp_path: Path) -> None:
    """ResNet-50's 53 convolutions have no bias; folding gives each of their 26,560 channels one for two parameters."""
    report = loaded("resnet50-old.onnx", tmp_path)
    assert report.totals.params == TRUTH["resnet50"]["params"] - 26_560
    assert any("folded batch normalisation into 53 convolutions" in str(warning) for warning in report.warnings)


def test_channel_shuffles_of_the_older_exporter(tmp_path: Path) -> None:
    """ShuffleNet v2 has 16 units, in each of which the channels are shuffled once."""
    report = loaded("shufflenet_v2_x1_0-old.onnx", tmp_path)
    kinds = [row.type for row in report.layers]
    assert kinds.count("ChannelShuffle") == 16
    assert not {"Permute", "Reshape", "Opaque"} & set(kinds)


def test_resnet50_costs_what_pytorchs_counter_says(tmp_path: Path) -> None:
    """torch.utils.flop_counter: 8,178,368,512, two for each multiply-accumulate."""
    assert loaded("resnet50.pt2", tmp_path).totals.exact.macs == 8_178_368_512 // 2


@pytest.mark.parametrize(
    ("file", "most"),
    [("resnet50-dyn.onnx", 60), ("resnet50-old.onnx", 60), ("resnet50.pt2", 60), ("densenet121-dyn.onnx", 120),
     ("efficientnet_b0-dyn.onnx", 120), ("mobilenet_v2.pt2", 120)],
)  # fmt: skip
def test_the_spec_is_short_and_says_the_same(file: str, most: int, tmp_path: Path) -> None:
    report = loaded(file, tmp_path)
    path = FOLDER / file if file.endswith(".pt2") else tmp_path / file
    spec = run(f"cnncalc import {path}", tmp_path).stdout
    assert spec.count("\n") <= most
    again = cnncalc.loads(spec).analyze()
    assert again.totals.to_dict() == report.totals.to_dict()
    assert [(row.type, row.output_shape, row.params) for row in again.layers] == [
        (row.type, row.output_shape, row.params) for row in report.layers
    ]
