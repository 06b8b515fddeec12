"""The kinds that ONNX can say, each with what writes it: the one table of kinds and operators."""

from __future__ import annotations

from typing import Final

from cnncalc.exporting.onnx import activations, attention, normalization, recurrent, tensors, windows
from cnncalc.exporting.onnx.calls import Call, Lacking, Translator
from cnncalc.layers import registry
from cnncalc.layers.dense import Dense, Embedding
from cnncalc.layers.pointwise import Elementwise
from cnncalc.layers.sources import Parameter

_POINTWISE: Final = {
    "abs": "Abs", "negative": "Neg", "sqrt": "Sqrt", "exp": "Exp", "log": "Log", "reciprocal": "Reciprocal",
    "floor": "Floor", "ceil": "Ceil", "sin": "Sin", "cos": "Cos", "tan": "Tan", "erf": "Erf", "sign": "Sign",
}  # fmt: skip
_WITH_CONSTANT: Final = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow"}


def dense(call: Call) -> str:
    """Dense: Gemm of a vector, else a product of the last axis."""
    layer, x, channels = call.as_kind(Dense), call.read_last(), call.channels()
    kernel = call.weight("kernel", channels, layer.units)
    bias = [call.weight("bias", layer.units)] if layer.use_bias else []
    if len(call.x) == 1:
        return activations.activated(call, call.op("Gemm", x, kernel, *bias), layer.activation)
    made = call.op("MatMul", x, kernel)
    for name in bias:
        made = call.op("Add", made, name)
    return activations.activated(call, made, layer.activation)


def embedding(call: Call) -> str:
    """Embedding: rows of a table, by integers."""
    layer, x = call.as_kind(Embedding), call.read_last()
    table = call.weight("embeddings", layer.input_dim, layer.output_dim)
    return call.op("Gather", table, call.op("Cast", x, to=7))


def parameter(call: Call) -> str:
    """Parameter: a weight, the same for the whole batch."""
    call.batch, call.first = 1, False
    return call.op("Identity", call.weight("parameter", 1, *call.as_kind(Parameter).shape))


def elementwise(call: Call) -> str:
    """Elementwise; a constant is written as 1: a net's structure does not know it."""
    layer = call.as_kind(Elementwise)
    if layer.op in _POINTWISE:
        return call.op(_POINTWISE[layer.op], call.read())
    if layer.op == "square":
        x = call.read()
        return call.op("Mul", x, x)
    if layer.op not in _WITH_CONSTANT or layer.value is None:
        raise Lacking(f"ONNX has no operator for {layer.op}")
    x = call.read_last() if layer.value else call.read()
    size = 1
    for each in layer.value:
        size *= each
    return call.op(_WITH_CONSTANT[layer.op], x, call.floats([1.0] * size, *layer.value))


def dropout(call: Call) -> str:
    """Dropout, which does nothing at inference."""
    return call.op("Dropout", call.read())


def identity(call: Call) -> str:
    """What does nothing at inference."""
    return call.op("Identity", call.read())


_RANKS: Final = (1, 2, 3)
_IDENTITIES: Final = (
    "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Masking", "Identity",
    *(kind for kind in registry.MODULES["augmentation"] if kind.startswith("Random") and kind != "RandomCrop"),
)  # fmt: skip
"""What does nothing at inference."""
TRANSLATORS: Final[dict[str, Translator]] = {
    **{f"Conv{rank}D": windows.convolution for rank in _RANKS},
    **{f"Conv{rank}DTranspose": windows.transposed for rank in _RANKS},
    **{f"DepthwiseConv{rank}D": windows.depthwise for rank in (1, 2)},
    **{f"SeparableConv{rank}D": windows.separable for rank in (1, 2)},
    **{f"{kind}Pooling{rank}D": windows.pooling for rank in _RANKS for kind in ("Max", "Average")},
    **{f"Adaptive{kind}Pooling{rank}D": windows.adaptive for rank in _RANKS for kind in ("Max", "Average")},
    **{f"Global{kind}Pooling{rank}D": windows.global_pooling for rank in _RANKS for kind in ("Max", "Average")},
    **{f"ZeroPadding{rank}D": tensors.zero_padding for rank in _RANKS},
    **{f"Cropping{rank}D": tensors.cropping for rank in _RANKS},
    **{f"UpSampling{rank}D": tensors.upsampling for rank in _RANKS},
    **{f"SpatialDropout{rank}D": identity for rank in _RANKS},
    **{f"Reduce{name}": tensors.reduction for name in ("Mean", "Max", "Min", "Sum")},
    **dict.fromkeys(("Add", "Multiply", "Subtract", "Divide", "Average", "Maximum", "Minimum"), tensors.merge),
    **dict.fromkeys(_IDENTITIES, identity),
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU"), recurrent.recurrent),
    **dict.fromkeys(("Slice", "ChannelSlice"), tensors.slice_),
    **dict.fromkeys(("DepthToSpace", "SpaceToDepth"), tensors.pixels),
    "Dense": dense, "Embedding": embedding, "Parameter": parameter, "Dropout": dropout,
    "Elementwise": elementwise, "Flatten": tensors.flatten, "Reshape": tensors.reshape, "Squeeze": tensors.squeeze,
    "Permute": tensors.permute, "Stack": tensors.stack, "Concatenate": tensors.concatenate,
    "ChannelShuffle": tensors.channel_shuffle, "ChannelPadding": tensors.channel_padding,
    "Resizing": tensors.resizing, "MatMul": tensors.matmul, "MultiHeadAttention": attention.multi_head,
    "BatchNormalization": normalization.batch_norm, "LayerNormalization": normalization.layer_norm,
    "GroupNormalization": normalization.group_norm, "InstanceNormalization": normalization.instance_norm,
    "LocalResponseNormalization": normalization.local_response_norm, "Normalization": normalization.normalization,
    "Rescaling": normalization.rescaling, "Scale": normalization.scale, "LayerScale": normalization.layer_scale,
    "Activation": activations.activation, "ReLU": activations.relu, "LeakyReLU": activations.leaky_relu,
    "ELU": activations.elu, "PReLU": activations.prelu, "Softmax": activations.softmax,
}  # fmt: skip
"""What writes each kind. ONNX has no operator for a kind that is not here."""
