"""Writes the configurations of darknet's published networks from their structure: https://pjreddie.com/darknet/"""

from __future__ import annotations

from collections.abc import Sequence


def section(kind: str, **keys: object) -> str:
    """One section of a configuration."""
    return f"[{kind}]\n" + "".join(f"{name}={value}\n" for name, value in keys.items())


def conv(filters: int, size: int = 3, stride: int = 1, bn: int = 1, activation: str = "leaky", groups: int = 1) -> str:
    """A convolution that keeps the size of the map, but for its stride."""
    return section(
        "convolutional", batch_normalize=bn, filters=filters, size=size, stride=stride, pad=1, groups=groups,
        activation=activation,
    )  # fmt: skip


def pool(size: int = 2, stride: int = 2) -> str:
    return section("maxpool", size=size, stride=stride)


def route(*layers: int, **keys: object) -> str:
    return section("route", layers=",".join(map(str, layers)), **keys)


def shortcut(source: int, activation: str = "linear") -> str:
    return section("shortcut", **{"from": source}, activation=activation)


def net(size: int, *sections: str) -> str:
    """A whole configuration for square images of three channels."""
    return section("net", width=size, height=size, channels=3) + "".join(sections)


def classifier(size: int, *sections: str, activation: str = "linear", mean_first: bool = False) -> str:
    """A network for ImageNet: 1,000 filters before or behind the mean of the map, and a softmax."""
    end = [conv(1000, 1, bn=0, activation=activation), "[avgpool]\n"]
    return net(size, *sections, *(reversed(end) if mean_first else end), "[softmax]\n")


def alternating(*filters: int) -> list[str]:
    """3x3 convolutions with 1x1 ones between them."""
    return [conv(number, 3 if index % 2 == 0 else 1) for index, number in enumerate(filters)]


def darknet19_layers() -> list[str]:
    stages = ((32,), (64,), (128, 64, 128), (256, 128, 256), (512, 256, 512, 256, 512), (1024, 512, 1024, 512, 1024))
    parts: list[str] = []
    for index, stage in enumerate(stages):
        parts += [*([pool()] if index else []), *alternating(*stage)]
    return parts


def darknet53_layers() -> list[str]:
    parts = [conv(32)]
    for filters, repeats in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        parts.append(conv(filters, 3, 2))
        parts += [conv(filters // 2, 1), conv(filters), shortcut(-3)] * repeats
    return parts


def extraction() -> str:
    parts = [conv(64, 7, 2), pool(), conv(192), pool(), conv(128, 1), conv(256), conv(256, 1), conv(512), pool()]
    parts += [conv(256, 1), conv(512)] * 4 + [conv(512, 1), conv(1024), pool()] + [conv(512, 1), conv(1024)] * 2
    return classifier(224, *parts, activation="leaky")


def vgg16() -> str:
    parts: list[str] = []
    for filters, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        parts += [conv(filters, bn=0, activation="relu")] * repeats + [pool()]
    dense = [section("connected", output=units, activation="relu") for units in (4096, 4096, 1000)]
    crop = section("crop", crop_height=224, crop_width=224)
    return net(256, crop, *parts, *dense, "[softmax]\n")


def alexnet() -> str:
    window = {"size": 3, "stride": 2, "padding": 0}
    parts = [
        section("convolutional", filters=96, size=11, stride=4, pad=0, activation="relu"), section("maxpool", **window),
        conv(256, 5, bn=0, activation="relu"), section("maxpool", **window), conv(384, bn=0, activation="relu"),
        conv(384, bn=0, activation="relu"), conv(256, bn=0, activation="relu"), section("maxpool", **window),
    ]  # fmt: skip
    dense = [section("connected", output=units, activation="relu") for units in (4096, 4096, 1000)]
    return net(227, *parts, *dense, "[softmax]\n")


def resnet(repeats: Sequence[int], bottleneck: bool, groups: int = 1, width: int = 1, mean_first: bool = True) -> str:
    """A residual network without projections: shortcuts take every second position and channels of zeros."""
    parts = [conv(64, 7, 2), pool()]
    for stage, number in enumerate(repeats):
        filters = 64 * 2**stage
        for block in range(number):
            stride = 2 if stage and not block else 1
            if bottleneck:
                wide = filters * width
                parts += [
                    conv(wide, 1),
                    conv(wide, 3, stride, groups=groups),
                    conv(4 * filters, 1, activation="linear"),
                ]
            else:
                parts += [conv(filters, 3, stride), conv(filters, activation="linear")]
            parts.append(shortcut(-4 if bottleneck else -3, "leaky"))
    return classifier(256, *parts, mean_first=mean_first)


def yolo_head(filters: int, outputs: int = 255) -> list[str]:
    return [*[conv(filters, 1), conv(2 * filters)] * 3, conv(outputs, 1, bn=0, activation="linear"), "[yolo]\n"]


def yolov3(size: int, pyramid: bool = False) -> str:
    parts = darknet53_layers()
    head = yolo_head(512)
    if pyramid:
        spp = [pool(5, 1), route(-2), pool(9, 1), route(-4), pool(13, 1), route(-1, -3, -5, -6)]
        head = [*head[:3], *spp, conv(512, 1), *head[3:]]
    parts += head
    for filters, source in ((256, 61), (128, 36)):
        parts += [route(-4), conv(filters, 1), section("upsample", stride=2), route(-1, source), *yolo_head(filters)]
    return net(size, *parts)


def yolov3_tiny() -> str:
    parts = [part for filters in (16, 32, 64, 128, 256) for part in (conv(filters), pool())]
    parts += [conv(512), pool(2, 1), conv(1024), conv(256, 1), conv(512)]
    parts += [conv(255, 1, bn=0, activation="linear"), "[yolo]\n", route(-4), conv(128, 1)]
    parts += [
        section("upsample", stride=2),
        route(-1, 8),
        conv(256),
        conv(255, 1, bn=0, activation="linear"),
        "[yolo]\n",
    ]
    return net(416, *parts)


def yolov2(size: int, outputs: int) -> str:
    parts = [*darknet19_layers(), conv(1024), conv(1024), route(-9), conv(64, 1), section("reorg", stride=2)]
    parts += [route(-1, -4), conv(1024), conv(outputs, 1, bn=0, activation="linear"), "[region]\n"]
    return net(size, *parts)


def yolov2_tiny(size: int, outputs: int) -> str:
    parts = [part for filters in (16, 32, 64, 128, 256) for part in (conv(filters), pool())]
    parts += [conv(512), pool(2, 1), conv(1024), conv(512 if outputs == 425 else 1024)]
    return net(size, *parts, conv(outputs, 1, bn=0, activation="linear"), "[region]\n")


def yolov4_tiny() -> str:
    parts = [conv(32, 3, 2), conv(64, 3, 2)]
    for filters in (64, 128, 256):
        half = filters // 2
        parts += [conv(filters), route(-1, groups=2, group_id=1), conv(half), conv(half), route(-1, -2)]
        parts += [conv(filters, 1), route(-6, -1), pool()]
    parts += [conv(512), conv(256, 1), conv(512), conv(255, 1, bn=0, activation="linear"), "[yolo]\n", route(-4)]
    parts += [conv(128, 1), section("upsample", stride=2), route(-1, 23), conv(256)]
    return net(416, *parts, conv(255, 1, bn=0, activation="linear"), "[yolo]\n")


def yolov4(size: int) -> str:
    """CSPDarknet-53, a spatial pyramid, paths up and down."""

    def mish(filters: int, kernel: int = 3, stride: int = 1) -> str:
        return conv(filters, kernel, stride, activation="mish")

    parts = [mish(32), mish(64, 3, 2), mish(64, 1), route(-2), mish(64, 1), mish(32, 1), mish(64), shortcut(-3)]
    parts += [mish(64, 1), route(-1, -7), mish(64, 1)]
    for filters, repeats in ((128, 2), (256, 8), (512, 8), (1024, 4)):
        half = filters // 2
        parts += [mish(filters, 3, 2), mish(half, 1), route(-2), mish(half, 1)]
        parts += [mish(half, 1), mish(half), shortcut(-3)] * repeats
        parts += [mish(half, 1), route(-1, -(4 + 3 * repeats)), mish(filters, 1)]
    parts += [conv(512, 1), conv(1024), conv(512, 1), pool(5, 1), route(-2), pool(9, 1), route(-4), pool(13, 1)]
    parts += [route(-1, -3, -5, -6), conv(512, 1), conv(1024), conv(512, 1)]
    for filters, source in ((256, 85), (128, 54)):
        parts += [conv(filters, 1), section("upsample", stride=2), route(source), conv(filters, 1), route(-1, -3)]
        parts += alternating_back(filters, 5)
    parts += [conv(256), conv(255, 1, bn=0, activation="linear"), "[yolo]\n"]
    for filters, back in ((256, -16), (512, -37)):
        parts += [route(-4), conv(filters, 3, 2), route(-1, back), *alternating_back(filters, 5)]
        parts += [conv(2 * filters), conv(255, 1, bn=0, activation="linear"), "[yolo]\n"]
    return net(size, *parts)


def alternating_back(filters: int, number: int) -> list[str]:
    """1x1 convolutions with 3x3 ones of twice as many filters between them."""
    return [conv(filters, 1) if index % 2 == 0 else conv(2 * filters) for index in range(number)]
