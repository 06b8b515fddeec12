"""The gallery of the documentation: a picture of every shipped network, each on about a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import cnncalc
from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.report import Report
from cnncalc.pictures.graph import draw_graph
from cnncalc.pictures.labels import Options
from tests.command_line import REPOSITORY, run

FOLDER: Final = REPOSITORY / "docs" / "gallery"
DEPTHS: Final = {
    "cbam_resnet50": 2, "deeplabv3_resnet50": 1, "efficientnet_b0": 2, "faster_rcnn": 1, "inception_resnet_v2": 1,
    "inception_v3": 2, "mask_rcnn": 2, "mobilenet_v3_large": 2, "resnest50": 2, "resnet50_v2": 2, "se_resnet50": 2,
    "sknet50": 2, "swin_t": 3, "wavenet": 1, "yolov3": 2, "yolov4": 1, "yolov5s": 1,
}  # fmt: skip
"""The depth from which on blocks are boxes, of networks that would else be too high for a page."""


@cache
def analysed(name: str) -> tuple[Report, Analysis]:
    """The figures of a shipped network."""
    return analyzed(cnncalc.load(name).expansion, "exact")


@cache
def page(name: str) -> str:
    """The picture of a shipped network: all of it, or blocks as boxes from some depth on."""
    return draw_graph(*analysed(name), Options(depth=DEPTHS.get(name)))


EXAMPLES: Final = {
    **{
        f"volumes/{name}.svg": f"draw {name} --style volumes --format svg"
        for name in ("lenet5", "alexnet", "vgg16", "unet")
    },
    "field.svg": "rf resnet50 conv2_1/add conv3_1/add conv4_1/add --at 3,3 --draw -",
    "comparison.svg": "compare vgg11 vgg13 --draw -",
    "shares.svg": "draw lenet5 --show params,macs,rf,memory",
}
"""The other pictures of the documentation, and the commands that draw them."""


def example(name: str) -> str:
    """One of the other pictures."""
    end = run(f"cnncalc {EXAMPLES[name]}", REPOSITORY)
    assert end.code == 0, end.stderr
    return end.stdout


def file(name: str) -> Path:
    """Where the picture of a shipped network is."""
    return FOLDER / f"{name}.svg"
