"""Shipped specs that no framework here defines, against their papers.

Figures that a paper prints are quoted. The others are written out from the paper's own table of layers: parameters as
window x channels x filters + filters, multiply-accumulates as positions x window x channels x filters.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import cnncalc

SPECS = Path(__file__).parent.parent / "specs"
RESNET50_MACS: int = json.loads((Path(__file__).parent / "truth" / "macs.json").read_text())["keras"]["ResNet50"]


@dataclass(frozen=True)
class Cited:
    """`params` with the running statistics of batch norms, `trainable` without; one shape per output."""

    params: int
    trainable: int
    macs: int
    outputs: list[tuple[int, ...]]
    source: str


def conv(positions: int, window: int, channels: int, filters: int) -> int:
    """Multiply-accumulates of a convolution; `window` is its kernel's area."""
    return positions * window * channels * filters


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

# BVLC's CaffeNet, train_val.prototxt, with 227x227 pixels: conv1 to conv5, and fc6
CAFFENET_PARAMS = (
    (121 * 3 + 1) * 96 + (25 * 48 + 1) * 256 + (9 * 256 + 1) * 384 + (9 * 192 + 1) * 384 + (9 * 192 + 1) * 256
    + (6 * 6 * 256 + 1) * 4096
)  # fmt: skip
CAFFENET_MACS = (
    conv(55**2, 121, 3, 96) + conv(27**2, 25, 48, 256) + conv(13**2, 9, 256, 384) + conv(13**2, 9, 192, 384)
    + conv(13**2, 9, 192, 256) + 9216 * 4096
)  # fmt: skip

VGG16_STAGES = (
    ((3, 64), (64, 64)),
    ((64, 128), (128, 128)),
    ((128, 256), (256, 256), (256, 256)),
    ((256, 512), (512, 512), (512, 512)),
    ((512, 512), (512, 512), (512, 512)),
)
VGG16_CONVOLUTION_PARAMS = 14_714_688


def vgg16(*positions: int) -> int:
    """Multiply-accumulates of VGG16's thirteen convolutions on maps of that many positions, stage by stage."""
    return sum(conv(at, 9, *layer) for at, stage in zip(positions, VGG16_STAGES, strict=True) for layer in stage)


# "Going Deeper with Convolutions", table 1: side, channels, 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, projection
GOOGLENET_MODULES = (
    (28, 192, 64, 96, 128, 16, 32, 32),
    (28, 256, 128, 128, 192, 32, 96, 64),
    (14, 480, 192, 96, 208, 16, 48, 64),
    (14, 512, 160, 112, 224, 24, 64, 64),
    (14, 512, 128, 128, 256, 24, 64, 64),
    (14, 512, 112, 144, 288, 32, 64, 64),
    (14, 528, 256, 160, 320, 32, 128, 128),
    (7, 832, 256, 160, 320, 32, 128, 128),
    (7, 832, 384, 192, 384, 48, 128, 128),
)
GOOGLENET_MACS = (
    conv(112**2, 49, 3, 64)
    + conv(56**2, 1, 64, 64)
    + conv(56**2, 9, 64, 192)
    + sum(
        side**2 * (channels * (one + reduce3 + reduce5 + pool) + 9 * reduce3 * three + 25 * reduce5 * five)
        for side, channels, one, reduce3, three, reduce5, five, pool in GOOGLENET_MODULES
    )
    + 1024 * 1000
)
GOOGLENET_AUXILIARY_MACS = sum(conv(4**2, 1, channels, 128) + 2048 * 1024 + 1024 * 1000 for channels in (512, 528))


def overfeat_fast(conv1: int, conv2: int, others: int) -> int:
    """Multiply-accumulates of its five convolutions, from the sides of their outputs."""
    return (
        conv(conv1**2, 121, 3, 96)
        + conv(conv2**2, 25, 96, 256)
        + conv(others**2, 9, 256, 512)
        + conv(others**2, 9, 512, 1024)
        + conv(others**2, 9, 1024, 1024)
    )


OVERFEAT_FAST_CLASSIFIER = 36 * 1024 * 3072 + 3072 * 4096 + 4096 * 1000
OVERFEAT_ACCURATE_MACS = (
    conv(108**2, 49, 3, 96)
    + conv(30**2, 49, 96, 256)
    + conv(15**2, 9, 256, 512)
    + conv(15**2, 9, 512, 512)
    + conv(15**2, 9, 512, 1024)
    + conv(15**2, 9, 1024, 1024)
    + 25 * 1024 * 4096
    + 4096 * 4096
    + 4096 * 1000
)

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

# Padded by 100 on each side, a 500x500 image is 698x698 after its first convolution, and then halves, rounding up.
FCN_SCORES = (
    vgg16(698**2, 349**2, 175**2, 88**2, 44**2)
    + conv(16**2, 49, 512, 4096)
    + conv(16**2, 1, 4096, 4096)
    + conv(16**2, 1, 4096, 21)
)
FCN_POOL4 = conv(16**2, 4**2, 21, 21) + conv(44**2, 1, 512, 21)
FCN_POOL3 = conv(34**2, 4**2, 21, 21) + conv(88**2, 1, 256, 21)

# "U-Net", figure 1: side of the output, channels, filters, down and up again
U_NET_CONVOLUTIONS = (
    *((570, 1, 64), (568, 64, 64), (282, 64, 128), (280, 128, 128), (138, 128, 256), (136, 256, 256)),
    *((66, 256, 512), (64, 512, 512), (30, 512, 1024), (28, 1024, 1024)),
    *((54, 1024, 512), (52, 512, 512), (102, 512, 256), (100, 256, 256)),
    *((198, 256, 128), (196, 128, 128), (390, 128, 64), (388, 64, 64)),
)
U_NET_UPSAMPLING = ((28, 1024), (52, 512), (100, 256), (196, 128))
U_NET_MACS = (
    sum(conv(side**2, 9, channels, filters) for side, channels, filters in U_NET_CONVOLUTIONS)
    + sum(conv(side**2, 4, channels, channels // 2) for side, channels in U_NET_UPSAMPLING)
    + conv(388**2, 1, 64, 2)
)

SEGNET_MAPS = (352 * 480, 176 * 240, 88 * 120, 44 * 60, 22 * 30)
SEGNET_DECODER = (
    ((64, 64), (64, 11)),
    ((128, 128), (128, 64)),
    ((256, 256), (256, 256), (256, 128)),
    ((512, 512), (512, 512), (512, 256)),
    ((512, 512), (512, 512), (512, 512)),
)
SEGNET_DECODER_PARAMS = sum(9 * inputs * filters + filters for stage in SEGNET_DECODER for inputs, filters in stage)
SEGNET_NORMALISED = (2 * 64 + 2 * 128 + 3 * 256 + 6 * 512) + (64 + 128 + 64 + 2 * 256 + 128 + 2 * 512 + 256 + 3 * 512)
SEGNET_MACS = vgg16(*SEGNET_MAPS) + sum(
    conv(positions, 9, *layer) for positions, stage in zip(SEGNET_MAPS, SEGNET_DECODER, strict=True) for layer in stage
)

GAP_PARAMS = VGG16_CONVOLUTION_PARAMS + (9 * 512 * 1024 + 1024) + (1024 * 1000 + 1000)
RCNN_PARAMS = 60_965_224 - 4_097_000 + (4_096 * 20 + 20) + 9_216 * 4 * 20
FAST_RCNN_PARAMS = VGG16_CONVOLUTION_PARAMS + 102_764_544 + 16_781_312 + 4_097 * 21 + 4_097 * 4 * 21

CITED = {
    "xor_mlp": Cited(9, 9, 6, [(1,)], "Rumelhart et al. 1986, figure 2: six weights and three thresholds"),
    "lenet5": Cited(61_706, 61_706, 416_520, [(10,)], "LeCun et al. 1998, with all of C3 connected"),
    "lenet5_1998": Cited(
        60_000 + 84 * 10,
        60_000,
        28**2 * 150 + 10**2 * 1_500 + 48_000 + 10_080 + 840,
        [(10,)],
        "LeCun et al. 1998, section II.B: 60,000 trainable parameters; the prototypes of the output layer are fixed",
    ),
    "alexnet_2012": Cited(60_965_224, 60_965_224, 724_406_816, [(1000,)], "Krizhevsky et al. 2012, recomputed"),
    "gap_classifier": Cited(
        GAP_PARAMS,
        GAP_PARAMS,
        vgg16(224**2, 112**2, 56**2, 28**2, 14**2) + conv(14**2, 9, 512, 1024) + 1024 * 1000,
        [(1000,)],
        "Zhou et al. 2016, section 3.1: VGGnet up to conv5-3, 1,024 maps of 3x3, global average pooling, softmax",
    ),
    "transfer_vgg16": Cited(
        16_812_353,
        2_097_408 + 257,
        vgg16(150**2, 75**2, 37**2, 18**2, 9**2) + 8192 * 256 + 256,
        [(1,)],
        "Chollet 2017, section 5.3, the printed model.summary()",
    ),
    "se_resnet50": Cited(
        28_088_024 + 53_120,
        28_088_024,
        RESNET50_MACS + 2 * (3 * 256**2 + 4 * 512**2 + 6 * 1024**2 + 3 * 2048**2) // 16,
        [(1000,)],
        "Hu et al. 2018, equation 5 (reduction 16) on ResNet-50; timm's legacy_seresnet50 has 28,088,024 parameters",
    ),
    "inception_module": Cited(
        163_328 + 368,
        163_328 + 368,
        28**2 * 163_328,
        [(28, 28, 256)],
        "Szegedy et al. 2015, table 1, row 3a: 159K parameters (of 1,024, without the 368 biases) and 128M operations",
    ),
    "googlenet": Cited(
        13_378_280,
        13_378_280,
        GOOGLENET_MACS + GOOGLENET_AUXILIARY_MACS,
        [(1000,), (1000,), (1000,)],
        "Szegedy et al. 2015, table 1: 6,998,552 parameters and 3,188,840 + 3,190,888 of the auxiliary classifiers",
    ),
    "overfeat_fast": Cited(
        145_909_792 + 11_080,
        145_909_792 + 11_080,
        overfeat_fast(56, 24, 12) + OVERFEAT_FAST_CLASSIFIER,
        [(1000,)],
        "Sermanet et al. 2014, table 1: 145,909,792 weights, and a bias for each of 11,080 filters and units",
    ),
    "overfeat_fast_dense": Cited(
        145_909_792 + 11_080,
        145_909_792 + 11_080,
        overfeat_fast(72, 32, 16) + 3**2 * OVERFEAT_FAST_CLASSIFIER,
        [(3, 3, 1000)],
        "Sermanet et al. 2014, figure 5: the same weights, the classifier at 3x3 positions",
    ),
    "overfeat_accurate": Cited(
        144_643_872 + 12_616,
        144_643_872 + 12_616,
        OVERFEAT_ACCURATE_MACS,
        [(1000,)],
        "Sermanet et al. 2014, table 3: 144,643,872 weights, and a bias for each of 12,616 filters and units",
    ),
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
    # Krizhevsky's convolutions with the groups of CaffeNet, fc6, the LSTM's 4u(c + u + 1), 101 actions; 16 frames
    "lrcn": Cited(
        CAFFENET_PARAMS + 4 * 256 * (4096 + 256 + 1) + 257 * 101,
        CAFFENET_PARAMS + 4 * 256 * (4096 + 256 + 1) + 257 * 101,
        16 * (CAFFENET_MACS + 4 * 256 * (4096 + 256) + 256 * 101),
        [(16, 101)],
        "Donahue et al. 2015, section 4: fc6 of CaffeNet, clips of 16 frames; its released net has an LSTM of 256",
    ),
    # Kernels of 7 and 25 channels, 8 levels of two convolutions, the first of which widens 1 channel
    "tcn": Cited(
        2 * 25 + 7 * 25 + 25 + 15 * (7 * 25 * 25 + 25) + 26 * 10,
        2 * 25 + 7 * 25 + 25 + 15 * (7 * 25 * 25 + 25) + 26 * 10,
        784 * (25 + 7 * 25 + 15 * 7 * 25 * 25) + 25 * 10,
        [(10,)],
        "Bai et al. 2018, table 2 (k = 7, n = 8, hidden 25 on sequential MNIST), which rounds to 70K parameters",
    ),
    "espcn": Cited(
        26 * 64 + (9 * 64 + 1) * 32 + (9 * 32 + 1) * 9,
        26 * 64 + (9 * 64 + 1) * 32 + (9 * 32 + 1) * 9,
        conv(17**2, 25, 1, 64) + conv(17**2, 9, 64, 32) + conv(17**2, 9, 32, 9),
        [(51, 51, 1)],
        "Shi et al. 2016, section 3.2: f1, n1 = 5, 64; f2, n2 = 3, 32; f3 = 3; sub-images of 17r x 17r",
    ),
    "resnet20_cifar": Cited(
        269_722 + 1_376,
        269_722,
        conv(32**2, 9, 3, 16)
        + 6 * conv(32**2, 9, 16, 16)
        + conv(16**2, 9, 16, 32)
        + 5 * conv(16**2, 9, 32, 32)
        + conv(8**2, 9, 32, 64)
        + 5 * conv(8**2, 9, 64, 64)
        + 64 * 10,
        [(10,)],
        "He et al. 2016, table 6: 0.27M parameters; 269,722 with batch norms and without biases of convolutions",
    ),
    "fcn32s": Cited(
        136_152_917,
        136_152_917 - 64**2 * 21**2,
        FCN_SCORES + conv(16**2, 64**2, 21, 21),
        [(500, 500, 21)],
        "Long et al. 2015, recomputed; the last upsampling is fixed",
    ),
    "fcn16s": Cited(
        134_815_994,
        134_815_994 - 32**2 * 21**2,
        FCN_SCORES + FCN_POOL4 + conv(34**2, 32**2, 21, 21),
        [(500, 500, 21)],
        "Long et al. 2015, recomputed; the last upsampling is fixed",
    ),
    "fcn8s": Cited(
        134_489_759,
        134_489_759 - 16**2 * 21**2,
        FCN_SCORES + FCN_POOL4 + FCN_POOL3 + conv(70**2, 16**2, 21, 21),
        [(500, 500, 21)],
        "Long et al. 2015, recomputed; the last upsampling is fixed",
    ),
    "unet": Cited(31_030_658, 31_030_658, U_NET_MACS, [(388, 388, 2)], "Ronneberger et al. 2015, figure 1"),
    "segnet": Cited(
        VGG16_CONVOLUTION_PARAMS + SEGNET_DECODER_PARAMS + 4 * SEGNET_NORMALISED,
        VGG16_CONVOLUTION_PARAMS + SEGNET_DECODER_PARAMS + 2 * SEGNET_NORMALISED,
        SEGNET_MACS,
        [(352, 480, 11)],
        "Badrinarayanan et al. 2017: VGG-16's convolutions and their mirror image, each but the last with a batch norm",
    ),
    "autoencoder": Cited(
        1_320 + 1_897,
        1_320 + 1_897,
        conv(14**2, 9, 1, 16)
        + conv(7**2, 9, 16, 8)
        + conv(7**2, 9, 8, 8)
        + conv(14**2, 9, 8, 16)
        + conv(28**2, 9, 16, 1),
        [(28, 28, 1)],
        'TensorFlow tutorial "Intro to Autoencoders": encoder.summary() and decoder.summary()',
    ),
    "denoising_autoencoder": Cited(
        28_353,
        28_353,
        conv(28**2, 9, 1, 32) + 2 * conv(14**2, 9, 32, 32) + conv(7**2, 9, 32, 32) + conv(28**2, 9, 32, 1),
        [(28, 28, 1)],
        'Keras example "Convolutional autoencoder for image denoising": autoencoder.summary()',
    ),
    "dcgan_generator": Cited(
        3_576_704 + 2 * (512 + 256 + 128 + 64),
        3_576_704,
        conv(1, 16, 100, 512)
        + conv(4**2, 16, 512, 256)
        + conv(8**2, 16, 256, 128)
        + conv(16**2, 16, 128, 64)
        + conv(32**2, 16, 64, 3),
        [(64, 64, 3)],
        "PyTorch's DCGAN tutorial: 3,576,704 parameters, running statistics not counted",
    ),
    "dcgan_discriminator": Cited(
        2_765_568 + 2 * (128 + 256 + 512),
        2_765_568,
        conv(32**2, 16, 3, 64)
        + conv(16**2, 16, 64, 128)
        + conv(8**2, 16, 128, 256)
        + conv(4**2, 16, 256, 512)
        + conv(1, 16, 512, 1),
        [(1, 1, 1)],
        "PyTorch's DCGAN tutorial: 2,765,568 parameters, running statistics not counted",
    ),
}


@pytest.mark.parametrize("spec", CITED)
def test_figures_are_those_of_the_paper(spec: str) -> None:
    cited = CITED[spec]
    report = cnncalc.load(spec).analyze()
    totals = report.totals
    assert (totals.params, totals.trainable_params) == (cited.params, cited.trainable), cited.source
    assert totals.non_trainable_params == cited.params - cited.trainable
    assert totals.exact.macs == cited.macs, cited.source
    assert sorted(row.output_shape for row in report.layers if row.name in report.outputs) == sorted(cited.outputs)
    assert not any("nothing reads" in warning for warning in report.warnings)


def test_each_spec_of_a_paper_is_tested_here() -> None:
    sources = {path.stem: yaml.safe_load(path.read_text())["source"] for path in SPECS.glob("*.yaml")}
    of_frameworks = {name for name, text in sources.items() if "keras.applications" in text or "torchvision" in text}
    assert sources.keys() - of_frameworks == CITED.keys()


def test_darknet_prints_the_same_for_yolov3() -> None:
    """65.864 BFLOPs, two for each multiply-accumulate."""
    assert round(2 * YOLO_V3_MACS / 1e9, 3) == 65.864


def test_darknet_prints_the_same_for_yolov2() -> None:
    """62.94 billion for the 80 classes of COCO at 608x608 (pjreddie.com/darknet/yolov2), and its table's 25 anchors."""
    coco = YOLO_V2_MACS * 608**2 // 416**2 + conv(19**2, 1, 1024, 425)
    assert round(2 * coco / 1e9, 2) == 62.94
    text = (SPECS / "yolov2.yaml").read_text().replace("classes: 20", "classes: 80").replace("416, 416", "608, 608")
    larger = cnncalc.loads(text).analyze()
    assert larger.totals.exact.macs == coco


def test_darknet_prints_the_same_for_yolov4() -> None:
    """128.459 billion: one for each element of a window of a pool, and for each element of a shortcut."""
    pools = (13**2 + 9**2 + 5**2) * 19**2 * 512
    shortcuts = sum(
        blocks * side**2 * half
        for side, blocks, half in ((304, 1, 64), (152, 2, 64), (76, 8, 128), (38, 8, 256), (19, 4, 512))
    )
    assert round((2 * YOLO_V4_MACS + pools + shortcuts) / 1e9, 3) == 128.459


def test_resnets_for_cifar_have_the_parameters_of_the_papers_table() -> None:
    """He et al. 2016, table 6: 0.27, 0.46, 0.66, 0.85 and 1.7 million at 20, 32, 44, 56 and 110 layers."""
    for layers, millions in ((20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)):
        blocks = f"blocks_per_stage: {(layers - 2) // 6}"
        text = (SPECS / "resnet20_cifar.yaml").read_text().replace("blocks_per_stage: 3", blocks)
        deep = cnncalc.loads(text).analyze()
        assert round((deep.totals.trainable_params or 0) / 1e6, 1 if layers == 110 else 2) == millions


def test_tcn_sees_as_far_as_its_dilations_reach() -> None:
    """1 + 2*(k - 1)*(2^n - 1): two convolutions with windows of 7 on each of 8 levels, from figure 1 of the paper."""
    field = cnncalc.load("tcn").analyze().totals.exact.receptive_field
    assert field == (1 + 2 * (7 - 1) * (2**8 - 1),)


@pytest.mark.parametrize(("spec", "connections"), [("overfeat_fast", 2_810e6), ("overfeat_accurate", 5_369e6)])
def test_overfeat_has_the_connections_of_its_paper(spec: str, connections: float) -> None:
    """Sermanet et al. 2014, table 4, does not say how it counts them; half a percent is left."""
    assert math.isclose(CITED[spec].macs, connections, rel_tol=0.005)


@pytest.mark.parametrize(
    ("alpha", "macs", "params"),
    [("1", 569e6, 4.2e6), ("0.75", 325e6, 2.6e6), ("0.5", 149e6, 1.3e6), ("0.25", 41e6, 0.5e6)],
)
def test_width_multiplier_of_mobilenet(alpha: str, macs: float, params: float) -> None:
    """Howard et al. 2017, table 6: millions of multiply-adds, and of parameters without running statistics."""
    text = (SPECS / "mobilenet_v1.yaml").read_text().replace("vars: {alpha: 1}", f"vars: {{alpha: {alpha}}}")
    totals = cnncalc.loads(text).analyze().totals
    assert totals.exact.macs == pytest.approx(macs, abs=0.5e6)
    assert totals.trainable_params == pytest.approx(params, abs=0.05e6)
