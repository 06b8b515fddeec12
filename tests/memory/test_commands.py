"""`cnncalc summary --memory` and its kin, and `cnncalc explain --quantity memory`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnncalc.analysis.memory_figures import OPTIMIZERS, PRECISIONS
from tests.command_line import run


# By hand: 61,706 parameters of 4 bytes; at the peak the first convolution's 28x28x6 and the pooling's 14x14x6.
def test_columns_and_a_footer(tmp_path: Path) -> None:
    end = run("cnncalc lenet5 --memory", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    lines = end.stdout.splitlines()
    assert lines[2].endswith("Param bytes  Output bytes  Kept bytes")
    assert any(line.startswith("conv2d (Conv2D)") and line.endswith("624        18,816      18,816") for line in lines)
    inference = next(line for line in lines if line.startswith("Memory of inference"))
    assert inference == (
        "Memory of inference (float32, batch 1): 264.01 KB = parameters 241.04 KB + activations at their peak 22.97 KB "
        "(when average_pooling2d runs; alive: conv2d, average_pooling2d; no order of the layers needs less)"
    )
    assert round(4 * (61_706 + 28 * 28 * 6 + 14 * 14 * 6) / 1024, 2) == 264.01


def test_the_footer_of_torchinfo(tmp_path: Path) -> None:
    lines = run("cnncalc resnet50_v1_5 --batch 2", tmp_path).stdout.splitlines()
    # torchinfo 1.8.0 prints these for torchvision's resnet50 and an input of 2x3x224x224
    assert "Input size (MB): 1.20" in lines
    assert "Forward/backward pass size (MB): 355.66" in lines
    assert "Params size (MB): 102.23" in lines
    assert any(line.startswith("Estimated Total Size (MB): 459.10 (torchinfo's estimate") for line in lines)


def test_an_optimizer(tmp_path: Path) -> None:
    found = json.loads(run("cnncalc lenet5 --optimizer adam --format json", tmp_path).stdout)["totals"]["memory"]
    assert found["optimizer_state"] == 2 * 4 * 61_706
    line = run("cnncalc lenet5 --optimizer adam", tmp_path).stdout
    assert (
        "Memory to train with adam (float32, batch 1): 999.77 KB = parameters 241.04 KB + gradients 241.04 KB" in line
    )


def test_help_lists_what_there_is(tmp_path: Path) -> None:
    text = run("cnncalc summary --help", tmp_path).stdout
    assert f"--dtype <{'|'.join(PRECISIONS)}>\n" in text
    assert f"--optimizer <{'|'.join(OPTIMIZERS)}>" in text


def test_int8_is_for_inference(tmp_path: Path) -> None:
    end = run("cnncalc lenet5 --dtype int8", tmp_path)
    assert "Memory to train" not in end.stdout
    assert "Memory of inference (int8, batch 1): 66.00 KB" in end.stdout


@pytest.mark.parametrize("option", ["--dtype float", "--batch 0", "--optimizer rmsprop"])
def test_what_an_option_does_not_take(option: str, tmp_path: Path) -> None:
    end = run(f"cnncalc lenet5 {option}", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert f"{option.split()[0]} must be" in end.stderr


def test_blocks_are_sums_but_for_their_output(tmp_path: Path) -> None:
    folded, whole = (
        json.loads(run(f"cnncalc resnet18 --memory --format json {depth}", tmp_path).stdout)["layers"]
        for depth in ("--depth 1", "")
    )
    inside = [layer["memory"] for layer in whole if layer["path"] == ["conv2_1"]]
    block = next(layer["memory"] for layer in folded if layer["name"] == "conv2_1")
    assert block["kept"] == sum(layer["kept"] for layer in inside)
    assert block["parameters"] == sum(layer["parameters"] for layer in inside)
    assert block["output"] == inside[-1]["output"] == 4 * 56 * 56 * 64


def test_another_order_may_need_less(tmp_path: Path) -> None:
    end = run("cnncalc inception_module --memory", tmp_path)
    assert "in another order of the layers (no order of the layers needs less); in the listed order" in end.stdout


def test_explained(tmp_path: Path) -> None:
    end = run("cnncalc explain lenet5 conv2d --quantity memory", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    assert "parameters = params*bytes = 156*4 = 624" in end.stdout
    assert "output = batch*instances*H'*W'*C'*bytes = 1*1*28*28*6*4 = 18,816" in end.stdout
    assert "for its gradient it keeps what it reads, which counts at input" in end.stdout
    assert "Memory" not in run("cnncalc explain lenet5 conv2d", tmp_path).stdout


def test_explain_gives_the_formulas_of_the_whole_too(tmp_path: Path) -> None:
    """LeNet-5's 61,706 parameters, two bytes each: parameters, gradients, and Adam's two moments."""
    text = run("cnncalc explain lenet5 --dtype float16 --batch 8 --optimizer adam", tmp_path).stdout
    assert "  parameters = params*bytes = 61706*2 = 123,412\n" in text
    assert "  gradients = trainable*bytes = 61706*2 = 123,412\n" in text
    assert "  state of adam = slots*trainable*bytes = 2*61706*2 = 246,824\n" in text
    summary = json.loads(
        run("cnncalc lenet5 --dtype float16 --batch 8 --optimizer adam --format json", tmp_path).stdout
    )["totals"]["memory"]
    assert f"Memory of training in bytes: {summary['training']:,}\n" in text
    assert f"Memory of inference in bytes: {summary['inference']:,}\n" in text


def test_what_a_layer_keeps_counts_where_the_tensor_is_made(tmp_path: Path) -> None:
    """Flatten only looks at its input in another way; and no gradient passes through a frozen layer at the input."""
    dense = run("cnncalc explain lenet5 dense --quantity memory", tmp_path).stdout
    assert "it keeps what it reads, which counts at average_pooling2d_1" in dense
    (tmp_path / "frozen.yaml").write_text(
        "input: [8, 8, 3]\nlayers: [Conv2D: {filters: 4, kernel_size: 3, trainable: false}, Dense: 3]\n"
    )
    frozen = run("cnncalc explain frozen.yaml conv2d --quantity memory", tmp_path).stdout
    assert "no gradient passes through it: it keeps nothing for one" in frozen
    assert "keeps what it reads" not in frozen


def test_what_does_not_go_together(tmp_path: Path) -> None:
    for command, message in (
        (
            "summary lenet5 --dtype int8 --optimizer adam",
            "--optimizer is about training, and in int8 a net is run only",
        ),
        ("explain lenet5 --batch 8 --quantity params", "--dtype, --batch and --optimizer are about memory"),
    ):
        end = run(f"cnncalc {command}", tmp_path)
        assert (end.code, end.stdout) == (2, "")
        assert end.stderr.startswith(f"error: {message}")
