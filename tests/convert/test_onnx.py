"""ONNX files, operation by operation. Sizes follow from the operators' definitions, https://onnx.ai/onnx/operators/."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

import cnncalc
from cnncalc import SpecError
from tests.command_line import run
from tests.convert.onnx_files import Sizes, Tensor, graph, model, node, tensor

IMAGE: Final = (1, 3, 8, 8)
Rows = list[tuple[str, tuple[int | None, ...], int | None]]

KERNEL: Final = tensor("conv.weight", [4, 3, 3, 3])
BIAS: Final = tensor("conv.bias", [4])


def written(
    folder: Path,
    nodes: Sequence[bytes],
    weights: Sequence[Tensor] = (),
    sizes: Sizes = IMAGE,
    known: dict[str, Sizes] | None = None,
    signature: str = "",
) -> Path:
    """An ONNX file of a net that reads `x` and gives `y`."""
    file = folder / "net.onnx"
    file.write_bytes(model(graph(nodes, {"x": sizes}, {"y": None}, weights, known, signature)))
    return file


def rows(folder: Path, nodes: Sequence[bytes], *weights: Tensor, sizes: Sizes = IMAGE, signature: str = "") -> Rows:
    """Kind, output shape and parameters of each layer of such a net."""
    report = cnncalc.load(written(folder, nodes, weights, sizes, signature=signature)).analyze()
    return [(row.type, row.output_shape, row.params) for row in report.layers[1:]]


def test_a_convolution_becomes_channels_last(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x conv.weight conv.bias", "a", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
        node("Relu", "a", "y"),
    ]
    assert rows(tmp_path, nodes, KERNEL, BIAS) == [("Conv2D", (4, 4, 4), 3 * 3 * 3 * 4 + 4), ("ReLU", (4, 4, 4), 0)]


def test_a_file_takes_the_place_of_a_spec_in_every_command(tmp_path: Path) -> None:
    written(tmp_path, [node("Conv", "x conv.weight -", "y", kernel_shape=[3, 3])], [KERNEL])
    assert "108" in run("cnncalc summary net.onnx", tmp_path).stdout
    assert run("cnncalc validate net.onnx", tmp_path).code == 0
    assert run("cnncalc import net.onnx", tmp_path).stdout.endswith(
        "layers:\n  - Conv2D: {filters: 4, kernel_size: 3, use_bias: false}\n"
    )


def test_as_many_groups_as_channels_are_a_depthwise_convolution(tmp_path: Path) -> None:
    nodes = [node("Conv", "x w", "y", kernel_shape=[3, 3], group=3)]
    assert rows(tmp_path, nodes, tensor("w", [6, 1, 3, 3])) == [("DepthwiseConv2D", (6, 6, 6), 54)]


def test_a_transposed_convolution_is_cropped_by_its_pads(tmp_path: Path) -> None:
    nodes = [node("ConvTranspose", "x w", "y", kernel_shape=[4, 4], strides=[2, 2], pads=[1, 1, 1, 1])]
    assert rows(tmp_path, nodes, tensor("w", [3, 5, 4, 4])) == [("Conv2DTranspose", (16, 16, 5), 3 * 5 * 16)]


def test_zeros_around_a_map_become_the_padding_of_the_convolution_behind(tmp_path: Path) -> None:
    nodes = [
        node("Pad", "x pads", "a"),
        node("Conv", "a conv.weight", "y", kernel_shape=[3, 3], strides=[2, 2]),
    ]
    pads = tensor("pads", [8], [0, 0, 0, 0, 0, 0, 1, 1])
    assert rows(tmp_path, nodes, KERNEL, pads) == [("Conv2D", (4, 4, 4), 108)]


def test_negative_pads_are_a_cropping(tmp_path: Path) -> None:
    nodes = [node("Pad", "x pads", "a"), node("Relu", "a", "y")]
    pads = tensor("pads", [8], [0, 0, -1, 2, 0, 0, -1, 0])
    assert rows(tmp_path, nodes, pads) == [
        ("Cropping2D", (6, 8, 3), 0), ("ZeroPadding2D", (6, 10, 3), 0), ("ReLU", (6, 10, 3), 0),
    ]  # fmt: skip


def test_shape_arithmetic_disappears(tmp_path: Path) -> None:
    """Flatten as PyTorch's older exporter writes `x.view(x.size(0), -1)` with a batch of unknown size."""
    nodes = [
        node("Shape", "x", "shape"),
        node("Gather", "shape zero", "size", axis=0),
        node("Unsqueeze", "size axes", "sizes"),
        node("Concat", "sizes rest", "target", axis=0),
        node("Reshape", "x target", "flat"),
        node("Gemm", "flat fc.weight fc.bias", "y", transB=1),
    ]
    weights = [
        tensor("zero", [], [0]),
        tensor("axes", [1], [0]),
        tensor("rest", [1], [-1]),
        tensor("fc.weight", [10, 192]),
        tensor("fc.bias", [10]),
    ]
    found = rows(tmp_path, nodes, *weights, sizes=["batch", 3, 8, 8])
    assert found == [("Flatten", (192,), 0), ("Dense", (10,), 1930)]


def test_transposes_of_the_layout_disappear(tmp_path: Path) -> None:
    """A block of ConvNeXt: layer normalisation and Dense over the channels of a map."""
    nodes = [
        node("Conv", "x dw", "a", kernel_shape=[7, 7], pads=[3, 3, 3, 3], group=3),
        node("Transpose", "a", "b", perm=[0, 2, 3, 1]),
        node("LayerNormalization", "b gamma beta", "c", axis=-1),
        node("MatMul", "c w", "d"),
        node("Add", "d bias", "e"),
        node("Transpose", "e", "f", perm=[0, 3, 1, 2]),
        node("Add", "f x", "y"),
    ]
    weights = [tensor("dw", [3, 1, 7, 7]), tensor("gamma", [3]), tensor("beta", [3]), tensor("w", [3, 3])]
    assert rows(tmp_path, nodes, *weights, tensor("bias", [3])) == [
        ("DepthwiseConv2D", (8, 8, 3), 147), ("LayerNormalization", (8, 8, 3), 6), ("Dense", (8, 8, 3), 12),
        ("Add", (8, 8, 3), 0),
    ]  # fmt: skip


def test_a_net_that_is_channels_last_between_transposes(tmp_path: Path) -> None:
    """As tf2onnx writes it: the input is (N, H, W, C)."""
    nodes = [
        node("Transpose", "x", "a", perm=[0, 3, 1, 2]),
        node("Conv", "a conv.weight", "b", kernel_shape=[3, 3]),
        node("Transpose", "b", "y", perm=[0, 2, 3, 1]),
    ]
    assert rows(tmp_path, nodes, KERNEL, sizes=["N", 8, 8, 3]) == [("Conv2D", (6, 6, 4), 108)]


def test_a_mean_over_the_map_is_global_pooling(tmp_path: Path) -> None:
    nodes = [node("ReduceMean", "x", "a", axes=[2, 3], keepdims=0), node("Gemm", "a fc.weight", "y", transB=1)]
    assert rows(tmp_path, nodes, tensor("fc.weight", [10, 3])) == [
        ("GlobalAveragePooling2D", (3,), 0), ("Dense", (10,), 30),
    ]  # fmt: skip


def test_squeeze_and_excitation(tmp_path: Path) -> None:
    nodes = [
        node("GlobalAveragePool", "x", "a"),
        node("Conv", "a down down_bias", "b", kernel_shape=[1, 1]),
        node("Relu", "b", "c"),
        node("Conv", "c up up_bias", "d", kernel_shape=[1, 1]),
        node("HardSigmoid", "d", "e"),
        node("Mul", "e x", "y"),
    ]
    weights = [
        tensor("down", [1, 3, 1, 1]),
        tensor("down_bias", [1]),
        tensor("up", [3, 1, 1, 1]),
        tensor("up_bias", [3]),
    ]
    assert rows(tmp_path, nodes, *weights) == [
        ("GlobalAveragePooling2D", (1, 1, 3), 0), ("Conv2D", (1, 1, 1), 4), ("ReLU", (1, 1, 1), 0),
        ("Conv2D", (1, 1, 3), 6), ("Activation", (1, 1, 3), 0), ("Multiply", (8, 8, 3), 0),
    ]  # fmt: skip


def test_squeeze_and_excitation_with_dense_layers(tmp_path: Path) -> None:
    nodes = [
        node("GlobalAveragePool", "x", "a"),
        node("Flatten", "a", "b"),
        node("Gemm", "b w bias", "c", transB=1),
        node("Unsqueeze", "c", "d", axes=[2, 3]),
        node("Mul", "x d", "y"),
    ]
    assert rows(tmp_path, nodes, tensor("w", [3, 3]), tensor("bias", [3])) == [
        ("GlobalAveragePooling2D", (3,), 0), ("Dense", (3,), 12), ("Multiply", (8, 8, 3), 0),
    ]  # fmt: skip


ONE: Final = tensor("one", [], [1.0])
ACTIVATIONS: Final = {
    "silu": [node("Sigmoid", "x", "a"), node("Mul", "x a", "y")],
    "hard_silu": [node("Add", "x three", "a"), node("Clip", "a zero six", "b"), node("Mul", "x b", "c"),
                  node("Div", "c six", "y")],
    "mish": [node("Softplus", "x", "a"), node("Tanh", "a", "b"), node("Mul", "x b", "y")],
    "gelu": [node("Div", "x root", "a"), node("Erf", "a", "b"), node("Add", "b one", "c"), node("Mul", "x c", "d"),
             node("Mul", "d half", "y")],
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_that_are_written_out(name: str, tmp_path: Path) -> None:
    numbers = {"one": 1.0, "half": 0.5, "root": 1.41421356, "three": 3.0, "zero": 0.0, "six": 6.0}
    weights = [tensor(number, [], [entry]) for number, entry in numbers.items()]
    spec = run("cnncalc import net.onnx", written(tmp_path, ACTIVATIONS[name], weights).parent).stdout
    assert spec.endswith(f"layers:\n  - Activation: {name}\n")


def test_group_normalization_that_is_written_out(tmp_path: Path) -> None:
    """PyTorch's GroupNorm(2, 4): the constant factors of the inner normalisation are no parameters."""
    nodes = [
        node("Constant", "", "ones", value=tensor("", [2], [1.0, 1.0])),
        node("Constant", "", "zeros", value=tensor("", [2], [0.0, 0.0])),
        node("Reshape", "x first", "a"),
        node("InstanceNormalization", "a ones zeros", "b"),
        node("Reshape", "b second", "c"),
        node("Mul", "c norm.weight", "d"),
        node("Add", "d norm.bias", "y"),
    ]
    weights = [
        tensor("first", [3], [0, 2, -1]),
        tensor("second", [4], [1, 4, 8, 8]),
        tensor("norm.weight", [4, 1, 1]),
        tensor("norm.bias", [4, 1, 1]),
    ]
    assert rows(tmp_path, nodes, *weights, sizes=[1, 4, 8, 8]) == [("GroupNormalization", (8, 8, 4), 8)]


def test_layer_normalization_that_is_written_out(tmp_path: Path) -> None:
    """As exporters wrote it before operator set 17."""
    nodes = [
        node("ReduceMean", "x", "mean", axes=[-1]),
        node("Sub", "x mean", "d"),
        node("Pow", "d two", "square"),
        node("ReduceMean", "square", "variance", axes=[-1]),
        node("Add", "variance eps", "shifted"),
        node("Sqrt", "shifted", "deviation"),
        node("Div", "d deviation", "e"),
        node("Mul", "e weight", "f"),
        node("Add", "f bias", "y"),
    ]
    weights = [tensor("two", [], [2.0]), tensor("eps", [], [1e-5]), tensor("weight", [16]), tensor("bias", [16])]
    assert rows(tmp_path, nodes, *weights, sizes=[1, 5, 16]) == [("LayerNormalization", (5, 16), 32)]


def test_local_response_normalization_that_is_written_out(tmp_path: Path) -> None:
    nodes = [
        node("Mul", "x x", "a"),
        node("Unsqueeze", "a", "b", axes=[1]),
        node("Pad", "b", "c", pads=[0, 0, 2, 0, 0, 0, 0, 2, 0, 0]),
        node("AveragePool", "c", "d", kernel_shape=[5, 1, 1], strides=[1, 1, 1]),
        node("Squeeze", "d", "e", axes=[1]),
        node("Mul", "e alpha", "f"),
        node("Add", "f k", "g"),
        node("Pow", "g beta", "h"),
        node("Div", "x h", "y"),
    ]
    weights = [tensor("alpha", [], [1e-4]), tensor("k", [], [2.0]), tensor("beta", [], [0.75])]
    assert rows(tmp_path, nodes, *weights, sizes=[1, 8, 6, 6]) == [("LocalResponseNormalization", (6, 6, 8), 0)]


def test_a_channel_shuffle(tmp_path: Path) -> None:
    nodes = [
        node("Reshape", "x first", "a"),
        node("Transpose", "a", "b", perm=[0, 2, 1, 3, 4]),
        node("Reshape", "b second", "y"),
    ]
    weights = [tensor("first", [5], [1, 2, 3, 8, 8]), tensor("second", [4], [1, -1, 8, 8])]
    assert rows(tmp_path, nodes, *weights, sizes=[1, 6, 8, 8]) == [("ChannelShuffle", (8, 8, 6), 0)]


def test_attention_that_is_written_out(tmp_path: Path) -> None:
    """Two heads of 4 on 5 tokens of 8: queries times keys are 2 * 5 * 5 * 4 products, and as many for the values."""
    nodes = []
    for name in "qkv":
        nodes += [
            node("MatMul", f"x w{name}", f"{name}0"),
            node("Reshape", f"{name}0 heads", f"{name}1"),
            node("Transpose", f"{name}1", f"{name}2", perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]),
        ]
    nodes += [
        node("MatMul", "q2 k2", "scores"),
        node("Softmax", "scores", "weights", axis=-1),
        node("MatMul", "weights v2", "out"),
        node("Transpose", "out", "turned", perm=[0, 2, 1, 3]),
        node("Reshape", "turned tokens", "y"),
    ]
    weights = [
        tensor("heads", [4], [0, 0, 2, 4]),
        tensor("tokens", [3], [0, 0, 8]),
        *(tensor(f"w{name}", [8, 8]) for name in "qkv"),
    ]
    file = written(tmp_path, nodes, weights, sizes=["batch", 5, 8])
    report = cnncalc.load(file).analyze("exact")
    assert report.totals.params == 3 * 64
    assert report.totals.exact.macs == 3 * 5 * 64 + 2 * (2 * 5 * 5 * 4)
    assert report.layers[-1].output_shape == (5, 8)


def test_a_learned_tensor_is_a_source(tmp_path: Path) -> None:
    """The class token and position embedding of a vision transformer; Expand to the batch is nothing."""
    nodes = [
        node("Shape", "x", "shape"),
        node("Gather", "shape zero", "batch", axis=0),
        node("Unsqueeze", "batch axes", "sizes"),
        node("Concat", "sizes minus minus", "target", axis=0),
        node("Equal", "target minus", "is_minus"),
        node("Where", "is_minus ones target", "wanted"),
        node("Expand", "token wanted", "tokens"),
        node("Concat", "tokens x", "a", axis=1),
        node("Add", "a position", "y"),
    ]
    weights = [
        tensor("zero", [], [0]),
        tensor("axes", [1], [0]),
        tensor("minus", [1], [-1]),
        tensor("ones", [1], [1]),
        tensor("token", [1, 1, 8]),
        tensor("position", [1, 6, 8]),
    ]
    assert rows(tmp_path, nodes, *weights, sizes=["batch", 5, 8]) == [
        ("Parameter", (1, 8), 8), ("Concatenate", (6, 8), 0), ("Parameter", (6, 8), 48), ("Add", (6, 8), 0),
    ]  # fmt: skip


def recurrent_rows(folder: Path, kind: str, gates: int, sizes: Sequence[int], nodes: str, **attributes: object) -> Rows:
    """Rows of a recurrent operation of ONNX with 8 features and 16 units; `sizes` are directions and biases."""
    ways, biases = sizes
    weights = [tensor("w", [ways, gates * 16, 8]), tensor("r", [ways, gates * 16, 16]), tensor("b", [ways, biases])]
    made = [node("Transpose", "x", "a", perm=[1, 0, 2]), node(kind, "a w r b", nodes, hidden_size=16, **attributes)]
    if nodes == "steps" and ways == 2:
        weights.append(tensor("sizes", [3], [0, 0, -1]))
        made += [node("Transpose", "steps", "c", perm=[0, 2, 1, 3]), node("Reshape", "c sizes", "d")]
    else:
        made.append(node("Squeeze", nodes.split()[-1], "d", axes=[0 if " " in nodes else 1]))
    made.append(node("Identity", "d", "y"))
    return rows(folder, made, *weights, sizes=["batch", 5, 8])


def test_recurrent_layers_have_the_parameters_of_pytorch(tmp_path: Path) -> None:
    """PyTorch has two biases for each gate: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html"""
    lstm, gru = 4 * 16 * (8 + 16 + 2), 3 * 16 * (8 + 16 + 2)
    assert recurrent_rows(tmp_path, "LSTM", 4, (1, 128), "steps") == [("LSTM", (5, 16), lstm)]
    assert recurrent_rows(tmp_path, "LSTM", 4, (1, 128), "- last") == [("LSTM", (16,), lstm)]
    assert recurrent_rows(tmp_path, "GRU", 3, (1, 96), "steps", linear_before_reset=1) == [("GRU", (5, 16), gru)]
    assert recurrent_rows(tmp_path, "RNN", 1, (1, 32), "steps") == [("SimpleRNN", (5, 16), 16 * (8 + 16 + 2))]
    both = recurrent_rows(tmp_path, "LSTM", 4, (2, 256), "steps", direction="bidirectional")
    assert both == [("Bidirectional", (5, 32), 2 * lstm)]


def test_nothing_is_left_out_in_silence(tmp_path: Path) -> None:
    """What no layer does is Opaque, of the same shape, with a warning that names it."""
    numbers = [tensor(name, [1], [value]) for name, value in (("end", -(2**62)), ("last", -1), ("axis", 3))]
    mask = tensor("mask", [1, 1, 8, 8])
    for nodes in (
        [node("Slice", "x last end axis last", "y")],
        [node("Where", "mask x zero", "y")],
        [node("Gather", "x order", "y", axis=3)],
    ):
        weights = [*numbers, mask, tensor("zero", [], [0]), tensor("order", [8], [1, 0, 3, 2, 5, 4, 7, 6])]
        report = cnncalc.load(written(tmp_path, nodes, weights, known={"y": IMAGE})).analyze()
        assert [(row.type, row.output_shape) for row in report.layers[1:]] == [("Opaque", (8, 8, 3))]
        assert "is not known: only the shape of its output is" in str(report.warnings)


def test_a_factor_and_a_term_per_channel_are_a_scale(tmp_path: Path) -> None:
    nodes = [node("Mul", "x gamma", "a"), node("Add", "a beta", "y")]
    weights = [tensor("gamma", [1, 3, 1, 1]), tensor("beta", [1, 3, 1, 1])]
    assert rows(tmp_path, nodes, *weights) == [("Scale", (8, 8, 3), 6)]


def test_slices_of_channels_and_of_space(tmp_path: Path) -> None:
    """YOLOv5's focus: every second row."""
    nodes = [
        node("Split", "x", "a b", axis=1, split=[1, 2]),
        node("Slice", "b starts ends axes steps", "y"),
        node("Relu", "a", "unused"),
    ]
    given = {"starts": 1, "ends": 2**63 - 1, "axes": 2, "steps": 2}
    weights = [tensor(name, [1], [number]) for name, number in given.items()]
    assert rows(tmp_path, nodes, *weights) == [("ChannelSlice", (8, 8, 2), 0), ("Slice", (4, 8, 2), 0)]


def test_resizing_by_whole_factors_is_upsampling(tmp_path: Path) -> None:
    nodes = [
        node("Resize", "x - scales", "a", mode="nearest"),
        node("Resize", "a - - sizes", "y", mode="linear"),
    ]
    weights = [tensor("scales", [4], [1.0, 1.0, 2.0, 2.0]), tensor("sizes", [4], [1, 3, 24, 20])]
    assert rows(tmp_path, nodes, *weights) == [("UpSampling2D", (16, 16, 3), 0), ("Resizing", (24, 20, 3), 0)]


def test_a_branch_whose_condition_is_known(tmp_path: Path) -> None:
    """As older exporters write `x.squeeze(3)`: If the size is 1."""
    then = graph([node("Relu", "x", "t")], {}, {"t": None})
    otherwise = graph([node("Sigmoid", "x", "e")], {}, {"e": None})
    nodes = [
        node("Shape", "x", "shape"),
        node("Gather", "shape three", "size", axis=0),
        node("Equal", "size one", "condition"),
        node("If", "condition", "y", then_branch=then, else_branch=otherwise),
    ]
    weights = [tensor("three", [], [3]), tensor("one", [], [1])]
    assert rows(tmp_path, nodes, *weights) == [("Activation", (8, 8, 3), 0)]


def test_a_kernel_that_is_used_twice_is_shared_and_a_copy_of_it_is_not(tmp_path: Path) -> None:
    """PyTorch's older exporter keeps one of several equal tensors and copies it by Identity."""
    nodes = [
        node("Identity", "w", "copy"),
        node("Conv", "x w", "a", kernel_shape=[1, 1]),
        node("Conv", "a w", "b", kernel_shape=[1, 1]),
        node("Conv", "b copy", "y", kernel_shape=[1, 1]),
    ]
    file = written(tmp_path, nodes, [tensor("w", [3, 3, 1, 1])])
    report = cnncalc.load(file).analyze()
    assert [row.shared_with is not None for row in report.layers[1:]] == [False, True, False]
    assert report.totals.params == 2 * 9


def test_batch_normalisation_that_was_folded_is_restored_if_the_file_tells(tmp_path: Path) -> None:
    """The newer exporter of PyTorch lists the parameters of the module, and the rules that it has applied."""
    told = {
        "pkg.torch.onnx.name_scopes": "['', 'bn1', 'batch_norm']",
        "pkg.onnxscript.rewriter.rule_name": "RemoveOptionalBiasFromConv, FuseBatchNormIntoConv",
    }
    nodes = [node("Conv", "x conv1.weight conv1.weight_bias", "y", told, kernel_shape=[3, 3])]
    names = ("conv1.weight", "bn1.weight", "bn1.bias")
    signature = "\n".join(f"p_{name}: PARAMETER target='{name}'" for name in names)
    weights = [tensor("conv1.weight", [4, 3, 3, 3]), tensor("conv1.weight_bias", [4])]
    found = rows(tmp_path, nodes, *weights, signature=signature)
    assert found == [("Conv2D", (6, 6, 4), 108), ("BatchNormalization", (6, 6, 4), 16)]


def test_batch_normalisation_that_was_folded_without_a_trace_is_a_warning(tmp_path: Path) -> None:
    nodes = [node("Conv", "x onnx::Conv_12 onnx::Conv_13", "y", kernel_shape=[3, 3])]
    written(tmp_path, nodes, [tensor("onnx::Conv_12", [4, 3, 3, 3]), tensor("onnx::Conv_13", [4])])
    outcome = run("cnncalc summary net.onnx", tmp_path)
    assert "folded batch normalisation into 1 convolution:" in outcome.stderr
    assert outcome.code == 0


def test_an_operation_without_a_layer_is_opaque_if_its_shape_is_declared(tmp_path: Path) -> None:
    nodes = [node("NonMaxSuppression", "x", "a"), node("Relu", "a", "y")]
    written(tmp_path, nodes, known={"a": [1, 20, 4]})
    outcome = run("cnncalc summary net.onnx", tmp_path)
    assert (outcome.code, "Opaque" in outcome.stdout) == (0, True)
    assert "NonMaxSuppression (node_a) is not known: only the shape of its output is" in outcome.stderr


def test_an_operation_without_a_layer_or_a_shape_is_an_error(tmp_path: Path) -> None:
    written(tmp_path, [node("NonMaxSuppression", "x", "y")])
    outcome = run("cnncalc summary net.onnx", tmp_path)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert 'NonMaxSuppression, "node_y": cnncalc has no layer for it' in outcome.stderr


def test_what_the_file_declares_otherwise_is_an_error(tmp_path: Path) -> None:
    nodes = [node("Conv", "x conv.weight", "a", kernel_shape=[3, 3]), node("Relu", "a", "y")]
    written(tmp_path, nodes, [KERNEL], known={"a": [1, 4, 8, 8]})
    outcome = run("cnncalc summary net.onnx", tmp_path)
    assert outcome.code == 2
    assert "the file says that its output is 1x4x8x8, but it is 1x4x6x6" in outcome.stderr


@pytest.mark.parametrize("bad", ["cycle", "dangling", "twice", "no output"])
def test_graphs_that_hang_together_badly(bad: str, tmp_path: Path) -> None:
    nodes = {
        "cycle": [node("Add", "x b", "a"), node("Relu", "a", "b"), node("Relu", "b", "y")],
        "dangling": [node("Relu", "nowhere", "y")],
        "twice": [node("Relu", "x", "y"), node("Tanh", "x", "y")],
        "no output": [node("Relu", "x", "z")],
    }[bad]
    with pytest.raises(SpecError) as error:
        cnncalc.load(written(tmp_path, nodes))
    assert len(error.value.diagnostics) == 1


def test_weights_are_not_read(tmp_path: Path) -> None:
    """A kernel of 40 GB whose data is not there."""
    nodes = [node("Gemm", "x w", "y", transB=1)]
    found = rows(tmp_path, nodes, tensor("w", [10**5, 10**5]), sizes=[1, 10**5])
    assert found == [("Dense", (10**5,), 10**10)]
