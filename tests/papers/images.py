"""Networks that make images: segmentation, super-resolution, autoencoders and generators."""

from __future__ import annotations

from tests.papers.cited import VGG16_CONVOLUTION_PARAMS, Cited, conv, vgg16

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

IMAGES = {
    "espcn": Cited(
        26 * 64 + (9 * 64 + 1) * 32 + (9 * 32 + 1) * 9,
        26 * 64 + (9 * 64 + 1) * 32 + (9 * 32 + 1) * 9,
        conv(17**2, 25, 1, 64) + conv(17**2, 9, 64, 32) + conv(17**2, 9, 32, 9),
        [(51, 51, 1)],
        "Shi et al. 2016, section 3.2: f1, n1 = 5, 64; f2, n2 = 3, 32; f3 = 3; sub-images of 17r x 17r",
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
