"""What the names in formulas mean, and how a name that has one value per axis is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnncalc.formula import Symbols
from cnncalc.layers.base import Layer

_MAP: Final = {1: ("L", "C"), 2: ("H", "W", "C"), 3: ("D", "H", "W", "C")}
_NUMBERED: Final = frozenset({"normalized", "kept", "alpha", "contracted"})
_AXES: Final = {2: ("_h", "_w"), 3: ("_d", "_h", "_w")}

MEANINGS: Final[dict[str, str]] = {
    "x": "the sizes of the input",
    "y": "the sizes of the output",
    "inp": "the spatial sizes of the input",
    "out": "the spatial sizes of the output",
    "C": "channels of the input",
    "F": "channels of the output",
    "k": "size of the window (kernel_size or pool_size)",
    "k_eff": "extent of the window, dilation*(size - 1) + 1",
    "s": "stride",
    "d": "dilation",
    "g": "groups",
    "m": "depth_multiplier, outputs of the depthwise step per input channel",
    "op": "output_padding",
    "covered": "positions read by all windows of an axis together, inp + out - gcd(inp, out)",
    "N": "size of the input on this axis",
    "before": "padding before the input (transposed convolution: cut off before the output)",
    "after": "padding after the input (transposed convolution: cut off after the output)",
    "n_in": "elements that each unit reads",
    "units": "units",
    "pos": "positions that a Dense layer is applied to",
    "pieces": "pieces of Maxout, of which the largest counts",
    "input_dim": "size of the vocabulary",
    "output_dim": "size of a row of the embedding",
    "n": "number of copies",
    "target": "size that is asked for",
    "rest": "product of the other sizes that are asked for",
    "height": "height that is asked for",
    "width": "width that is asked for",
    "size": "factor by which the axis grows",
    "crop_before": "positions cut off before",
    "crop_after": "positions cut off after",
    "start": "first index that is kept",
    "stop": "first index after those that are kept",
    "b": "block_size: rows, and columns, of the square that stands for one position",
    "contracted": "sizes of the axes that the product sums over",
    "declared": "parameters as they are declared",
    "depth": "number of categories",
    "queries": "positions that ask",
    "keys": "positions that are attended to",
    "apart": "positions whose queries attend apart from one another",
    "heads": "heads of the queries",
    "key_heads": "heads of keys and values",
    "key_dim": "channels of each head's queries and keys",
    "value_dim": "channels of each head's values",
    "C_key": "channels of the keys",
    "C_value": "channels of the values",
    "x2": "the sizes of the second input",
    "kernel": "sizes of the kernel's axes",
    "biased": "sizes of the axes with biases",
    "frames": "frames that the layer inside is applied to",
    "whole": "the sizes of the output",
    "inner": "size of what comes out of the model inside",
    "inner_trained": "parameters of the model inside that training changes",
    "inner_statistics": "parameters of the model inside that training does not change",
    "inner_macs": "multiply-accumulates of the model inside, for one frame",
    "inner_flops": "floating-point operations of the model inside, for one frame",
    "singular": "last size of the kernel",
    "steps": "steps of the sequence",
    "of_state": "FLOPs of the activation per element",
    "of_gate": "FLOPs of the gates' activation per element",
    "state": "spatial sizes of the state",
    "backward_of_state": "FLOPs of the activation per element, of the layer that reads backwards",
    "backward_of_gate": "FLOPs of the gates' activation per element, of the layer that reads backwards",
    "backward_k": "size of the window of the layer that reads backwards",
    "pairs": "pairs of an output position and an input position in its window",
    "bias": "1 with a bias, 0 without",
    "normalized": "sizes of the axes that are normalised",
    "kept": "sizes of the axes with statistics of their own",
    "alpha": "sizes of the weight: the input's, 1 on shared axes",
    "joined": "sizes of the inputs on the axis that joins them",
    "macs": "multiply-accumulates, as above",
    "neurons": "neurons, as above",
    "params": "parameters, as above",
    "inputs": "number of merged inputs",
    "instances": "regions behind RoI pooling",
    "r": "receptive field of the input, exact",
    "j": "effective stride of the input",
    "a": "where the box of the input's position 0 begins",
    "RF": "receptive field of the input, by the notes",
    "S": "product of the strides up to and including this one, without that of the first window",
}
"""Each name that formulas use: a short phrase for the reader of a derivation. An argument's own name needs none."""

ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "F": ("filters",),
    "k": ("kernel_size", "pool_size"),
    "s": ("strides",),
    "d": ("dilation_rate",),
    "g": ("groups",),
    "m": ("depth_multiplier",),
    "op": ("output_padding",),
    "before": ("padding",),
    "after": ("padding",),
    "crop_before": ("cropping",),
    "crop_after": ("cropping",),
    "units": ("units",),
    "pieces": ("pieces",),
    "input_dim": ("input_dim",),
    "output_dim": ("output_dim",),
    "n": ("n",),
    "target": ("target_shape", "output_size", "pool_size", "output_shape", "shape"),
    "depth": ("num_tokens", "num_bins", "vocabulary", "max_tokens"),
    "heads": ("num_heads", "num_query_heads"),
    "key_heads": ("num_key_value_heads",),
    "key_dim": ("key_dim", "head_dim"),
    "value_dim": ("value_dim", "key_dim", "head_dim"),
    "height": ("height",),
    "width": ("width",),
    "size": ("size",),
    "start": ("start",),
    "stop": ("stop",),
    "b": ("block_size",),
    "declared": ("params",),
}
"""The arguments that a name stands for, on the layers that have one of them."""


def argument_of(name: str, layer: type[Layer]) -> str | None:
    """Finds the argument of a layer that a name stands for: by this table, or the argument that is called so."""
    known = layer.arguments()
    return next((argument for argument in (*ARGUMENTS.get(name, ()), name) if argument in known), None)


def meaning(name: str, layer: type[Layer]) -> str:
    """Says what a name means in a layer's formulas: as in this table, or as its argument is described.

    Raises: KeyError: if neither says anything.
    """
    field = layer.arguments().get(name)
    return MEANINGS[name] if field is None or name in MEANINGS else field.description or ""


def parts(name: str, count: int) -> tuple[str, ...]:
    """Returns how the entries of a vector are written: `k` of two axes is `k_h`, `k_w`; `x` of a map is `H`, `W`,
    `C`.
    """
    if name in ("x", "y", "inp", "out", "pos", "state", "whole"):
        prime = "'" if name in ("y", "out", "whole") else ""
        letters = _MAP.get(count - 1 if name in ("x", "y", "whole") else count)
        if name in ("x", "y", "whole") and count == 1:
            letters = ("n",)
        if letters is None:
            letters = tuple(f"n_{index + 1}" for index in range(count))
        return tuple(letter + prime for letter in letters[:count])
    if name == "joined":
        return tuple(f"N_{index + 1}" for index in range(count))
    if count == 1:
        return (name,)
    suffixes = (name not in _NUMBERED and _AXES.get(count)) or tuple(f"_{index + 1}" for index in range(count))
    return tuple(name + suffix for suffix in suffixes)


def writer(symbols: Symbols) -> Callable[[str], str | tuple[str, ...]]:
    """Returns how each name is written in the formulas that read these symbols: a vector has one name per axis."""

    def write(name: str) -> str | tuple[str, ...]:
        value = symbols[name]
        return parts(name, len(value)) if isinstance(value, tuple) else name

    return write
