"""Networks that read sequences, clouds of points and pairs of images."""

from __future__ import annotations

from itertools import pairwise

from tests.papers.cited import Cited, conv

# BVLC's CaffeNet, train_val.prototxt, with 227x227 pixels: conv1 to conv5, and fc6
CAFFENET_PARAMS = (
    (121 * 3 + 1) * 96 + (25 * 48 + 1) * 256 + (9 * 256 + 1) * 384 + (9 * 192 + 1) * 384 + (9 * 192 + 1) * 256
    + (6 * 6 * 256 + 1) * 4096
)  # fmt: skip
CAFFENET_MACS = (
    conv(55**2, 121, 3, 96) + conv(27**2, 25, 48, 256) + conv(13**2, 9, 256, 384) + conv(13**2, 9, 192, 384)
    + conv(13**2, 9, 192, 256) + 9216 * 4096
)  # fmt: skip


# Koch et al. 2015, figure 4: side of the output, window, channels and filters of the twins' four convolutions
SIAMESE_CONVOLUTIONS = ((96, 10, 1, 64), (42, 7, 64, 128), (18, 4, 128, 128), (6, 4, 128, 256))
SIAMESE_PARAMS = (
    sum(window**2 * channels * filters + filters for _, window, channels, filters in SIAMESE_CONVOLUTIONS)
    + 6 * 6 * 256 * 4096 + 4096 + 4096 + 1
)  # fmt: skip
SIAMESE_MACS = (
    2 * sum(conv(side**2, window**2, channels, filters) for side, window, channels, filters in SIAMESE_CONVOLUTIONS)
    + 2 * 6 * 6 * 256 * 4096 + 4096
)  # fmt: skip

# Qi et al. 2017, figure 2 and supplement C: what each point goes through, of both transforms and of the net itself,
# then what all of them come to; every layer but the last of each has a batch norm
POINT_WIDTHS = ((3, 64, 128, 1024), (64, 64, 128, 1024), (3, 64, 64), (64, 64, 128, 1024))
CLOUD_WIDTHS = ((1024, 512, 256, 3 * 3), (1024, 512, 256, 64 * 64), (1024, 512, 256, 40))


def dense(widths: tuple[int, ...]) -> int:
    """Weights of dense layers one behind the other, without biases."""
    return sum(inputs * units for inputs, units in pairwise(widths))


POINTNET_NORMALISED = sum(sum(widths[1:]) for widths in POINT_WIDTHS) + sum(
    sum(widths[1:-1]) for widths in CLOUD_WIDTHS
)
POINTNET_TRAINED = (
    sum(dense(widths) + sum(widths[1:]) for widths in (*POINT_WIDTHS, *CLOUD_WIDTHS)) + 2 * POINTNET_NORMALISED
)
POINTNET_MACS = 1024 * (sum(map(dense, POINT_WIDTHS)) + 3 * 3 + 64 * 64) + sum(map(dense, CLOUD_WIDTHS))

# ibab/tensorflow-wavenet: 50 layers with a filter, a gate, a residual and a skip convolution of 32, 32, 32 and 512
WAVENET_WEIGHTS = 2 * 256 * 32 + 50 * (2 * 2 * 32 * 32 + 32 * 32 + 32 * 512) + 512 * 512 + 512 * 256
WAVENET_PARAMS = WAVENET_WEIGHTS + 50 * (32 + 32 + 32 + 512) + 512 + 256

SEQUENCES = {
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
    "wavenet": Cited(
        WAVENET_PARAMS,
        WAVENET_PARAMS,
        16_000 * WAVENET_WEIGHTS,
        [(16_000, 256)],
        "van den Oord et al. 2016, section 2, with the sizes of wavenet_params.json in ibab/tensorflow-wavenet",
    ),
    "siamese": Cited(
        SIAMESE_PARAMS,
        SIAMESE_PARAMS,
        SIAMESE_MACS,
        [(1,)],
        "Koch et al. 2015, figure 4: 38,951,745 parameters, which both twins share",
    ),
    "pointnet": Cited(
        POINTNET_TRAINED + 2 * POINTNET_NORMALISED,
        POINTNET_TRAINED,
        POINTNET_MACS,
        [(40,)],
        "Qi et al. 2017, table 6: 3.5M parameters and 440M operations for a cloud of 1,024 points",
    ),
}
