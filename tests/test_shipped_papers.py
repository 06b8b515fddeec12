"""Shipped specs that no framework here defines, against their papers: figures that these print or come to.

The figures, each with its source, are in `tests/papers/`.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

import cnncalc
from tests.papers.cited import conv
from tests.papers.classification import CLASSIFICATION
from tests.papers.detection import DETECTION, YOLO_V2_MACS, YOLO_V3_MACS, YOLO_V4_MACS
from tests.papers.images import IMAGES
from tests.papers.sequences import POINTNET_MACS, POINTNET_TRAINED, SEQUENCES, SIAMESE_PARAMS

SPECS = Path(__file__).parent.parent / "specs"
CITED = CLASSIFICATION | DETECTION | IMAGES | SEQUENCES


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


def test_siamese_and_pointnet_have_the_parameters_that_others_print() -> None:
    """38,951,745 in Keras versions of Koch's net; 3.5 million and 440 million operations in table 6 of PointNet."""
    assert SIAMESE_PARAMS == 38_951_745
    assert round(POINTNET_TRAINED / 1e6, 1) == 3.5
    assert math.isclose(POINTNET_MACS, 440e6, rel_tol=0.02)


def test_cbam_costs_what_its_paper_says() -> None:
    cited = CITED["cbam_resnet50"]
    assert (round(cited.trainable / 1e6, 2), round(cited.macs / 1e9, 3)) == (28.09, 3.864)


def test_wavenet_sees_as_far_as_its_implementation_says() -> None:
    """`calculate_receptive_field` of ibab/tensorflow-wavenet: (2 - 1) * sum(dilations) + 1, and 2 - 1 of the first."""
    field = cnncalc.load("wavenet").analyze().totals.exact.receptive_field
    assert field == ((2 - 1) * 5 * sum(2**power for power in range(10)) + 1 + 2 - 1,) == (5117,)


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
