"""Normalisations."""

from __future__ import annotations

from typing import Final

from cnncalc.convert.channels_first.operands import positive_axis
from cnncalc.convert.channels_first.operations import Constant, Operation
from cnncalc.convert.channels_first.translation import Rule, Translation
from cnncalc.layers.registry import is_kind


def batch_normalization(t: Translation, operation: Operation) -> None:
    """Translates BatchNormalization by the moving statistics, with scale and shift if they are weights."""
    x = t.activation(operation)
    rank = len(x.order) - 2
    if rank > 0:
        x = t.map(operation, x, rank)
    arguments = scale_and_shift(t, operation, 1, 2)
    t.layer_result(operation, "BatchNormalization", arguments, x)


def scale_and_shift(t: Translation, operation: Operation, scale: int, shift: int) -> dict[str, object]:
    """Returns the arguments `scale` and `center`: constants that are no weights, such as ones and zeros, are none."""
    found = (("scale", "weight", scale), ("center", "bias", shift))
    return {name: False for name, own, index in found if not is_weight(t, operation, own, t.constant(operation, index))}


def is_weight(t: Translation, operation: Operation, own: str, constant: Constant | None) -> bool:
    """Says whether a constant is a parameter, or stands for the module's own that is called `own`."""
    parameters = t.graph.parameters
    if constant is None:
        return False
    if parameters is None:
        return bool(constant.sources)
    return ".".join((*operation.path, own)) in parameters or any(name in parameters for name in constant.sources)


def instance_normalization(t: Translation, operation: Operation) -> None:
    """Translates InstanceNormalization: statistics for each channel of each sample."""
    x = t.map(operation, t.activation(operation), len(t.activation(operation).order) - 2)
    arguments = scale_and_shift(t, operation, 1, 2)
    if is_kind("InstanceNormalization"):
        arguments = {"affine": False} if arguments else {"affine": True}
        t.layer_result(operation, "InstanceNormalization", arguments, x)
    else:
        t.layer_result(operation, "GroupNormalization", {"groups": -1, **arguments}, x)


def group_normalization(t: Translation, operation: Operation) -> None:
    """Translates GroupNormalization."""
    x = t.activation(operation)
    x = t.map(operation, x, len(x.order) - 2) if len(x.order) > 2 else x
    groups = operation.attribute("num_groups", int, operation.attribute("groups", int, 1))
    t.layer_result(operation, "GroupNormalization", {"groups": groups, **scale_and_shift(t, operation, 1, 2)}, x)


def layer_normalization(t: Translation, operation: Operation) -> None:
    """Translates LayerNormalization over the axes from `axis` on; RMS normalisation if it is simplified."""
    x = t.activation(operation)
    rank = len(x.order)
    first = operation.attribute("axis", int, -1)
    axes = operation.integers("axes") or range(positive_axis(first, rank), rank)
    own = sorted(place for axis in axes if (place := x.order[axis]) is not None)
    if not own:
        raise operation.problem("unsupported-layer", "it normalises over axes of size 1")
    axis: object = [place + 1 for place in own]
    arguments: dict[str, object] = {} if own == [len(x.shape) - 1] else {"axis": axis}
    if operation.kind in ("SimplifiedLayerNormalization", "RMSNormalization"):
        t.layer_result(operation, "RMSNormalization", arguments, x)
    else:
        t.layer_result(operation, "LayerNormalization", arguments | scale_and_shift(t, operation, 1, 2), x)


def local_response_normalization(t: Translation, operation: Operation) -> None:
    """Translates LRN."""
    x = t.activation(operation)
    x = t.map(operation, x, len(x.order) - 2)
    t.layer_result(operation, "LocalResponseNormalization", {"size": operation.attribute("size", int, 5)}, x)


def unit_normalization(t: Translation, operation: Operation) -> None:
    """Translates LpNormalization: divides by the length along an axis."""
    x = t.activation(operation)
    place = x.order[positive_axis(operation.attribute("axis", int, -1), len(x.order))]
    last = len(x.shape) - 1
    t.layer_result(operation, "UnitNormalization", {} if place in (None, last) else {"axis": (place or 0) + 1}, x)


def channel_shuffle(t: Translation, operation: Operation) -> None:
    """Translates a channel shuffle, found by its pattern."""
    x = t.activation(operation)
    x = t.map(operation, x, len(x.order) - 2)
    t.layer_result(operation, "ChannelShuffle", {"groups": operation.attribute("groups", int, 1)}, x)


RULES: Final[dict[str, Rule]] = {
    "BatchNormalization": batch_normalization,
    "InstanceNormalization": instance_normalization,
    "GroupNormalization": group_normalization,
    "LayerNormalization": layer_normalization,
    "SimplifiedLayerNormalization": layer_normalization,
    "RMSNormalization": layer_normalization,
    "LRN": local_response_normalization,
    "LpNormalization": unit_normalization,
    "ChannelShuffle": channel_shuffle,
}
