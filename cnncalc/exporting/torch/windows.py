"""Layers with windows in PyTorch: convolutions and poolings, with the padding written out where PyTorch lacks it."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.exporting.program.calls import Lacking, sizes_text
from cnncalc.exporting.program.expressions import Code, combined, constant, literal
from cnncalc.exporting.program.steps import NotShared
from cnncalc.exporting.torch.activations import activation
from cnncalc.exporting.torch.calls import FIRST, TorchCall
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.pooling import Pooling
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.windows import WindowLayer

Pads = tuple[tuple[int, int], ...]


def padding_module(pads: Pads, value: str = "0") -> str:
    """Writes the module that pads, or crops where a number is negative; PyTorch counts from the last axis."""
    flat = literal(tuple(amount for pair in reversed(pads) for amount in pair))
    if value == "0":
        return f"nn.ZeroPad{len(pads)}d({flat})"
    return f"nn.ConstantPad{len(pads)}d({flat}, {value})"


def _pads(call: TorchCall) -> Pads:
    """Finds what is added before and after each axis. Raises: NotShared: if uses differ. Lacking: if unknown."""

    def amounts(use: int) -> Pads:
        layer, x = call.at(use), call.read_shape(use)
        assert isinstance(layer, WindowLayer)
        found = []
        for axis in range(layer.rank):
            before, after = layer.pads(axis, x[axis])
            if before is None or after is None:
                raise Lacking("PyTorch has no padding that depends on the input's size, and that is unknown")
            found.append((before, after))
        return tuple(found)

    pads = call.same(amounts)
    assert isinstance(pads, tuple)
    return pads


def _own_padding(call: TorchCall) -> str:
    """Finds the padding that the module itself can do, as Python; what it can't becomes a module before it."""
    code = call.code("padding")
    if call.has("padding") and code.head != "constant" and not isinstance(code.value(call.uses[0]), str):
        return code.text()
    if call.all_are(_keeps_size):
        return '"same"'
    if call.all_are(lambda layer: isinstance(layer, WindowLayer) and layer.window()[3] == "valid"):
        return "0"
    if (pads := _known_pads(call)) is None:
        pad_at_run_time(call, call.text("kernel_size"))
        return "0"
    if all(before == after for before, after in pads):
        return sizes_text([before for before, _ in pads])
    call.module(padding_module(pads))
    return "0"


def _known_pads(call: TorchCall) -> Pads | None:
    """Finds what is added before and after each axis; None if it differs or depends on an unknown size."""
    try:
        return _pads(call)
    except (Lacking, NotShared):
        if not call.all_are(lambda layer: isinstance(layer, WindowLayer) and layer.window()[3] == "same"):
            raise
        return None


def pad_at_run_time(call: TorchCall, size: str, value: str = "") -> None:
    """Pads as `same` does by whatever size is read."""
    options = (
        [f"stride={call.text('strides')}"] if call.has("strides") and call.code("strides") != constant(None) else []
    )
    if not options and isinstance(call.layer, Pooling):
        options = [f"stride={size}"]
    options += [f"dilation={call.text('dilation_rate')}"] if call.has("dilation_rate") else []
    options += [f"value={value}"] if value else []
    call.module(f"{call.needs('SamePadding')}({', '.join([size, *options])})")


def _keeps_size(layer: object) -> bool:
    """Tells whether padding is `same` at stride 1, which PyTorch has, and depends on the kernel alone."""
    if not isinstance(layer, Convolution) or layer.padding != "same" or set(layer.strides) != {1}:
        return False
    return any((layer.effective_kernel(axis) - 1) % 2 for axis in range(layer.rank))


def convolution(call: TorchCall) -> None:
    """Writes Conv1D, Conv2D and Conv3D."""
    call.wants(FIRST)
    _convolve(call, call.channels[0], call.code("filters"), call.code("groups"), call.value("use_bias") is True)
    activation(call)


def depthwise(call: TorchCall) -> None:
    """Writes DepthwiseConv1D and DepthwiseConv2D: as many groups as channels."""
    call.wants(FIRST)
    channels = call.channels[0]
    filters = combined("*", call.code("depth_multiplier"), channels)
    _convolve(call, channels, filters, channels, call.value("use_bias") is True)
    activation(call)


def separable(call: TorchCall) -> None:
    """Writes SeparableConv1D and SeparableConv2D: a depthwise convolution and one of windows of size 1."""
    call.wants(FIRST)
    channels = call.channels[0]
    inner = combined("*", call.code("depth_multiplier"), channels)
    _convolve(call, channels, inner, channels, False)
    bias = "" if call.value("use_bias") is True else ", bias=False"
    depthwise = call.written.modules.pop()
    pointwise = f"nn.Conv{call.layer.rank}d({inner.text()}, {call.text('filters')}, 1{bias})"
    call.module(f"nn.Sequential({depthwise}, {pointwise})", is_weighted=True)
    activation(call)


def _convolve(call: TorchCall, channels: Code, filters: Code, groups: Code, has_bias: bool) -> None:
    padding = _own_padding(call)
    options = [f"stride={call.text('strides')}"] if call.differs("strides", 1) else []
    options += [f"padding={padding}"] if padding != "0" else []
    options += [f"dilation={call.text('dilation_rate')}"] if call.differs("dilation_rate", 1) else []
    options += [f"groups={groups.text()}"] if groups != constant(1) else []
    options += [] if has_bias else ["bias=False"]
    first = f"{channels.text()}, {filters.text()}, {call.text('kernel_size')}"
    call.module(f"nn.Conv{call.layer.rank}d({', '.join([first, *options])})", is_weighted=True)


def transposed(call: TorchCall) -> None:
    """Writes transposed convolutions: what Keras cuts off is PyTorch's padding if both sides are alike."""
    call.wants(FIRST)
    cropped = call.same(lambda use: _crop(call, use))
    assert isinstance(cropped, _Crop)
    pads, added = cropped
    crop = ""
    options = [f"stride={call.text('strides')}"] if call.differs("strides", 1) else []
    if all(before == after >= 0 for before, after in pads):
        sizes = [before for before, _ in pads]
        options += [f"padding={sizes_text(sizes)}"] if any(sizes) else []
        options += [f"output_padding={sizes_text(added)}"] if any(added) else []
    else:
        crop = padding_module(tuple((-before, more - after) for (before, after), more in zip(pads, added, strict=True)))
    options += [f"groups={call.text('groups')}"] if call.differs("groups", 1) else []
    options += [] if call.value("use_bias") is True else ["bias=False"]
    options += [f"dilation={call.text('dilation_rate')}"] if call.differs("dilation_rate", 1) else []
    first = f"{call.in_channels}, {call.text('filters')}, {call.text('kernel_size')}"
    call.module(f"nn.ConvTranspose{call.layer.rank}d({', '.join([first, *options])})", is_weighted=True)
    if crop:
        call.module(crop)
    activation(call)


class _Crop(NamedTuple):
    """What is cut off before and after each axis, and PyTorch's `output_padding`."""

    pads: Pads
    added: tuple[int, ...]


def _crop(call: TorchCall, use: int) -> _Crop:
    """Finds what is cut off: the same on both sides with PyTorch's `output_padding` if that can be."""
    layer, x = call.at(use), call.read_shape(use)
    assert isinstance(layer, ConvTranspose)
    pads, added = [], []
    for axis, term in enumerate(layer.length_terms(tuple(2 if size is None else size for size in x))):
        length = 2 if x[axis] is None else x[axis]
        made = term.evaluate()
        assert length is not None
        assert made is not None
        stride, before = layer.strides[axis], layer.crop_before(axis)
        after = (length - 1) * stride + layer.effective_kernel(axis) - before - made
        limit = max(stride, layer.dilation_rate[axis])
        more = before - after
        is_alike = 0 <= more < limit
        pads.append((before, before if is_alike else after))
        added.append(more if is_alike else 0)
    return _Crop(tuple(pads), tuple(added))


def pooling(call: TorchCall) -> None:
    """Writes max and average pooling."""
    call.wants(FIRST)
    is_max = call.kind.startswith("Max")
    name = f"nn.{'Max' if is_max else 'Avg'}Pool{call.layer.rank}d"
    size = call.text("pool_size")
    options = (
        [f"stride={call.text('strides')}"] if call.has("strides") and call.code("strides") != constant(None) else []
    )
    code = call.code("padding")
    if call.has("padding") and code.head != "constant" and not isinstance(code.value(call.uses[0]), str):
        padding = code.text()
    elif call.all_are(lambda layer: isinstance(layer, WindowLayer) and layer.window()[3] == "valid"):
        padding = "0"
    elif (pads := _known_pads(call)) is None:
        pad_at_run_time(call, size, 'float("-inf")' if is_max else "")
        padding = "0"
    else:
        padding = sizes_text([before for before, _ in pads])
        if any(before != after for before, after in pads) or not call.all_are(_fits_half):
            whole = call.same(lambda use: _whole_pads(call, use))
            assert isinstance(whole, tuple)
            call.module(padding_module(whole, 'float("-inf")' if is_max else "0"))
            call.module(f"{name}({', '.join([size, *options])})")
            return
    options += [f"padding={padding}"] if padding != "0" else []
    has_ceil = call.all_are(lambda layer: isinstance(layer, Pooling) and layer.ceil_mode and layer.padding != "same")
    options += ["ceil_mode=True"] if has_ceil else []
    call.module(f"{name}({', '.join([size, *options])})")


def _fits_half(layer: object) -> bool:
    """Tells whether `same` adds at most half a window on each side, as PyTorch wants."""
    assert isinstance(layer, Pooling)
    return layer.padding != "same" or all(
        (layer.effective_kernel(axis) - 1) // 2 <= layer.pool_size[axis] // 2 for axis in range(layer.rank)
    )


def _whole_pads(call: TorchCall, use: int) -> Pads:
    """Finds padding with which the windows fit exactly: that of the layer, with what `ceil_mode` adds."""
    layer, x, y = call.at(use), call.read_shape(use), call.made_shape(use)
    assert isinstance(layer, Pooling)
    size, stride, _, _ = layer.window()
    pads = []
    for axis in range(layer.rank):
        before, after = layer.pads(axis, x[axis])
        length, made = x[axis], y[axis]
        if length is None or made is None:
            if before is None or after is None or layer.ceil_mode:
                raise Lacking("PyTorch has no padding that depends on the input's size, and that is unknown")
            pads.append((before, after))
            continue
        pads.append((before or 0, (made - 1) * stride[axis] + size[axis] - length - (before or 0)))
    return tuple(pads)


def adaptive(call: TorchCall) -> None:
    """Writes Adaptive pooling."""
    call.wants(FIRST)
    name = f"nn.Adaptive{'Max' if 'Max' in call.kind else 'Avg'}Pool{call.layer.rank}d"
    sizes = call.value("output_size")
    assert isinstance(sizes, tuple)
    if call.layer.rank == 1 and sizes[0] is None:  # PyTorch's module for sequences has no None
        call.module("nn.Identity()")
        return
    call.module(f"{name}({call.text('output_size')})")


def global_pooling(call: TorchCall) -> None:
    """Writes global pooling: an adaptive one to a single position."""
    call.wants(FIRST)
    call.module(f"nn.Adaptive{'Max' if 'Max' in call.kind else 'Avg'}Pool{call.layer.rank}d(1)")
    if call.value("keepdims") is not True:
        call.module("nn.Flatten()")
