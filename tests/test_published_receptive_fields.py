"""Receptive fields, effective strides and paddings of TF-Slim's networks, written as specs, against the published ones.

Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill 2019), and the
table that comes with it, google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md. What it calls the effective padding
is how far the first window begins before the input. At 224 and 321 `same` pads differently.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.model import Model
from cnncalc.spec.library import load_document

SPECS = Path(__file__).parent / "specs" / "good"

PUBLISHED = {
    # our row: end point, receptive field, effective stride, effective padding at 224 and at 321
    "alexnet_v2": [
        ("conv1", 11, 4, 0, 0), ("pool1", 19, 8, 0, 0), ("conv2", 51, 8, 16, 16), ("conv3", 99, 16, 32, 32),
        ("conv4", 131, 16, 48, 48), ("conv5", 163, 16, 64, 64), ("pool5", 195, 32, 64, 64),
    ],
    "vgg_16": [
        ("conv1_1", 3, 1, 1, 1), ("pool1", 6, 2, 2, 2), ("conv2_1", 10, 2, 4, 4), ("pool2", 16, 4, 6, 6),
        ("conv3_1", 24, 4, 10, 10), ("conv3_2", 32, 4, 14, 14), ("pool3", 44, 8, 18, 18), ("conv4_1", 60, 8, 26, 26),
        ("conv4_2", 76, 8, 34, 34), ("pool4", 100, 16, 42, 42), ("conv5_1", 132, 16, 58, 58),
        ("conv5_2", 164, 16, 74, 74), ("pool5", 212, 32, 90, 90),
    ],
    "resnet_v1_50": [
        ("block1/re_lu_2", 35, 8, 15, 17), ("block2/re_lu_2", 99, 16, 47, 49),
        ("block3/re_lu_2", 291, 32, 143, 145), ("block4/re_lu_2", 483, 32, 239, 241),
    ],
    "inception_v2": [
        ("Conv2d_1a_7x7", 7, 2, 2, 3), ("MaxPool_2a_3x3", 11, 4, 2, 5), ("Conv2d_2b_1x1/re_lu", 11, 4, 2, 5),
        ("Conv2d_2c_3x3/re_lu", 19, 4, 6, 9), ("MaxPool_3a_3x3", 27, 8, 6, 13), ("Mixed_3b/concat", 59, 8, 22, 29),
        ("Mixed_3c/concat", 91, 8, 38, 45), ("Mixed_4a/concat", 123, 16, 46, 61), ("Mixed_4b/concat", 187, 16, 78, 93),
        ("Mixed_4c/concat", 251, 16, 110, 125), ("Mixed_4d/concat", 315, 16, 142, 157),
        ("Mixed_4e/concat", 379, 16, 174, 189), ("Mixed_5a/concat", 443, 32, 190, 221),
        ("Mixed_5b/concat", 571, 32, 254, 285), ("Mixed_5c/concat", 699, 32, 318, 349),
    ],
}  # fmt: skip


@pytest.mark.parametrize("resolution", [224, 321])
@pytest.mark.parametrize("spec", PUBLISHED)
def test_receptive_fields_are_the_published_ones(spec: str, resolution: int) -> None:
    model = Model(load_document(str(SPECS / f"{spec}.yaml")), inputs={"": (resolution, resolution, 3)})
    rows = {row.name: row.exact for row in model.analyze("exact").layers}
    for name, size, stride, padding_at_224, padding_at_321 in PUBLISHED[spec]:
        padding = padding_at_224 if resolution == 224 else padding_at_321
        assert rows[name].receptive_field == (size, size), name
        assert rows[name].effective_stride == (stride, stride), name
        assert rows[name].offset == (-padding, -padding), name


@pytest.mark.parametrize("spec", PUBLISHED)
def test_the_size_of_a_field_needs_no_size_of_the_input(spec: str) -> None:
    """The table's rows without a resolution: a padding that is unknown moves a box, and leaves it as large as it is."""
    model = Model(load_document(str(SPECS / f"{spec}.yaml")), inputs={"": (None, None, 3)})
    rows = {row.name: row.exact for row in model.analyze("exact").layers}
    for name, size, stride, *_ in PUBLISHED[spec]:
        assert rows[name].receptive_field == (size, size), name
        assert rows[name].effective_stride == (stride, stride), name
