"""Tensor operations as a spec says them: figures of single layers, receptive fields, and what of networks needs them.

Shapes are those of keras.ops (`tests/peers/test_tensor_operations.py` compares thousands); counts are written out.
"""

from __future__ import annotations

import pytest

from tests.contract.specs import Json, last, refusal, report, rows, says


def figures(item: str, input: str = "[8, 6, 4]") -> tuple[list[int | None], int, int | None, int | None]:
    """Output shape, parameters, MACs and FLOPs of a layer by itself."""
    row = last(f"layers:\n  - {item}", input)
    return row["output_shape"], row["params"], row["exact"]["macs"], row["exact"]["flops"]


@pytest.mark.parametrize(
    ("item", "shape", "flops"),
    [
        ("DepthToSpace: 2", [16, 12, 1], 0),
        ("SpaceToDepth: {block_size: 2}", [4, 3, 16], 0),
        ("ChannelPadding: [1, 3]", [8, 6, 8], 0),
        ("ChannelPadding: 2", [8, 6, 8], 0),
        ("Slice: {axis: 1, start: 1, stop: -1, step: 3}", [2, 6, 4], 0),
        ("Slice: {start: 1}", [8, 6, 3], 0),
        ("Expand: 1", [1, 8, 6, 4], 0),
        ("Expand: {shape: [5, 8, -1, 4]}", [5, 8, 6, 4], 0),
        ("ReduceMean: -1", [8, 6], 192),
        ("ReduceMax: {axis: -1, keepdims: true}", [8, 6, 1], 192),
        ("ReduceSum: {axis: [1, 2]}", [4], 192),
        ("ReduceMin: {axis: 2}", [8, 4], 192),
        ("Elementwise: abs", [8, 6, 4], 192),
        ("Elementwise: {op: mul, value: 0.5}", [8, 6, 4], 192),
        ("Elementwise: {op: power, value: [1, 2, 3, 4]}", [8, 6, 4], 192),
        ("Normalize: {axis: -1, order: 2}", [8, 6, 4], 3 * 192),
        ("Resizing: {height: 3, width: 5, interpolation: bicubic}", [3, 5, 4], 16 * 60),
        ("Resizing: {height: 3, width: 5, interpolation: Lanczos3}", [3, 5, 4], 36 * 60),
        ("UpSampling2D: {size: 2, interpolation: lanczos5}", [16, 12, 4], 100 * 768),
        ("AdaptiveAveragePooling2D: [null, 3]", [8, 3, 4], 192),
    ],
)
def test_what_a_layer_makes_and_costs(item: str, shape: list[int], flops: int) -> None:
    assert figures(item) == (shape, 0, 0, flops)


def test_trilinear_upsampling_reads_eight_voxels() -> None:
    assert figures("UpSampling3D: {interpolation: trilinear}", "[2, 3, 4, 5]") == ([4, 6, 8, 5], 0, 0, 8 * 960)


def test_resizing_to_fewer_positions_with_antialiasing_is_not_counted() -> None:
    shrunk = report(
        "layers: [{Resizing: {height: 4, width: 6, antialias: true}}, {Conv2D: {filters: 1, kernel_size: 1}}]"
    )
    assert shrunk["layers"][1]["exact"]["flops"] is None
    assert shrunk["totals"]["exact"]["flops"] == 4 * 6 * (2 * 3 + 1)
    assert "not counted: antialias" in shrunk["warnings"][0]
    assert last("layers: [{Resizing: {height: 16, width: 16, antialias: true}}]")["exact"]["flops"] == 4 * 16 * 16 * 3


# Products and sources ---------------------------------------------------------------------------------------------

ATTENTION = """
input: [14, 14, 64]
layers:
  - Reshape: [196, 64]
  - Dense: {units: 48, name: q}
  - Dense: {units: 48, name: k, from: reshape}
  - Dense: {units: 32, name: v, from: reshape}
  - MatMul: {from: [q, k], transpose_b: true, name: scores}
  - Elementwise: {op: divide, value: 7}
  - Softmax
  - MatMul: {from: [softmax, v], name: mixed}
"""


def test_attention_written_out() -> None:
    found = rows(ATTENTION)
    assert found["scores"]["output_shape"] == [196, 196]
    assert found["scores"]["exact"]["macs"] == 196 * 196 * 48
    assert found["mixed"]["output_shape"] == [196, 32]
    assert found["mixed"]["exact"]["macs"] == 196 * 196 * 32
    assert found["mixed"]["exact"]["flops"] == 2 * 196 * 196 * 32
    assert found["mixed"]["exact"]["receptive_field"] == [14, 14]  # attention sees the whole map
    assert found["mixed"]["notes"]["ops"] is None


def test_einsum_is_the_same_product_with_the_batch_or_without() -> None:
    for equation in ("qd,kd->qk", "bqd,bkd->bqk", "...qd,...kd->...qk"):
        item = ATTENTION.replace(
            "MatMul: {from: [q, k], transpose_b: true", f"Einsum: {{from: [q, k], equation: '{equation}'"
        )
        assert rows(item)["scores"]["exact"]["macs"] == 196 * 196 * 48


def test_an_einsum_without_a_sum_is_a_multiplication() -> None:
    text = "layers: [{Identity: {name: a}}, {Einsum: {from: [a, a], equation: 'hwc,hwc->hwc'}}]"
    assert (last(text)["exact"]["macs"], last(text)["exact"]["flops"]) == (0, 192)


def test_a_parameter_is_a_source_that_keeps_the_field_of_what_it_meets() -> None:
    text = """
    input: [32, 32, 3]
    layers:
      - Conv2D: {filters: 8, kernel_size: 3}
      - Parameter: {shape: [30, 30, 8], name: position}
      - Add: {from: [conv2d, position]}
      - Parameter: {shape: 8, name: scale, trainable: false}
      - Multiply: {from: [scale, add]}
      - Conv2D: {filters: 8, kernel_size: 3}
    """
    found = rows(text)
    position, scale = found["position"], found["scale"]
    assert (position["params"], position["trainable_params"], position["inputs"]) == (7200, 7200, [])
    assert (scale["params"], scale["trainable_params"]) == (8, 0)
    assert position["exact"]["receptive_field"] is None
    assert position["neurons"] == 7200
    assert [found[name]["exact"]["receptive_field"] for name in ("add", "multiply", "conv2d_1")] == [
        [3, 3],
        [3, 3],
        [5, 5],
    ]
    assert [found[name]["notes"]["receptive_field"] for name in ("add", "conv2d_1")] == [[3, 3], [5, 5]]
    assert report(text)["totals"]["params"] == 224 + 7200 + 8 + 584


def test_a_class_token_before_the_patches_of_an_image() -> None:
    text = """
    input: [224, 224, 3]
    layers:
      - Conv2D: {filters: 768, kernel_size: 16, strides: 16}
      - Reshape: [196, 768]
      - Parameter: {shape: [1, 768], name: token}
      - Concatenate: {from: [token, reshape], axis: 1}
      - Parameter: {shape: [197, 768], name: position}
      - Add: {from: [concatenate, position]}
      - MatMul: {from: [add, add], transpose_b: true}
      - MatMul: {from: [mat_mul, add]}
      - Slice: {axis: 1, stop: 1}
      - Flatten
    """
    found = rows(text)
    assert found["concatenate"]["output_shape"] == [197, 768]
    assert found["flatten"]["output_shape"] == [768]
    # torchvision's vit_b_16: conv_proj, class_token and encoder.pos_embedding
    assert sum(row["params"] for row in found.values()) == 590_592 + 768 + 151_296
    # The whole map, and beside it the place of the token, which counts as padding does.
    assert found["flatten"]["exact"]["receptive_field"] == [224, 224]


def test_a_layer_that_nobody_can_look_into_is_said_to_be_so_everywhere() -> None:
    text = "layers: [{Conv2D: {filters: 4, kernel_size: 3}}, {Opaque: {output_shape: [3, 3, 5], params: 70}}, Flatten]"
    found = report(text)
    opaque = found["layers"][2]
    assert (opaque["output_shape"], opaque["params"]) == ([3, 3, 5], 70)
    assert (opaque["exact"]["macs"], opaque["exact"]["flops"], opaque["exact"]["receptive_field"]) == (None, None, None)
    assert found["totals"]["params"] == 112 + 70
    assert found["totals"]["exact"]["macs"] == 36 * 4 * 27
    assert found["totals"]["exact"]["receptive_field"] is None
    assert 'the operations of "opaque" are not counted' in found["warnings"][0]
    several = "layers: [{Identity: {name: a}}, {Opaque: {from: [a, input], output_shape: [7]}}]"
    assert last(several)["output_shape"] == [7]


# Receptive fields -------------------------------------------------------------------------------------------------


def field(items: str, input: str = "[32, 32, 4]") -> Json:
    exact: Json = last(f"layers: [{{Conv2D: {{filters: 4, kernel_size: 3}}}}, {items}]", input)["exact"]
    return exact


@pytest.mark.parametrize(
    ("items", "size", "stride"),
    [
        # A convolution of 3x3 sees 3; behind pixel shuffle two positions see the same, and a window of 3 reaches 2.
        ("{DepthToSpace: 2}", [3, 3], ["1/2", "1/2"]),
        ("{DepthToSpace: 2}, {Conv2D: {filters: 1, kernel_size: 3}}", [4, 4], ["1/2", "1/2"]),
        ("{SpaceToDepth: 2}", [4, 4], [2, 2]),
        ("{SpaceToDepth: 2}, {Conv2D: {filters: 1, kernel_size: 3}}", [8, 8], [2, 2]),
        ("{Slice: {axis: 1, start: 3, step: 2}}, {Conv2D: {filters: 1, kernel_size: 3}}", [7, 5], [2, 1]),
        ("{ChannelPadding: [2, 2]}, {Conv2D: {filters: 1, kernel_size: 3}}", [5, 5], [1, 1]),
        ("{ReduceMean: {axis: -1, keepdims: true}}, {Conv2D: {filters: 1, kernel_size: 3}}", [5, 5], [1, 1]),
        ("{Expand: 1}, {Squeeze: 1}, {Conv2D: {filters: 1, kernel_size: 3}}", [5, 5], [1, 1]),
        ("{Expand: -1}, {Conv3D: {filters: 1, kernel_size: 3}}", [5, 5], [1, 1]),
        ("{ReduceMean: {axis: 1, keepdims: true}}", [32, 3], [None, 1]),
    ],
)
def test_the_field_moves_with_the_positions(items: str, size: list[int], stride: list[object]) -> None:
    found = field(items)
    assert found["receptive_field"] == size
    assert found["effective_stride"] == stride


def test_channels_that_hold_positions_have_no_field_when_they_become_positions_again() -> None:
    found = field("{ReduceMean: -1}, {Expand: -1}")
    assert found["receptive_field"] is None
    assert "channels that hold several positions" in found["note"]


# Parts of networks ------------------------------------------------------------------------------------------------


def test_spatial_attention_of_cbam() -> None:
    """Woo et al., "CBAM" (2018): mean and maximum over the channels, a 7x7 convolution, a gate."""
    text = """
    input: [56, 56, 64]
    layers:
      - Multiply:
          branches:
            map: []
            gate:
              - Concatenate:
                  branches:
                    mean: [{ReduceMean: {axis: -1, keepdims: true}}]
                    max: [{ReduceMax: {axis: -1, keepdims: true}}]
              - Conv2D: {filters: 1, kernel_size: 7, padding: same, use_bias: false, activation: sigmoid}
    """
    found = last(text)
    assert found["output_shape"] == [56, 56, 64]
    assert found["exact"]["receptive_field"] == [7, 7]
    assert report(text)["totals"]["params"] == 2 * 7 * 7


def test_selective_kernels() -> None:
    """Li et al., "Selective Kernel Networks" (2019): branches on an axis of their own, weighed and added up."""
    text = """
    input: [28, 28, 32]
    layers:
      - Stack:
          axis: 1
          name: branches
          branches:
            small: [{Conv2D: {filters: 32, kernel_size: 3, padding: same}}]
            large: [{Conv2D: {filters: 32, kernel_size: 3, dilation_rate: 2, padding: same}}]
      - ReduceSum: 1
      - GlobalAveragePooling2D
      - Dense: {units: 64}
      - Reshape: [2, 1, 1, 32]
      - Softmax: {axis: 1}
      - Multiply: {from: [branches, softmax]}
      - ReduceSum: {axis: 1, name: selected}
    """
    found = rows(text)
    assert found["branches"]["output_shape"] == [2, 28, 28, 32]
    assert found["reduce_sum"]["exact"]["receptive_field"] == [5, 5]
    assert found["selected"]["output_shape"] == [28, 28, 32]
    assert found["selected"]["exact"]["receptive_field"] == [32, 32]  # all positions of the larger branch


def test_windows_of_a_swin_transformer() -> None:
    """Liu et al., "Swin Transformer" (2021): 56x56 positions in windows of 7x7, and back."""
    text = """
    input: [56, 56, 96]
    layers:
      - Reshape: [8, 7, 8, 7, 96]
      - Permute: [1, 3, 2, 4, 5]
      - Reshape: [64, 49, 3, 32]
      - Permute: [1, 3, 2, 4]
      - MatMul: {from: [permute_1, permute_1], transpose_b: true, name: scores}
      - Parameter: {shape: [3, 49, 49], name: relative_position}
      - Add: {from: [scores, relative_position]}
      - Softmax
      - MatMul: {from: [softmax, permute_1], name: mixed}
      - Permute: [1, 3, 2, 4]
      - Reshape: [8, 8, 7, 7, 96]
      - Permute: [1, 3, 2, 4, 5]
      - Reshape: [56, 56, 96]
    """
    found = rows(text)
    assert found["scores"]["output_shape"] == [64, 3, 49, 49]
    assert found["scores"]["exact"]["macs"] == 64 * 3 * 49 * 49 * 32
    assert list(found.values())[-1]["output_shape"] == [56, 56, 96]


def test_the_shortcut_of_option_a() -> None:
    """He et al., "Deep Residual Learning" (2015), section 3.3: every second position, zeros for the new channels."""
    text = """
    input: [32, 32, 16]
    layers:
      - Add:
          branches:
            main: [{Conv2D: {filters: 32, kernel_size: 3, strides: 2, padding: 1}}]
            shortcut: [{Slice: {axis: 1, step: 2}}, {Slice: {axis: 2, step: 2}}, {ChannelPadding: [8, 8]}]
    """
    found = last(text)
    assert found["output_shape"] == [16, 16, 32]
    assert (found["exact"]["receptive_field"], found["exact"]["note"]) == ([3, 3], None)


# Names and unknown sizes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["PixelShuffle", "PixelUnshuffle", "reorg"])
def test_other_names_are_read_as_these_kinds(name: str) -> None:
    kind = "DepthToSpace" if name == "PixelShuffle" else "SpaceToDepth"
    assert last(f"layers: [{{{name}: 2}}]", "[8, 8, 4]")["type"] == kind


@pytest.mark.parametrize(
    ("item", "shape"),
    [
        ("DepthToSpace: 2", [None, 12, 1]),
        ("SpaceToDepth: 2", [None, 3, 16]),
        ("Reshape: [-1, 4]", [None, 4]),
        ("Slice: {axis: 1, start: 2}", [None, 6, 4]),
        ("ReduceMean: 1", [6, 4]),
        ("Expand: 1", [1, None, 6, 4]),
        ("Resizing: {height: 3, width: 3, crop_to_aspect_ratio: true}", [3, 3, 4]),
        ("AdaptiveMaxPooling2D: [null, 2]", [None, 2, 4]),
        ("MatMul: {from: [input, input], transpose_b: true}", [None, 6, 6]),
    ],
)
def test_unknown_sizes_go_through(item: str, shape: list[int | None]) -> None:
    assert last(f"layers: [{{{item}}}]", "[null, 6, 4]")["output_shape"] == shape


# Mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "line", "words"),
    [
        ("DepthToSpace: 3", 3, "9 channels before it would do"),
        ("SpaceToDepth: 4", 3, "ZeroPadding2D"),
        ("DepthToSpace: 0", 3, "a positive integer"),
        ("ChannelPadding: [1, 2, 3]", 3, "an integer or [before, after]"),
        ("ChannelPadding: [-1, 0]", 3, "at least 0"),
        ("ReduceMean: {axis: 0}", 3, "the batch"),
        ("ReduceMean: {axis: [1, 2, 3]}", 3, "keepdims: true"),
        ("ReduceMean", 3, "ReduceMean: {axis: -1, keepdims: true}"),
        ("ReduceSum: {axis: 7}", 3, "an axis from 1 to 3"),
        ("Slice: {axis: 1, start: 9}", 3, "keeps nothing"),
        ("Slice: {axis: 1, step: 0}", 3, "a positive integer"),
        ("Squeeze: 1", 3, "ReduceMean"),
        ("Expand", 3, "Expand: {axis: 1}"),
        ("Expand: {shape: [3, 6, 4]}", 3, "Expand with an axis"),
        ("Expand: 7", 3, "a place from 1 to 4"),
        ("Elementwise: absolut", 3, "absolute"),
        ("Elementwise: relu", 3, "Activation: relu"),
        ("Elementwise: multiply", 3, "Elementwise: {op: multiply, value: 0.5}"),
        ("Elementwise: {op: sqrt, value: 2}", 3, "Elementwise: sqrt"),
        ("Elementwise: {op: add, value: [1, 2]}", 3, "one per channel"),
        ("Normalize: {order: 0}", 3, "a number above 0"),
        ("MatMul: {from: [input, input]}", 3, "axes that belong together differ"),
        ("MatMul: {from: [input, input]}", 3, "transpose_b: true"),
        ("MatMul: {from: [input]}", 3, "exactly two inputs"),
        ("Einsum: {from: [input, input], equation: 'ij,jk'}", 3, "say what comes out"),
        ("Einsum: {from: [input, input], equation: 'ij,jk->ik'}", 3, "a letter for each axis"),
        ("Einsum: {from: [input, input], equation: 'hwc,hwc->hwx'}", 3, "which no input has"),
        ("Divide: {from: [input, input, input]}", 3, "exactly two inputs"),
        ("Stack: {from: [input], axis: 9}", 3, "a place from 1 to 4"),
        ("Parameter: {shape: [1, 0]}", 3, "a positive integer"),
        ("Parameter: {shape: 4, from: input}", 3, "leave from out"),
        ("Parameter", 3, "Parameter: {shape: [1, 768]}"),
        ("Opaque: {params: 3}", 3, "output_shape"),
        ("Opaque: {output_shape: []}", 3, "at least one size"),
        ("Resizing: {height: 2, width: 2, interpolation: cubic}", 3, "bicubic"),
        ("AdaptiveAveragePooling2D: [0, 2]", 3, "a positive integer"),
    ],
)
def test_wrong_arguments_are_refused_at_their_place_with_a_way_out(item: str, line: int, words: str) -> None:
    text = f"input: [8, 6, 4]\nlayers:\n  - {item}\n"
    found = refusal(text)
    assert found.span is not None
    assert found.span.line == line
    assert words in says(found), says(found)
