"""How each of PyTorch's operators is said by operations with ONNX's names and rules."""

from __future__ import annotations

from cnncalc.convert.channels_first.operations import Constant, Scalar
from cnncalc.convert.torch.builder import Builder, Translator
from cnncalc.convert.torch.program import Call


def simple(kind: str, *arguments: str, **attributes: object) -> Translator:
    """Makes the translator of an operator that is one operation on its tensors."""

    def translator(b: Builder, call: Call) -> None:
        names = arguments or ("input",)
        b.add(call, kind, [call.tensor(name) for name in names], **attributes)

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
        left, right = (
            b.scalar(call, "self" if "self" in call.arguments else "input"),
            b.scalar(call, "exponent" if kind == "Pow" else "other"),
        )
        factor, rounding = call.number("alpha", 1), call.arguments.get("rounding_mode")
        if factor != 1:
            right = b.step(call, "Mul", [right, b.constant([factor], ())])
        if kind == "Reverse":
            b.add(call, "Sub", [right, left])
        elif isinstance(rounding, str):
            b.add(call, "Floor", [b.step(call, kind, [left, right])])
        else:
            b.add(call, kind, [left, right])

    return translator


def convolution(b: Builder, call: Call) -> None:
    """Translates conv1d, conv2d, conv3d, convolution and the transposed ones."""
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
        b.add(
            call,
            "ConvTranspose",
            inputs,
            output_padding=call.integers("output_padding", rank, [0] * rank),
            **attributes,
        )
    else:
        b.add(call, "Conv", inputs, **attributes)


def batch_norm(b: Builder, call: Call) -> None:
    """Translates batch_norm, and what it decomposes into."""
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
        b.add(
            call,
            kind,
            [call.tensor("self", "input")],
            call.outputs[:1],
            output_size=[size or 1 for size in output[-rank:]],
        )

    return translator


def reduce(kind: str) -> Translator:
    """Makes the translator of a mean, sum or maximum over axes."""

    def translator(b: Builder, call: Call) -> None:
        axes = call.integers("dim") or list(range(len(b.dims(call.tensor("self", "input")))))
        b.add(
            call,
            kind,
            [call.tensor("self", "input")],
            call.outputs[:1],
            axes=axes,
            keepdims=int(bool(call.arguments.get("keepdim"))),
        )

    return translator


def reshaped(b: Builder, call: Call) -> None:
    """Translates view, reshape, flatten, unflatten, squeeze: to the sizes that the file gives for the output."""
    sizes: list[Scalar] = [-1 if size is None else size for size in b.dims(call.outputs[0])]
    b.add(call, "Reshape", [call.tensor("self", "input"), b.constant(sizes)], allowzero=1)


def permuted(b: Builder, call: Call) -> None:
    """Translates permute, transpose, t, swapaxes."""
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


def unsqueezed(b: Builder, call: Call) -> None:
    """Translates unsqueeze."""
    rank = len(b.dims(call.outputs[0]))
    b.add(call, "Unsqueeze", [call.tensor("self")], axes=[call.integer("dim", 0) % rank])


def cat(b: Builder, call: Call) -> None:
    """Translates cat, concat."""
    b.add(call, "Concat", call.tensors("tensors"), axis=call.integer("dim", 0))


def stack(b: Builder, call: Call) -> None:
    """Translates stack: each with a new axis, then side by side."""
    rank = len(b.dims(call.outputs[0]))
    axis = call.integer("dim", 0) % rank
    parts = [b.step(call, "Unsqueeze", [name], axes=[axis]) for name in call.tensors("tensors")]
    b.add(call, "Concat", parts, axis=axis)


def split(b: Builder, call: Call) -> None:
    """Translates split, chunk, split_with_sizes: parts with the sizes that the file gives for the outputs."""
    rank = len(b.dims(call.tensor("self")))
    axis = call.integer("dim", 0) % rank
    sizes = [b.dims(name)[axis] or 0 for name in call.outputs]
    b.add(call, "Split", [call.tensor("self")], axis=axis, split=sizes)


def unbind(b: Builder, call: Call) -> None:
    """Translates unbind: one Gather for each place of the axis."""
    axis = call.integer("dim", 0) % len(b.dims(call.tensor("self")))
    for place, output in enumerate(call.outputs):
        b.add(call, "Gather", [call.tensor("self"), b.constant([place], ())], [output], axis=axis)


def sliced(b: Builder, call: Call) -> None:
    """Translates slice, narrow."""
    if call.target == "narrow":
        start = call.integer("start", 0)
        end = start + call.integer("length", 0)
        step = 1
    else:
        start = call.integer("start", 0) if call.arguments.get("start") is not None else 0
        step = call.integer("step", 1)
        end = call.integer("end", 2**63 - 1) if call.arguments.get("end") is not None else 2**63 - 1
    given: list[list[Scalar]] = [[start], [end], [call.integer("dim", 0)], [step]]
    b.add(call, "Slice", [call.tensor("self"), *map(b.constant, given)])


def rolled(b: Builder, call: Call) -> None:
    """Translates roll: along each axis the part that comes first at last, and the rest before it."""
    x = call.tensor("self", "input")
    shifts, axes = call.integers("shifts"), call.integers("dims")
    dims = b.dims(x)
    if not axes or len(shifts) != len(axes):
        raise call.problem("it rolls a tensor as if it had one axis")
    for last, (shift, axis) in enumerate(zip(shifts, axes, strict=True), 1 - len(axes)):
        size = dims[axis]
        if size is None:
            raise call.problem("the size of the axis that it rolls is not known")
        cut = -shift % size
        bounds: list[list[Scalar]] = [[0], [cut], [size]]
        start, middle, end = map(b.constant, bounds)
        on = b.constant([axis])
        parts = [b.step(call, "Slice", [x, *ends, on]) for ends in ((middle, end), (start, middle))]
        x = b.add(call, "Concat", parts, None if last == 0 else [b.new_name(call.place)], axis=axis)


def select(b: Builder, call: Call) -> None:
    """Translates select: one place of an axis."""
    axis = call.integer("dim", 0) % len(b.dims(call.tensor("self")))
    b.add(call, "Gather", [call.tensor("self"), b.constant([call.integer("index", 0)], ())], axis=axis)


def index(b: Builder, call: Call) -> None:
    """Translates x[indices]: by one tensor of indices a Gather."""
    indices = call.tensors("indices")
    given = [(axis, name) for axis, name in enumerate(indices) if name]
    if len(given) == 1:
        b.add(call, "Gather", [call.tensor("self"), given[0][1]], axis=given[0][0])
    else:
        b.add(call, "index", [call.tensor("self"), *filter(None, indices)])


def expanded(b: Builder, call: Call) -> None:
    """Translates expand, expand_as, broadcast_to: to the sizes that the file gives for the output."""
    sizes: list[Scalar] = list(b.dims(call.outputs[0]))
    b.add(call, "Expand", [call.tensor("self", "input"), b.constant(sizes)])


def linear(b: Builder, call: Call) -> None:
    """Translates linear: weights (out, in)."""
    b.add(call, "Gemm", [call.tensor("input"), call.tensor("weight"), call.tensor("bias")], transB=1)


def addmm(b: Builder, call: Call) -> None:
    """Translates addmm: a bias and a matrix product."""
    product = b.step(call, "MatMul", [call.tensor("mat1", "batch1"), call.tensor("mat2", "batch2")])
    b.add(call, "Add", [product, call.tensor("self", "input")])


def addcmul(b: Builder, call: Call) -> None:
    """Translates addcmul: a tensor and the product of two."""
    product = b.step(call, "Mul", [call.tensor("tensor1"), call.tensor("tensor2")])
    b.add(call, "Add", [call.tensor("self", "input"), product])


def matmul(b: Builder, call: Call) -> None:
    """Translates matmul, mm, bmm."""
    b.add(call, "MatMul", [call.tensor("self", "input"), call.tensor("other", "mat2", "vec2")])


def attention(b: Builder, call: Call) -> None:
    """Translates scaled_dot_product_attention: a product with the keys, a softmax, a product with the values."""
    query, key, value = (call.tensor(name) for name in ("query", "key", "value"))
    rank = len(b.dims(key))
    turned = b.step(call, "Transpose", [key], perm=[*range(rank - 2), rank - 1, rank - 2])
    scores = b.step(call, "MatMul", [query, turned])
    if call.tensor("attn_mask"):
        scores = b.step(call, "Add", [scores, call.tensor("attn_mask")])
    weights = b.step(call, "Softmax", [scores], axis=-1)
    b.add(call, "MatMul", [weights, value], call.outputs[:1])


def masked(b: Builder, call: Call) -> None:
    """Translates masked_fill: a number where the mask says so."""
    b.add(call, "Where", [call.tensor("mask"), b.scalar(call, "value"), call.tensor("self", "input")])


def layer_norm(b: Builder, call: Call) -> None:
    """Translates layer_norm, rms_norm: over the last axes."""
    rank = len(call.integers("normalized_shape"))
    kind = "RMSNormalization" if "rms" in call.target else "LayerNormalization"
    b.add(call, kind, [call.tensor("input"), call.tensor("weight"), call.tensor("bias")], call.outputs[:1], axis=-rank)


def group_norm(b: Builder, call: Call) -> None:
    """Translates group_norm."""
    groups = call.integer("num_groups", call.integer("group", 1) if "group" in call.arguments else 1)
    b.add(
        call,
        "GroupNormalization",
        [call.tensor("input"), call.tensor("weight"), call.tensor("bias")],
        call.outputs[:1],
        num_groups=groups,
    )


def resized(b: Builder, call: Call) -> None:
    """Translates the upsample operators: to the sizes that the file gives for the output."""
    sizes: list[Scalar] = [size if size is not None else -1 for size in b.dims(call.outputs[0])]
    mode = "linear" if "linear" in call.target else "cubic" if "cubic" in call.target else "nearest"
    b.add(call, "Resize", [call.tensor("input", "self"), "", "", b.constant(sizes)], mode=mode)


def padded(b: Builder, call: Call) -> None:
    """Translates pad, constant_pad_nd: PyTorch gives the last axis first, each with before and after."""
    x = call.tensor("self", "input")
    rank = len(b.dims(x))
    given = call.integers("pad") or call.integers("padding")
    pads = [0] * (2 * rank)
    for place in range(len(given) // 2):
        pads[rank - 1 - place], pads[2 * rank - 1 - place] = given[2 * place], given[2 * place + 1]
    mode = call.arguments.get("mode", "constant")
    b.add(
        call,
        "Pad",
        [x],
        pads=pads,
        mode=mode if "_pad" not in call.target or "constant" in call.target else "reflect",
        value=call.number("value", 0),
    )


def shuffle(kind: str, argument: str) -> Translator:
    """Makes the translator of pixel_shuffle and pixel_unshuffle."""

    def translator(b: Builder, call: Call) -> None:
        b.add(call, kind, [call.tensor("self", "input")], blocksize=call.integer(argument, 1))

    return translator


def clamp(b: Builder, call: Call) -> None:
    """Translates clamp, hardtanh, relu6: bounds as attributes."""
    default: tuple[float | None, float | None] = (
        (0, 6) if "relu6" in call.target else (-1, 1) if "hardtanh" in call.target else (None, None)
    )
    low, high = (
        call.number("min_val", call.number("min", default[0])),
        call.number("max_val", call.number("max", default[1])),
    )
    bounds = {name: value for name, value in (("min", low), ("max", high)) if value is not None}
    b.add(call, "Clip", [call.tensor("self", "input")], **bounds)


def filled(b: Builder, call: Call) -> None:
    """zeros, ones, full, arange, and whatever else makes a tensor of nothing."""
    for output in call.outputs:
        b.graph.constants[output] = Constant(b.dims(output), None)


def einsum(b: Builder, call: Call) -> None:
    """Translates einsum."""
    b.add(
        call,
        "Einsum",
        call.tensors("operands") if "operands" in call.arguments else call.tensors("tensors"),
        equation=call.arguments.get("equation"),
    )


def norm(b: Builder, call: Call) -> None:
    """Translates linalg_vector_norm: the length along an axis."""
    keeps = int(bool(call.arguments.get("keepdim")))
    b.add(call, "ReduceL2", [call.tensor("self", "x")], axes=call.integers("dim"), keepdims=keeps)


def embedding(b: Builder, call: Call) -> None:
    """Translates embedding: rows of a table."""
    b.add(call, "Gather", [call.tensor("weight"), call.tensor("indices")], axis=0)


def number(b: Builder, call: Call) -> None:
    """Translates arithmetic with sizes, of which tensors' own sizes tell the result."""


def prelu(b: Builder, call: Call) -> None:
    """Translates prelu: a slope for each channel, of the second axis."""
    x, weight = call.tensor("self", "input"), call.tensor("weight")
    rank, size = len(b.dims(x)), b.dims(weight)[0]
    dims: list[Scalar] = [size, *[1] * (rank - 2)] if size != 1 else [1]
    b.add(call, "PRelu", [x, b.step(call, "Reshape", [weight, b.constant(dims)])])
