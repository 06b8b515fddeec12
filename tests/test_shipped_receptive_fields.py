"""Exact receptive fields of shipped specs against published ones.

Source: the table of google-research/receptive_field, published with Araujo, Norris and Sim, "Computing Receptive Fields
of Convolutional Neural Networks" (Distill 2019). It measures TF-Slim's networks; listed are those that agree with ours.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

import cnncalc

PUBLISHED = [
    # spec, its row, TF-Slim's end point, receptive field, effective stride
    ("alexnet_2012", "conv1", "alexnet_v2/conv1", 11, 4),
    ("alexnet_2012", "pool1", "alexnet_v2/pool1", 19, 8),
    ("alexnet_2012", "conv2", "alexnet_v2/conv2", 51, 8),
    ("alexnet_2012", "conv3", "alexnet_v2/conv3", 99, 16),
    ("alexnet_2012", "conv4", "alexnet_v2/conv4", 131, 16),
    ("alexnet_2012", "conv5", "alexnet_v2/conv5", 163, 16),
    ("alexnet_2012", "pool5", "alexnet_v2/pool5", 195, 32),
    ("vgg11", "stage1/max_pooling2d", "vgg_a/pool1", 4, 2),
    ("vgg11", "stage2/max_pooling2d", "vgg_a/pool2", 10, 4),
    ("vgg11", "stage3/max_pooling2d", "vgg_a/pool3", 30, 8),
    ("vgg11", "stage4/max_pooling2d", "vgg_a/pool4", 70, 16),
    ("vgg11", "stage5/max_pooling2d", "vgg_a/pool5", 150, 32),
    ("vgg16", "block1_pool", "vgg_16/pool1", 6, 2),
    ("vgg16", "block2_pool", "vgg_16/pool2", 16, 4),
    ("vgg16", "block3_pool", "vgg_16/pool3", 44, 8),
    ("vgg16", "block4_pool", "vgg_16/pool4", 100, 16),
    ("vgg16", "block5_pool", "vgg_16/pool5", 212, 32),
    ("inception_v3", "mixed2/concatenate", "inception_v3/Mixed_5d", 127, 8),
    ("inception_v3", "mixed3/concatenate", "inception_v3/Mixed_6a", 159, 16),
    ("inception_v3", "mixed7/concatenate", "inception_v3/Mixed_6e", 927, 16),
    ("inception_v3", "mixed10/concatenate", "inception_v3/Mixed_7c", 1311, 32),
    ("inception_resnet_v2", "mixed_5b", "inception_resnet_v2/Mixed_5b", 63, 8),
    ("inception_resnet_v2", "mixed_6a", "inception_resnet_v2/Mixed_6a", 415, 16),
    ("inception_resnet_v2", "mixed_7a", "inception_resnet_v2/Mixed_7a", 2399, 32),
    ("inception_resnet_v2", "conv_7b/re_lu", "inception_resnet_v2/Conv2d_7b_1x1", 3039, 32),
    ("mobilenet_v1", "stage5_2/re_lu_1", "mobilenet_v1", 315, 32),
    # Keras's ResNet50V2 takes the stride of a stage in its last block, as TF-Slim does.
    ("resnet50_v2", "conv5/block_3/out", "resnet_v1_50", 483, 32),
]


@pytest.mark.parametrize(("spec", "row", "end_point", "size", "stride"), PUBLISHED)
def test_receptive_field_is_the_published_one(spec: str, row: str, end_point: str, size: int, stride: int) -> None:
    figures = next(layer.exact for layer in cnncalc.load(spec).analyze("exact").layers if layer.name == row)
    assert figures.receptive_field == (size, size), end_point
    assert figures.effective_stride == (Fraction(stride),) * 2, end_point


def test_torchvisions_resnet50_strides_earlier_and_sees_less() -> None:
    """427: conv1 and its pooling see 11, then come sixteen 3x3, those with a stride still on the finer map."""
    assert 11 + 2 * (4 * (3 + 1) + 8 * (3 + 1) + 16 * (5 + 1) + 32 * 2) == 427
    last = next(row for row in reversed(cnncalc.load("resnet50_v1_5").analyze("exact").layers) if row.type == "Add")
    assert last.exact.receptive_field == (427, 427)
