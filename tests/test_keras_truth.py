"""ResNet-50 and VGG16 against what Keras itself reports of `keras.applications`, row by row (`truth/keras/`)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import cnncalc
from tests.command_line import run

HERE = Path(__file__).parent
COMPARED = ("Conv2D", "MaxPooling2D", "GlobalAveragePooling2D", "Add", "Dense", "Flatten")
Row = tuple[str, tuple[int, ...], int]


def keras_rows(network: str) -> list[Row]:
    """Kind, output shape and parameters of Keras's layers; shapes there start with the batch."""
    layers = json.loads((HERE / "truth" / "keras" / f"{network}.json").read_text())["layers"]
    rows = [(layer["cls"], tuple(layer["output_shape"][1:]), layer["params"]) for layer in layers]
    return [row for row in rows if row[0] in COMPARED]


def our_rows(spec: Path | str) -> tuple[list[Row], dict[str, int]]:
    """The same of a spec, and its totals."""
    report = json.loads(run(f"cnncalc summary {spec} --format json", HERE / "specs" / "good").stdout)
    rows = [
        (layer["type"], tuple(layer["output_shape"]), layer["params"])
        for layer in report["layers"]
        if layer["type"] in COMPARED
    ]
    return rows, report["totals"]


@pytest.mark.parametrize("spec", ["resnet50.yaml", "resnet50"], ids=["as the manual has it", "shipped"])
def test_resnet50_is_keras_resnet50(spec: str) -> None:
    rows, totals = our_rows(spec)
    # A residual unit of Keras's lists its projection before the convolutions of its main path: order apart, all agree.
    assert sorted(rows) == sorted(keras_rows("ResNet50"))
    assert [row for row in rows if row[0] != "Conv2D"] == [row for row in keras_rows("ResNet50") if row[0] != "Conv2D"]
    assert totals["params"] == 25_636_712
    assert totals["trainable_params"] == 25_583_592
    assert totals["non_trainable_params"] == 53_120


def test_vgg16_is_keras_vgg16() -> None:
    rows, totals = our_rows("vgg16")
    assert rows == keras_rows("VGG16")
    assert totals["params"] == totals["trainable_params"] == 138_357_544


# What a spec need not have of Keras's names: padding is an argument there, and what Keras numbers by itself (conv2d_3,
# add_1) has no name to keep.
AUTOMATIC = re.compile(
    r".*_pad|(input_layer|zero_padding2d|conv2d|batch_normalization|add|activation|max_pooling2d|average_pooling2d|"
    r"concatenate|reshape|global_average_pooling2d|dropout|rescaling|normalization|re_lu|multiply)(_\d+)?"
)


@pytest.mark.parametrize(
    ("spec", "network"),
    [
        ("vgg16", "VGG16"), ("vgg19", "VGG19"), ("xception", "Xception"), ("mobilenet_v2", "MobileNetV2"),
        ("efficientnet_b0", "EfficientNetB0"), ("densenet121", "DenseNet121"), ("densenet169", "DenseNet169"),
        ("densenet201", "DenseNet201"), ("resnet50_v2", "ResNet50V2"),
        ("mobilenet_v3_small", "MobileNetV3Small"), ("mobilenet_v3_large", "MobileNetV3Large"),
    ],
)  # fmt: skip
def test_names_of_layers_are_keras_names(spec: str, network: str) -> None:
    """Rows can be laid side by side: a block's slash stands for the underscore that Keras writes there."""
    layers = json.loads((HERE / "truth" / "keras" / f"{network}.json").read_text())["layers"]
    ours = {_joined(row.name) for row in cnncalc.load(spec).analyze().layers}
    theirs = {layer["name"] for layer in layers if not AUTOMATIC.fullmatch(layer["name"])}
    assert {name for name in theirs if _joined(name) not in ours} == set()


def _joined(name: str) -> str:
    return re.sub("[_/]", "", name)
