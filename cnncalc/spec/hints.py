"""Other frameworks' and older names for what a spec may say, and what to write in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cnncalc.errors import nearest, quote
from cnncalc.layers import registry
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS

LIKENESS: Final = 0.75
"""How much a name must be like that of a kind to be taken for it, misspelt."""

KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(("Linear", "LazyLinear", "FullyConnected", "FC", "InnerProduct", "Output", "OutputLayer"), "Dense"),
    **dict.fromkeys(("ConvTranspose", "Deconvolution", "Deconv"), "Conv?DTranspose"),
    "GAP": "GlobalAveragePooling?D",
    **dict.fromkeys(("BatchNorm", "SyncBatchNorm", "BN"), "BatchNormalization"),
    "LayerNorm": "LayerNormalization", "GroupNorm": "GroupNormalization", "InstanceNorm": "InstanceNormalization",
    "RMSNorm": "RMSNormalization",
    **dict.fromkeys(("LRN", "LocalResponseNorm", "CrossMapLRN2d"), "LocalResponseNormalization"),
    **dict.fromkeys(("Dropout2d", "Dropout3d", "Dropout1d"), "SpatialDropout?D"),
    **dict.fromkeys(("ZeroPad", "ReflectionPad", "ReplicationPad", "ConstantPad", "CircularPad"), "ZeroPadding?D"),
    **dict.fromkeys(("Upsample", "UpsamplingNearest", "UpsamplingBilinear", "MaxUnpool", "Unpooling"), "UpSampling?D"),
    **dict.fromkeys(("Concat", "Cat", "Route"), "Concatenate"), **dict.fromkeys(("Sum", "Shortcut"), "Add"),
    "Mul": "Multiply", "Sub": "Subtract", "Div": "Divide", "ROIPool": "RoIPooling",
    "MultiheadAttention": "MultiHeadAttention",
}  # fmt: skip
"""Kinds under another name, and ours; `?` stands for the number of axes, which their name has at its end or not."""

NO_KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(("Input", "InputLayer"), "the input's shape stands at the top of the spec: input: [32, 32, 3]"),
    **dict.fromkeys(("Sequential", "Functional"), "the items stand in the list under layers; a part is a block"),
    "Lambda": "Rescaling multiplies and adds, Activation applies a function by its name",
}  # fmt: skip
"""What is a layer elsewhere and is none here, with what to do instead."""

ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "kernel": ("kernel_size", "pool_size"), "kernel_size": ("pool_size", "size"), "size": ("kernel_size", "pool_size"),
    "filter_size": ("kernel_size",), "stride": ("strides",), "pool": ("pool_size",),
    "out_channels": ("filters",), "channels": ("filters",), "num_filters": ("filters",), "n_filters": ("filters",),
    "units": ("filters",), "filters": ("units",), "out_features": ("units",), "neurons": ("units",),
    "output_dim": ("units",), "dilation": ("dilation_rate",), "bias": ("use_bias",), "pad": ("padding",),
    "p": ("rate",), "dropout": ("rate",), "act": ("activation",), "scale_factor": ("size",), "num_groups": ("groups",),
    "dim": ("axis",), "shape": ("target_shape",), "upscale_factor": ("block_size",),
    "downscale_factor": ("block_size",),
}  # fmt: skip
"""Arguments under another name, and what they may be called here; the first that the kind has is meant."""

NO_ARGUMENTS: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("in_channels", "in_features", "input_shape", "input_dim", "num_features", "normalized_shape", "num_channels"),
        "leave it out: the size of the input is known",
    ),
    **dict.fromkeys(
        ("batch_input_shape", "batch_size", "batch_shape"),
        "leave it out: the batch is not written, and the shape stands at the top of the spec, as input",
    ),
    "include_top": "until: NAME cuts the model after an item",
    **dict.fromkeys(
        ("weights", "inplace", "eps", "track_running_stats", "return_indices"),
        "leave it out: no figure depends on it",
    ),
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


def our_kind(name: str, rank: int) -> str | None:
    """Finds the item that another framework's or an older name stands for: `Dense` for `Linear`.

    `rank` is the number of spatial axes, for names without it: `Conv` is `Conv2D` if it is 2. An activation comes as
    `Activation: silu`. None if the name stands for nothing here.
    """
    base, digit = _split_rank(name, rank)
    known = _by_small_letters([*registry.kinds(), *registry.other_spellings()])
    theirs = {key.lower(): kind for key, kind in KINDS.items()}
    kind = theirs.get(name.lower()) or theirs.get(base.lower()) or ""
    for candidate in (kind.replace("?", digit), name, f"{base}{digit}D"):
        if found := known.get(candidate.lower()):
            return registry.kind_named(found)
    activations = {activation.replace("_", ""): activation for activation in (*ACTIVATION_COSTS, *ACTIVATION_ALIASES)}
    activation = activations.get(name.lower().replace("_", ""))
    return f"Activation: {ACTIVATION_ALIASES.get(activation, activation)}" if activation else None


def _split_rank(name: str, rank: int) -> tuple[str, str]:
    """Takes a name apart into `MaxPool` and `2`: its own number of axes, or the one given."""
    match = re.fullmatch(r"(\w+?)([123])[dD]", name)
    return (match[1], match[2]) if match else (name, str(min(max(rank, 1), 3)))


def _by_small_letters(names: Iterable[str]) -> dict[str, str]:
    return {name.lower(): name for name in names}


def kind_hint(name: str, known: Iterable[str], rank: int = 2) -> str:
    """Suggests what to write in place of a kind that does not exist; `known` are the kinds and blocks that do."""
    if name in NO_KINDS:
        return NO_KINDS[name]
    candidates = list(known)
    exact = _by_small_letters(candidates).get(name.lower())
    if exact is not None:
        return f"did you mean {quote(exact)}?"
    ours = our_kind(name, rank)
    if ours is not None:
        example = f", as in {registry.layer_class(ours).example_item()}" if registry.is_kind(ours) else ""
        return f"here it is called {quote(ours)}{example}"
    return nearest(name, candidates, LIKENESS) or "`cnncalc layers` lists the kinds"


def argument_hint(name: str, known: Iterable[str]) -> str | None:
    """Suggests what to write in place of an argument that the kind does not have; `known` are those that it has."""
    candidates = list(known)
    meant = our_argument(name, candidates)
    if meant is not None:
        return f"did you mean {quote(meant)}?"
    return NO_ARGUMENTS.get(name) or nearest(name, candidates)


def our_argument(name: str, known: Iterable[str]) -> str | None:
    """Finds which of a kind's arguments another framework's argument is."""
    return next((ours for ours in ARGUMENTS.get(name, ()) if ours in known), None)
