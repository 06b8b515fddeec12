"""Whole networks by every profiler's rule: what the tools themselves say of torchvision's definitions.

The figures are measured (versions in `tests/peers/requirements.txt`), at 224x224x3.
"""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.analyze import analyzed
from cnncalc.counting import Tally, tally
from cnncalc.model import Model
from cnncalc.profile.profilers import COUNTERS

PROFILERS = ("fvcore", "torchinfo", "torch", "ptflops", "thop")
MEASURED = {
    "alexnet": (714_197_696, 714_682_664, 1_428_376_960, 716_441_128, 714_206_912),
    "vgg16": (15_470_289_408, 15_483_821_032, 30_940_528_640, 15_523_225_576, 15_470_314_496),
    "resnet18": (1_819_065_856, 1_814_083_944, 3_628_146_688, 1_825_313_768, 1_824_033_792),
    "resnet50": (4_111_512_576, 4_089_238_376, 8_178_368_512, 4_132_436_968, 4_133_742_592),
}

# The shipped vgg16 is Keras's: torchvision's pools to 7x7 before the classifier, whatever the input, and ends without
# a softmax.
VGG16 = """
name: torchvision's vgg16
input: [224, 224, 3]
layers:
  - Model: {spec: vgg16, until: block5_pool, name: features}
  - AdaptiveAveragePooling2D: 7
  - Flatten
  - Dense: {units: 4096, activation: relu}
  - Dropout: 0.5
  - Dense: {units: 4096, activation: relu}
  - Dropout: 0.5
  - Dense: 1000
"""


def network(name: str) -> Model:
    if name == "vgg16":
        return cnncalc.loads(VGG16)
    return cnncalc.load("resnet50_v1_5" if name == "resnet50" else name)


def tallies(model: Model) -> dict[str, Tally]:
    _, analysis = analyzed(model.expansion, "exact")
    return {name: tally(analysis, counter) for name, counter in COUNTERS.items()}


@pytest.mark.parametrize("name", MEASURED)
def test_every_profiler_as_measured(name: str) -> None:
    found = tallies(network(name))
    assert tuple(found[profiler].total for profiler in PROFILERS) == MEASURED[name]
    assert found["torchinfo-1.8.0"].total == found["torchinfo"].total  # every Linear reads a vector


@pytest.mark.parametrize("name", MEASURED)
def test_a_surplus_is_all_that_there_is_beyond_the_macs(name: str) -> None:
    _adds_up(network(name))


def _adds_up(model: Model) -> None:
    macs = model.analyze("exact").totals.exact.macs
    assert macs is not None
    for count in tallies(model).values():
        base = macs if count.counter.unit == "MACs" else 2 * macs
        assert count.known == base + sum(amount for _, amount in count.surplus)


@pytest.mark.parametrize("name", MEASURED)
def test_layers_add_up_to_the_total(name: str) -> None:
    for count in tallies(network(name)).values():
        known = [layer for layer in count.layers if layer is not None]
        assert sum(known) == (count.known if count.total is None else count.total)


# Where a profiler's rule is not known, too: of a ConvLSTM none has one, of these activations and norms some have.
@pytest.mark.parametrize("name", ["convnext_tiny", "lrcn", "unet", "dcgan_generator", "r3d_18"])
def test_a_surplus_adds_up_whatever_is_known(name: str) -> None:
    _adds_up(cnncalc.load(name))


def test_a_surplus_adds_up_if_no_rule_is_known() -> None:
    model = cnncalc.loads("input: [4, 8, 8, 3]\nlayers: [ConvLSTM2D: {filters: 2, kernel_size: 3}]")
    _adds_up(model)
    # 6x6 positions in each of 4 steps, 4 gates of 3x3x(3 + 2) products for each of 2 filters
    products = 4 * 6 * 6 * 4 * 2 * 9 * 5
    surplus = dict(tallies(model)["fvcore"].surplus)
    assert surplus == {"products of layers that it has no known rule for": -products}


# thop 0.1.1 run on the same map: 192 = 48 + 144 for counting by the output, and no biases.
def test_a_transposed_convolution_counted_by_its_output() -> None:
    model = cnncalc.loads("input: [2, 2, 3]\nlayers: [Conv2DTranspose: {filters: 1, kernel_size: 2, strides: 2}]")
    count = tallies(model)["thop"]
    assert (count.total, count.surplus) == (192, (("Conv2DTranspose by its output", 144),))


# TensorFlow's profiler has no entry for a 3D convolution; a bias for each of 3x30x30x6 outputs, 27*3 products each.
def test_products_that_are_not_counted() -> None:
    model = cnncalc.loads("input: [5, 32, 32, 3]\nlayers: [Conv3D: {filters: 6, kernel_size: 3}]")
    count = tallies(model)["tensorflow"]
    outputs = 3 * 30 * 30 * 6
    assert dict(count.surplus) == {"biases": outputs, "products not counted": -2 * outputs * 27 * 3}
    assert count.total == outputs == 16_200


# By hand: 2 per element of every batch normalisation, and the 7x7x2048 elements that the average pooling reads.
def test_what_fvcore_has_beyond_the_macs_of_resnet50() -> None:
    stem = 112 * 112 * 64
    first = [56 * 56 * (64 + 64 + 256 + 256), 28 * 28 * (4 * 128 + 128 + 512 + 512)]  # with the 1x1 before the stride
    first += [14 * 14 * (4 * 256 + 256 + 1024 + 1024), 7 * 7 * (4 * 512 + 512 + 2048 + 2048)]
    others = [2 * 56 * 56 * 384, 3 * 28 * 28 * 768, 5 * 14 * 14 * 1536, 2 * 7 * 7 * 3072]
    surplus = dict(tallies(network("resnet50"))["fvcore"].surplus)
    assert surplus == {
        "BatchNormalization": 2 * (stem + sum(first) + sum(others)),
        "GlobalAveragePooling2D": 7 * 7 * 2048,
    }
