"""The heads of YOLO: what boxes, masks and key points are read from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cnncalc.convert.yolo.net import Map, YoloNet

BINS: Final = 16
"""Into how many distances YOLOv8 and later divide each side of a box."""


def anchored(net: YoloNet, name: str, maps: Sequence[Map], anchors: int, outputs: int) -> list[Map]:
    """Builds Detect of YOLOv5: for each level one convolution, with `outputs` numbers for each anchor."""
    return [net.plain_conv(f"{name}.m.{level}", x, anchors * outputs) for level, x in enumerate(maps)]


def anchor_free(net: YoloNet, name: str, maps: Sequence[Map], classes: int, separable: bool) -> list[Map]:
    """Builds Detect of YOLOv8 and later: for each level a branch for boxes and one for classes, and their sum.

    `separable`: whether the classes' convolutions are depthwise ones and 1x1, as in YOLO11.
    """
    box = max(BINS, maps[0].channels // 4, 4 * BINS)
    own = max(maps[0].channels, min(classes, 100))
    levels = []
    for level, x in enumerate(maps):
        boxes = branch(net, f"{name}.cv2.{level}", x, box, 4 * BINS)
        if separable:
            scores = x
            for step in range(2):
                scores = net.depthwise(f"{name}.cv3.{level}.{step}.0", scores, scores.channels, 3)
                scores = net.conv(f"{name}.cv3.{level}.{step}.1", scores, own)
            scores = net.plain_conv(f"{name}.cv3.{level}.2", scores, classes)
        else:
            scores = branch(net, f"{name}.cv3.{level}", x, own, classes)
        both = net.concatenate(f"{name}.cat.{level}", [boxes, scores])
        levels.append(net.add(f"{name}.flat.{level}", "Reshape", {"target_shape": [-1, both.channels]}, both))
    every = net.add(f"{name}.levels", "Concatenate", {"axis": 1}, *levels) if len(levels) > 1 else levels[0]
    sides = net.add(f"{name}.box", "ChannelSlice", {"start": 0, "stop": 4 * BINS}, every)
    sides = net.add(f"{name}.dfl.reshape", "Reshape", {"target_shape": [-1, 4, BINS]}, sides)
    sides = net.add(f"{name}.dfl.softmax", "Softmax", {}, sides)
    sides = net.add(f"{name}.dfl.conv", "Dense", {"units": 1, "use_bias": False}, sides, trainable=False)
    scores = net.add(f"{name}.cls", "ChannelSlice", {"start": 4 * BINS, "stop": every.channels}, every)
    return [sides, net.add(f"{name}.sigmoid", "Activation", {"activation": "sigmoid"}, scores)]


def branch(net: YoloNet, name: str, x: Map, filters: int, outputs: int) -> Map:
    """Returns two 3x3 convolutions and a 1x1 one."""
    x = net.conv(f"{name}.1", net.conv(f"{name}.0", x, filters, 3), filters, 3)
    return net.plain_conv(f"{name}.2", x, outputs)


def extra(net: YoloNet, name: str, maps: Sequence[Map], outputs: int) -> list[Map]:
    """Returns the third branch of each level: masks, key points or angles."""
    filters = max(maps[0].channels // 4, outputs)
    return [branch(net, f"{name}.cv4.{level}", x, filters, outputs) for level, x in enumerate(maps)]


def prototypes(net: YoloNet, name: str, x: Map, filters: int, masks: int, transposed: bool) -> Map:
    """Builds Proto: the maps that masks are mixed of, twice as large as the finest level.

    `transposed`: whether a transposed convolution enlarges them, as in YOLOv8, or repetition, as in YOLOv5.
    """
    x = net.conv(f"{name}.cv1", x, filters, 3)
    if transposed:
        arguments = {"filters": filters, "kernel_size": 2, "strides": 2, "padding": 0}
        x = net.add(f"{name}.upsample", "Conv2DTranspose", arguments, x)
    else:
        x = net.add(f"{name}.upsample", "UpSampling2D", {"size": 2}, x)
    return net.conv(f"{name}.cv3", net.conv(f"{name}.cv2", x, filters, 3), masks)
