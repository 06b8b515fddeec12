"""Merges, slices, reductions and changes of shape in ONNX."""

from __future__ import annotations

from typing import Final

from cnncalc.exporting.onnx.calls import Call, Lacking
from cnncalc.exporting.onnx.messages import Attribute
from cnncalc.layers.axes import axis_indices, new_axis_index
from cnncalc.layers.axis_changes import Squeeze, Stack
from cnncalc.layers.channels import ChannelPadding
from cnncalc.layers.merging import Concatenate
from cnncalc.layers.pixels import BlockMovement
from cnncalc.layers.products import MatMul
from cnncalc.layers.reduction import Reduction
from cnncalc.layers.reshaping import ChannelShuffle, ChannelSlice, Permute
from cnncalc.layers.resizing import Cropping, Interpolation, Resizing, UpSampling, ZeroPadding
from cnncalc.layers.slicing import Slice

TO_THE_END: Final = (1 << 63) - 1
"""Where a slice ends that goes to the end of an unknown size."""
_PAIRWISE: Final = {"Add": "Add", "Multiply": "Mul", "Subtract": "Sub", "Divide": "Div"}
_OF_ANY_NUMBER: Final = {"Add": "Sum", "Average": "Mean", "Maximum": "Max", "Minimum": "Min"}
_RESIZED: Final = {"nearest": "nearest", "bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}


def merge(call: Call) -> str:
    """Merges element by element; vectors get the axes that they lack behind the batch."""
    rank = max(len(x.shape) for x in call.inputs)
    names = call.read_all()
    for place, x in enumerate(call.inputs):
        if 1 <= len(x.shape) < rank:
            names[place] = call.op("Unsqueeze", names[place], call.integers(*range(1, rank - len(x.shape) + 1)))
    if call.kind in _PAIRWISE and (len(names) == 2 or call.kind not in _OF_ANY_NUMBER):
        made = names[0]
        for name in names[1:]:
            made = call.op(_PAIRWISE[call.kind], made, name)
        return made
    return call.op(_OF_ANY_NUMBER[call.kind], *names)


def concatenate(call: Call) -> str:
    """Concatenate; a tensor without a batch is repeated for each sample."""
    layer, names = call.as_kind(Concatenate), call.read_all()
    batched = next((name for name, x in zip(names, call.inputs, strict=True) if x.batch != 1), None)
    for place, x in enumerate(call.inputs):
        if x.batch == 1 and batched is not None:
            batch = call.op("Shape", batched, start=0, end=1)
            ones = call.integers(*(1 for _ in x.shape))
            names[place] = call.op("Expand", names[place], call.op("Concat", batch, ones, axis=0))
    return call.op("Concat", *names, axis=call.axis(layer.axis))


def stack(call: Call) -> str:
    """Stack along a new axis."""
    axis = new_axis_index(call.kind, call.as_kind(Stack).axis, call.x) + 1
    call.first = False
    names = [call.net.laid_out(x, False) for x in call.inputs]
    return call.op("Concat", *(call.op("Unsqueeze", name, call.integers(axis)) for name in names), axis=axis)


def slice_(call: Call) -> str:
    """Slice and ChannelSlice."""
    x, layer = call.read(), call.layer
    if isinstance(layer, ChannelSlice):
        return _part(call, x, call.axis(-1), *layer.bounds(call.x), 1)
    assert isinstance(layer, Slice)
    stop = TO_THE_END if layer.stop is None else layer.stop
    return _part(call, x, call.axis(layer.axis), layer.start, stop, layer.step)


def _part(call: Call, x: str, axis: int, start: int, stop: int, step: int) -> str:
    return call.op("Slice", x, *map(call.integers, (start, stop, axis, step)))


def flatten(call: Call) -> str:
    """Flatten in the order of channels-last; maps of one position have no other."""
    x = call.read() if set(call.x[:-1]) == {1} else call.read_last()
    call.first = False
    return call.op("Flatten", x, axis=1)


def reshape(call: Call) -> str:
    """Reshape, Squeeze and Expand of a tensor with its channels at the end."""
    x = call.read_last()
    if call.y.count(None) > 1:
        raise Lacking("several sizes of its output are unknown")
    return call.op("Reshape", x, call.integers(0, *(-1 if size is None else size for size in call.y)))


def squeeze(call: Call) -> str:
    """Squeeze."""
    x, axes = call.read_last(), call.as_kind(Squeeze).axis
    if axes is None:
        found = [place for place, size in enumerate(call.x) if size == 1]
    else:
        found = sorted(axis_indices(call.kind, axes, call.x))
    return call.op("Squeeze", x, call.integers(*(axis + 1 for axis in found))) if found else x


def permute(call: Call) -> str:
    """Permute."""
    x = call.read_last()
    return call.op("Transpose", x, perm=[0, *call.as_kind(Permute).dims])


def channel_shuffle(call: Call) -> str:
    """ChannelShuffle: the channels as a matrix of groups, turned."""
    x, groups, channels = call.read_first(), call.as_kind(ChannelShuffle).groups, call.channels()
    sizes = [call.known(size) for size in call.x[:-1]]
    split = call.op("Reshape", x, call.integers(0, groups, channels // groups, *sizes))
    turned = call.op("Transpose", split, perm=[0, 2, 1, *range(3, 3 + len(sizes))])
    return call.op("Reshape", turned, call.integers(0, channels, *sizes))


def zero_padding(call: Call) -> str:
    """ZeroPadding1D, ZeroPadding2D and ZeroPadding3D."""
    x, pads = call.read_first(), call.as_kind(ZeroPadding).padding
    return _padded(call, x, [(0, 0), (0, 0), *pads])


def channel_padding(call: Call) -> str:
    """Channels of zeros."""
    x, pads = call.read_first(), call.as_kind(ChannelPadding).padding
    return _padded(call, x, [(0, 0), pads, *((0, 0) for _ in call.x[1:])])


def _padded(call: Call, x: str, pads: list[tuple[int, int]]) -> str:
    flat = [*(before for before, _ in pads), *(after for _, after in pads)]
    return call.op("Pad", x, call.integers(*flat))


def cropping(call: Call) -> str:
    """Cropping1D, Cropping2D and Cropping3D."""
    x, crops = call.read_first(), call.as_kind(Cropping).cropping
    starts = [before for before, _ in crops]
    ends = [-after if after else TO_THE_END for _, after in crops]
    axes = range(2, 2 + len(crops))
    return call.op("Slice", x, call.integers(*starts), call.integers(*ends), call.integers(*axes))


def upsampling(call: Call) -> str:
    """UpSampling by whole factors."""
    x, size = call.read_first(), call.as_kind(UpSampling).size
    scales = [1.0, 1.0, *map(float, size)]
    return call.op("Resize", x, "", call.floats(scales, len(scales)), **_interpolation(call))


def resizing(call: Call) -> str:
    """Resizing to a height and a width."""
    layer, x = call.as_kind(Resizing), call.read_first()
    if layer.crop_to_aspect_ratio or layer.pad_to_aspect_ratio:
        raise Lacking("ONNX's Resize keeps no aspect ratio as Keras does")
    sizes = call.integers(layer.height, layer.width)
    return call.op("Resize", x, "", "", sizes, axes=[2, 3], **_interpolation(call))


def _interpolation(call: Call) -> dict[str, Attribute]:
    method = call.as_kind(Interpolation).method()
    if method not in _RESIZED:
        raise Lacking(f"ONNX has no interpolation {method}")
    if method == "nearest":
        return {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return {"mode": _RESIZED[method], "coordinate_transformation_mode": "half_pixel"}


def pixels(call: Call) -> str:
    """DepthToSpace and SpaceToDepth."""
    layer, x = call.as_kind(BlockMovement), call.read_first()
    order: dict[str, Attribute] = {"mode": "CRD"} if call.kind == "DepthToSpace" else {}
    return call.op(call.kind, x, blocksize=layer.block_size, **order)


def reduction(call: Call) -> str:
    """ReduceMean, ReduceMax, ReduceMin and ReduceSum."""
    layer, x = call.as_kind(Reduction), call.read()
    places = axis_indices(call.kind, layer.axis, call.x)
    if not layer.keepdims and len(call.x) - 1 in places:  # the channels are gone: what is left is in its order
        x = call.read_last()
    axes = sorted(call.axis(place + 1) for place in places)
    return call.op(call.kind, x, call.integers(*axes), keepdims=int(layer.keepdims))


def matmul(call: Call) -> str:
    """MatMul of the last two axes."""
    layer = call.as_kind(MatMul)
    ranks = {len(x.shape) for x in call.inputs}
    if len(ranks) > 1 or 1 in ranks:
        raise Lacking("its inputs have different numbers of axes")
    call.first = False
    names = [call.net.laid_out(x, False) for x in call.inputs]
    (rank,) = ranks
    for place, turned in enumerate((layer.transpose_a, layer.transpose_b)):
        if turned:
            names[place] = call.op("Transpose", names[place], perm=[*range(rank - 1), rank, rank - 1])
    return call.op("MatMul", *names)
