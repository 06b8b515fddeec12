"""What a paper says of a network, or its table of layers comes to.

Parameters are written out as window x channels x filters + filters, multiply-accumulates as positions x window x
channels x filters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

RESNET50_MACS: int = json.loads((Path(__file__).parent.parent / "truth" / "macs.json").read_text())["keras"]["ResNet50"]


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
