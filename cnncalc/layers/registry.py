"""Every layer kind by name. A family's module is loaded when one of its kinds is first used: start-up time counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Final

from pydantic import ValidationError

from cnncalc.errors import Problem, Problems
from cnncalc.layers.base import Layer
from cnncalc.layers.validation import problems

MODULES: Final[dict[str, tuple[str, ...]]] = {
    "convolution": ("Conv1D", "Conv2D", "Conv3D"),
    "depthwise": ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
    "transposed": ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    "pooling": (
        "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
        "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
        "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
    ),
    "global_pooling": (
        "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
        "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    ),
    "regions": ("RoIPooling", "RoIAlign"),
    "dense": ("Dense", "Maxout", "Embedding"),
    "reshaping": ("Flatten", "Reshape", "Permute", "RepeatVector", "ChannelSlice", "ChannelShuffle", "Identity"),
    "normalization": (
        "BatchNormalization", "LayerNormalization", "GroupNormalization", "InstanceNormalization", "RMSNormalization",
    ),
    "weightless_normalization": ("UnitNormalization", "Normalize", "LocalResponseNormalization"),
    "preprocessing": ("Normalization", "Rescaling"),
    "scale": ("Scale", "LayerScale"),
    "attention": ("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention"),
    "einsum_dense": ("EinsumDense",),
    "wrappers": ("TimeDistributed", "Bidirectional", "SpectralNormalization"),
    "recurrent": ("SimpleRNN", "LSTM", "GRU"),
    "conv_lstm": ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    "locally_connected": ("LocallyConnected1D", "LocallyConnected2D"),
    "categories": (
        "CategoryEncoding", "Discretization", "Hashing", "StringLookup", "IntegerLookup", "TextVectorization",
    ),
    "augmentation": (
        "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness",
        "RandomHue", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomPerspective", "RandomGrayscale",
        "RandomColorDegeneration", "RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur",
        "RandomInvert", "RandomPosterization", "RandAugment", "AugMix", "CutMix", "MixUp",
        "AutoContrast", "Equalization", "ContrastLimitedAdaptiveHistogramEqualization", "Solarization",
        "RandomCrop", "CenterCrop",
    ),
    "activation": ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
    "regularization": (
        "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
        "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Masking",
    ),
    "resizing": (
        "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D",
        "UpSampling1D", "UpSampling2D", "UpSampling3D", "Resizing",
    ),
    "merging": ("Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Divide"),
    "products": ("MatMul", "Einsum", "Dot"),
    "pointwise": ("Elementwise",),
    "reduction": ("ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum"),
    "slicing": ("Slice",),
    "axis_changes": ("Expand", "Squeeze", "Stack"),
    "pixels": ("DepthToSpace", "SpaceToDepth"),
    "channels": ("ChannelPadding",),
    "sources": ("Parameter",),
    "opaque": ("Opaque",),
}  # fmt: skip
"""The module of `cnncalc.layers` that holds each kind."""

MODULE_OF: Final = {kind: module for module, names in MODULES.items() for kind in names}
"""The module of each kind, as `MODULES` says."""

IGNORED_ARGUMENTS: Final = frozenset(
    {
        "kernel_initializer", "bias_initializer", "depthwise_initializer", "pointwise_initializer",
        "kernel_regularizer", "bias_regularizer", "depthwise_regularizer", "pointwise_regularizer",
        "activity_regularizer", "kernel_constraint", "bias_constraint", "depthwise_constraint",
        "pointwise_constraint", "beta_initializer", "gamma_initializer", "moving_mean_initializer",
        "moving_variance_initializer", "beta_regularizer", "gamma_regularizer", "beta_constraint",
        "gamma_constraint", "alpha_initializer", "alpha_regularizer", "alpha_constraint",
        "embeddings_initializer", "embeddings_regularizer", "embeddings_constraint",
        "momentum", "epsilon", "seed", "dtype", "synchronized",
    }
)  # fmt: skip
"""Keras's arguments that change no figure: accepted on every kind and not read."""

SPELLINGS: Final = (
    (r"MaxPooling(?=\dD)", "MaxPool"),
    (r"AveragePooling(?=\dD)", "AvgPool"),
    (r"Conv(?=\dD)", "Convolution"),
)
"""How Keras spells the names of whole families otherwise, as patterns and what stands in their place."""

OTHER_NAMES: Final = {
    "GroupQueryAttention": "GroupedQueryAttention",
    "PixelShuffle": "DepthToSpace", "PixelUnshuffle": "SpaceToDepth", "reorg": "SpaceToDepth",
}  # fmt: skip
"""Names under which single kinds are read besides: Keras's, PyTorch's and darknet's."""

MODEL = "Model"
"""The kind that is no layer: it stands for another spec's layers."""


def kinds() -> Iterator[str]:
    """Returns every layer kind's name, family by family."""
    return iter(MODULE_OF)


def is_kind(name: str) -> bool:
    """Says whether a layer kind has this name."""
    return name in MODULE_OF


@cache
def other_spellings() -> Mapping[str, str]:
    """Lists the other names under which kinds are read, each with the kind."""
    spelt = {
        re.sub(pattern, other, kind): kind
        for kind in MODULE_OF
        for pattern, other in SPELLINGS
        if re.search(pattern, kind)
    }
    return spelt | {other: kind for other, kind in OTHER_NAMES.items() if kind in MODULE_OF}


def kind_named(name: str) -> str | None:
    """Finds the kind that has this name, or another spelling of it: `MaxPool2D` is `MaxPooling2D`."""
    return name if name in MODULE_OF else other_spellings().get(name)


def positional_arguments(kind: str) -> list[str]:
    """Lists the arguments that a kind takes by their places, as Keras's first ones: `filters, kernel_size, strides`."""
    layer = layer_class(kind)
    arguments = layer.arguments()
    required = [name for name, argument in arguments.items() if argument.is_required()]
    further = [name for name in ("strides", "padding") if name in arguments] or ["activation"]
    names = [name for name in (layer.primary, *required, *further) if name in arguments]
    return list(dict.fromkeys(names))


@cache
def layer_class(kind: str) -> type[Layer]:
    """Returns the class of a kind. Raises: KeyError: if there is no such kind."""
    found: type[Layer] = getattr(import_module(f"cnncalc.layers.{MODULE_OF[kind]}"), kind)
    return found


def build(kind: str, values: Mapping[str, object]) -> Layer:
    """Builds the layer of a kind from its arguments, as written in a spec.

    Raises: Problems: with every argument that is missing or wrong, or with what does not go together.
    """
    layer = layer_class(kind)
    try:
        return layer(**values)
    except ValidationError as error:
        raise Problems(problems(layer, values, error)) from None
    except Problem as problem:
        raise Problems([problem]) from None


def wrong_arguments(kind: str, values: Mapping[str, object]) -> list[Problem]:
    """Checks some arguments of a kind, each by itself, and lists the problems; the others need not be known yet."""
    layer = layer_class(kind)
    try:
        layer(**values)
    except ValidationError as error:
        return [problem for problem in problems(layer, values, error) if problem.id != "missing-argument"]
    except Problem:
        pass  # arguments that do not go together may do so with those that are not known yet
    return []
