"""PyTorch's operators by name, and the graph of operations that a program becomes."""

from __future__ import annotations

from typing import Final

from cnncalc.convert.channels_first.operations import TensorGraph
from cnncalc.convert.channels_first.translation import UNKNOWN_BATCH
from cnncalc.convert.torch.builder import Builder, Translator
from cnncalc.convert.torch.operators import (
    adaptive, addmm, attention, batch_norm, binary, cat, clamp, convolution, einsum, embedding, expanded, filled, group_norm, index, layer_norm, linear, matmul, norm, number, padded, permuted, pool, prelu, reduce, reshaped, resized, select, shuffle, simple, sliced, split, squeezed, stack, unary, unbind, unsqueezed, with_number,
)  # fmt: skip
from cnncalc.convert.torch.program import Name, Program

TRANSLATORS: Final[dict[str, Translator]] = {
    **dict.fromkeys(
        ("conv1d", "conv2d", "conv3d", "convolution", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), convolution
    ),
    **dict.fromkeys(
        ("batch_norm", "_native_batch_norm_legit_no_training", "_native_batch_norm_legit", "native_batch_norm", "cudnn_batch_norm"),
        batch_norm,
    ),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d", "max_pool2d_with_indices", "max_pool3d_with_indices"), pool("MaxPool")),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), pool("AveragePool")),
    **dict.fromkeys(
        ("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d"),
        adaptive("AdaptiveAveragePool"),
    ),
    **dict.fromkeys(("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"), adaptive("AdaptiveMaxPool")),
    "mean": reduce("ReduceMean"), "sum": reduce("ReduceSum"), "amax": reduce("ReduceMax"), "amin": reduce("ReduceMin"),
    "max": reduce("ReduceMax"),
    **dict.fromkeys(
        ("view", "reshape", "_unsafe_view", "flatten", "unflatten", "ravel", "view_as", "reshape_as", "_reshape_alias", "view_copy"), reshaped
    ),
    **dict.fromkeys(("permute", "transpose", "t", "swapaxes", "numpy_T"), permuted),
    "squeeze": squeezed, "unsqueeze": unsqueezed, "cat": cat, "concat": cat, "stack": stack,
    **dict.fromkeys(("split", "chunk", "split_with_sizes"), split),
    "unbind": unbind, "slice": sliced, "narrow": sliced, "select": select, "index": index, "index_select": simple("index_select", "self"),
    **dict.fromkeys(("expand", "expand_as", "broadcast_to"), expanded),
    "linear": linear, "addmm": addmm, "baddbmm": addmm, **dict.fromkeys(("matmul", "mm", "bmm"), matmul),
    "scaled_dot_product_attention": attention, "_scaled_dot_product_flash_attention_for_cpu": attention,
    **dict.fromkeys(("add", "add_"), binary("Add")), **dict.fromkeys(("sub", "sub_"), binary("Sub")),
    **dict.fromkeys(("mul", "mul_"), binary("Mul")), **dict.fromkeys(("div", "div_"), binary("Div")),
    "rsub": binary("Reverse"), "pow": binary("Pow"), "maximum": binary("Max"), "minimum": binary("Min"),
    **dict.fromkeys(("relu", "relu_"), unary("Relu")), **dict.fromkeys(("silu", "silu_"), unary("Swish")),
    **dict.fromkeys(("hardswish", "hardswish_"), unary("HardSwish")), **dict.fromkeys(("hardsigmoid", "hardsigmoid_"), unary("HardSigmoid")),
    "sigmoid": unary("Sigmoid"), "sigmoid_": unary("Sigmoid"), "tanh": unary("Tanh"), "gelu": unary("Gelu"), "mish": unary("Mish"),
    "mish_": unary("Mish"), "selu": unary("Selu"), "selu_": unary("Selu"), "celu": unary("Celu"), "softplus": unary("Softplus"),
    "softsign": unary("Softsign"), "log_sigmoid": unary("LogSigmoid"), "exp": unary("Exp"), "abs": unary("Abs"), "neg": unary("Neg"),
    "sqrt": unary("Sqrt"), "log": unary("Log"), "erf": unary("Erf"), "sin": unary("Sin"), "cos": unary("Cos"),
    "reciprocal": unary("Reciprocal"),
    "elu": with_number("Elu", "alpha", "alpha", 1), "elu_": with_number("Elu", "alpha", "alpha", 1),
    "leaky_relu": with_number("LeakyRelu", "negative_slope", "alpha", 0.01),
    "leaky_relu_": with_number("LeakyRelu", "negative_slope", "alpha", 0.01), "prelu": prelu,
    "softmax": with_number("Softmax", "dim", "axis", -1), "_softmax": with_number("Softmax", "dim", "axis", -1),
    "log_softmax": with_number("LogSoftmax", "dim", "axis", -1), "_log_softmax": with_number("LogSoftmax", "dim", "axis", -1),
    **dict.fromkeys(("clamp", "clamp_", "clamp_min", "clamp_max", "clip", "hardtanh", "hardtanh_", "relu6", "relu6_"), clamp),
    **dict.fromkeys(("layer_norm", "native_layer_norm", "rms_norm", "_fused_rms_norm"), layer_norm),
    **dict.fromkeys(("group_norm", "native_group_norm"), group_norm),
    "instance_norm": simple("InstanceNormalization", "input", "weight", "bias"),
    "linalg_vector_norm": norm, "einsum": einsum, "embedding": embedding,
    **dict.fromkeys(
        ("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "upsample_bilinear2d", "upsample_bicubic2d",
         "upsample_trilinear3d", "upsample_linear1d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"), resized
    ),
    **dict.fromkeys(("pad", "constant_pad_nd", "reflection_pad1d", "reflection_pad2d", "replication_pad1d", "replication_pad2d"), padded),
    "pixel_shuffle": shuffle("DepthToSpace", "upscale_factor"), "pixel_unshuffle": shuffle("SpaceToDepth", "downscale_factor"),
    **dict.fromkeys(
        ("dropout", "dropout_", "feature_dropout", "native_dropout", "alpha_dropout", "clone", "contiguous", "detach", "detach_", "to", "_to_copy", "alias", "lift_fresh_copy", "roll", "flip",
         "lift_fresh", "lift", "masked_fill", "masked_fill_", "type_as", "_assert_tensor_metadata", "channel_shuffle_identity"), unary("Identity")
    ),
    **dict.fromkeys(
        ("zeros", "ones", "full", "arange", "zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full", "empty",
         "scalar_tensor", "linspace", "eye", "tril", "triu"), filled
    ),
    **dict.fromkeys(("sym_size", "sym_numel", "mul.", "floordiv", "sym_constrain_range_for_size", "_assert_scalar", "_assert_async"), number),
}  # fmt: skip
"""What makes operations of each operator."""


def tensor_graph(program: Program) -> TensorGraph:
    """Translates a program's calls. Operators that are not known become operations of that name."""
    b = Builder(program)
    for call in program.calls:
        translator = TRANSLATORS.get(call.target)
        if translator is not None:
            translator(b, call)
        elif any(name in program.dims for name in call.outputs):
            tensors = [
                value.name
                for value in call.arguments.values()
                if isinstance(value, Name) and value.name in program.dims
            ]
            b.add(call, call.target, tensors)
    for name in program.inputs:
        dims = program.dims.get(name)
        if dims is not None:
            b.graph.inputs[name] = tuple(None if size == UNKNOWN_BATCH else size for size in dims)
    b.graph.declared = {
        name: tuple(None if size is not None and size % UNKNOWN_BATCH == 0 else size for size in dims)
        for name, dims in program.dims.items()
        if name not in program.targets
    }
    return b.graph
