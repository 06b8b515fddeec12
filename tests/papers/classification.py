"""Networks that classify images."""

from __future__ import annotations

from tests.papers.cited import RESNET50_MACS, VGG16_CONVOLUTION_PARAMS, Cited, conv, vgg16

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


GAP_PARAMS = VGG16_CONVOLUTION_PARAMS + (9 * 512 * 1024 + 1024) + (1024 * 1000 + 1000)

SE_MACS = 2 * (3 * 256**2 + 4 * 512**2 + 6 * 1024**2 + 3 * 2048**2) // 16
"""Of the two dense layers of each gate of SE-ResNet-50, which leave a sixteenth of the channels between them."""
# Two channels in, one out, windows of 7x7, on every residual branch's map
CBAM_SPATIAL_MACS = conv(3 * 56**2 + 4 * 28**2 + 6 * 14**2 + 3 * 7**2, 49, 2, 1)

CLASSIFICATION = {
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
        RESNET50_MACS + SE_MACS,
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
    # The same two dense layers, read twice; per block a window of 7x7 without a bias and a batch norm of one channel
    "cbam_resnet50": Cited(
        28_088_024 + 53_120 + 16 * (98 + 4),
        28_088_024 + 16 * (98 + 2),
        RESNET50_MACS + 2 * SE_MACS + CBAM_SPATIAL_MACS,
        [(1000,)],
        "Woo et al. 2018, table 4: 28.09M parameters and 3.864 GFLOPs (its multiply-accumulates)",
    ),
    "resnest50": Cited(
        27_483_240 + 64_576,
        27_483_240,
        5_371_160_576,
        [(1000,)],
        "timm 1.0.31, resnest50d, counted by torch.utils.flop_counter; Zhang et al. 2020, table 3: 27.5M and 5.39G",
    ),
    "sknet50": Cited(
        27_479_784 + 84_544,
        27_479_784,
        4_462_710_784,
        [(1000,)],
        "timm 1.0.31, skresnext50_32x4d, counted by torch.utils.flop_counter; Li et al. 2019, table 2: 27.5M and 4.47G",
    ),
}
