"""Networks that find objects."""

from __future__ import annotations

from tests.papers.cited import VGG16_CONVOLUTION_PARAMS, Cited, conv, vgg16

# darknet, cfg/yolov2-voc.cfg: side, window, channels and filters of every convolution but the last
YOLO_V2_MACS = sum(
    conv(side**2, window, channels, filters)
    for side, window, channels, filters in (
        (416, 9, 3, 32), (208, 9, 32, 64),
        (104, 9, 64, 128), (104, 1, 128, 64), (104, 9, 64, 128),
        (52, 9, 128, 256), (52, 1, 256, 128), (52, 9, 128, 256),
        (26, 9, 256, 512), (26, 1, 512, 256), (26, 9, 256, 512), (26, 1, 512, 256), (26, 9, 256, 512),
        (13, 9, 512, 1024), (13, 1, 1024, 512), (13, 9, 512, 1024), (13, 1, 1024, 512), (13, 9, 512, 1024),
        (13, 9, 1024, 1024), (13, 9, 1024, 1024), (26, 1, 512, 64), (13, 9, 1280, 1024),
    )
)  # fmt: skip

# darknet, cfg/yolov4.cfg: the stages of CSPDarknet-53 (side, channels before, channels, half of them, channels inside a
# residual block, blocks), then what stands around and between the three scales
YOLO_V4_MACS = (
    conv(608**2, 9, 3, 32)
    + sum(
        conv(side**2, 9, before, filters)
        + 2 * conv(side**2, 1, filters, half)
        + blocks * (conv(side**2, 1, half, inner) + conv(side**2, 9, inner, half))
        + conv(side**2, 1, half, half)
        + conv(side**2, 1, 2 * half, filters)
        for side, before, filters, half, inner, blocks in (
            (304, 32, 64, 64, 32, 1), (152, 64, 128, 64, 64, 2), (76, 128, 256, 128, 128, 8),
            (38, 256, 512, 256, 256, 8), (19, 512, 1024, 512, 512, 4),
        )
    )
    + conv(19**2, 1, 1024, 512) + 2 * conv(19**2, 9, 512, 1024) + 2 * conv(19**2, 1, 1024, 512)
    + conv(19**2, 1, 2048, 512)
    + sum(
        conv(coarse**2, 1, 2 * filters, filters) + conv(side**2, 1, 2 * filters, filters)
        for side, coarse, filters in ((38, 19, 256), (76, 38, 128))
    )
    + sum(conv(side**2, 9, filters, 2 * filters) for side, filters in ((38, 128), (19, 256)))
    + sum(
        3 * conv(side**2, 1, 2 * filters, filters) + 2 * conv(side**2, 9, filters, 2 * filters)
        for side, filters in ((38, 256), (76, 128), (38, 256), (19, 512))
    )
    + sum(
        conv(side**2, 9, filters, 2 * filters) + conv(side**2, 1, 2 * filters, 255)
        for side, filters in ((76, 128), (38, 256), (19, 512))
    )
)  # fmt: skip


def c3(side: int, channels: int, filters: int, blocks: int) -> int:
    """Multiply-accumulates of YOLOv5's block with three convolutions: half of the channels go past the bottlenecks."""
    half = filters // 2
    inner = blocks * (conv(side**2, 1, half, half) + conv(side**2, 9, half, half))
    return 2 * conv(side**2, 1, channels, half) + inner + conv(side**2, 1, filters, filters)


# ultralytics/yolov5 6.0, models/yolov5s.yaml: the backbone, the pyramid, the path up and the path down, three scales
YOLO_V5S_MACS = (
    conv(320**2, 36, 3, 32)
    + sum(
        conv(side**2, 9, filters // 2, filters) + c3(side, filters, filters, blocks)
        for side, filters, blocks in ((160, 64, 1), (80, 128, 2), (40, 256, 3), (20, 512, 1))
    )
    + conv(20**2, 1, 512, 256) + conv(20**2, 1, 1024, 512)
    + conv(20**2, 1, 512, 256) + c3(40, 512, 256, 1)
    + conv(40**2, 1, 256, 128) + c3(80, 256, 128, 1)
    + conv(40**2, 9, 128, 128) + c3(40, 256, 256, 1)
    + conv(20**2, 9, 256, 256) + c3(20, 512, 512, 1)
    + sum(conv(side**2, 1, filters, 255) for side, filters in ((80, 128), (40, 256), (20, 512)))
)  # fmt: skip

# "You Only Look Once", figure 3: side of the output, kernel, channels, filters
YOLO_V1_CONVOLUTIONS = (
    (224, 7, 3, 64),
    (112, 3, 64, 192),
    *((56, 1, 192, 128), (56, 3, 128, 256), (56, 1, 256, 256), (56, 3, 256, 512)),
    *((28, 1, 512, 256), (28, 3, 256, 512)) * 4,
    *((28, 1, 512, 512), (28, 3, 512, 1024)),
    *((14, 1, 1024, 512), (14, 3, 512, 1024)) * 2,
    *((14, 3, 1024, 1024), (7, 3, 1024, 1024)),
    *((7, 3, 1024, 1024), (7, 3, 1024, 1024)),
)
YOLO_V1_DENSE = ((7 * 7 * 1024, 4096), (4096, 7 * 7 * 30))
YOLO_V1_PARAMS = sum(k**2 * channels * filters + filters for _, k, channels, filters in YOLO_V1_CONVOLUTIONS) + sum(
    inputs * units + units for inputs, units in YOLO_V1_DENSE
)
YOLO_V1_MACS = sum(conv(side**2, k**2, channels, filters) for side, k, channels, filters in YOLO_V1_CONVOLUTIONS) + sum(
    inputs * units for inputs, units in YOLO_V1_DENSE
)

# darknet, cfg/yolov3.cfg: the stages of Darknet-53 (side, channels before, residual blocks), the three scales
# (side, channels, filters), and the two 1x1 convolutions before an upsampling
YOLO_V3_MACS = (
    conv(416**2, 9, 3, 32)
    + sum(
        conv(side**2, 9, width, 2 * width)
        + blocks * (conv(side**2, 1, 2 * width, width) + conv(side**2, 9, width, 2 * width))
        for side, width, blocks in ((208, 32, 1), (104, 64, 2), (52, 128, 8), (26, 256, 8), (13, 512, 4))
    )
    + sum(
        conv(side**2, 1, channels, filters)
        + 2 * conv(side**2, 1, 2 * filters, filters)
        + 3 * conv(side**2, 9, filters, 2 * filters)
        + conv(side**2, 1, 2 * filters, 255)
        for side, channels, filters in ((13, 1024, 512), (26, 768, 256), (52, 384, 128))
    )
    + conv(13**2, 1, 512, 256)
    + conv(26**2, 1, 256, 128)
)

RCNN_PARAMS = 60_965_224 - 4_097_000 + (4_096 * 20 + 20) + 9_216 * 4 * 20
FAST_RCNN_PARAMS = VGG16_CONVOLUTION_PARAMS + 102_764_544 + 16_781_312 + 4_097 * 21 + 4_097 * 4 * 21

DETECTION = {
    "rcnn": Cited(
        RCNN_PARAMS,
        RCNN_PARAMS,
        2_000 * (724_406_816 - 4_096_000 + 4_096 * 20 + 9_216 * 4 * 20),
        [(20,), (80,)],
        "Girshick et al. 2014: AlexNet up to fc7 for 2,000 regions, 20 SVMs on fc7 and 20 box regressions on pool5",
    ),
    "fast_rcnn": Cited(
        FAST_RCNN_PARAMS,
        FAST_RCNN_PARAMS - (1_792 + 36_928 + 73_856 + 147_584),
        vgg16(600 * 800, 300 * 400, 150 * 200, 75 * 100, 37 * 50)
        + 2_000 * (49 * 512 * 4096 + 4096 * 4096 + 4096 * (21 + 84)),
        [(21,), (84,)],
        "Girshick 2015: VGG-16, frozen up to conv2_2, with 21 scores and 84 coordinates in place of 1,000 classes",
    ),
    "yolov1": Cited(YOLO_V1_PARAMS, YOLO_V1_PARAMS, YOLO_V1_MACS, [(7, 7, 30)], "Redmon et al. 2016, figure 3"),
    "yolov3": Cited(
        61_949_149 + 52_608,
        61_949_149,
        YOLO_V3_MACS,
        [(13, 13, 255), (26, 26, 255), (52, 52, 255)],
        "darknet, cfg/yolov3.cfg at 416x416",
    ),
    "yolov2": Cited(
        50_655_389 + 2 * 10_336,
        50_655_389,
        YOLO_V2_MACS + conv(13**2, 1, 1024, 125),
        [(13, 13, 125)],
        "darknet, cfg/yolov2-voc.cfg at 416x416: (window x channels + 2) x filters, and 1,024 x 125 + 125",
    ),
    "yolov4": Cited(
        64_363_101 + 2 * 33_152,
        64_363_101,
        YOLO_V4_MACS,
        [(76, 76, 255), (38, 38, 255), (19, 19, 255)],
        "darknet, cfg/yolov4.cfg at 608x608",
    ),
    "yolov5s": Cited(
        7_235_389 + 2 * 9_504,
        7_235_389,
        YOLO_V5S_MACS,
        [(80, 80, 255), (40, 40, 255), (20, 20, 255)],
        "ultralytics/yolov5 6.0: 7,235,389 parameters; 9,504 fewer with batch norms folded, one for each channel",
    ),
}
