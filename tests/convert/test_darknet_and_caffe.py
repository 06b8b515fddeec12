"""Nets of darknet and Caffe: published figures, and the traps of both formats one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnncalc
from tests.command_line import REPOSITORY, run
from tests.convert import caffe_files, darknet_files

NETS = REPOSITORY / "tests" / "truth" / "import_nets"

PUBLISHED = {
    # The size of the weights file, less its header of 16 or 20 bytes, 4 bytes a value (pjreddie.com/darknet/yolo).
    "yolov2-voc.cfg": (202_704_260 - 16) // 4,
    "yolov3-tiny.cfg": (35_434_956 - 20) // 4,
    # Caffe's own model zoo: LeNet, and AlexNet with its two groups.
    "lenet.prototxt": 431_080,
    "alexnet-deploy.prototxt": 60_965_224,
}
BILLIONS = {
    # Operations in billions, two for each multiply-accumulate: pjreddie.com/darknet/imagenet and /yolo.
    "alexnet": (darknet_files.alexnet(), 2.27),
    "vgg-16": (darknet_files.vgg16(), 30.94),
    "extraction": (darknet_files.extraction(), 8.52),
    "darknet19": (darknet_files.classifier(256, *darknet_files.darknet19_layers()), 7.29),
    "darknet19_448": (darknet_files.classifier(448, *darknet_files.darknet19_layers()), 22.33),
    "darknet53": (darknet_files.classifier(256, *darknet_files.darknet53_layers(), mean_first=True), 18.57),
    "darknet53_448": (darknet_files.classifier(448, *darknet_files.darknet53_layers(), mean_first=True), 56.87),
    "resnet18": (darknet_files.resnet((2, 2, 2, 2), bottleneck=False), 4.69),
    "resnet34": (darknet_files.resnet((3, 4, 6, 3), bottleneck=False), 9.52),
    "resnet50": (darknet_files.resnet((3, 4, 6, 3), bottleneck=True), 9.74),
    "resnet101": (darknet_files.resnet((3, 4, 23, 3), bottleneck=True, mean_first=False), 19.70),
    "resnet152": (darknet_files.resnet((3, 8, 36, 3), bottleneck=True, mean_first=False), 29.39),
    "resnext50": (darknet_files.resnet((3, 4, 6, 3), bottleneck=True, groups=32, width=2), 10.11),
    "yolov2": (darknet_files.yolov2(608, 425), 62.94),
    "yolov2-tiny": (darknet_files.yolov2_tiny(416, 425), 5.41),
    "yolov3-320": (darknet_files.yolov3(320), 38.97),
    "yolov3-416": (darknet_files.yolov3(416), 65.86),
    "yolov3-608": (darknet_files.yolov3(608), 140.69),
    "yolov3-spp": (darknet_files.yolov3(608, pyramid=True), 141.45),
    "yolov3-tiny": (darknet_files.yolov3_tiny(), 5.56),
    "yolov4-tiny": (darknet_files.yolov4_tiny(), 6.91),
}
WEIGHTS = {
    # Bytes of the weights file: a header of 20 (of yolov2: 16), and 4 for each value.
    "yolov2": (darknet_files.yolov2(608, 425), 203_934_260 + 4),
    "yolov3": (darknet_files.yolov3(416), 248_007_048),
    "yolov3-spp": (darknet_files.yolov3(608, pyramid=True), 252_209_544),
    "yolov4": (darknet_files.yolov4(608), 257_717_640),
    "yolov4-tiny": (darknet_files.yolov4_tiny(), 24_251_276),
}


@pytest.mark.parametrize("name", BILLIONS)
def test_darknets_networks_take_as_many_operations_as_published(name: str, tmp_path: Path) -> None:
    text, billions = BILLIONS[name]
    (tmp_path / f"{name}.cfg").write_text(text)
    macs = cnncalc.load(tmp_path / f"{name}.cfg").analyze().totals.exact.macs
    assert macs is not None
    assert round(2 * macs / 1e9, 2) == billions


@pytest.mark.parametrize("name", WEIGHTS)
def test_darknets_networks_have_as_many_weights_as_their_files(name: str, tmp_path: Path) -> None:
    text, size = WEIGHTS[name]
    (tmp_path / f"{name}.cfg").write_text(text)
    params = cnncalc.load(tmp_path / f"{name}.cfg").analyze().totals.params
    assert params is not None
    assert 4 * params + 20 == size


def test_a_shortcut_from_a_map_of_another_size(tmp_path: Path) -> None:
    """shortcut_layer.c takes every second position, and the channels that both have."""
    text = "[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nactivation=linear\n[shortcut]\nfrom=-2\n"
    first = "[convolutional]\nfilters=4\nactivation=linear\n"
    (tmp_path / "net.cfg").write_text(f"[net]\nheight=12\nwidth=12\nchannels=4\n{first}{text}")
    rows = [(row.type, row.output_shape) for row in cnncalc.load(tmp_path / "net.cfg").analyze().layers[3:]]
    assert rows == [("MaxPooling2D", (6, 6, 4)), ("ChannelPadding", (6, 6, 8)), ("Add", (6, 6, 8))]


@pytest.mark.parametrize("file", PUBLISHED)
def test_a_published_net_has_its_parameters(file: str) -> None:
    assert cnncalc.load(NETS / file).analyze().totals.params == PUBLISHED[file]


def test_darknet19_has_20_8_million_parameters() -> None:
    """Redmon and Farhadi, "YOLO9000" (2017), and pjreddie.com/darknet/imagenet: 20.8 M parameters."""
    assert cnncalc.load(NETS / "darknet19.cfg").analyze().totals.params == pytest.approx(20.8e6, rel=0.01)


def darknet(text: str, folder: Path) -> list[tuple[str, tuple[int | None, ...]]]:
    (folder / "net.cfg").write_text(f"[net]\nheight=13\nwidth=13\nchannels=4\n{text}")
    return [(row.type, row.output_shape) for row in cnncalc.load(folder / "net.cfg").analyze().layers[1:]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # out = (13 + 2 * pad - size) / stride + 1, with pad = size // 2 if pad=1
        ("[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nactivation=linear", [("Conv2D", (7, 7, 8))]),
        ("[convolutional]\nfilters=8\nsize=3\npadding=0\nactivation=linear", [("Conv2D", (11, 11, 8))]),
        # out = (13 + (size - 1) - size) / stride + 1
        ("[maxpool]\nsize=2\nstride=2", [("MaxPooling2D", (7, 7, 4))]),
        ("[maxpool]\nsize=2\nstride=1", [("MaxPooling2D", (13, 13, 4))]),
        ("[maxpool]\nsize=3\nstride=2", [("MaxPooling2D", (7, 7, 4))]),
        ("[upsample]\nstride=2", [("UpSampling2D", (26, 26, 4))]),
    ],
)  # fmt: skip
def test_a_section_of_darknet(text: str, rows: list[object], tmp_path: Path) -> None:
    assert darknet(text, tmp_path) == rows


def test_a_route_with_groups_takes_a_part_of_the_channels(tmp_path: Path) -> None:
    text = "[convolutional]\nfilters=8\nactivation=linear\n[route]\nlayers=-1\ngroups=2\ngroup_id=1\n"
    assert darknet(text, tmp_path)[-1] == ("ChannelSlice", (13, 13, 4))


def test_a_scale_behind_a_batch_norm_is_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text("""
        input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
        layer { name: "conv" type: CONVOLUTION bottom: "data" top: "conv"
                 convolution_param { num_output: 4 kernel_size: 3 bias_term: false } }
        layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
        layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "conv" top: "loss" }
    """)
    rows = cnncalc.load(tmp_path / "net.prototxt").analyze().layers
    assert [(row.name, row.type, row.params) for row in rows[1:]] == [
        ("conv", "Conv2D", 3 * 3 * 3 * 4),
        ("bn", "BatchNormalization", 4 * 4),
    ]


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("net.cfg", "[net]\nheight=8\nwidth=8\n[route]\nlayers=-3\n", "line 4, [route]"),
        ("net.cfg", "[net]\nheight=8\nwidth=8\n[lstm]\n", "line 4, [lstm]"),
        ("net.prototxt", 'layer { name: "a" type: "ReLU" bottom: "b" top: "a" }', "a"),
        ("net.prototxt", 'layer { name: "a" ', "line 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(name: str, text: str, place: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    outcome = run(f"cnncalc import {name} -o net.yaml", tmp_path)
    assert outcome.code == 2
    assert f"  --> {name}: {place}\n" in outcome.stderr
    assert not (tmp_path / "net.yaml").exists()


ZOO = {
    # CaffeNet: its model zoo. The others: the sums over their papers' tables, as torchvision and Keras count them too.
    "caffenet": (caffe_files.caffenet(), 60_965_224),
    "vgg16": (caffe_files.vgg((2, 2, 3, 3, 3)), 138_357_544),
    "vgg19": (caffe_files.vgg((2, 2, 4, 4, 4)), 143_667_240),
    "googlenet": (caffe_files.googlenet(), 6_998_552),
    "squeezenet 1.0": (caffe_files.squeezenet("1.0"), 1_248_424),
    "squeezenet 1.1": (caffe_files.squeezenet("1.1"), 1_235_496),
    "resnet-50": (caffe_files.resnet50(), 25_557_032),
}


@pytest.mark.parametrize("name", ZOO)
def test_caffes_zoo_has_its_parameters(name: str, tmp_path: Path) -> None:
    text, params = ZOO[name]
    (tmp_path / "net.prototxt").write_text(text)
    report = cnncalc.load(tmp_path / "net.prototxt").analyze()
    assert report.totals.trainable_params == params
    assert [size for size in report.layers[-1].output_shape if size != 1] == [1000]
