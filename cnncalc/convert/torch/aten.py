"""PyTorch's operators, translated into operations with ONNX's names and rules."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from cnncalc.convert.channels_first.operations import Constant, Dims, Operation, Scalar, TensorGraph
from cnncalc.convert.channels_first.translation import UNKNOWN_BATCH
from cnncalc.convert.graph import ReadingProblem
from cnncalc.convert.torch.program import Call, Name, Program
from cnncalc.errors import quote


class Builder:
    """The graph of operations while calls are translated."""

    def __init__(self, program: Program) -> None:
        self.program = program
        names = program.targets
        self.graph = TensorGraph(
            program.name, {}, [names.get(name, name) for name in program.outputs], [], {},
            parameters=frozenset(program.parameters), source=program.source,
        )  # fmt: skip
        for name, target in names.items():
            dims = program.dims.get(name, ())
            sources = {target: math.prod(size or 0 for size in dims)} if target in program.parameters else {}
            self.graph.constants[target] = Constant(dims, None, sources)
        self.names = dict(names)
        self.fresh = 0

    def named(self, name: str) -> str:
        """The name of a tensor in the graph: that of the module's parameter, or its own."""
        return self.names.get(name, name)

    def constant(self, values: list[Scalar], dims: Dims | None = None) -> str:
        """Adds a small constant; returns its name."""
        name = self.new_name("constant")
        self.graph.constants[name] = Constant((len(values),) if dims is None else dims, values)
        return name

    def new_name(self, text: str) -> str:
        """Makes a name that no tensor of the program has."""
        self.fresh += 1
        return f"{text} {self.fresh}"

    def dims(self, name: str) -> Dims:
        """The sizes of a tensor. Raises: ReadingProblem: if the file does not tell them."""
        found = self.program.dims.get(name)
        if found is None:
            raise ReadingProblem("damaged-file", f"the file does not say of what shape {quote(name)} is", place=name)
        return found

    def add(self, call: Call, kind: str, inputs: list[str], outputs: list[str] | None = None, **attributes: object) -> str:
        """Adds an operation; returns the name of its first output, which is the call's unless told."""
        made = call.outputs if outputs is None else outputs
        place = f"{'.'.join(call.path)} {call.target}".strip()
        known = [self.named(name) for name in inputs]
        while known and not known[-1]:
            known.pop()
        self.graph.operations.append(Operation(kind, known, list(made), attributes, call.path, call.place or place))
        return made[0] if made else ""

    def step(self, call: Call, kind: str, inputs: list[str], **attributes: object) -> str:
        """Adds an operation whose output is none of the call's; returns its name."""
        return self.add(call, kind, inputs, [self.new_name(call.place)], **attributes)

    def scalar(self, call: Call, name: str) -> str:
        """An argument that is a tensor, or a number, which becomes a constant."""
        found = call.arguments.get(name)
        if isinstance(found, Name):
            return found.name
        if isinstance(found, (int, float)):
            return self.constant([found], ())
        raise call.problem(f"its argument {name} is {quote(str(found))}")


Translator = Callable[[Builder, Call], None]


def simple(kind: str, *arguments: str, **attributes: object) -> Translator:
    """Makes the translator of an operator that is one operation on its tensors."""

    def translator(b: Builder, call: Call) -> None:
        b.add(call, kind, [call.tensor(name) for name in arguments or ("input", "self")][: len(arguments) or 1], **attributes)

    return translator


def unary(kind: str, **attributes: object) -> Translator:
    """Makes the translator of an operator with one tensor."""

    def translator(b: Builder, call: Call) -> None:
        b.add(call, kind, [call.tensor("input", "self", "x")], **attributes)

    return translator


def with_number(kind: str, argument: str, name: str, default: float) -> Translator:
    """Makes the translator of an operator with a number, such as a slope."""

    def translator(b: Builder, call: Call) -> None:
        b.add(call, kind, [call.tensor("input", "self")], **{name: call.number(argument, default)})

    return translator


def binary(kind: str) -> Translator:
    """Makes the translator of arithmetic with a tensor or a number."""

    def translator(b: Builder, call: Call) -> None:
        left, right = b.scalar(call, "self" if "self" in call.arguments else "input"), b.scalar(call, "exponent" if kind == "Pow" else "other")
        if kind == "Reverse":
            b.add(call, "Sub", [right, left])
        else:
            b.add(call, kind, [left, right])

    return translator


def convolution(b: Builder, call: Call) -> None:
    """conv1d, conv2d, conv3d, convolution and the transposed ones."""
    weight = call.tensor("weight")
    rank = len(b.dims(weight)) - 2
    padding = call.arguments.get("padding")
    attributes: dict[str, object] = {
        "strides": call.integers("stride", rank, [1] * rank),
        "dilations": call.integers("dilation", rank, [1] * rank),
        "group": call.integer("groups", 1),
    }
    if isinstance(padding, str):
        attributes["auto_pad"] = "SAME_UPPER" if padding == "same" else "VALID"
    else:
        attributes["pads"] = call.integers("padding", rank, [0] * rank) * 2
    inputs = [call.tensor("input"), weight, call.tensor("bias")]
    if "transpose" in call.target or call.arguments.get("transposed"):
        b.add(call, "ConvTranspose", inputs, output_padding=call.integers("output_padding", rank, [0] * rank), **attributes)
    else:
        b.add(call, "Conv", inputs, **attributes)


def batch_norm(b: Builder, call: Call) -> None:
    """batch_norm, and what it decomposes into."""
    names = ("weight", "bias", "running_mean", "running_var")
    b.add(call, "BatchNormalization", [call.tensor("input"), *(call.tensor(name) for name in names)], call.outputs[:1])


def pool(kind: str) -> Translator:
    """Makes the translator of max and average pooling."""

    def translator(b: Builder, call: Call) -> None:
        x = call.tensor("self", "input")
        digit = call.target.partition("pool")[2][:1]
        rank = int(digit) if digit.isdecimal() else 2
        kernel = call.integers("kernel_size", rank)
        pads = call.integers("padding", rank, [0] * rank)
        b.add(
            call, kind, [x], call.outputs[:1], kernel_shape=kernel, strides=call.integers("stride", rank, kernel),
            pads=pads * 2, dilations=call.integers("dilation", rank, [1] * rank),
            ceil_mode=int(bool(call.arguments.get("ceil_mode"))),
        )  # fmt: skip

    return translator


def adaptive(kind: str) -> Translator:
    """Makes the translator of adaptive pooling; a size that is left out is that of the input."""

    def translator(b: Builder, call: Call) -> None:
        output = b.dims(call.outputs[0])
        rank = int(call.target.partition("pool")[2][:1])
        b.add(call, kind, [call.tensor("self", "input")], call.outputs[:1], output_size=[size or 1 for size in output[-rank:]])

    return translator


def reduce(kind: str) -> Translator:
    """Makes the translator of a mean, sum or maximum over axes."""

    def translator(b: Builder, call: Call) -> None:
        axes = call.integers("dim") or list(range(len(b.dims(call.tensor("self", "input")))))
        b.add(call, kind, [call.tensor("self", "input")], call.outputs[:1], axes=axes, keepdims=int(bool(call.arguments.get("keepdim"))))

    return translator


def reshaped(b: Builder, call: Call) -> None:
    """view, reshape, flatten, unflatten: to the sizes that the file gives for the output."""
    sizes: list[Scalar] = [-1 if size is None else size for size in b.dims(call.outputs[0])]
    b.add(call, "Reshape", [call.tensor("self", "input"), b.constant(sizes)], allowzero=1)


def permuted(b: Builder, call: Call) -> None:
    """permute, transpose, t, swapaxes."""
    x = call.tensor("self", "input")
    rank = len(b.dims(x))
    if "dims" in call.arguments:
        perm = [axis % rank for axis in call.integers("dims")]
    else:
        perm = list(range(rank))
        first, second = (0, 1)
        if call.target not in ("t", "numpy_T"):
            kind = "axis" if "axis0" in call.arguments else "dim"
            first, second = call.integer(f"{kind}0", 0), call.integer(f"{kind}1", 1)
        if rank > 1:
            perm[first], perm[second] = perm[second], perm[first]
    b.add(call, "Transpose", [x], perm=perm)


def squeezed(b: Builder, call: Call) -> None:
    """squeeze: of one axis, of several, or of all of size 1."""
    reshaped(b, call)


def unsqueezed(b: Builder, call: Call) -> None:
    """unsqueeze."""
    rank = len(b.dims(call.outputs[0]))
    b.add(call, "Unsqueeze", [call.tensor("self")], axes=[call.integer("dim", 0) % rank])


def cat(b: Builder, call: Call) -> None:
    """cat, concat."""
    b.add(call, "Concat", call.tensors("tensors"), axis=call.integer("dim", 0))


def stack(b: Builder, call: Call) -> None:
    """stack: each with a new axis, then side by side."""
    rank = len(b.dims(call.outputs[0]))
    axis = call.integer("dim", 0) % rank
    parts = [b.step(call, "Unsqueeze", [name], axes=[axis]) for name in call.tensors("tensors")]
    b.add(call, "Concat", parts, axis=axis)


def split(b: Builder, call: Call) -> None:
    """split, chunk, split_with_sizes: parts with the sizes that the file gives for the outputs."""
    rank = len(b.dims(call.tensor("self")))
    axis = call.integer("dim", 0) % rank
    sizes = [b.dims(name)[axis] or 0 for name in call.outputs]
    b.add(call, "Split", [call.tensor("self")], axis=axis, split=sizes)


def unbind(b: Builder, call: Call) -> None:
    """unbind: one Gather for each place of the axis."""
    axis = call.integer("dim", 0) % len(b.dims(call.tensor("self")))
    for place, output in enumerate(call.outputs):
        b.add(call, "Gather", [call.tensor("self"), b.constant([place], ())], [output], axis=axis)


def sliced(b: Builder, call: Call) -> None:
    """slice, narrow."""
    if call.target == "narrow":
        start = call.integer("start", 0)
        end = start + call.integer("length", 0)
        step = 1
    else:
        start, step = call.integer("start", 0) if call.arguments.get("start") is not None else 0, call.integer("step", 1)
        end = call.integer("end", 2**63 - 1) if call.arguments.get("end") is not None else 2**63 - 1
    given: list[list[Scalar]] = [[start], [end], [call.integer("dim", 0)], [step]]
    b.add(call, "Slice", [call.tensor("self"), *map(b.constant, given)])


def select(b: Builder, call: Call) -> None:
    """select: one place of an axis."""
    axis = call.integer("dim", 0) % len(b.dims(call.tensor("self")))
    b.add(call, "Gather", [call.tensor("self"), b.constant([call.integer("index", 0)], ())], axis=axis)


def index(b: Builder, call: Call) -> None:
    """x[indices]: by one tensor of indices a Gather."""
    indices = call.tensors("indices")
    given = [(axis, name) for axis, name in enumerate(indices) if name]
    if len(given) == 1:
        b.add(call, "Gather", [call.tensor("self"), given[0][1]], axis=given[0][0])
    else:
        b.add(call, "index", [call.tensor("self")])


def expanded(b: Builder, call: Call) -> None:
    """expand, expand_as, broadcast_to: to the sizes that the file gives for the output."""
    sizes: list[Scalar] = list(b.dims(call.outputs[0]))
    b.add(call, "Expand", [call.tensor("self", "input"), b.constant(sizes)])


def linear(b: Builder, call: Call) -> None:
    """linear: weights (out, in)."""
    b.add(call, "Gemm", [call.tensor("input"), call.tensor("weight"), call.tensor("bias")], transB=1)


def addmm(b: Builder, call: Call) -> None:
    """addmm: a bias and a matrix product."""
    product = b.step(call, "MatMul", [call.tensor("mat1", "batch1"), call.tensor("mat2", "batch2")])
    b.add(call, "Add", [product, call.tensor("self", "input")])


def matmul(b: Builder, call: Call) -> None:
    """matmul, mm, bmm."""
    b.add(call, "MatMul", [call.tensor("self", "input"), call.tensor("other", "mat2", "vec2")])


def attention(b: Builder, call: Call) -> None:
    """scaled_dot_product_attention: a product with the keys, a softmax, a product with the values."""
    query, key, value = (call.tensor(name) for name in ("query", "key", "value"))
    rank = len(b.dims(key))
    turned = b.step(call, "Transpose", [key], perm=[*range(rank - 2), rank - 1, rank - 2])
    scores = b.step(call, "MatMul", [query, turned])
    if call.tensor("attn_mask"):
        scores = b.step(call, "Add", [scores, call.tensor("attn_mask")])
    weights = b.step(call, "Softmax", [scores], axis=-1)
    b.add(call, "MatMul", [weights, value], call.outputs[:1])


def layer_norm(b: Builder, call: Call) -> None:
    """layer_norm, rms_norm: over the last axes."""
    rank = len(call.integers("normalized_shape"))
    kind = "RMSNormalization" if "rms" in call.target else "LayerNormalization"
    b.add(call, kind, [call.tensor("input"), call.tensor("weight"), call.tensor("bias")], call.outputs[:1], axis=-rank)


def group_norm(b: Builder, call: Call) -> None:
    """group_norm."""
    groups = call.integer("num_groups", call.integer("group", 1) if "group" in call.arguments else 1)
    b.add(call, "GroupNormalization", [call.tensor("input"), call.tensor("weight"), call.tensor("bias")], call.outputs[:1], num_groups=groups)


def resized(b: Builder, call: Call) -> None:
    """The upsample operators: to the sizes that the file gives for the output."""
    sizes: list[Scalar] = [size if size is not None else -1 for size in b.dims(call.outputs[0])]
    mode = "linear" if "linear" in call.target else "cubic" if "cubic" in call.target else "nearest"
    b.add(call, "Resize", [call.tensor("input", "self"), "", "", b.constant(sizes)], mode=mode)


def padded(b: Builder, call: Call) -> None:
    """pad, constant_pad_nd: PyTorch gives the last axis first, each with before and after."""
    x = call.tensor("self", "input")
    rank = len(b.dims(x))
    given = call.integers("pad") or call.integers("padding")
    pads = [0] * (2 * rank)
    for place in range(len(given) // 2):
        pads[rank - 1 - place], pads[2 * rank - 1 - place] = given[2 * place], given[2 * place + 1]
    mode = call.arguments.get("mode", "constant")
    b.add(call, "Pad", [x], pads=pads, mode=mode if "_pad" not in call.target or "constant" in call.target else "reflect", value=call.number("value", 0))


def shuffle(kind: str, argument: str) -> Translator:
    """Makes the translator of pixel_shuffle and pixel_unshuffle."""

    def translator(b: Builder, call: Call) -> None:
        b.add(call, kind, [call.tensor("self", "input")], blocksize=call.integer(argument, 1))

    return translator


def clamp(b: Builder, call: Call) -> None:
    """clamp, hardtanh, relu6: bounds as attributes."""
    default: tuple[float | None, float | None] = (0, 6) if "relu6" in call.target else (-1, 1) if "hardtanh" in call.target else (None, None)
    low, high = call.number("min_val", call.number("min", default[0])), call.number("max_val", call.number("max", default[1]))
    bounds = {name: value for name, value in (("min", low), ("max", high)) if value is not None}
    b.add(call, "Clip", [call.tensor("self", "input")], **bounds)


def filled(b: Builder, call: Call) -> None:
    """zeros, ones, full, arange, and whatever else makes a tensor of nothing."""
    for output in call.outputs:
        b.graph.constants[output] = Constant(b.dims(output), None)


def einsum(b: Builder, call: Call) -> None:
    """einsum."""
    b.add(call, "Einsum", call.tensors("operands") if "operands" in call.arguments else call.tensors("tensors"), equation=call.arguments.get("equation"))


def norm(b: Builder, call: Call) -> None:
    """linalg_vector_norm: the length along an axis."""
    keeps = int(bool(call.arguments.get("keepdim")))
    b.add(call, "ReduceL2", [call.tensor("self", "x")], axes=call.integers("dim"), keepdims=keeps)


def embedding(b: Builder, call: Call) -> None:
    """embedding: rows of a table."""
    b.add(call, "Gather", [call.tensor("weight"), call.tensor("indices")], axis=0)


def number(b: Builder, call: Call) -> None:
    """Arithmetic with sizes, of which tensors' own sizes tell the result."""


def prelu(b: Builder, call: Call) -> None:
    """prelu: a slope for each channel, of the second axis."""
    x, weight = call.tensor("self", "input"), call.tensor("weight")
    rank, size = len(b.dims(x)), b.dims(weight)[0]
    dims: list[Scalar] = [size, *[1] * (rank - 2)] if size != 1 else [1]
    b.add(call, "PRelu", [x, b.step(call, "Reshape", [weight, b.constant(dims)])])


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
            tensors = [value.name for value in call.arguments.values() if isinstance(value, Name) and value.name in program.dims]
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
