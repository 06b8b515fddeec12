"""Shipped specs that Keras or torchvision defines, against what the framework reports of its network (`tests/truth/`).

Totals, multiply-accumulates and, row by row, convolutions, pooling, normalisation, merges and dense layers. Two rows
agree if kind, output shape and parameters agree and so do all rows that they read; activations, paddings, reshaping and
dropout in between are looked through. The order of the branches matters in a Concatenate, not in an Add or a Multiply.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

import cnncalc
from cnncalc.tensor import Shape

SPECS = Path(__file__).parent.parent / "specs"


def truth(path: str) -> Any:
    return json.loads((Path(__file__).parent / "truth" / path).read_text())


KERAS = {
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "resnet50": "ResNet50",
    "resnet101": "ResNet101",
    "resnet152": "ResNet152",
    "resnet50_v2": "ResNet50V2",
    "inception_v3": "InceptionV3",
    "inception_resnet_v2": "InceptionResNetV2",
    "xception": "Xception",
    "densenet121": "DenseNet121",
    "densenet169": "DenseNet169",
    "densenet201": "DenseNet201",
    "mobilenet_v1": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "mobilenet_v3_small": "MobileNetV3Small",
    "mobilenet_v3_large": "MobileNetV3Large",
    "efficientnet_b0": "EfficientNetB0",
    "convnext_tiny": "ConvNeXtTiny",
}
TORCHVISION = {
    "alexnet": "alexnet",
    "vgg11": "vgg11",
    "vgg13": "vgg13",
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50_v1_5": "resnet50",
    "resnext50_32x4d": "resnext50_32x4d",
    "squeezenet1_0": "squeezenet1_0",
    "shufflenet_v2_x1_0": "shufflenet_v2_x1_0",
    "r3d_18": "r3d_18",
    "deeplabv3_resnet50": "deeplabv3_resnet50",
}
OUTPUTS = {"r3d_18": (400,), "deeplabv3_resnet50": (520, 520, 21)}
"""Of networks that do not classify into ImageNet's thousand."""

FAMILY = {
    "Conv2D": "convolution",
    "Conv2d": "convolution",
    "Conv3D": "convolution",
    "Conv3DSimple": "convolution",
    "Conv3d": "convolution",
    "DepthwiseConv2D": "convolution",
    "SeparableConv2D": "separable convolution",
    "LayerScale": "scale",
    "Scale": "scale",
    "MaxPooling2D": "maximum",
    "MaxPool2d": "maximum",
    "AveragePooling2D": "average",
    "AdaptiveAveragePooling2D": "average",
    "GlobalAveragePooling2D": "average",
    "AdaptiveAvgPool2d": "average",
    "GlobalAveragePooling3D": "average",
    "AdaptiveAvgPool3d": "average",
    "mean": "average",
    "BatchNormalization": "batch normalisation",
    "BatchNorm2d": "batch normalisation",
    "BatchNorm3d": "batch normalisation",
    "LayerNormalization": "layer normalisation",
    "Normalization": "normalisation",
    "Add": "sum",
    "add": "sum",
    "iadd": "sum",
    "CustomScaleLayer": "sum",  # Keras's Inception-ResNet scales and adds in one layer
    "Multiply": "product",
    "Concatenate": "concatenation",
    "cat": "concatenation",
    "Dense": "dense",
    "Linear": "dense",
}
"""What a kind is called here; a kind without an entry is looked through."""

ORDERLESS = {"sum", "product"}


@dataclass(frozen=True)
class Row:
    name: str
    kind: str
    output_shape: Shape
    params: int | None
    inputs: tuple[str, ...]

    @property
    def family(self) -> str | None:
        """Its entry in `FAMILY`. Arithmetic with a number, as in Keras's hard sigmoid, is no merge."""
        family = FAMILY.get(self.kind)
        return None if family in ORDERLESS and len(self.inputs) < 2 else family

    def __str__(self) -> str:
        return f"{self.name}: {self.kind}, {'x'.join(map(str, self.output_shape))}, {self.params} parameters"


def shipped(name: str) -> list[Row]:
    rows = cnncalc.load(name).analyze().layers
    return [Row(row.name, row.type, row.output_shape, row.params, row.inputs) for row in rows]


def from_keras(network: str) -> list[Row]:
    rows = truth(f"keras/{network}.json")["layers"]
    return [
        Row(row["name"], row["cls"], tuple(row["output_shape"][1:]), row["params"], tuple(row["inputs"]))
        for row in rows
    ]


def from_torchvision(network: str) -> list[Row]:
    """PyTorch counts no running statistics as parameters, Keras and we do."""
    return [
        Row(
            row["name"],
            row["cls"],
            tuple(row["output_shape"]),
            row.get("params", 0) + row.get("running_statistics", 0),
            tuple(row["inputs"]),
        )
        for row in truth(f"torchvision/{network}.json")["layers"]
    ]


def histories(rows: Iterable[Row], numbers: dict[object, int]) -> dict[Row, int]:
    """A number per compared row, the same for the same figures on the same rows. A row stands after what it reads."""
    found: dict[Row, int] = {}
    read: dict[str, tuple[int, ...]] = {}
    for row in rows:
        behind = [number for name in row.inputs for number in read[name]]
        if row.family is None:
            read[row.name] = tuple(dict.fromkeys(behind))
        else:
            branches = sorted(behind) if row.family in ORDERLESS else behind
            key = (row.family, row.output_shape, row.params, tuple(branches))
            found[row] = numbers.setdefault(key, len(numbers))
            read[row.name] = (found[row],)
    return found


def assert_same_rows(spec: list[Row], framework: list[Row]) -> None:
    numbers: dict[object, int] = {}
    ours, theirs = histories(spec, numbers), histories(framework, numbers)
    assert [str(row) for row, number in ours.items() if number not in theirs.values()] == []
    assert [str(row) for row, number in theirs.items() if number not in ours.values()] == []
    assert sorted(ours.values()) == sorted(theirs.values())


@dataclass(frozen=True)
class Totals:
    """Parameters with the running statistics of batch norms, as Keras counts, and one shape per output."""

    params: int | None
    trainable: int | None
    macs: int | None
    outputs: set[Shape]


def totals(spec: str) -> Totals:
    report = cnncalc.load(spec).analyze()
    sums = report.totals
    assert not any("nothing reads" in warning for warning in report.warnings)
    outputs = {row.output_shape for row in report.layers if row.name in report.outputs}
    return Totals(sums.params, sums.trainable_params, sums.exact.macs, outputs)


@pytest.mark.parametrize(("spec", "network"), KERAS.items())
def test_totals_are_those_of_keras(spec: str, network: str) -> None:
    """Multiply-accumulates: half of what torch.utils.flop_counter counts on Keras's PyTorch backend."""
    keras = truth(f"keras/{network}.json")
    macs = truth("macs.json")["keras"][network]
    assert totals(spec) == Totals(keras["total"], keras["trainable"], macs, {(1000,)})


@pytest.mark.parametrize(("spec", "network"), TORCHVISION.items())
def test_totals_are_those_of_torchvision(spec: str, network: str) -> None:
    """Multiply-accumulates: fvcore's, of convolutions and linear layers."""
    figures = truth(f"torchvision/{network}.json")
    params, statistics = figures["params"], figures["running_statistics"]
    outputs = {OUTPUTS.get(spec, (1000,))}
    assert totals(spec) == Totals(params + statistics, params, figures["macs"], outputs)


def test_vit_b_16_is_that_of_torchvision() -> None:
    """Parameters as its weights' metadata has them, and half of what torch.utils.flop_counter counts.

    The metadata says 17.564 billion operations, which are these. Row by row: 12 encoders of two LayerNorms of 768, an
    attention of 12 heads and two Linear layers of 3072 and 768.
    """
    assert totals("vit_b_16") == Totals(86_567_656, 86_567_656, 17_563_828_224, {(1000,)})
    rows = cnncalc.load("vit_b_16").analyze().layers
    encoder = [(row.type, row.output_shape, row.params) for row in rows if row.name.startswith("encoder_7/")]
    assert encoder == [
        ("LayerNormalization", (197, 768), 2 * 768),
        ("MultiHeadAttention", (197, 768), 4 * (768 * 768 + 768)),
        ("Add", (197, 768), 0),
        ("LayerNormalization", (197, 768), 2 * 768),
        ("Dense", (197, 3072), 768 * 3072 + 3072),
        ("Dense", (197, 768), 3072 * 768 + 768),
        ("Add", (197, 768), 0),
    ]
    assert rows[-1].exact.receptive_field == (224, 224)


def test_swin_t_is_that_of_torchvision() -> None:
    """Beside its parameters stand the places of the relative positions, 49 x 49 for each of twelve attentions.

    Multiply-accumulates: half of what torch.utils.flop_counter counts, products of activations included.
    """
    figures = truth("torchvision/swin_t.json")
    assert figures["buffers"] == 12 * 49 * 49
    params = figures["params"]
    assert totals("swin_t") == Totals(params + figures["buffers"], params, figures["macs"], {(1000,)})


@pytest.mark.parametrize(("spec", "mask"), [("faster_rcnn", set()), ("mask_rcnn", {(28, 28, 91)})])
def test_detectors_are_those_of_torchvision(spec: str, mask: set[Shape]) -> None:
    """Every batch norm is frozen, its two learned vectors as well as its two statistics."""
    figures = truth(f"torchvision/{spec.replace('_', '')}_resnet50_fpn.json")
    frozen = 2 * figures["running_statistics"]
    macs = sum(part["macs"] for part in figures["parts"].values())
    proposals = {(*level[:2], channels) for level in figures["pyramid"] for channels in (3, 12)}
    outputs = {(91,), (4 * 91,)} | mask | proposals
    assert totals(spec) == Totals(figures["params"] + frozen, figures["params"], macs, outputs)


def test_vgg16_features_is_vgg16_without_its_head() -> None:
    """keras.applications.VGG16(include_top=False, pooling="avg")"""
    convolutions = [row for row in from_keras("VGG16") if row.kind == "Conv2D"]
    params = sum(row.params or 0 for row in convolutions)
    head = 25_088 * 4_096 + 4_096 * 4_096 + 4_096 * 1_000
    assert params == 14_714_688
    assert totals("vgg16_features") == Totals(params, params, truth("macs.json")["keras"]["VGG16"] - head, {(512,)})


def test_finetune_resnet50_trains_the_last_stage_and_the_new_head() -> None:
    """keras.applications.ResNet50(include_top=False) has 23,587,712 parameters."""
    base = [layer for layer in truth("keras/ResNet50.json")["layers"] if layer["cls"] != "Dense"]
    last_stage = [layer for layer in base if layer["name"].startswith("conv5")]
    head = 2_048 * 10 + 10
    macs = truth("macs.json")["keras"]["ResNet50"] - 2_048 * 1_000 + 2_048 * 10
    assert sum(layer["params"] for layer in base) == 23_587_712
    assert totals("finetune_resnet50") == Totals(
        23_587_712 + head, sum(layer["trainable"] for layer in last_stage) + head, macs, {(10,)}
    )


def test_each_spec_of_a_framework_says_so_and_is_tested_here() -> None:
    parts = {"faster_rcnn", "mask_rcnn", "vgg16_features", "finetune_resnet50"}
    tested = {*KERAS, *TORCHVISION, *parts, "swin_t", "vit_b_16"}
    sources = {path.stem: yaml.safe_load(path.read_text())["source"] for path in SPECS.glob("*.yaml")}
    assert {name for name, text in sources.items() if "keras.applications" in text or "torchvision" in text} == tested


@pytest.mark.parametrize(("spec", "network"), KERAS.items())
def test_rows_are_those_of_keras(spec: str, network: str) -> None:
    assert_same_rows(shipped(spec), from_keras(network))


@pytest.mark.parametrize(("spec", "network"), TORCHVISION.items())
def test_rows_are_those_of_torchvision(spec: str, network: str) -> None:
    assert_same_rows(shipped(spec), from_torchvision(network))


def test_a_row_that_reads_something_else_is_found() -> None:
    """The comparison itself: the same rows in the same order, wired differently, do not agree."""
    chain = [
        Row("a", "Conv2D", (8, 8, 4), 40, ()),
        Row("b", "Conv2D", (8, 8, 4), 148, ("a",)),
        Row("c", "Dense", (8, 8, 2), 10, ("b",)),
    ]
    fork = [*chain[:2], Row("c", "Dense", (8, 8, 2), 10, ("a",))]
    assert_same_rows(chain, chain)
    with pytest.raises(AssertionError, match="c: Dense, 8x8x2, 10 parameters"):
        assert_same_rows(chain, fork)
