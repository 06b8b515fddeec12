"""Normalisations and scales in ONNX."""

from __future__ import annotations

from cnncalc.exporting.onnx.activations import activated
from cnncalc.exporting.onnx.calls import Call, Lacking
from cnncalc.layers.axes import axis_index, axis_indices
from cnncalc.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    OneAxis,
    ScaleAndShift,
)
from cnncalc.layers.preprocessing import Normalization, Rescaling
from cnncalc.layers.scale import Scale
from cnncalc.layers.weightless_normalization import LocalResponseNormalization


def _over_channels(call: Call, layer: OneAxis) -> str:
    """Reads the input with its channels behind the batch. Raises: Lacking: if the axis is another one."""
    if axis_index(layer.kind, layer.axis, call.x) != len(call.x) - 1:
        raise Lacking("its axis is not that of the channels")
    return call.read_first()


def _scale_and_shift(call: Call, layer: ScaleAndShift, size: int) -> list[str]:
    """Gives gamma and beta; constants of 1 and 0 for those that the layer does not have."""
    gamma = call.weight("gamma", size) if layer.scale else call.filled(1.0, size)
    beta = call.weight("beta", size) if layer.center else call.filled(0.0, size)
    return [gamma, beta]


def batch_norm(call: Call) -> str:
    """BatchNormalization, as at inference."""
    layer = call.as_kind(BatchNormalization)
    if layer.renorm:
        raise Lacking("ONNX has no batch renormalisation")
    x, channels = _over_channels(call, layer), call.channels()
    statistics = [call.weight(name, channels) for name in ("moving_mean", "moving_variance")]
    return call.op("BatchNormalization", x, *_scale_and_shift(call, layer, channels), *statistics)


def layer_norm(call: Call) -> str:
    """LayerNormalization over the last axes."""
    layer, x = call.as_kind(LayerNormalization), call.read_last()
    axes = sorted(axis_indices(layer.kind, layer.axis, call.x))
    if axes != list(range(axes[0], len(call.x))):
        raise Lacking("ONNX's LayerNormalization has the last axes alone")
    if layer.rms_scaling:
        raise Lacking("ONNX's LayerNormalization has no rms_scaling")
    sizes = [call.known(call.x[axis]) for axis in axes]
    if not layer.scale and len(sizes) > 1:
        raise Lacking("ONNX's LayerNormalization always has a scale")
    inputs = [x, call.weight("gamma", *sizes) if layer.scale else call.filled(1.0, sizes[0])]
    inputs += [call.weight("beta", *sizes)] if layer.center else []
    return call.op("LayerNormalization", *inputs, axis=axes[0] - len(call.x))


def group_norm(call: Call) -> str:
    """GroupNormalization; -1 is a group for each channel."""
    layer = call.as_kind(GroupNormalization)
    x, channels = _over_channels(call, layer), call.channels()
    groups = channels if layer.groups == -1 else layer.groups
    return call.op("GroupNormalization", x, *_scale_and_shift(call, layer, channels), num_groups=groups)


def instance_norm(call: Call) -> str:
    """InstanceNormalization, without moving statistics."""
    layer, x, channels = call.as_kind(InstanceNormalization), call.read_first(), call.channels()
    if layer.track_running_stats:
        raise Lacking("ONNX's InstanceNormalization keeps no moving statistics")
    gamma = call.weight("gamma", channels) if layer.affine else call.filled(1.0, channels)
    beta = call.weight("beta", channels) if layer.affine else call.filled(0.0, channels)
    return call.op("InstanceNormalization", x, gamma, beta)


def local_response_norm(call: Call) -> str:
    """LocalResponseNormalization."""
    x = call.read_first()
    return call.op("LRN", x, size=call.as_kind(LocalResponseNormalization).size)


def scale(call: Call) -> str:
    """Scale: a factor per channel, and perhaps a bias."""
    layer, x = call.as_kind(Scale), call.read_first()
    sizes = (call.channels(), *(1 for _ in call.x[1:]))
    made = call.op("Mul", x, call.weight("gamma", *sizes))
    if layer.use_bias:
        made = call.op("Add", made, call.weight("beta", *sizes))
    return activated(call, made, layer.activation)


def layer_scale(call: Call) -> str:
    """LayerScale: a factor per channel."""
    x = call.read_first()
    return call.op("Mul", x, call.weight("gamma", call.channels(), *(1 for _ in call.x[1:])))


def rescaling(call: Call) -> str:
    """Rescaling: the factor is written as 1, and the offset as 0: a net's structure does not know them."""
    layer, x = call.as_kind(Rescaling), call.read()
    if layer.scale or layer.offset:
        x = call.read_last()
    made = call.op("Mul", x, call.floats([1.0] * _size(layer.scale), *layer.scale))
    return call.op("Add", made, call.floats([0.0] * _size(layer.offset), *layer.offset))


def normalization(call: Call) -> str:
    """Normalization: of the data's mean and variance, or by numbers that are given, written as 0 and 1."""
    layer, x = call.as_kind(Normalization), call.read_last()
    if layer.mean is not None:
        made = call.op("Sub", x, call.floats([0.0] * _size(layer.mean), *layer.mean))
        return call.op("Div", made, call.floats([1.0] * _size(layer.mean), *layer.mean))
    kept = axis_indices(layer.kind, layer.axis or (), call.x)
    sizes = [size if axis in kept else 1 for axis, size in enumerate(call.x)]
    call.weight("count")  # Keras keeps it, and nothing reads it
    made = call.op("Sub", x, call.weight("mean", *sizes))
    return call.op("Div", made, call.op("Sqrt", call.weight("variance", *sizes)))


def _size(sizes: tuple[int, ...]) -> int:
    size = 1
    for each in sizes:
        size *= each
    return size
