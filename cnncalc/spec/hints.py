"""Other frameworks' and older names for what a spec may say, for suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cnncalc.errors import nearest

KINDS: Final[dict[str, str]] = {
    "Linear": "Dense", "FullyConnected": "Dense", "FC": "Dense", "LazyLinear": "Dense",
    "Conv1d": "Conv1D", "Conv2d": "Conv2D", "Conv3d": "Conv3D", "Convolution2D": "Conv2D", "Conv": "Conv2D",
    "Convolution": "Conv2D",
    "ConvTranspose1d": "Conv1DTranspose", "ConvTranspose2d": "Conv2DTranspose", "ConvTranspose3d": "Conv3DTranspose",
    "Deconvolution": "Conv2DTranspose", "Deconv2D": "Conv2DTranspose",
    "MaxPool1d": "MaxPooling1D", "MaxPool2d": "MaxPooling2D", "MaxPool3d": "MaxPooling3D",
    "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D", "MaxPool3D": "MaxPooling3D", "MaxPool": "MaxPooling2D",
    "AvgPool1d": "AveragePooling1D", "AvgPool2d": "AveragePooling2D", "AvgPool3d": "AveragePooling3D",
    "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D", "AvgPool3D": "AveragePooling3D",
    "AvgPool": "AveragePooling2D", "AdaptiveAvgPool2d": "AdaptiveAveragePooling2D",
    "AdaptiveMaxPool2d": "AdaptiveMaxPooling2D", "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D", "GAP": "GlobalAveragePooling2D",
    "BatchNorm": "BatchNormalization", "BatchNorm1d": "BatchNormalization", "BatchNorm2d": "BatchNormalization",
    "LayerNorm": "LayerNormalization", "GroupNorm": "GroupNormalization", "LRN": "LocalResponseNormalization",
    "LocalResponseNorm": "LocalResponseNormalization", "Dropout2d": "SpatialDropout2D", "Dropout2D": "SpatialDropout2D",
    "ZeroPad2d": "ZeroPadding2D", "Upsample": "UpSampling2D", "Upsample2D": "UpSampling2D",
    "PixelShuffle": "Conv2DTranspose", "Concat": "Concatenate", "Cat": "Concatenate", "Sum": "Add", "Mul": "Multiply",
    "Sigmoid": "Activation: sigmoid", "Tanh": "Activation: tanh", "GELU": "Activation: gelu",
    "SiLU": "Activation: silu", "Swish": "Activation: silu", "ReLU6": "Activation: relu6", "Relu": "ReLU",
    "Hardswish": "Activation: hard_silu", "LogSoftmax": "Activation: log_softmax", "Mish": "Activation: mish",
    "ROIAlign": "RoIAlign", "RoIPool": "RoIPooling", "ROIPooling": "RoIPooling",
}  # fmt: skip
"""Kinds under another name, and ours for them."""

NO_KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(("Input", "InputLayer"), "the input's shape stands at the top of the spec: input: [32, 32, 3]"),
    **dict.fromkeys(("Sequential", "Functional"), "the items stand in the list under layers; a part is a block"),
    "Lambda": "write what it computes as layers",
}  # fmt: skip
"""What is a layer elsewhere and is none here, with what to do instead."""

ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "kernel": ("kernel_size", "pool_size"), "kernel_size": ("pool_size", "size"), "size": ("kernel_size", "pool_size"),
    "filter_size": ("kernel_size",), "stride": ("strides",), "pool": ("pool_size",),
    "out_channels": ("filters",), "channels": ("filters",), "num_filters": ("filters",), "n_filters": ("filters",),
    "out_features": ("units",), "neurons": ("units",), "output_dim": ("units",), "dilation": ("dilation_rate",),
    "bias": ("use_bias",), "pad": ("padding",), "p": ("rate",), "dropout": ("rate",), "act": ("activation",),
    "scale_factor": ("size",), "num_groups": ("groups",), "dim": ("axis",), "shape": ("target_shape",),
}  # fmt: skip
"""Arguments under another name, and what they may be called here; the first that the kind has is meant."""

NO_ARGUMENTS: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("in_channels", "in_features", "input_shape", "input_dim", "num_features"),
        "leave it out: the size of the input is known",
    ),
    "include_top": "until: NAME cuts the model after an item",
    "weights": "leave it out: no figure depends on it",
    "batch_size": "leave it out: the batch is not written",
}
"""What other frameworks say in an argument and is not said here, with what to do instead."""

MAPPINGS: Final[dict[str, str]] = {
    "vars": "vars: {width: 64}",
    "params": "params: {filters: null, strides: 1}, where null means that it must be given",
    "blocks": "blocks: {NAME: {params: {...}, layers: [...]}}",
    "defaults": "defaults: {Conv2D: {padding: same}}",
    "limits": "limits: {max_params: 1000000}",
    "first": "first: {strides: 2}",
}
"""What is written as a mapping, with an example."""


def kind_hint(name: str, known: Iterable[str]) -> str | None:
    """Suggests what to write in place of a kind that does not exist; `known` are the kinds and blocks that do."""
    if name in NO_KINDS:
        return NO_KINDS[name]
    ours = KINDS.get(name) or next((KINDS[key] for key in KINDS if key.lower() == name.lower()), None)
    candidates = list(known)
    exact = next((candidate for candidate in candidates if candidate.lower() == name.lower()), None)
    if exact is not None:
        return f'did you mean "{exact}"?'
    return f'Keras\'s name is "{ours}"' if ours else nearest(name, candidates) or "`cnncalc layers` lists the kinds"


def argument_hint(name: str, known: Iterable[str]) -> str | None:
    """Suggests what to write in place of an argument that the kind does not have; `known` are those that it has."""
    candidates = list(known)
    meant = next((ours for ours in ARGUMENTS.get(name, ()) if ours in candidates), None)
    if meant is not None:
        return f'did you mean "{meant}"?'
    return NO_ARGUMENTS.get(name) or nearest(name, candidates)
