"""Every shipped spec against figures that somebody else published or measured; the source stands beside each.

MACs that no source gives are written out: positions x weights per position of each layer, from the source's own table of layers.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import cnncalc

SPECS = Path(__file__).parent.parent / "specs"
TRUTH = Path(__file__).parent / "truth"


@dataclass(frozen=True)
class Cited:
    """`params` counts the running statistics of batch norms too, as Keras does; `outputs`: one shape per output."""

    params: int
    trainable: int
    macs: int
    outputs: tuple[tuple[int, ...], ...]
    source: str


def truth(path: str) -> dict[str, int]:
    figures: dict[str, int] = json.loads((TRUTH / path).read_text())
    return figures


KERAS_MACS: dict[str, int] = json.loads((TRUTH / "macs.json").read_text())["keras"]


def keras(network: str) -> Cited:
    """Keras's own totals; MACs by torch's counter on Keras's PyTorch backend."""
    figures = truth(f"keras/{network}.json")
    return Cited(
        figures["total"], figures["trainable"], KERAS_MACS[network], ((1000,),), f"keras.applications.{network}"
    )


def torchvision(network: str) -> Cited:
    """PyTorch counts running statistics apart; MACs by fvcore."""
    figures = truth(f"torchvision/{network}.json")
    params, statistics = figures["params"], figures["running_statistics"]
    return Cited(params + statistics, params, figures["macs"], ((1000,),), f"torchvision.models.{network} and fvcore")


def detector(network: str, outputs: tuple[tuple[int, ...], ...]) -> Cited:
    """Each part run for itself; every batch norm is frozen, its two learned vectors as well as its two statistics."""
    figures = json.loads((TRUTH / "torchvision" / f"{network}.json").read_text())
    frozen = 2 * figures["running_statistics"]
    macs = sum(part["macs"] for part in figures["parts"].values())
    return Cited(figures["params"] + frozen, figures["params"], macs, outputs, f"torchvision's {network}, part by part")


def conv(positions: int, window: int, inputs: int, filters: int) -> int:
    """MACs of a convolution: `window` is its kernel's area."""
    return positions * window * inputs * filters


VGG16_STAGES = (
    ((3, 64), (64, 64)),
    ((64, 128), (128, 128)),
    ((128, 256), (256, 256), (256, 256)),
    ((256, 512), (512, 512), (512, 512)),
    ((512, 512), (512, 512), (512, 512)),
)


def vgg16_convolutions(*positions: int) -> int:
    """MACs of VGG-16's thirteen 3x3 convolutions on maps of that many positions, one figure per stage."""
    return sum(conv(at, 9, *layer) for at, stage in zip(positions, VGG16_STAGES, strict=True) for layer in stage)


VGG16_CONVOLUTIONS = vgg16_convolutions(224**2, 112**2, 56**2, 28**2, 14**2)

# Table 1 of "Going Deeper with Convolutions": side of the map, input channels, 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection
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


def inception_macs(
    side: int, inputs: int, one: int, reduce3: int, three: int, reduce5: int, five: int, pool: int
) -> int:
    weights = inputs * (one + reduce3 + reduce5 + pool) + 9 * reduce3 * three + 25 * reduce5 * five
    return side**2 * weights


GOOGLENET_MACS = (
    conv(112**2, 49, 3, 64)
    + conv(56**2, 1, 64, 64)
    + conv(56**2, 9, 64, 192)
    + sum(inception_macs(*module) for module in GOOGLENET_MODULES)
    + 1024 * 1000
    + sum(conv(4**2, 1, channels, 128) + 4**2 * 128 * 1024 + 1024 * 1000 for channels in (512, 528))
)

OVERFEAT_FAST_CONVOLUTIONS = (
    conv(56**2, 121, 3, 96)
    + conv(24**2, 25, 96, 256)
    + conv(12**2, 9, 256, 512)
    + conv(12**2, 9, 512, 1024)
    + conv(12**2, 9, 1024, 1024)
)
OVERFEAT_FAST_DENSE_CONVOLUTIONS = (
    conv(72**2, 121, 3, 96)
    + conv(32**2, 25, 96, 256)
    + conv(16**2, 9, 256, 512)
    + conv(16**2, 9, 512, 1024)
    + conv(16**2, 9, 1024, 1024)
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

# Figure 3 of "You Only Look Once": side of the output, kernel, input channels, filters
YOLO_V1_CONVOLUTIONS = (
    (224, 7, 3, 64),
    (112, 3, 64, 192),
    *((56, 1, 192, 128), (56, 3, 128, 256), (56, 1, 256, 256), (56, 3, 256, 512)),
    *((28, 1, 512, 256), (28, 3, 256, 512)) * 4,
    *((28, 1, 512, 512), (28, 3, 512, 1024)),
    *((14, 1, 1024, 512), (14, 3, 512, 1024)) * 2,
    *((14, 3, 1024, 1024), (7, 3, 1024, 1024)),
    *((7, 3, 1024, 1024),) * 2,
)
YOLO_V1_DENSE = ((7 * 7 * 1024, 4096), (4096, 7 * 7 * 30))
YOLO_V1_PARAMS = sum(k * k * inputs * filters + filters for _, k, inputs, filters in YOLO_V1_CONVOLUTIONS) + sum(
    inputs * units + units for inputs, units in YOLO_V1_DENSE
)
YOLO_V1_MACS = sum(conv(side**2, k * k, inputs, filters) for side, k, inputs, filters in YOLO_V1_CONVOLUTIONS) + sum(
    inputs * units for inputs, units in YOLO_V1_DENSE
)

# cfg/yolov3.cfg: stride-2 convolutions with their residual blocks (side, channels before, blocks), then the three scales
# (side, channels in, filters), then the two 1x1 convolutions before the upsampling
YOLO_V3_MACS = (
    conv(416**2, 9, 3, 32)
    + sum(
        conv(side**2, 9, width, 2 * width)
        + blocks * (conv(side**2, 1, 2 * width, width) + conv(side**2, 9, width, 2 * width))
        for side, width, blocks in ((208, 32, 1), (104, 64, 2), (52, 128, 8), (26, 256, 8), (13, 512, 4))
    )
    + sum(
        conv(side**2, 1, inputs, filters)
        + 2 * conv(side**2, 1, 2 * filters, filters)
        + 3 * conv(side**2, 9, filters, 2 * filters)
        + conv(side**2, 1, 2 * filters, 255)
        for side, inputs, filters in ((13, 1024, 512), (26, 768, 256), (52, 384, 128))
    )
    + conv(13**2, 1, 512, 256)
    + conv(26**2, 1, 256, 128)
)

# Padded by 100 on each side, a 500x500 image is 698x698 after its first convolution, and halves with rounding up.
FCN_BASE = (
    vgg16_convolutions(698**2, 349**2, 175**2, 88**2, 44**2)
    + conv(16**2, 49, 512, 4096)
    + conv(16**2, 1, 4096, 4096)
    + conv(16**2, 1, 4096, 21)
)
FCN_UPSAMPLE2 = conv(16**2, 16, 21, 21)
FCN_SCORE_POOL4 = conv(44**2, 1, 512, 21)

# The contracting path of figure 1 of "U-Net": positions, input channels, filters; the expanding path mirrors it
U_NET_MACS = (
    sum(
        conv(side**2, 9, inputs, filters)
        for side, inputs, filters in (
            *((570, 1, 64), (568, 64, 64), (282, 64, 128), (280, 128, 128), (138, 128, 256), (136, 256, 256)),
            *((66, 256, 512), (64, 512, 512), (30, 512, 1024), (28, 1024, 1024)),
            *((54, 1024, 512), (52, 512, 512), (102, 512, 256), (100, 256, 256)),
            *((198, 256, 128), (196, 128, 128), (390, 128, 64), (388, 64, 64)),
        )
    )
    + sum(conv(side**2, 4, filters, filters // 2) for side, filters in ((28, 1024), (52, 512), (100, 256), (196, 128)))
    + conv(388**2, 1, 64, 2)
)

SEGNET_STAGES = (352 * 480, 176 * 240, 88 * 120, 44 * 60, 22 * 30)
SEGNET_DECODER = (
    (SEGNET_STAGES[4], ((512, 512), (512, 512), (512, 512))),
    (SEGNET_STAGES[3], ((512, 512), (512, 512), (512, 256))),
    (SEGNET_STAGES[2], ((256, 256), (256, 256), (256, 128))),
    (SEGNET_STAGES[1], ((128, 128), (128, 64))),
    (SEGNET_STAGES[0], ((64, 64), (64, 11))),
)
SEGNET_MACS = vgg16_convolutions(*SEGNET_STAGES) + sum(
    conv(positions, 9, *layer) for positions, stage in SEGNET_DECODER for layer in stage
)

RPN_OUTPUTS = tuple((side, side, channels) for side in (200, 100, 50, 25, 13) for channels in (3, 12))
RESNET50_BASE = 23_587_712
"""keras.applications.ResNet50(include_top=False)"""
RESNET50_CONV5 = sum(
    layer["trainable"]
    for layer in json.loads((TRUTH / "keras/ResNet50.json").read_text())["layers"]
    if layer["name"].startswith("conv5")
)

CITED = {
    "lenet5": Cited(61_706, 61_706, 416_520, ((10,),), "LeCun et al. 1998 with a dense C3, recomputed"),
    "lenet5_1998": Cited(
        60_000 + 840,
        60_000,
        28**2 * 150 + 14**2 * 6 + 10**2 * 1_500 + 5**2 * 16 + 48_000 + 10_080 + 840,
        ((10,),),
        "LeCun et al. 1998, section II.B: 60,000 trainable parameters; 10 fixed prototypes of 84 numbers",
    ),
    "alexnet_2012": Cited(60_965_224, 60_965_224, 724_406_816, ((1000,),), "Krizhevsky et al. 2012, recomputed"),
    "vgg16_features": Cited(
        14_714_688,
        14_714_688,
        VGG16_CONVOLUTIONS,
        ((512,),),
        'keras.applications.VGG16(include_top=False, pooling="avg")',
    ),
    "gap_classifier": Cited(
        14_714_688 + (9 * 512 * 1024 + 1024) + (1024 * 1000 + 1000),
        14_714_688 + (9 * 512 * 1024 + 1024) + (1024 * 1000 + 1000),
        VGG16_CONVOLUTIONS + conv(14**2, 9, 512, 1024) + 1024 * 1000,
        ((1000,),),
        "Zhou et al. 2016, section 3.1: VGGnet up to conv5-3, 1024 maps of 3x3, GAP and softmax",
    ),
    "transfer_vgg16": Cited(
        16_812_353,
        2_097_408 + 257,
        vgg16_convolutions(150**2, 75**2, 37**2, 18**2, 9**2) + 8192 * 256 + 256,
        ((1,),),
        "Chollet 2017, section 5.3, the printed model.summary()",
    ),
    "se_resnet50": Cited(
        # Hu et al. 2018, equation 5: 2/r * sum of blocks * channels^2 = 2,514,944 weights more; and their biases
        25_557_032 + 53_120 + 2_514_944 + 17 * (3 * 256 + 4 * 512 + 6 * 1024 + 3 * 2048) // 16,
        28_088_024,
        KERAS_MACS["ResNet50"] + 2_514_944,
        ((1000,),),
        "Hu et al. 2018, section 4; timm's legacy_seresnet50 has 28,088,024 parameters",
    ),
    "finetune_resnet50": Cited(
        RESNET50_BASE + 20_490,
        RESNET50_CONV5 + 20_490,
        KERAS_MACS["ResNet50"] - 2048 * 1000 + 2048 * 10,
        ((10,),),
        "keras.applications.ResNet50(include_top=False), with only the layers of conv5 and a Dense of 10 trainable",
    ),
    "googlenet": Cited(
        13_378_280,
        13_378_280,
        GOOGLENET_MACS,
        ((1000,),) * 3,
        "Szegedy et al. 2015, table 1; 6,998,552 parameters without the auxiliary classifiers, as Caffe's bvlc_googlenet",
    ),
    "overfeat_fast": Cited(
        145_909_792 + 11_080,
        145_909_792 + 11_080,
        OVERFEAT_FAST_CONVOLUTIONS + OVERFEAT_FAST_CLASSIFIER,
        ((1000,),),
        "Sermanet et al. 2014, table 1: 145,909,792 weights, and a bias for each of 11,080 filters and units",
    ),
    "overfeat_fast_dense": Cited(
        145_909_792 + 11_080,
        145_909_792 + 11_080,
        OVERFEAT_FAST_DENSE_CONVOLUTIONS + 9 * OVERFEAT_FAST_CLASSIFIER,
        ((3, 3, 1000),),
        "Sermanet et al. 2014, figure 5: the same weights, each classifier at 3x3 positions",
    ),
    "overfeat_accurate": Cited(
        144_643_872 + 12_616,
        144_643_872 + 12_616,
        OVERFEAT_ACCURATE_MACS,
        ((1000,),),
        "Sermanet et al. 2014, table 3: 144,643,872 weights, and a bias for each of 12,616 filters and units",
    ),
    "rcnn": Cited(
        60_965_224 - 4_097_000 + 4_097 * 20 + 9_216 * 80,
        60_965_224 - 4_097_000 + 4_097 * 20 + 9_216 * 80,
        2_000 * (724_406_816 - 4_096_000 + 4_096 * 20 + 9_216 * 80),
        ((20,), (80,)),
        "Girshick et al. 2014: AlexNet up to fc7 for 2,000 regions, 20 SVMs on fc7, 20 box regressions on pool5",
    ),
    "fast_rcnn": Cited(
        14_714_688 + 102_764_544 + 16_781_312 + 4_097 * 21 + 4_097 * 84,
        14_714_688 + 102_764_544 + 16_781_312 + 4_097 * 21 + 4_097 * 84 - (1_792 + 36_928 + 73_856 + 147_584),
        vgg16_convolutions(600 * 800, 300 * 400, 150 * 200, 75 * 100, 37 * 50)
        + 2_000 * (49 * 512 * 4096 + 4096 * 4096 + 4096 * (21 + 84)),
        ((21,), (84,)),
        "Girshick 2015: VGG-16 frozen up to conv2_2, 21 scores and 84 box coordinates in place of its 1,000 classes",
    ),
    "yolov1": Cited(YOLO_V1_PARAMS, YOLO_V1_PARAMS, YOLO_V1_MACS, ((7, 7, 30),), "Redmon et al. 2016, figure 3"),
    "yolov3": Cited(
        61_949_149 + 52_608,
        61_949_149,
        YOLO_V3_MACS,
        ((13, 13, 255), (26, 26, 255), (52, 52, 255)),
        "darknet, cfg/yolov3.cfg at 416x416: 65.864 BFLOPs",
    ),
    "fcn32s": Cited(
        136_152_917,
        136_152_917 - 64**2 * 21**2,
        FCN_BASE + conv(16**2, 64**2, 21, 21),
        ((500, 500, 21),),
        "Long et al. 2015, recomputed; the last upsampling is fixed",
    ),
    "fcn16s": Cited(
        134_815_994,
        134_815_994 - 32**2 * 21**2,
        FCN_BASE + FCN_UPSAMPLE2 + FCN_SCORE_POOL4 + conv(34**2, 32**2, 21, 21),
        ((500, 500, 21),),
        "Long et al. 2015, recomputed; the last upsampling is fixed",
    ),
    "fcn8s": Cited(
        134_489_759,
        134_489_759 - 16**2 * 21**2,
        FCN_BASE
        + FCN_UPSAMPLE2
        + FCN_SCORE_POOL4
        + conv(34**2, 16, 21, 21)
        + conv(88**2, 1, 256, 21)
        + conv(70**2, 16**2, 21, 21),
        ((500, 500, 21),),
        "Long et al. 2015, recomputed; the last upsampling is fixed",
    ),
    "unet": Cited(
        31_030_658, 31_030_658, U_NET_MACS, ((388, 388, 2),), "Ronneberger et al. 2015, figure 1, recomputed"
    ),
    "segnet": Cited(
        29_433_483 + 4 * (4_224 + 3_712),
        29_433_483 + 2 * (4_224 + 3_712),
        SEGNET_MACS,
        ((352, 480, 11),),
        "Badrinarayanan et al. 2017: 13 convolutions and their mirror image, each but the last with a batch norm",
    ),
    "autoencoder": Cited(
        1_320 + 1_897,
        1_320 + 1_897,
        conv(14**2, 9, 1, 16)
        + conv(7**2, 9, 16, 8)
        + conv(7**2, 9, 8, 8)
        + conv(14**2, 9, 8, 16)
        + conv(28**2, 9, 16, 1),
        ((28, 28, 1),),
        'TensorFlow tutorial "Intro to Autoencoders": encoder.summary() and decoder.summary()',
    ),
    "denoising_autoencoder": Cited(
        28_353,
        28_353,
        conv(28**2, 9, 1, 32)
        + conv(14**2, 9, 32, 32)
        + conv(7**2, 9, 32, 32)
        + conv(14**2, 9, 32, 32)
        + conv(28**2, 9, 32, 1),
        ((28, 28, 1),),
        'Keras example "Convolutional autoencoder for image denoising", autoencoder.summary()',
    ),
    "dcgan_generator": Cited(
        3_576_704 + 2 * (512 + 256 + 128 + 64),
        3_576_704,
        conv(1, 16, 100, 512)
        + conv(4**2, 16, 512, 256)
        + conv(8**2, 16, 256, 128)
        + conv(16**2, 16, 128, 64)
        + conv(32**2, 16, 64, 3),
        ((64, 64, 3),),
        "PyTorch's DCGAN tutorial: 3,576,704 parameters, statistics of the batch norms not counted",
    ),
    "dcgan_discriminator": Cited(
        2_765_568 + 2 * (128 + 256 + 512),
        2_765_568,
        conv(32**2, 16, 3, 64)
        + conv(16**2, 16, 64, 128)
        + conv(8**2, 16, 128, 256)
        + conv(4**2, 16, 256, 512)
        + conv(1, 16, 512, 1),
        ((1, 1, 1),),
        "PyTorch's DCGAN tutorial: 2,765,568 parameters, statistics of the batch norms not counted",
    ),
}


