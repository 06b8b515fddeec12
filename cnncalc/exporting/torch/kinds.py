"""What each kind of layer is in PyTorch: an entry per kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cnncalc.exporting.program.arguments import given_arguments
from cnncalc.exporting.program.calls import Lacking
from cnncalc.exporting.program.expressions import constant
from cnncalc.exporting.program.steps import LayerStep, Value
from cnncalc.exporting.torch import normalization, tensors, windows
from cnncalc.exporting.torch.activations import (
    activation,
    activation_layer,
    elu,
    leaky_relu,
    prelu,
    relu,
    softmax,
)
from cnncalc.exporting.torch.calls import FIRST, LAST, TorchCall
from cnncalc.exporting.torch.helpers import IDENTITIES
from cnncalc.layers import registry
from cnncalc.layers.attention import MultiHeadAttention
from cnncalc.layers.base import Layer
from cnncalc.layers.recurrent import Recurrent
from cnncalc.layers.wrappers import Wrapper

Translator = Callable[[TorchCall], None]

FRAMES = 2
"""Where the channels of frames are: behind the batch and the steps."""


def dense(call: TorchCall) -> None:
    """Writes Dense: on the last axis, in maps as well."""
    call.wants(LAST)
    bias = "" if call.value("use_bias") is True else ", bias=False"
    call.module(f"nn.Linear({call.in_channels}, {call.text('units')}{bias})", is_weighted=True)
    activation(call)


def maxout(call: TorchCall) -> None:
    """Writes Maxout."""
    call.wants(LAST)
    pieces = f", {call.text('pieces')}" if call.has("pieces") else ""
    call.module(f"{call.needs('Maxout')}({call.in_channels}, {call.text('units')}{pieces})", is_weighted=True)


def embedding(call: TorchCall) -> None:
    """Writes Embedding, which reads integers."""
    call.wants(LAST)
    call.module(f"nn.Embedding({call.text('input_dim')}, {call.text('output_dim')})", is_weighted=True)
    call.expression("{m}({0}.long())", LAST)


def scale(call: TorchCall) -> None:
    """Writes Scale and LayerScale."""
    call.wants(LAST)
    bias = ", bias=True" if call.kind == "Scale" and call.value("use_bias") is True else ""
    call.module(f"{call.needs('Scale')}({call.in_channels}{bias})", is_weighted=True)
    if call.kind == "Scale":
        activation(call)


def parameter(call: TorchCall) -> None:
    """Writes a learned tensor; the program makes an attribute of it."""
    call.wants(LAST)
    shape = call.value("shape")
    assert isinstance(shape, tuple)
    learns = ", requires_grad=False" if call.step.is_frozen else ""
    sizes = ", ".join(map(str, shape))
    call.module(f"nn.Parameter(torch.zeros({sizes}){learns})", is_weighted=True)
    call.expression(f"{{m}}.expand({{0}}.shape[0], {', '.join(['-1'] * len(shape))})", LAST)


def dropout(call: TorchCall) -> None:
    """Writes Dropout and AlphaDropout."""
    call.keeps()
    call.module(f"nn.{call.kind}({call.number('rate')})")


def spatial_dropout(call: TorchCall) -> None:
    """Writes SpatialDropout: whole channels."""
    call.wants(FIRST)
    call.module(f"nn.Dropout{call.layer.rank}d({call.number('rate')})")


def noise(call: TorchCall) -> None:
    """Writes GaussianNoise and GaussianDropout."""
    call.keeps()
    argument = "stddev" if call.kind == "GaussianNoise" else "rate"
    call.module(f"{call.needs(call.kind)}({call.number(argument)})")


def passing_on(call: TorchCall) -> None:
    """Writes what changes nothing but in training, with its name and its arguments."""
    call.keeps()
    call.needs(call.kind)
    arguments = ", ".join(f"{name}={code.text()}" for name, code in call.step.arguments.items())
    call.module(f"{call.kind}({arguments})")


def identity(call: TorchCall) -> None:
    """Writes Identity."""
    call.keeps()
    call.module("nn.Identity()")


def attention(call: TorchCall) -> None:
    """Writes MultiHeadAttention: PyTorch's if heads share the channels out, else a class of the program's own."""
    layer = call.layer
    assert isinstance(layer, MultiHeadAttention)
    if any(map(call.has, ("output_shape", "attention_axes", "use_gate"))) or call.rank() != 2:
        raise Lacking("PyTorch has no attention with these arguments")
    call.wants(LAST)
    heads, key_dim = call.text("num_heads"), call.text("key_dim")
    value_dim = call.text("value_dim") if call.has("value_dim") else key_dim
    inputs = [0, *range(1, len(call.channels))] if len(call.channels) > 1 else [0, 0]
    query, value, key = [*inputs, inputs[-1]][:3]
    bias = "" if call.value("use_bias") is True else ", bias=False"
    is_plain = (
        len(call.channels) == 1
        and not call.has("value_dim")
        and call.same(lambda use: layer.num_heads * layer.key_dim == call.read_shape(use)[-1])
    )
    if is_plain:
        text = f"nn.MultiheadAttention({call.in_channels}, {heads}, batch_first=True{bias})"
        call.module(text, is_weighted=True)
        call.expression("{m}({0}, {0}, {0})[0]", LAST)
        return
    sizes = ", ".join(call.channels[place].text() for place in (query, value, key))
    text = f"{call.needs('MultiHeadAttention')}(({sizes}), {heads}, {key_dim}, {value_dim}{bias})"
    call.module(text, is_weighted=True)
    call.expression(f"{{m}}({{{query}}}, {{{value}}}, {{{key}}})", LAST)


def recurrent(call: TorchCall) -> None:
    """Writes SimpleRNN, LSTM and GRU with Keras's activations."""
    layer = call.layer
    assert isinstance(layer, Recurrent)
    usual = {"SimpleRNN": ("tanh", "relu")}.get(call.kind, ("tanh",))
    if layer.activation not in usual or any(map(call.has, ("recurrent_activation", "go_backwards"))):
        raise Lacking(f"PyTorch has no {call.kind} with these arguments")
    call.wants(LAST)
    name = "RNN" if call.kind == "SimpleRNN" else call.kind
    options = "" if layer.activation == "tanh" else ', nonlinearity="relu"'
    options += "" if call.value("use_bias") is True else ", bias=False"
    text = f"nn.{name}({call.in_channels}, {call.text('units')}, batch_first=True{options})"
    has_two_biases = call.kind == "GRU" and call.value("reset_after") is True
    if call.value("use_bias") is True and not has_two_biases:
        text = f"{call.needs('one_bias')}({text})"
    call.module(text, is_weighted=True)
    call.expression("{m}({0})[0]" if call.value("return_sequences") is True else "{m}({0})[0][:, -1]", LAST)


def time_distributed(call: TorchCall) -> None:
    """Writes TimeDistributed: a module that reads frames."""
    wrapper = call.layer
    assert isinstance(wrapper, Wrapper)
    inner = wrapper.inner
    if not call.all_are(lambda layer: isinstance(layer, Wrapper) and _text_of(layer.inner) == _text_of(inner)):
        raise call.not_shared()
    if inner.kind not in TRANSLATORS:
        raise Lacking(f"the {inner.kind} in it is no module of PyTorch")
    rank = call.rank()
    read = TorchCall(_of_a_frame(call, inner), call.function, call.needed, call.channels, [FIRST])
    TRANSLATORS[inner.kind](read)
    if read.written.expression or read.written.layout not in (FIRST, LAST):
        raise Lacking(f"the {inner.kind} in it is no module of PyTorch")
    wanted = read.layouts[0]
    call.wants(FRAMES if wanted == FIRST and rank > 2 else LAST)
    call.written.layout = FRAMES if read.written.layout == FIRST and len(call.made_shape(call.uses[0])) > 2 else LAST
    modules = read.written.modules
    text = modules[0] if len(modules) == 1 else f"nn.Sequential({', '.join(modules)})"
    call.module(f"{call.needs('TimeDistributed')}({text})", is_weighted=True)


def _of_a_frame(call: TorchCall, inner: Layer) -> LayerStep:
    """Makes the step of the layer inside a wrapper, which reads a frame."""

    def frame(value: Value) -> Value:
        shapes = tuple(None if shape is None else shape[1:] for shape in value.shapes)
        return Value(value.variable, value.nodes, shapes)

    step = call.step
    layers = tuple(None if layer is None else inner for layer in step.layers)
    arguments = {name: constant(value) for name, value in given_arguments(inner).items()}
    return replace(
        step,
        kind=inner.kind,
        layers=layers,
        inputs=[frame(step.inputs[0])],
        target=frame(step.target),
        arguments=arguments,
    )


def _text_of(layer: Layer) -> str:
    return f"{layer.kind} {layer!r}"


_RANKS: Final = (1, 2, 3)
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
    **{f"SpatialDropout{rank}D": spatial_dropout for rank in _RANKS},
    **{f"UpSampling{rank}D": tensors.upsampling for rank in _RANKS},
    **{f"Reduce{name}": tensors.reduction for name in ("Mean", "Max", "Min", "Sum")},
    **dict.fromkeys(("RandomCrop", "CenterCrop"), tensors.crop_to),
    **dict.fromkeys(("Add", "Multiply", "Subtract", "Divide", "Average", "Maximum", "Minimum"), tensors.merge),
    **dict.fromkeys(("RoIAlign", "RoIPooling"), tensors.regions),
    **dict.fromkeys(("Scale", "LayerScale"), scale),
    **dict.fromkeys(("GaussianNoise", "GaussianDropout"), noise),
    **dict.fromkeys(("Dropout", "AlphaDropout"), dropout),
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU"), recurrent),
    **dict.fromkeys(("LayerNormalization", "RMSNormalization"), normalization.layer_norm),
    **dict.fromkeys(("UnitNormalization", "Normalize"), normalization.unit_norm),
    **dict.fromkeys(("Slice", "ChannelSlice"), tensors.slice_),
    **dict.fromkeys(("DepthToSpace", "SpaceToDepth"), tensors.pixels),
    **{kind: passing_on for kind in registry.MODULES["augmentation"] if kind not in ("RandomCrop", "CenterCrop")},
    **dict.fromkeys(("ActivityRegularization", "Masking"), passing_on),
    "Dense": dense, "Maxout": maxout, "Embedding": embedding, "Parameter": parameter, "Identity": identity,
    "Flatten": tensors.flatten, "Reshape": tensors.reshape, "Permute": tensors.permute,
    "RepeatVector": tensors.repeat_vector, "ChannelShuffle": tensors.channel_shuffle,
    "ChannelPadding": tensors.channel_padding, "Expand": tensors.expand, "Squeeze": tensors.squeeze,
    "Stack": tensors.stack, "Concatenate": tensors.concatenate, "MatMul": tensors.matmul, "Einsum": tensors.einsum,
    "Elementwise": tensors.elementwise, "Resizing": tensors.resizing,
    "BatchNormalization": normalization.batch_norm, "GroupNormalization": normalization.group_norm,
    "InstanceNormalization": normalization.instance_norm, "Normalization": normalization.normalization,
    "LocalResponseNormalization": normalization.local_response_norm, "Rescaling": normalization.rescaling,
    "Activation": activation_layer, "ReLU": relu, "LeakyReLU": leaky_relu, "ELU": elu, "PReLU": prelu,
    "Softmax": softmax, "MultiHeadAttention": attention, "TimeDistributed": time_distributed,
}  # fmt: skip
"""What writes each kind. PyTorch has no layer for a kind that is not here."""


def why_identity(kind: str) -> str | None:
    """Says what happens in training to a kind that passes its input on; None if it is no such kind."""
    return IDENTITIES.get(kind) or (IDENTITIES["augmentation"] if registry.MODULE_OF[kind] == "augmentation" else None)
