"""Numbers that people have, and what gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc.numbers_as_written import read_amount
from cnncalc.reconciling.search import Answer, Reconciliation
from tests.command_line import run


def answers(spec: str, number: str) -> tuple[Answer, ...]:
    return found(spec, number).answers


def found(spec: str, number: str) -> Reconciliation:
    return cnncalc.reconcile(spec, number)


# Numbers that go round ------------------------------------------------------------------------------------------------


# torch's counter says 8,178,368,512 FLOPs of torchvision's ResNet-50: half of it are MACs. torchinfo prints 4.09.
@pytest.mark.parametrize("number", ["4.09G", "4.09", "4.09 GFLOPs", "4.09 GMACs"])
def test_the_macs_of_resnet50(number: str) -> None:
    first, second = answers("resnet50_v1_5", number)[:2]
    assert (first.quantity, first.value, first.match, first.of) == ("macs", 4_089_184_256, "rounded", "")
    assert (second.quantity, second.value) == ("torchinfo", 4_089_238_376)


# He et al., "Deep Residual Learning", table 1: 3.8 x 10^9 FLOPs. The stride of a block is in its 1x1 convolution there.
@pytest.mark.parametrize("number", ["3.8G", "3.8 x 10^9", "3.86G"])
def test_the_paper_says_38(number: str) -> None:
    first = answers("resnet50_v1_5", number)[0]
    assert (first.quantity, first.value) == ("macs", 3_857_973_248)
    assert "stride in its 1x1 convolution" in first.of
    assert first.match == ("rounded" if number == "3.86G" else "cut off")


def test_twice_the_macs() -> None:
    first, *others = answers("resnet50_v1_5", "8.2G")
    assert (first.phrase, first.value, first.of) == ("FLOPs as twice the MACs", 8_178_368_512, "")
    assert {"calflops", "tensorflow"} <= {answer.quantity for answer in others[:4]}


# PyTorch counts 25,557,032 parameters; Keras would count the moving statistics of 53 batch normalisations, too.
def test_pytorch_counts_no_moving_statistics() -> None:
    (only,) = answers("resnet50_v1_5", "25557032")
    assert (only.value, only.match, only.of) == (25_557_032, "exact", "")
    assert "without the moving statistics of batch normalisation" in only.phrase
    assert "trainable parameters" in only.also


# Keras's ResNet50: 25,636,712 parameters, 53,120 of them not trained.
def test_keras_counts_them_as_not_trainable() -> None:
    (only,) = answers("resnet50", "25,583,592")
    assert (only.value, only.match) == (25_583_592, "exact")
    assert "trainable parameters" in (only.phrase, *only.also)


def test_a_rounded_number_of_parameters() -> None:
    first, second = answers("resnet50_v1_5", "25.6M")[:2]
    assert (first.phrase, first.value, first.match) == ("parameters", 25_610_152, "rounded")
    assert second.value == 25_557_032


# Keras's definition has biases in its convolutions, PyTorch's has none: 26,560 of them.
def test_biases_before_a_batch_normalisation() -> None:
    (only,) = answers("resnet50", "25557032")
    assert "without biases in the convolutions" in only.phrase


# Keras documents 14,714,688 parameters for VGG16 with include_top=False.
def test_the_classifier_left_out() -> None:
    (only,) = answers("vgg16", "14714688")
    assert only.of == 'without the classifier ("fc1", "fc2", "predictions")'


# Ultralytics prints 7,225,885 parameters for YOLOv5s "fused", 7,235,389 before.
def test_batch_normalisation_folded() -> None:
    (folded,) = answers("yolov5s", "7225885")
    assert (folded.value, folded.match) == (7_225_885, "exact")
    assert folded.of == "with batch normalisation folded into the convolutions before it"
    assert answers("yolov5s", "7235389")[0].of == ""


# An activation between the two: they cannot be one.
def test_only_what_the_normalisation_reads_directly_is_folded() -> None:
    text = "input: [8, 8, 3]\nlayers: [Conv2D: {filters: 4, kernel_size: 3, activation: relu}, BatchNormalization]"
    assert not cnncalc.reconcile(cnncalc.loads(text), str(3 * 3 * 3 * 4 + 4)).answers
    linear = cnncalc.loads(text.replace(", activation: relu", ""))
    assert "folded" in cnncalc.reconcile(linear, str(3 * 3 * 3 * 4 + 4)).answers[0].of


# darknet prints "Total BFLOPS 128.459" for cfg/yolov4.cfg at 608x608.
def test_darknets_own_count() -> None:
    (only,) = answers("yolov4", "128.459G")
    # 128,389,482,496 for the products, 5*5 + 9*9 + 13*13 for each of 19*19*512 pooled elements, one for each sum
    sums = 304 * 304 * 64 + 2 * 152 * 152 * 64 + 8 * 76 * 76 * 128 + 8 * 38 * 38 * 256 + 4 * 19 * 19 * 512
    assert only.value == 128_389_482_496 + 275 * 19 * 19 * 512 + sums
    assert only.phrase == "BFLOPS by darknet"


# Xception(include_top=False) of Keras 2 at 150x150, TensorFlow's profiler, halved.
def test_keras_2s_profiler(tmp_path: Path) -> None:
    end = run("cnncalc reconcile xception 1925897756 --input 150x150x3", tmp_path)
    first, *rest = end.stdout.splitlines()[1:]
    assert first.startswith("  1. 1,925,897,756 (exact): half of the float_ops by tensorflow-keras2, taken for FLOPs")
    assert "without the classifier and the pooling before it" in first
    assert not rest


# Krizhevsky et al.'s AlexNet: 60,965,224 parameters in two towers, 62,378,344 without them (recomputed).
def test_groups_ignored() -> None:
    (only,) = answers("alexnet_2012", "62378344")
    assert (only.phrase, only.of) == ("parameters", "with the groups of its convolutions ignored")


# 91 classes of COCO in place of 1000: 2048 weights and a bias less for each.
def test_another_number_of_classes() -> None:
    (only,) = answers("resnet50_v1_5", str(25_557_032 - 909 * 2049))
    assert only.of == "for 91 classes"


def test_another_input_size() -> None:
    macs = cnncalc.load("resnet18").analyze().totals.exact.macs
    assert macs is not None
    dense = 512 * 1000
    (only,) = answers("resnet18", str((macs - dense) * 49 // 49 // 49 * 64 + dense))  # 8x8 positions in place of 7x7
    assert only.of == "for an input of 256x256x3"


def test_auxiliary_classifiers_left_out() -> None:
    values = {answer.of: answer.value for answer in answers("googlenet", "7M") if answer.phrase == "parameters"}
    assert values == {'of what leads to the output "predictions" alone': 6_998_552}


# Keras prints the size of its parameters in units of 1024 x 1024 bytes and calls them MB.
def test_bytes() -> None:
    first = answers("resnet50", "97.8 MB")[0]
    assert (first.quantity, first.value) == ("bytes", 4 * 25_636_712)
    assert answers("resnet50", "102.5 MB")[0].value == 4 * 25_636_712
    assert answers("resnet50", "97.80 MiB")[0].value == 4 * 25_636_712


def test_zeros_may_stand_for_digits() -> None:
    first = answers("resnet50", "25600000")[0]
    assert (first.value, first.match) == (25_636_712, "rounded")
    assert not answers("resnet50", "25600001")


# Nothing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["123456789", "17", "1.0001T", "25557033", "5 MB"])
def test_nonsense_is_given_by_nothing(number: str) -> None:
    nothing = found("resnet50_v1_5", number)
    assert not nothing.answers
    assert len(nothing.nearest) == 3


def test_the_nearest_is_near() -> None:
    nearest = found("resnet50_v1_5", "25557033").nearest[0]
    assert nearest.value == 25_557_032


# The order ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["4.09G", "8.2G", "25.6M", "4G"])
def test_the_likeliest_comes_first(number: str) -> None:
    costs = [answer.cost for answer in answers("resnet50_v1_5", number)]
    assert costs == sorted(costs)


@pytest.mark.parametrize("number", ["4.1G", "26M", "8.2G"])
def test_every_answer_gives_the_number_to_the_digits_that_are_written(number: str) -> None:
    written = read_amount(number)
    for answer in answers("resnet50_v1_5", number):
        distance = answer.value - written.value
        if answer.match == "cut off":
            assert 0 <= distance < written.step
        else:
            assert abs(distance) <= written.step / 2


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command(tmp_path: Path) -> None:
    end = run("cnncalc reconcile resnet50 25583592", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert end.stdout.splitlines()[:3] == [
        '25583592, of "ResNet-50":',
        "  1. 25,583,592 (exact): parameters without the moving statistics of batch normalisation (as PyTorch counts)",
        "                 also trainable parameters",
    ]


def test_nothing_gives_this(tmp_path: Path) -> None:
    end = run("cnncalc reconcile resnet50 123456789", tmp_path)
    assert end.code == 1
    assert '123456789, of "ResNet-50": nothing gives this. The nearest:' in end.stdout


def test_json(tmp_path: Path) -> None:
    data = json.loads(run("cnncalc reconcile resnet50_v1_5 4.09G --format json", tmp_path).stdout)
    assert data["schema"] == "cnncalc.reconciliation/1"
    assert data["number"] == {"text": "4.09G", "value": 4_090_000_000, "kind": "count"}
    first = data["answers"][0]
    assert (first["value"], first["match"], first["quantity"], first["variant"]) == (
        4_089_184_256,
        "rounded",
        "macs",
        None,
    )
    assert data["nearest"] == []


def test_what_is_no_number(tmp_path: Path) -> None:
    end = run("cnncalc reconcile resnet50 many", tmp_path)
    assert end.code == 2
    assert end.stderr.startswith('error: "many" is no amount [bad-amount]\n')


@pytest.mark.parametrize("number", ["0.0", "0.00G", "0.0 M"])
def test_nothing_is_rounded_to_nothing(number: str) -> None:
    assert all(answer.value == 0 for answer in answers("lenet5", number))


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("61.7K params", 61_706),
        ("61.706 k parameters", 61_706),
        ("417 thousand MACs", 416_520),
        ("0.83 M FLOPs", 833_040),
        ("416,520 flops", 416_520),  # as fvcore calls its MACs
    ],
)
def test_a_unit_says_what_is_counted(number: str, value: int) -> None:
    assert answers("lenet5", number)[0].value == value


@pytest.mark.parametrize(("number", "nearest"), [("61,706 FLOPs", "parameters"), ("416,520 params", "MACs")])
def test_what_counts_something_else_is_only_near(number: str, nearest: str) -> None:
    reconciled = found("lenet5", number)
    assert reconciled.answers == ()
    assert reconciled.nearest[0].phrase.startswith(nearest)
