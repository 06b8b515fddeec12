"""Operations with a window: convolutions and pooling."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, Literal

from cnncalc.convert.channels_first.activation import Activation
from cnncalc.convert.channels_first.operands import whole_numbers
from cnncalc.convert.channels_first.operations import Constant, Operation
from cnncalc.convert.channels_first.translation import Rule, Translation

FOLDED: Final = re.compile(r"onnx::Conv(Transpose)?_\d+$")
"""What PyTorch's older exporter calls a kernel that it has multiplied with a batch normalisation's factors."""

Margin = int | list[list[int]] | Literal["same"]


def simple(sizes: Sequence[int]) -> int | list[int]:
    """Returns one number if all are equal, else the list."""
    return sizes[0] if len(set(sizes)) == 1 else list(sizes)


def margins(pads: Sequence[int]) -> int | list[list[int]]:
    """Paddings of the file, all before and then all after, as a spec has them."""
    rank = len(pads) // 2
    return pads[0] if len(set(pads)) == 1 else [[pads[axis], pads[axis + rank]] for axis in range(rank)]


def padding(t: Translation, operation: Operation, x: Activation, window: Window) -> Margin:
    """Returns the padding of an operation, from its pads or from `auto_pad`."""
    mode = operation.attribute("auto_pad", str, "NOTSET") or "NOTSET"
    rank = len(window.kernel)
    if mode == "SAME_UPPER":
        return "same"
    if mode == "SAME_LOWER":
        pads: list[int] = [0] * (2 * rank)
        for axis, (size, stride) in enumerate(zip(window.kernel, window.strides, strict=True)):
            length = x.shape[axis]
            if length is None:
                raise operation.problem("unsupported-layer", "auto_pad SAME_LOWER of a map of unknown size")
            effective = (size - 1) * window.dilations[axis] + 1
            needed = max((-(-length // stride) - 1) * stride + effective - length, 0)
            pads[axis], pads[axis + rank] = -(-needed // 2), needed // 2
        return margins(pads)
    pads = list(operation.integers("pads", (0,) * (2 * rank)))
    if mode == "VALID" or len(pads) != 2 * rank:
        pads = [0] * (2 * rank)
    return margins(pads)


class Window:
    """The window of an operation: its sizes, strides and dilations, one per spatial axis."""

    def __init__(self, operation: Operation, kernel: Sequence[int]) -> None:
        self.kernel = tuple(kernel)
        ones = (1,) * len(self.kernel)
        self.strides = operation.integers("strides", ones) or ones
        self.dilations = operation.integers("dilations", ones) or ones
        if not len(self.kernel) == len(self.strides) == len(self.dilations):
            raise operation.problem("damaged-file", "kernel, strides and dilations name different numbers of axes")


def kernel_sizes(operation: Operation, kernel: Constant) -> tuple[int, ...]:
    """Returns the sizes of a kernel (out, in / groups, ...), all known."""
    sizes = tuple(size or 0 for size in kernel.dims)
    if len(sizes) < 3 or not math.prod(sizes):
        raise operation.problem("damaged-file", f"its kernel has the sizes {list(kernel.dims)}")
    return sizes


def shape_of_filters(kernel: Constant, operation: Operation) -> int:
    """Returns the number of filters of a kernel, transposed or not."""
    first, second = (size or 0 for size in kernel.dims[:2])
    return second * operation.attribute("group", int, 1) if operation.kind == "ConvTranspose" else first


def has_bias(t: Translation, operation: Operation, index: int) -> bool:
    """Says whether a layer has a bias: the file gives one, or lists one that the exporter dropped because it is
    zero.
    """
    own = bias_parameter(t, operation)
    if t.graph.parameters is not None and own is not None:
        return own in t.graph.parameters
    return t.value(operation, index) is not None


def bias_parameter(t: Translation, operation: Operation) -> str | None:
    """Returns the name that the bias beside a kernel has in PyTorch; None if the kernel is no parameter of a module."""
    parameters = t.graph.parameters or ()
    module, dot, name = operation.inputs[1].rpartition(".")
    if dot and name == "weight" and operation.inputs[1] in parameters:
        return f"{module}.bias"
    module = ".".join(operation.path)
    return f"{module}.bias" if f"{module}.weight" in parameters else None


def convolution(t: Translation, operation: Operation) -> None:
    """Translates Conv: a kernel (filters, channels / groups, ...)."""
    kernel = t.weight(operation, 1)
    filters, inner, *sizes = kernel_sizes(operation, kernel)
    rank = len(sizes)
    x = t.map(operation, t.activation(operation), rank)
    groups = operation.attribute("group", int, 1)
    window = Window(operation, sizes)
    arguments: dict[str, object] = {"kernel_size": simple(window.kernel)}
    if groups == x.shape[-1] and groups > 1 and inner == 1 and rank < 3 and filters % groups == 0:
        kind = f"DepthwiseConv{rank}D"
        if filters != groups:
            arguments["depth_multiplier"] = filters // groups
    else:
        kind = f"Conv{rank}D"
        arguments = {"filters": filters, **arguments}
        if groups != 1:
            arguments["groups"] = groups
    if x.shape[-1] != inner * groups:
        raise operation.problem(
            "declared-otherwise", f"its kernel reads {inner * groups} channels, and its input has {x.shape[-1]}"
        )
    _add_convolution(t, operation, kind, arguments, x, window, padding(t, operation, x, window))


def transposed_convolution(t: Translation, operation: Operation) -> None:
    """Translates ConvTranspose: a kernel (channels, filters / groups, ...)."""
    kernel = t.weight(operation, 1)
    _, inner, *sizes = kernel_sizes(operation, kernel)
    rank = len(sizes)
    x = t.map(operation, t.activation(operation), rank)
    groups = operation.attribute("group", int, 1)
    window = Window(operation, sizes)
    arguments: dict[str, object] = {"filters": inner * groups, "kernel_size": simple(window.kernel)}
    if groups != 1:
        arguments["groups"] = groups
    added = operation.integers("output_padding")
    if any(added):
        arguments["output_padding"] = simple(added)
    if operation.attributes.get("output_shape"):
        raise operation.problem("unsupported-layer", "its padding is told by output_shape")
    margin = padding(t, operation, x, window)
    _add_convolution(t, operation, f"Conv{rank}DTranspose", arguments, x, window, 0 if margin == 0 else margin)


def _add_convolution(
    t: Translation,
    operation: Operation,
    kind: str,
    arguments: dict[str, object],
    x: Activation,
    window: Window,
    margin: Margin,
) -> None:
    """Adds a convolution, and the batch normalisation that the exporter has folded into it if the file tells of one."""
    if set(window.strides) != {1}:
        arguments["strides"] = simple(window.strides)
    if margin or kind.endswith("Transpose"):
        arguments["padding"] = margin
    if set(window.dilations) != {1}:
        arguments["dilation_rate"] = simple(window.dilations)
    name = operation.inputs[1]
    rules = operation.attribute("rule_name", str, "")
    restored = (
        "FuseBatchNormInto" in rules and t.graph.parameters is not None and bias_parameter(t, operation) is not None
    )
    kernel = t.weight(operation, 1)
    biased = has_bias(t, operation, 2)
    # A factor for each filter, as in weight normalisation, is a Scale behind the convolution: w * g * x is (w * x) * g.
    scaled = sum(kernel.sources.values()) - kernel.size == shape_of_filters(kernel, operation)
    if not biased or scaled:
        arguments["use_bias"] = False
    if name not in (t.graph.parameters or (name,)):
        t.note_lost_parameters(operation)
    path = tuple(name.split(".")[:-1]) if restored else None
    layer, shape = t.add(operation, kind, arguments, [x], t.kernel_names(operation, 1), path=path)
    y = Activation(layer, shape, x.order, x.batch_axis)
    if scaled:
        layer, shape = t.add(operation, "Scale", {"use_bias": True} if biased else {}, [y])
        y = Activation(layer, shape, x.order, x.batch_axis)
    if restored:
        layer, shape = t.add(operation, "BatchNormalization", {}, [y])
        y = Activation(layer, shape, x.order, x.batch_axis)
    elif FOLDED.match(name):
        t.folded += 1
    t.result(operation, y)


def pooling(kind: str) -> Rule:
    """Makes the rule of MaxPool or AveragePool."""

    def rule(t: Translation, operation: Operation) -> None:
        sizes = operation.integers("kernel_shape")
        rank = len(sizes)
        x = t.map(operation, t.activation(operation), rank)
        window = Window(operation, sizes)
        if set(window.dilations) != {1}:
            raise operation.problem("unsupported-layer", "pooling with dilation has no layer")
        if window.kernel == x.shape[:-1] and not any(operation.integers("pads")) and kind == "AveragePooling":
            global_pooling("GlobalAveragePooling")(t, operation)
            return
        arguments: dict[str, object] = {"pool_size": simple(sizes)}
        if window.strides != window.kernel:
            arguments["strides"] = simple(window.strides)
        margin = padding(t, operation, x, window)
        if margin:
            arguments["padding"] = margin
        if operation.attribute("ceil_mode", int, 0):
            arguments["ceil_mode"] = True
        t.layer_result(operation, f"{kind}{rank}D", arguments, x)
        if len(operation.outputs) > 1 and t.readers.get(operation.outputs[1]):
            raise operation.problem("unsupported-layer", "its places of the maxima are read")

    return rule


def global_pooling(kind: str) -> Rule:
    """Makes the rule of global pooling; the sizes of 1 that it leaves stay out where nothing needs them."""

    def rule(t: Translation, operation: Operation) -> None:
        x = t.activation(operation)
        rank = len(x.order) - 2
        pooled(t, operation, t.map(operation, x, rank), kind, keeps=True)

    return rule


def pooled(t: Translation, operation: Operation, x: Activation, kind: str, keeps: bool) -> None:
    """Adds global pooling of a map. `keeps`: whether the file keeps the pooled axes, with the size 1."""
    rank = len(x.shape) - 1
    needed = keeps and is_read_as_map(t, operation.outputs[0])
    name, shape = t.add(operation, f"{kind}{rank}D", {"keepdims": True} if needed else {}, [x])
    if needed:
        order = x.order
    elif keeps:
        order = (None, 0, *(None,) * rank)
    else:
        order = (None, 0)
    t.result(operation, Activation(name, shape, order, 0))


def is_read_as_map(t: Translation, name: str) -> bool:
    """Says whether an operation that needs spatial axes reads a tensor, or what another makes of it entry by entry."""
    waiting = [name]
    for _ in range(_LOOK_AHEAD):
        if not waiting:
            return False
        for reader in t.readers.get(waiting.pop(), ()):
            if reader.kind in SPATIAL:
                return True
            if reader.kind in _PASSING:
                waiting += reader.outputs
    return False


_LOOK_AHEAD: Final = 20
_PASSING: Final = frozenset({"Identity", "Dropout", "Cast", "Relu", "Clip", "Sigmoid", "Swish", "HardSwish", "Tanh"})
SPATIAL: Final = frozenset(
    {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "Resize", "Upsample", "Pad", "BatchNormalization", "PRelu",
     "InstanceNormalization", "GroupNormalization", "Concat"}
)  # fmt: skip
"""Operations that need the spatial axes of what they read, of size 1 too."""


def adaptive_pooling(kind: str) -> Rule:
    """Makes the rule of PyTorch's adaptive pooling, whose output has a given size."""

    def rule(t: Translation, operation: Operation) -> None:
        wanted = operation.integers("output_size")
        x = t.map(operation, t.activation(operation), len(wanted))
        if set(wanted) == {1}:
            pooled(t, operation, x, f"Global{kind}", keeps=True)
        elif tuple(wanted) == x.shape[:-1]:
            t.result(operation, x)
        else:
            t.layer_result(operation, f"Adaptive{kind}{len(wanted)}D", {"output_size": simple(wanted)}, x)

    return rule


def pad(t: Translation, operation: Operation) -> None:
    """Translates Pad: zeros that a convolution behind it takes as its own; else padding or, if negative, cropping."""
    x = t.activation(operation)
    rank = len(x.order)
    pads = operation.integers("pads") or operation.integers("paddings") or whole_numbers(t.constant(operation, 1))
    if pads is None:
        raise operation.problem("unsupported-layer", "how much it pads is not known")
    axes = whole_numbers(t.constant(operation, 3)) if len(operation.inputs) > 3 else None
    if axes is not None:
        full = [0] * (2 * rank)
        for place, axis in enumerate(axes):
            full[axis % rank], full[axis % rank + rank] = pads[place], pads[place + len(axes)]
        pads = tuple(full)
    if len(pads) != 2 * rank:
        raise operation.problem("damaged-file", f"it has {len(pads)} pads for {rank} axes")
    padded = [axis for axis in range(rank) if pads[axis] or pads[axis + rank]]
    if not padded:
        t.result(operation, x)
        return
    if 0 not in padded and 1 not in padded and 3 <= rank <= 5 and _into_windows(t, operation, pads):
        t.values[operation.outputs[0]] = x  # what the file declares of it holds for the padded map
        return
    sequence = x.sequence()
    if any(x.order[axis] is None for axis in padded):
        sequence = sorted({*sequence, *padded})
        x = t.arrange(operation, x, sequence)
    before = [pads[axis] for axis in sequence]
    after = [pads[axis + rank] for axis in sequence]
    *spatial, channels = zip(before, after, strict=True)
    if channels != (0, 0):
        if min(channels) < 0:
            raise operation.problem("unsupported-layer", "it cuts channels off")
        name, shape = t.add(operation, "ChannelPadding", {"padding": list(channels)}, [x])
        x = Activation(name, shape, x.order, x.batch_axis)
    for kind, sign in (("Cropping", -1), ("ZeroPadding", 1)):
        amounts = [[max(sign * start, 0), max(sign * end, 0)] for start, end in spatial]
        if any(map(any, amounts)):
            argument = {"Cropping": "cropping", "ZeroPadding": "padding"}[kind]
            name, shape = t.add(
                operation, f"{kind}{len(spatial)}D", {argument: amounts if len(amounts) > 1 else amounts[0]}, [x]
            )
            x = Activation(name, shape, x.order, x.batch_axis)
    t.result(operation, x)


def _into_windows(t: Translation, operation: Operation, pads: Sequence[int]) -> bool:
    """Adds the pads to the convolutions that alone read them, or to max pooling if they are minus infinity."""
    rank = len(pads) // 2
    value = t.constant(operation, 2) if len(operation.inputs) > 2 else None
    fill = value.values[0] if value is not None and value.values else operation.attributes.get("value", 0)
    wanted = "Conv" if not fill else "MaxPool" if isinstance(fill, float) and fill < -1e30 else ""
    name = operation.outputs[0]
    readers = t.readers.get(name, ())
    spatial = [*pads[2:rank], *pads[rank + 2 :]]
    if (
        operation.attribute("mode", str, "constant") != "constant"
        or min(spatial) < 0
        or name in t.graph.outputs
        or not readers
    ):
        return False
    for reader in readers:
        if (
            reader.kind != wanted
            or reader.inputs[0] != name
            or reader.attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID")
        ):
            return False
        if wanted == "MaxPool" and any(
            amount > size // 2 for amount, size in zip(spatial, reader.integers("kernel_shape") * 2, strict=True)
        ):
            return False
    for reader in readers:
        own = reader.integers("pads", (0,) * len(spatial))
        reader.attributes["pads"] = [a + b for a, b in zip(own, spatial, strict=True)]
        reader.attributes["auto_pad"] = "NOTSET"
    return True


RULES: Final[dict[str, Rule]] = {
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "MaxPool": pooling("MaxPooling"),
    "AveragePool": pooling("AveragePooling"),
    "GlobalAveragePool": global_pooling("GlobalAveragePooling"),
    "GlobalMaxPool": global_pooling("GlobalMaxPooling"),
    "AdaptiveAveragePool": adaptive_pooling("AveragePooling"),
    "AdaptiveMaxPool": adaptive_pooling("MaxPooling"),
    "Pad": pad,
}
