"""Nets side by side: what changed, what came and went, and what is the same however it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc.comparing.comparison import Change, Comparison, Difference, compare_nets
from tests.command_line import run


def compared(*texts: str) -> Comparison:
    return compare_nets([(f"net{index}", cnncalc.loads(text).expansion) for index, text in enumerate(texts)])


def difference(before: str, after: str) -> Difference:
    return compared(before, after).differences[0]


def shipped(before: str, after: str) -> Difference:
    nets = [(name, cnncalc.load(name).expansion) for name in (before, after)]
    return compare_nets(nets).differences[0]


def changed(found: Difference) -> dict[str, tuple[Change, ...]]:
    return {layer.after.name: layer.changes for layer in found.with_status("changed") if layer.after}


# ResNet-50 and its version 1.5 ----------------------------------------------------------------------------------------


# torchvision's definition has its stride in the 3x3 convolution of a block, and no biases in convolutions.
def test_the_stride_that_moved_and_nothing_else_changed() -> None:
    found = shipped("resnet50", "resnet50_v1_5")
    assert changed(found) == {
        f"conv{stage}_1/conv2d{second}": (Change("strides", before, after),)
        for stage in (3, 4, 5)
        for second, before, after in (("", "2", "1"), ("_1", "1", "2"))
    }
    assert [(entry.kind, entry.change, entry.layers) for entry in found.everywhere] == [
        ("Conv2D", Change("use_bias", "true", "false"), 53)
    ]
    assert [layer.kind for layer in found.with_status("inserted")] == ["Flatten"]
    (softmax,) = found.with_status("removed")
    assert softmax.before
    assert (softmax.before.fused, softmax.before.arguments["activation"]) == (True, "softmax")


# 4,089,184,256 and 3,857,973,248 MACs: what torch's counter says of torchvision's network, and of Keras's, halved.
def test_totals_have_differences_and_ratios() -> None:
    nets = [(name, cnncalc.load(name).expansion) for name in ("resnet50", "resnet50_v1_5")]
    totals = {total.quantity: total for total in compare_nets(nets).totals}
    assert totals["exact.macs"].values == (3_857_973_248, 4_089_184_256)
    assert totals["exact.macs"].difference(1) == 231_211_008
    ratio = totals["exact.macs"].ratio(1)
    assert ratio is not None
    assert round(float(ratio), 4) == 1.0599
    assert totals["params"].difference(1) == -26_560  # the biases of 53 convolutions
    assert totals["exact.receptive_field"].difference(1) is None


# Written differently --------------------------------------------------------------------------------------------------

PLAIN = """
input: [16, 16, 3]
layers:
  - Conv2D: {filters: 8, kernel_size: 3, padding: same, activation: relu}
  - MaxPooling2D
  - GlobalAveragePooling2D
  - Dense: {units: 5, activation: softmax}
"""


def test_a_net_is_the_same_however_it_is_written() -> None:
    other = """
    input: [16, 16, 3]
    layers:
      - Conv2D: {filters: 8, kernel_size: 3x3, padding: 1, strides: 1, name: first}
      - ReLU
      - MaxPooling2D: {pool_size: [2, 2], strides: 2, padding: valid, name: halve}
      - GlobalAveragePooling2D: {keepdims: true}
      - Dense: 5
      - Softmax
    """
    found = difference(PLAIN, other)
    assert found.layers == ()
    assert found.same == 7


def test_what_changes_a_shape_behind_it_is_not_said_twice() -> None:
    found = difference(PLAIN, PLAIN.replace("filters: 8", "filters: 16"))
    assert changed(found) == {"conv2d": (Change("filters", "8", "16"),)}
    affected = [layer.after.name for layer in found.with_status("affected") if layer.after]
    assert affected == ["conv2d", "max_pooling2d", "global_average_pooling2d", "dense"]  # conv2d: its activation


def test_an_activation_that_changes() -> None:
    found = difference(PLAIN, PLAIN.replace("relu", "tanh"))
    assert changed(found) == {"conv2d": (Change("activation", "relu", "tanh"),)}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("kernel_size: 3", "kernel_size: 3x5", Change("kernel_size", "3", "3x5")),
        ("padding: same", "padding: [[0, 1], [1, 0]]", Change("padding", "1", "[[0, 1], [1, 0]]")),
        ("padding: same", "padding: same, use_bias: false", Change("use_bias", "true", "false")),
        ("padding: same", "padding: same, trainable: false", Change("trainable", None, "false")),
    ],
)
def test_a_change_names_the_argument_and_both_values(before: str, after: str, change: Change) -> None:
    found = changed(difference(PLAIN, PLAIN.replace(before, after)))["conv2d"]
    assert change in found


# Inserted and removed -------------------------------------------------------------------------------------------------


def test_a_layer_that_is_inserted() -> None:
    after = PLAIN.replace(
        "  - MaxPooling2D\n", "  - MaxPooling2D\n  - Conv2D: {filters: 8, kernel_size: 1, name: new}\n"
    )
    found = difference(PLAIN, after)
    assert [layer.after.name for layer in found.layers if layer.after] == ["new"]
    assert found.with_status("inserted") == list(found.layers)
    back = difference(after, PLAIN)
    assert [(layer.status, layer.before.name) for layer in back.layers if layer.before] == [("removed", "new")]


# ResNet-34 has ResNet-18's blocks and more of them: 3, 4, 6 and 3 in place of 2 each, of 7 layers.
def test_blocks_are_inserted_as_a_whole() -> None:
    found = shipped("resnet18", "resnet34")
    names = [layer.after.name for layer in found.layers if layer.after]
    assert [layer.status for layer in found.layers] == ["inserted"] * 8 * 7
    blocks = ["conv2_3", "conv3_2", "conv3_3", "conv4_3", "conv4_4", "conv4_5", "conv4_6", "conv5_2"]
    assert [name.partition("/")[0] for name in names[::7]] == blocks
    assert all(name.startswith(f"{blocks[index // 7]}/") for index, name in enumerate(names))


def test_a_layer_that_reads_another() -> None:
    text = """
    input: [8, 8, 4]
    layers:
      - Conv2D: {filters: 4, kernel_size: 1, name: a}
      - Conv2D: {filters: 4, kernel_size: 1, name: b}
      - Add: {from: [a, b], name: sum}
    """
    found = difference(text, text.replace("from: [a, b]", "from: [input, b]"))
    assert changed(found) == {"sum": (Change("from", "a, b", "input, b"),)}
    assert difference(text, text.replace("from: [a, b]", "from: [b, a]")).layers == ()


# What all layers of a kind have in common is one thing to say; below three layers it is said of each.
@pytest.mark.parametrize(("layers", "everywhere"), [(2, 0), (3, 1)])
def test_what_differs_everywhere(layers: int, everywhere: int) -> None:
    text = f"input: [8, 8, 4]\nlayers: [Conv2D: {{filters: 4, kernel_size: 1, repeat: {layers}}}, Flatten]"
    found = difference(text, text.replace("repeat", "use_bias: false, repeat"))
    assert len(found.everywhere) == everywhere
    assert len(found.with_status("changed")) == (0 if everywhere else layers)


# The same net at another width differs in every layer, and is still aligned layer by layer.
def test_a_net_of_another_width_is_aligned_layer_by_layer() -> None:
    text = """
    input: [32, 32, 3]
    vars: {width: 1}
    layers:
      - Conv2D: {filters: 16*$width, kernel_size: 3, name: a}
      - BatchNormalization
      - Conv2D: {filters: 32*$width, kernel_size: 3, name: b}
      - BatchNormalization
      - Conv2D: {filters: 64*$width, kernel_size: 3, name: c}
    """
    found = difference(text, text.replace("width: 1", "width: 2"))
    assert list(changed(found)) == ["a", "b", "c"]
    assert not found.with_status("inserted", "removed")


# The command ----------------------------------------------------------------------------------------------------------


def test_the_table_and_the_diff(tmp_path: Path) -> None:
    end = run("cnncalc compare resnet50 resnet50_v1_5", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    lines = end.stdout.splitlines()
    assert [line.split() for line in lines if line.startswith("MACs")] == [
        ["MACs", "3,857,973,248", "4,089,184,256", "+231,211,008", "x", "1.060"]
    ]
    assert sum(line.startswith("~ ") for line in lines) == 6
    assert "  in all 53 Conv2D: use_bias true -> false" in lines


def test_markdown_for_a_pull_request(tmp_path: Path) -> None:
    end = run("cnncalc compare resnet18 resnet34 --format markdown", tmp_path)
    assert end.stdout.startswith("### resnet18 / resnet34\n\n|  | resnet18 | resnet34 | Difference | Ratio |\n")
    assert "```diff\n+ conv2_3: 7 layers (Conv2D, BatchNormalization, Activation, Add)\n" in end.stdout


def test_json(tmp_path: Path) -> None:
    found = json.loads(run("cnncalc compare resnet50 resnet50_v1_5 --format json", tmp_path).stdout)
    assert found["schema"] == "cnncalc.comparison/1"
    assert found["specs"] == ["resnet50", "resnet50_v1_5"]
    params = next(total for total in found["totals"] if total["quantity"] == "params")
    assert (params["values"], params["differences"]) == ([25_636_712, 25_610_152], [-26_560])
    statuses = [layer["status"] for layer in found["differences"][0]["layers"]]
    assert statuses.count("changed") == 6


def test_several_nets_are_compared_with_the_first(tmp_path: Path) -> None:
    found = json.loads(run("cnncalc compare vgg11 vgg13 vgg16 --format json", tmp_path).stdout)
    assert [difference["with"] for difference in found["differences"]] == ["vgg13", "vgg16"]
    assert [len(total["values"]) for total in found["totals"]] == [3] * len(found["totals"])


def test_one_spec_at_two_inputs(tmp_path: Path) -> None:
    found = json.loads(
        run("cnncalc compare resnet50 --input 224x224x3 --input 448x448x3 --format json", tmp_path).stdout
    )
    assert found["specs"] == ["224x224x3", "448x448x3"]
    macs = next(total for total in found["totals"] if total["quantity"] == "exact.macs")
    dense = 2048 * 1000
    assert macs["values"] == [3_857_973_248, 4 * (3_857_973_248 - dense) + dense]
    assert [layer["changes"] for layer in found["differences"][0]["layers"] if layer["status"] == "changed"] == [
        [{"argument": "shape", "before": "224x224x3", "after": "448x448x3"}]
    ]


def test_one_spec_with_two_values(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: [8, 8, 3]\nvars: {width: 1, depth: 2}\nlayers:\n"
        "  - Conv2D: {filters: 4*$width, kernel_size: 1, repeat: $depth}\n"
    )
    end = run("cnncalc compare net.yaml --set width=1 --set width=2 --set depth=3 --format json", tmp_path)
    found = json.loads(end.stdout)
    assert found["specs"] == ["width=1", "width=2"]
    assert found["totals"][0]["values"] == [3, 3]
    one = json.loads(run("cnncalc compare net.yaml --set width=3 --format json", tmp_path).stdout)
    assert one["specs"] == ["net.yaml", "width=3"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("compare resnet50", "there is nothing to compare it with"),
        ("compare vgg11 vgg13 --input 64x64x3 --input 32x32x3", "64x64x3 and 32x32x3 are two values"),
        ("compare vgg11 --input 64x64x3 --input 96x96x3 --set a=1 --set a=2", "one thing can have several values"),
    ],
)
def test_what_cannot_be_compared(command: str, message: str, tmp_path: Path) -> None:
    end = run(f"cnncalc {command}", tmp_path)
    assert end.code == 2
    assert message in end.stderr


def test_a_net_that_does_not_work_out(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("input: [2, 2, 3]\nlayers: [Conv2D: {filters: 1, kernel_size: 3}]\n")
    end = run("cnncalc compare lenet5 bad.yaml", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith("error: ")


# In proportion to the number of layers: ten times as many take about ten times as long, and no longer than this.
@pytest.mark.slow
def test_large_nets_take_no_square_of_their_layers() -> None:
    def net(copies: int, extra: str = "") -> str:
        layers = f"""
          - block: {{repeat: {copies}, name: x}}
          - Conv2D: {{filters: 5, kernel_size: 1}}{extra}
          - block: {{kernel: 5, repeat: {copies}, name: y}}
        """
        return f"""
        input: [8, 8, 4]
        blocks:
          block:
            params: {{kernel: 3}}
            layers: [Conv2D: {{filters: 4, kernel_size: $kernel, padding: same}}, BatchNormalization, ReLU]
        layers:{layers}"""

    found = difference(net(2_000), net(2_003, "\n          - ReLU"))
    inserted = found.with_status("inserted")
    assert len(inserted) == 2 * 3 * 3 + 1
    assert found.same == 2 * 3 * 2_000 + 2


def test_padding_same_comes_to_what_it_must() -> None:
    text = "input: {size}\nlayers: [Conv2D: {{filters: 4, kernel_size: {kernel}, strides: 2, padding: same}}]"
    even, odd = (text.format(size=size, kernel=3) for size in ("32x32x3", "33x33x3"))
    assert list(changed(difference(even, odd))) == ["input"]
    larger = text.format(size="32x32x3", kernel=5)
    assert changed(difference(even, larger))["conv2d"] == (Change("kernel_size", "3", "5"),)


def test_weights_that_become_shared() -> None:
    text = "input: 8\nlayers: [Dense: {{units: 8, name: a}}, Dense: {{units: 8, name: b{}}}]"
    apart, shared = text.format(""), text.format(", share: a")
    assert changed(difference(apart, shared)) == {"b": (Change("share", None, "a"),)}


def test_an_activation_has_no_macs_of_its_own(tmp_path: Path) -> None:
    for name, filters, activation in (("a", 8, "relu"), ("b", 16, "tanh")):
        text = f"input: [8, 8, 3]\nlayers: [Conv2D: {{filters: {filters}, kernel_size: 1, activation: {activation}}}]\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    lines = run("cnncalc compare a.yaml b.yaml", tmp_path).stdout.splitlines()
    assert [line for line in lines if "activation" in line] == [
        "~ conv2d, its activation: activation relu -> tanh, output 8x8x8 -> 8x8x16"
    ]


@pytest.mark.parametrize("format", ["table", "markdown", "json"])
def test_figures_of_any_size(format: str, tmp_path: Path) -> None:
    """10^17 on each of 20 axes: 10^340 times as many, beyond what a float holds."""
    for name, size in (("a", 1), ("b", 10**17)):
        axes = ", ".join([str(size)] * 20)
        (tmp_path / f"{name}.yaml").write_text(f"input: [{axes}, 4]\nlayers: [Dense: 10]\n")
    end = run(f"cnncalc compare a.yaml b.yaml --format {format}", tmp_path)
    assert (end.code, end.stderr) == (0, "")
    if format == "json":
        macs = next(total for total in json.loads(end.stdout)["totals"] if total["quantity"] == "exact.macs")
        assert macs["ratios"] == [10**340]


def test_ratios_in_json_are_exact(tmp_path: Path) -> None:
    end = run("cnncalc compare resnet50 resnet50_v1_5 --format json", tmp_path)
    params = next(total for total in json.loads(end.stdout)["totals"] if total["quantity"] == "params")
    assert params["ratios"] == ["3201269/3204589"]  # 25,610,152 and 25,636,712, both divided by 8


def test_all_that_is_wrong_with_any_of_them_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("input: 4\nlayers: [Dense: 0]\n")
    end = run("cnncalc compare bad.yaml nosuch lenet5", tmp_path)
    assert (end.code, end.stderr.count("error: ")) == (2, 2)
