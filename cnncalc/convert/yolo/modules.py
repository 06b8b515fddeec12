"""The modules of YOLOv5, YOLOv8 and YOLO11 and the layers that each is made of.

Redmon et al. (2016), Wang et al., "CSPNet" (2019), Han et al., "GhostNet" (2020); sizes as in Ultralytics's
documentation of its modules, https://docs.ultralytics.com/reference/nn/modules/block/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cnncalc.convert.yolo.net import Map, YoloNet

Arguments = list[object]


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a module: its name, its channels out, how often its inner block repeats, and its other arguments."""

    net: YoloNet
    name: str
    filters: int
    repeats: int
    arguments: Arguments
    first_kernel: int
    """The kernel of the first convolution of a Bottleneck that stands alone: 1 in YOLOv5, 3 later."""

    def integer(self, index: int, default: int) -> int:
        """Reads an argument. Raises: ReadingProblem: if it is no whole number."""
        value = self.arguments[index] if index < len(self.arguments) else default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.net.problem(f"argument {index + 2} of {self.name} is no whole number", str(value))
        return value

    def flag(self, index: int, default: bool) -> bool:
        """Reads an argument that is true or false."""
        value = self.arguments[index] if index < len(self.arguments) else default
        return value if isinstance(value, bool) else default

    def fraction(self, index: int, default: float) -> float:
        """Reads an argument that is a share of the channels."""
        value = self.arguments[index] if index < len(self.arguments) else default
        return float(value) if isinstance(value, (int, float)) and 0 < float(value) <= 8 else default


def bottleneck(
    net: YoloNet,
    name: str,
    x: Map,
    filters: int,
    shortcut: bool,
    kernels: tuple[int, int],
    share: float = 0.5,
    groups: int = 1,
) -> Map:
    """Returns two convolutions, and the sum with what they read if both have as many channels."""
    y = net.conv(f"{name}.cv1", x, int(filters * share), kernels[0])
    y = net.conv(f"{name}.cv2", y, filters, kernels[1], groups=groups)
    return net.add(f"{name}.add", "Add", {}, x, y) if shortcut and x.channels == filters else y


def conv(use: Use, x: Map) -> Map:
    """Builds Conv: filters, kernel, stride, padding, groups."""
    padding = use.integer(2, 0) if len(use.arguments) > 2 and use.arguments[2] is not None else None
    return use.net.conv(
        use.name, x, use.filters, use.integer(0, 1), use.integer(1, 1), padding, use.integer(3, 1),
        activation=use.flag(5, True),
    )  # fmt: skip


def depthwise_conv(use: Use, x: Map) -> Map:
    """Builds DWConv: filters, kernel, stride."""
    return use.net.depthwise(use.name, x, use.filters, use.integer(0, 1), use.integer(1, 1))


def focus(use: Use, x: Map) -> Map:
    """Focus: every second position into the channels, then a Conv."""
    apart = use.net.add(f"{use.name}.focus", "SpaceToDepth", {"block_size": 2}, x)
    return use.net.conv(f"{use.name}.conv", apart, use.filters, use.integer(0, 1), use.integer(1, 1))


def single_bottleneck(use: Use, x: Map) -> Map:
    """Builds Bottleneck: shortcut, groups."""
    kernels = (use.first_kernel, 3)
    return bottleneck(use.net, use.name, x, use.filters, use.flag(0, True), kernels, groups=use.integer(1, 1))


def bottleneck_csp(use: Use, x: Map) -> Map:
    """Builds BottleneckCSP: some bottlenecks beside a convolution."""
    net, name, inner = use.net, use.name, int(use.filters * use.fraction(2, 0.5))
    y = net.conv(f"{name}.cv1", x, inner)
    for index in range(use.repeats):
        y = bottleneck(net, f"{name}.m.{index}", y, inner, use.flag(0, True), (1, 3), 1.0)
    y = net.plain_conv(f"{name}.cv3", y, inner, use_bias=False)
    beside = net.plain_conv(f"{name}.cv2", x, inner, use_bias=False)
    y = net.add(f"{name}.bn", "BatchNormalization", {}, net.concatenate(f"{name}.cat", [y, beside]))
    return net.conv(f"{name}.cv4", net.activated(f"{name}.act", y), use.filters)


Inner = Callable[[str, Map, int], Map]
"""Adds the inner block of a module, by its name, with so many channels."""


def c3_of(net: YoloNet, name: str, x: Map, filters: int, inner_filters: int, repeats: int, inner: Inner) -> Map:
    """Builds C3: inner blocks behind one convolution, beside another, and a third behind both."""
    y = net.conv(f"{name}.cv1", x, inner_filters)
    for index in range(repeats):
        y = inner(f"{name}.m.{index}", y, inner_filters)
    beside = net.conv(f"{name}.cv2", x, inner_filters)
    return net.conv(f"{name}.cv3", net.concatenate(f"{name}.cat", [y, beside]), filters)


def c3(use: Use, x: Map) -> Map:
    """Builds C3: shortcut, groups, share."""

    def inner(name: str, x: Map, filters: int) -> Map:
        return bottleneck(use.net, name, x, filters, use.flag(0, True), (1, 3), 1.0, use.integer(1, 1))

    return c3_of(use.net, use.name, x, use.filters, int(use.filters * use.fraction(2, 0.5)), use.repeats, inner)


def c3_ghost(use: Use, x: Map) -> Map:
    """Builds C3Ghost: a C3 of ghost bottlenecks."""

    def inner(name: str, x: Map, filters: int) -> Map:
        return ghost_bottleneck_of(use.net, name, x, filters, 3, 1)

    return c3_of(use.net, use.name, x, use.filters, use.filters // 2, use.repeats, inner)


def c2(use: Use, x: Map) -> Map:
    """Builds C2: one half of the channels through bottlenecks, the other beside them."""
    net, name, half = use.net, use.name, int(use.filters * use.fraction(2, 0.5))
    y, beside = net.halves(f"{name}.split", net.conv(f"{name}.cv1", x, 2 * half))
    for index in range(use.repeats):
        y = bottleneck(net, f"{name}.m.{index}", y, half, use.flag(0, True), (3, 3), 1.0)
    return net.conv(f"{name}.cv2", net.concatenate(f"{name}.cat", [y, beside]), use.filters)


def c2f_of(net: YoloNet, name: str, x: Map, filters: int, half: int, repeats: int, inner: Inner) -> Map:
    """Builds C2f: both halves of the channels, and what each of the blocks behind each other makes of the second."""
    parts = [*net.halves(f"{name}.split", net.conv(f"{name}.cv1", x, 2 * half))]
    for index in range(repeats):
        parts.append(inner(f"{name}.m.{index}", parts[-1], half))
    return net.conv(f"{name}.cv2", net.concatenate(f"{name}.cat", parts), filters)


def c2f(use: Use, x: Map) -> Map:
    """Builds C2f: shortcut, groups, share."""

    def inner(name: str, x: Map, filters: int) -> Map:
        return bottleneck(use.net, name, x, filters, use.flag(0, False), (3, 3), 1.0, use.integer(1, 1))

    return c2f_of(use.net, use.name, x, use.filters, int(use.filters * use.fraction(2, 0.5)), use.repeats, inner)


def c3k2(use: Use, x: Map) -> Map:
    """Builds C3k2: a C2f of bottlenecks, or of C3 with two of them each; whether of C3, share, groups, shortcut."""
    shortcut = use.flag(3, True)

    def with_c3(name: str, x: Map, filters: int) -> Map:
        def inside(name: str, x: Map, filters: int) -> Map:
            return bottleneck(use.net, name, x, filters, shortcut, (3, 3), 1.0)

        return c3_of(use.net, name, x, filters, filters // 2, 2, inside)

    def plain(name: str, x: Map, filters: int) -> Map:
        return bottleneck(use.net, name, x, filters, shortcut, (3, 3))

    inner = with_c3 if use.flag(0, False) else plain
    return c2f_of(use.net, use.name, x, use.filters, int(use.filters * use.fraction(1, 0.5)), use.repeats, inner)


def c2psa(use: Use, x: Map) -> Map:
    """Builds C2PSA: one half of the channels through blocks of attention and two convolutions, the other beside."""
    net, name, half = use.net, use.name, use.filters // 2
    beside, y = net.halves(f"{name}.split", net.conv(f"{name}.cv1", x, 2 * half))
    for index in range(use.repeats):
        block = f"{name}.m.{index}"
        y = net.add(f"{block}.add", "Add", {}, y, attention(net, f"{block}.attn", y, max(half // 64, 1)))
        z = net.conv(f"{block}.ffn.1", net.conv(f"{block}.ffn.0", y, 2 * half), half, activation=False)
        y = net.add(f"{block}.add_1", "Add", {}, y, z)
    return net.conv(f"{name}.cv2", net.concatenate(f"{name}.cat", [beside, y]), use.filters)


def attention(net: YoloNet, name: str, x: Map, heads: int) -> Map:
    """Builds Attention between all positions of a map, with keys half as wide as values."""
    width = x.channels // heads
    key = width // 2
    together = net.conv(f"{name}.qkv", x, x.channels + 2 * key * heads, activation=False)
    apart = net.add(f"{name}.heads", "Reshape", {"target_shape": [-1, heads, 2 * key + width]}, together)
    apart = net.add(f"{name}.permute", "Permute", {"dims": [2, 1, 3]}, apart)
    bounds = {"q": (0, key), "k": (key, 2 * key), "v": (2 * key, 2 * key + width)}
    q, k, v = (
        net.add(f"{name}.{part}", "ChannelSlice", {"start": start, "stop": stop}, apart)
        for part, (start, stop) in bounds.items()
    )
    scores = net.add(f"{name}.scores", "MatMul", {"transpose_b": True}, q, k)
    weights = net.add(f"{name}.softmax", "Softmax", {}, scores)
    seen = net.add(f"{name}.product", "MatMul", {}, weights, v)
    maps = []
    for part, source in (("product", seen), ("values", v)):
        back = net.add(f"{name}.{part}.permute", "Permute", {"dims": [2, 1, 3]}, source)
        target = {"target_shape": [*x.shape[:-1], x.channels]}
        maps.append(net.add(f"{name}.{part}.reshape", "Reshape", target, back))
    place = net.depthwise(f"{name}.pe", maps[1], x.channels, 3, activation=False)
    return net.conv(f"{name}.proj", net.add(f"{name}.add", "Add", {}, maps[0], place), x.channels, activation=False)


def spp(use: Use, x: Map) -> Map:
    """Builds SPP: max pooling with several windows side by side."""
    net, name = use.net, use.name
    given = use.arguments[0] if use.arguments else [5, 9, 13]
    kernels = [size for size in given if isinstance(size, int)] if isinstance(given, list) else []
    y = net.conv(f"{name}.cv1", x, x.channels // 2)
    pooled = [
        net.add(f"{name}.m.{index}", "MaxPooling2D", {"pool_size": size, "strides": 1, "padding": size // 2}, y)
        for index, size in enumerate(kernels)
    ]
    return net.conv(f"{name}.cv2", net.concatenate(f"{name}.cat", [y, *pooled]), use.filters)


def sppf(use: Use, x: Map) -> Map:
    """Builds SPPF: max pooling with one window, three times behind each other, all side by side."""
    net, name, size = use.net, use.name, use.integer(0, 5)
    parts = [net.conv(f"{name}.cv1", x, x.channels // 2)]
    for index in range(3):
        arguments = {"pool_size": size, "strides": 1, "padding": size // 2}
        parts.append(net.add(f"{name}.m.{index}", "MaxPooling2D", arguments, parts[-1]))
    return net.conv(f"{name}.cv2", net.concatenate(f"{name}.cat", parts), use.filters)


def ghost_conv_of(net: YoloNet, name: str, x: Map, filters: int, kernel: int, stride: int, activation: bool) -> Map:
    """Builds GhostConv: half of the maps by a convolution, the others from those by a depthwise one."""
    y = net.conv(f"{name}.cv1", x, filters // 2, kernel, stride, activation=activation)
    z = net.conv(f"{name}.cv2", y, filters // 2, 5, groups=filters // 2, activation=activation)
    return net.concatenate(f"{name}.cat", [y, z])


def ghost_conv(use: Use, x: Map) -> Map:
    """Builds GhostConv: filters, kernel, stride."""
    return ghost_conv_of(use.net, use.name, x, use.filters, use.integer(0, 1), use.integer(1, 1), activation=True)


def ghost_bottleneck_of(net: YoloNet, name: str, x: Map, filters: int, kernel: int, stride: int) -> Map:
    """Builds GhostBottleneck: two ghost convolutions, a depthwise one between them if the stride is 2."""
    half = filters // 2
    y = ghost_conv_of(net, f"{name}.conv.0", x, half, 1, 1, activation=True)
    if stride == 2:
        y = net.depthwise(f"{name}.conv.1", y, half, kernel, stride, activation=False)
        x = net.depthwise(f"{name}.shortcut.0", x, x.channels, kernel, stride, activation=False)
        x = net.conv(f"{name}.shortcut.1", x, filters, activation=False)
    y = ghost_conv_of(net, f"{name}.conv.2", y, filters, 1, 1, activation=False)
    return net.add(f"{name}.add", "Add", {}, y, x)


def ghost_bottleneck(use: Use, x: Map) -> Map:
    """Builds GhostBottleneck: filters, kernel, stride."""
    return ghost_bottleneck_of(use.net, use.name, x, use.filters, use.integer(0, 3), use.integer(1, 1))


def classify(use: Use, x: Map) -> Map:
    """Builds Classify: a convolution to 1,280 channels, global pooling and a Dense."""
    y = use.net.conv(f"{use.name}.conv", x, 1280, use.integer(0, 1), use.integer(1, 1))
    y = use.net.add(f"{use.name}.pool", "GlobalAveragePooling2D", {}, y)
    return use.net.add(f"{use.name}.linear", "Dense", {"units": use.filters}, y)


def transposed(use: Use, x: Map) -> Map:
    """Builds nn.ConvTranspose2d: filters, kernel, stride, padding."""
    arguments: dict[str, object] = {
        "filters": use.filters, "kernel_size": use.integer(0, 1), "strides": use.integer(1, 1),
        "padding": use.integer(2, 0),
    }  # fmt: skip
    return use.net.add(use.name, "Conv2DTranspose", arguments, x)


MODULES: Final[dict[str, Callable[[Use, Map], Map]]] = {
    "Conv": conv, "DWConv": depthwise_conv, "Focus": focus, "Bottleneck": single_bottleneck, "SPP": spp, "SPPF": sppf,
    "BottleneckCSP": bottleneck_csp, "C3": c3, "C3Ghost": c3_ghost, "C2": c2, "C2f": c2f, "C3k2": c3k2, "C2PSA": c2psa,
    "GhostConv": ghost_conv, "GhostBottleneck": ghost_bottleneck, "Classify": classify,
    "nn.ConvTranspose2d": transposed,
}  # fmt: skip
"""Modules with channels out as their first argument, which the width scales."""
REPEATING: Final = frozenset({"BottleneckCSP", "C3", "C3Ghost", "C2", "C2f", "C3k2", "C2PSA"})
"""Modules that repeat an inner block; the others are repeated as a whole."""
