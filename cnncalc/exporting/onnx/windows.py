"""Layers with windows in ONNX: convolutions and poolings, with the channels behind the batch."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.exporting.onnx.activations import activated
from cnncalc.exporting.onnx.calls import Call, Lacking
from cnncalc.exporting.onnx.messages import Attribute
from cnncalc.layers.convolution import Conv, Convolution
from cnncalc.layers.depthwise import Depthwise, Separable
from cnncalc.layers.global_pooling import GlobalPooling
from cnncalc.layers.pooling import AdaptivePooling, Pooling
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.windows import WindowLayer
from cnncalc.tensor import Shape


def _padding(call: Call, layer: WindowLayer) -> dict[str, Attribute]:
    """Finds the padding: explicit where it is known, else ONNX's name of `same`. Raises: Lacking."""
    pairs = [layer.pads(axis, length) for axis, length in enumerate(call.x[:-1])]
    known = [(before, after) for before, after in pairs if before is not None and after is not None]
    if len(known) == len(pairs):
        return _pads(known)
    if layer.window()[3] == "same":
        return {"auto_pad": "SAME_UPPER"}
    raise Lacking("its padding depends on a size that is unknown")


def _pads(pairs: Sequence[tuple[int, int]]) -> dict[str, Attribute]:
    """Writes pads in ONNX's order: all that come before, then all that come after."""
    flat = [*(before for before, _ in pairs), *(after for _, after in pairs)]
    return {"pads": flat} if any(flat) else {}


def _convolved(call: Call, x: str, kernel: str, groups: int, has_bias: bool) -> str:
    layer = call.as_kind(Convolution)
    attributes = _padding(call, layer) | _steps(layer)
    attributes["group"] = groups
    inputs = [x, kernel, *([call.weight("bias", call.y[-1])] if has_bias else [])]
    return call.op("Conv", *inputs, **attributes)


def _steps(layer: Convolution) -> dict[str, Attribute]:
    return {"kernel_shape": layer.kernel_size, "strides": layer.strides, "dilations": layer.dilation_rate}


def convolution(call: Call) -> str:
    """Conv1D, Conv2D and Conv3D."""
    layer, x = call.as_kind(Conv), call.read_first()
    kernel = call.weight("kernel", layer.filters, call.channels() // layer.groups, *layer.kernel_size)
    return activated(call, _convolved(call, x, kernel, layer.groups, layer.use_bias), layer.activation)


def depthwise(call: Call) -> str:
    """DepthwiseConv1D and DepthwiseConv2D: as many groups as channels."""
    layer, x, channels = call.as_kind(Depthwise), call.read_first(), call.channels()
    kernel = call.weight("kernel", channels * layer.depth_multiplier, 1, *layer.kernel_size)
    return activated(call, _convolved(call, x, kernel, channels, layer.use_bias), layer.activation)


def separable(call: Call) -> str:
    """SeparableConv1D and SeparableConv2D: a depthwise convolution and one of windows of size 1."""
    layer, x, channels = call.as_kind(Separable), call.read_first(), call.channels()
    inner = channels * layer.depth_multiplier
    depthwise_kernel = call.weight("depthwise_kernel", inner, 1, *layer.kernel_size)
    made = _convolved(call, x, depthwise_kernel, channels, False)
    ones = [1] * layer.rank
    inputs = [made, call.weight("pointwise_kernel", layer.filters, inner, *ones)]
    inputs += [call.weight("bias", layer.filters)] if layer.use_bias else []
    return activated(call, call.op("Conv", *inputs, kernel_shape=ones), layer.activation)


def transposed(call: Call) -> str:
    """Transposed convolutions: what is cut off is ONNX's padding, what is missing its `output_padding`."""
    layer, x = call.as_kind(ConvTranspose), call.read_first()
    # What is cut off is the same for every length.
    sizes = tuple(2 if size is None else size for size in call.x)
    pairs, added = [], []
    for axis, term in enumerate(layer.length_terms(sizes)):
        spread = (sizes[axis] - 1) * layer.strides[axis] + layer.effective_kernel(axis)
        before = layer.crop_before(axis)
        after = spread - before - call.known(term.evaluate())
        more = before - after
        if 0 < more < max(layer.strides[axis], layer.dilation_rate[axis]):
            after = before  # as PyTorch writes it
        else:
            more = max(-after, 0)
            after = max(after, 0)
        pairs.append((before, after))
        added.append(more)
    attributes = _pads(pairs) | _steps(layer) | {"group": layer.groups}
    if any(added):
        attributes["output_padding"] = added
    inputs = [x, call.weight("kernel", call.channels(), layer.filters // layer.groups, *layer.kernel_size)]
    inputs += [call.weight("bias", layer.filters)] if layer.use_bias else []
    return activated(call, call.op("ConvTranspose", *inputs, **attributes), layer.activation)


def pooling(call: Call) -> str:
    """Maximum and average pooling."""
    layer, x = call.as_kind(Pooling), call.read_first()
    size, strides, _, padding = layer.window()
    attributes = _padding(call, layer) | {"kernel_shape": size, "strides": strides}
    if layer.ceil_mode and padding != "same" and call.y != _floored(call, layer):
        attributes["ceil_mode"] = 1
    is_max = call.kind.startswith("Max")
    if not is_max and not isinstance(padding, str):
        attributes["count_include_pad"] = 1  # explicit padding is PyTorch's
    return call.op("MaxPool" if is_max else "AveragePool", x, **attributes)


def _floored(call: Call, layer: Pooling) -> Shape:
    """Finds the output without `ceil_mode`: ONNX's rule has no exception for windows that start in the padding."""
    return layer.model_copy(update={"ceil_mode": False}).infer_shape(call.x)


def adaptive(call: Call) -> str:
    """Adaptive pooling, where all windows have one size."""
    layer, x = call.as_kind(AdaptivePooling), call.read_first()
    sizes = []
    for length, bins in zip(call.x[:-1], layer.output_size, strict=True):
        if bins is not None and (length is None or length % bins):
            raise Lacking("ONNX has no adaptive pooling; windows of one size do not share the input out evenly")
        sizes.append(1 if bins is None or length is None else length // bins)
    if set(sizes) == {1}:
        return call.op("Identity", x)
    return call.op("MaxPool" if "Max" in call.kind else "AveragePool", x, kernel_shape=sizes, strides=sizes)


def global_pooling(call: Call) -> str:
    """Global pooling; the pooled axes go unless they are kept."""
    layer, x = call.as_kind(GlobalPooling), call.read_first()
    made = call.op("GlobalMaxPool" if "Max" in call.kind else "GlobalAveragePool", x)
    return made if layer.keepdims else call.op("Flatten", made, axis=1)
