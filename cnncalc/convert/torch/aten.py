"""PyTorch's operators by name, and the graph of operations that a program becomes."""

from __future__ import annotations

from typing import Final

from cnncalc.convert.channels_first.operations import TensorGraph
from cnncalc.convert.channels_first.translation import UNKNOWN_BATCH
from cnncalc.convert.torch.builder import Builder, Translator
from cnncalc.convert.torch.operators import (
    adaptive,
    addcmul,
    addmm,
    attention,
    batch_norm,
    binary,
    cat,
    clamp,
    convolution,
    einsum,
    embedding,
    expanded,
    filled,
    group_norm,
    index,
    layer_norm,
    linear,
    masked,
    matmul,
    norm,
    number,
    padded,
    permuted,
    pool,
    prelu,
    reduce,
    reshaped,
    resized,
    rolled,
    select,
    shuffle,
    simple,
    sliced,
    split,
    stack,
    unary,
    unbind,
    unsqueezed,
    with_number,
)  # fmt: skip
from cnncalc.convert.torch.program import Name, Program
from cnncalc.convert.torch.recurrent import recurrent

_NAMES: Final[tuple[tuple[Translator, str], ...]] = (
    (convolution, "conv1d conv2d conv3d convolution conv_transpose1d conv_transpose2d conv_transpose3d"),
    (batch_norm, "batch_norm native_batch_norm _native_batch_norm_legit"),
    (batch_norm, "_native_batch_norm_legit_no_training cudnn_batch_norm"),
    (pool("MaxPool"), "max_pool1d max_pool2d max_pool3d max_pool2d_with_indices max_pool3d_with_indices"),
    (pool("AveragePool"), "avg_pool1d avg_pool2d avg_pool3d"),
    (adaptive("AdaptiveAveragePool"), "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d"),
    (adaptive("AdaptiveAveragePool"), "_adaptive_avg_pool2d _adaptive_avg_pool3d"),
    (adaptive("AdaptiveMaxPool"), "adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d"),
    (reduce("ReduceMean"), "mean"), (reduce("ReduceSum"), "sum"), (reduce("ReduceMin"), "amin"),
    (reduce("ReduceMax"), "amax max"), (norm, "linalg_vector_norm"),
    (reshaped, "view reshape _unsafe_view flatten unflatten ravel view_as reshape_as _reshape_alias view_copy squeeze"),
    (permuted, "permute transpose t swapaxes numpy_T"), (unsqueezed, "unsqueeze"),
    (cat, "cat concat"), (stack, "stack"), (split, "split chunk split_with_sizes"), (unbind, "unbind"),
    (sliced, "slice narrow"), (select, "select"), (index, "index"), (expanded, "expand expand_as broadcast_to"),
    (linear, "linear"), (addmm, "addmm baddbmm"), (addcmul, "addcmul"), (matmul, "matmul mm bmm"), (einsum, "einsum"),
    (attention, "scaled_dot_product_attention _scaled_dot_product_flash_attention_for_cpu"), (embedding, "embedding"),
    (binary("Add"), "add"), (binary("Sub"), "sub"), (binary("Mul"), "mul"), (binary("Div"), "div true_divide"),
    (binary("Reverse"), "rsub"), (binary("Pow"), "pow"), (binary("Max"), "maximum"), (binary("Min"), "minimum"),
    (unary("Relu"), "relu"), (unary("Swish"), "silu"), (unary("HardSwish"), "hardswish"), (unary("Mish"), "mish"),
    (unary("HardSigmoid"), "hardsigmoid"), (unary("Sigmoid"), "sigmoid"), (unary("Tanh"), "tanh"),
    (unary("Gelu"), "gelu"), (unary("Selu"), "selu"), (unary("Celu"), "celu"), (unary("Softplus"), "softplus"),
    (unary("Softsign"), "softsign"), (unary("LogSigmoid"), "log_sigmoid"), (unary("Exp"), "exp"),
    (unary("Abs"), "abs"), (unary("Neg"), "neg"), (unary("Sqrt"), "sqrt"), (unary("Log"), "log"),
    (unary("Erf"), "erf"), (unary("Sin"), "sin"), (unary("Cos"), "cos"), (unary("Reciprocal"), "reciprocal"),
    (with_number("Elu", "alpha", "alpha", 1), "elu"), (prelu, "prelu"),
    (with_number("LeakyRelu", "negative_slope", "alpha", 0.01), "leaky_relu"),
    (with_number("Softmax", "dim", "axis", -1), "softmax _softmax"),
    (with_number("LogSoftmax", "dim", "axis", -1), "log_softmax _log_softmax"),
    (clamp, "clamp clamp_min clamp_max clip hardtanh relu6"),
    (layer_norm, "layer_norm native_layer_norm rms_norm _fused_rms_norm"),
    (group_norm, "group_norm native_group_norm"),
    (simple("InstanceNormalization", "input", "weight", "bias"), "instance_norm"),
    (resized, "upsample_nearest1d upsample_nearest2d upsample_nearest3d upsample_linear1d upsample_bilinear2d"),
    (resized, "upsample_bicubic2d upsample_trilinear3d _upsample_bilinear2d_aa _upsample_bicubic2d_aa"),
    (padded, "pad constant_pad_nd reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d"),
    (shuffle("DepthToSpace", "upscale_factor"), "pixel_shuffle"),
    (shuffle("SpaceToDepth", "downscale_factor"), "pixel_unshuffle"),
    (unary("Identity"), "dropout feature_dropout native_dropout alpha_dropout clone contiguous detach to _to_copy"),
    (unary("Identity"), "alias lift lift_fresh lift_fresh_copy type_as"), (rolled, "roll"), (masked, "masked_fill"),
    (recurrent, "lstm gru"),
    (recurrent, "rnn_tanh rnn_relu"),
    (filled, "zeros ones full arange zeros_like ones_like full_like new_zeros new_ones new_full empty scalar_tensor"),
    (filled, "linspace eye"),
    (number, "sym_size sym_numel sym_constrain_range_for_size _assert_scalar _assert_async _assert_tensor_metadata"),
)  # fmt: skip
"""What makes operations of each operator."""

TRANSLATORS: Final = {name: translator for translator, names in _NAMES for name in names.split()}
"""The same by name. An operator that changes its input in place has the same name with `_` behind it."""


def tensor_graph(program: Program) -> TensorGraph:
    """Translates a program's calls. Operators that are not known become operations of that name."""
    b = Builder(program)
    for call in program.calls:
        translator = TRANSLATORS.get(call.target) or TRANSLATORS.get(call.target.removesuffix("_"))
        if translator is not None:
            translator(b, call)
        elif any(name in program.dims for name in call.outputs):
            given = [
                entry for value in call.arguments.values() for entry in (value if isinstance(value, list) else [value])
            ]
            tensors = [entry.name for entry in given if isinstance(entry, Name) and entry.name in program.dims]
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
