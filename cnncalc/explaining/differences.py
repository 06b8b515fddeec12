"""Why the notes and the exact convention differ on a layer, each in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis.counts import LayerCounts
from cnncalc.analysis.report import Row
from cnncalc.explaining.origins import Origins
from cnncalc.explaining.window_paths import WindowPath
from cnncalc.layers.base import Layer
from cnncalc.layers.depthwise import Separable
from cnncalc.layers.transposed import ConvTranspose

FORMULA = "the notes let a layer's own stride act on itself and forget the first stride"
ONLY_WINDOWS = "the notes follow the windows of convolutions and poolings only"


def field_difference(origins: Origins, row: Row, paths: Sequence[WindowPath]) -> str | None:
    """Says why the receptive fields differ; `paths` leads up to the layer and includes it."""
    ours, theirs = row.notes.receptive_field, row.exact.receptive_field
    if ours is None or theirs is None or ours == theirs:
        return None
    strides = list(dict.fromkeys(reason for path in paths for reason in _of_strides(origins, path)))
    others = list(dict.fromkeys(reason for path in paths for reason in _of_others(origins, path)))
    if not strides:
        return "; ".join([ONLY_WINDOWS, *others])
    return "; ".join([f"{FORMULA}: here {', and '.join(strides)}", *others])


def _of_strides(origins: Origins, path: WindowPath) -> list[str]:
    reasons: list[str] = []
    strided = list(path.strided())
    if strided:
        name = _this(origins, strided[-1].node)
        others = {1: "", 2: " (and that of 1 later layer)"}.get(
            len(strided), f" (and those of {len(strided) - 1:,} later layers)"
        )
        reasons.append(f"the stride {strided[-1].stride} of {name} already widens its own window{others}")
    if path.first is not None and path.first_stride != 1:
        reasons.append(f"the stride {path.first_stride} of {_this(origins, path.first)} is left out")
    return reasons


def _of_others(origins: Origins, path: WindowPath) -> list[str]:
    reasons: list[str] = []
    if path.spread is not None:
        name = _this(origins, path.spread)
        reasons.append(f"{name}, a transposed convolution, counts as if it went down, not up")
    if path.unnoticed is not None:
        reasons.append(f"{_this(origins, path.unnoticed)} goes unnoticed")
    if path.wider is not None:
        reasons.append(f"{_this(origins, path.wider)} carries on its largest input, not the hull of all")
    return reasons


def _this(origins: Origins, index: int) -> str:
    return "this layer" if index == origins.index else origins.name(index)


def ops_difference(layer: Layer, made: LayerCounts) -> str | None:
    """Says why the operations differ from the MACs and FLOPs."""
    if made.ops.value is not None and made.ops.value == made.macs.value == made.flops.value:
        return None
    match layer.family:
        case "convolution" | "dense":
            return _of_products(layer, made)
        case "pooling" if made.flops.text is None:
            return None
        case "pooling":
            return (
                "a pooling layer has no parameters, so that the notes' formula comes to 0; "
                "it multiplies nothing either, but each element of each window is one FLOP"
            )
        case "global pooling":
            return "reading an element is an operation in the notes and a FLOP, but no multiplication, so no MAC"
        case "batch normalization":
            return (
                "the notes count 4 operations per channel; at inference scale and shift are what is left of "
                "the statistics, 2 FLOPs per element, and MACs are those of convolutions and matrix products only"
            )
        case "normalization":
            return (
                "the notes count 4 operations per channel, as for BatchNormalization; FLOPs are counted per element, "
                "and MACs are those of convolutions and matrix products only"
            )
        case "activation":
            return "an activation is one operation per neuron in the notes; it is no MAC, and its FLOPs are a table"
        case "merge":
            return "adding and comparing are operations and FLOPs, but no MACs"
        case _:
            return None


def _of_products(layer: Layer, made: LayerCounts) -> str:
    reasons = []
    counted_alike = made.ops.value == made.macs.value
    if isinstance(layer, ConvTranspose) and not counted_alike:
        reasons.append("the notes use every weight at each output position, but here that is at each input position")
    if isinstance(layer, Separable) and not counted_alike:
        reasons.append("the notes divide the parameters of both steps by the filters, MACs count step by step")
    if any(weight.name == "bias" for weight in made.weights) and not counted_alike:
        reasons.append("the notes count the bias among the parameters, MACs leave it out")
    more = "" if made.flops.text == "2*macs" else ", and what is done to each output element comes on top"
    reasons.append(f"a MAC is 2 FLOPs{more}")
    return "; ".join(reasons)
