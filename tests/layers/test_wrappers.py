"""Models inside of a TimeDistributed: one row, with the figures of all layers for all frames.

The first net is in one of Keras 2.15's own files (`tests/truth/import_keras`, timedistributed_model_gru): 86,784
parameters, of which 32 are moving statistics. Others are compared with their layers, each in a TimeDistributed.
"""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.report import Row
from tests.language import mistake, mistakes

BASE = "[{Conv2D: {filters: 16, kernel_size: 3}}, BatchNormalization, MaxPooling2D, Flatten, {Dense: 32}]"
INSIDE = ("conv2d", "batch_normalization", "max_pooling2d", "flatten", "dense")
FRAMES = "input: [6, 28, 28, 1]\n"


def row_of(item: str, before: str = FRAMES) -> Row:
    return cnncalc.loads(f"{before}layers: [{{TimeDistributed: {item}}}]").analyze().layers[-1]


@pytest.mark.parametrize(
    ("item", "before"),
    [
        ("{model: base}", f"{FRAMES}blocks: {{base: {{layers: {BASE}}}}}\n"),
        (f"{{model: {BASE}}}", FRAMES),
        (f"{{model: {{layers: {BASE}}}}}", FRAMES),
        (f"{{model: {{input: [28, 28, 1], layers: {BASE}}}}}", FRAMES),
    ],
    ids=["block", "items", "spec", "spec with an input"],
)
def test_a_model_is_one_row_however_it_is_written(item: str, before: str) -> None:
    row = row_of(item, before)
    assert (row.type, row.output_shape) == ("TimeDistributed", (6, 32))
    assert (row.params, row.trainable_params) == (86_784, 86_752)
    # 6 frames of 26 x 26 x 16 outputs of 9 products, and of 13*13*16 x 32
    assert row.exact.macs == 6 * (26 * 26 * 16 * 9 + 13 * 13 * 16 * 32)


def test_a_shipped_spec_is_cut_as_a_model_is() -> None:
    row = row_of("{model: {spec: vgg16, until: block3_pool}}", "input: [6, 32, 32, 3]\n")
    # VGG16's first seven convolutions: Simonyan and Zisserman (2014), table 1, configuration D
    kernels = 3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 2 * 256 * 256
    assert row.params == 9 * kernels + 2 * 64 + 2 * 128 + 3 * 256
    assert row.output_shape == (6, 4, 4, 256)
    assert row_of("{model: gap_classifier}", "input: [5, 32, 32, 3]\n").output_shape[0] == 5


ONE_BY_ONE = f"""{FRAMES}layers:
  - TimeDistributed: {{layer: {{Conv2D: {{filters: 4, kernel_size: 3, strides: 2, use_bias: false}}}}}}
  - TimeDistributed: {{layer: BatchNormalization}}
  - TimeDistributed: {{layer: {{MaxPooling2D: 3}}}}
  - TimeDistributed: {{layer: {{Conv2D: {{filters: 2, kernel_size: 2}}}}}}
"""


def test_a_model_sees_and_counts_what_its_layers_do_one_by_one() -> None:
    apart = cnncalc.loads(ONE_BY_ONE).analyze()
    together = row_of(
        "{model: [{Conv2D: {filters: 4, kernel_size: 3, strides: 2, use_bias: false}}, BatchNormalization,"
        " {MaxPooling2D: 3}, {Conv2D: {filters: 2, kernel_size: 2}}]}"
    )
    assert together.output_shape == apart.layers[-1].output_shape
    for figure in ("params", "trainable_params"):
        assert getattr(together, figure) == getattr(apart.totals, figure)
    assert (together.exact.macs, together.exact.flops) == (apart.totals.exact.macs, apart.totals.exact.flops)
    last = apart.layers[-1].exact
    assert together.exact.receptive_field == last.receptive_field == (1, 13, 13)
    assert together.exact.effective_stride == last.effective_stride
    assert together.exact.offset == last.offset


def test_branches_inside_meet_frame_by_frame() -> None:
    row = row_of(
        "{model: [{Add: {branches: {wide: [{Conv2D: {filters: 1, kernel_size: 5, padding: same}}], short: []}}},"
        " {Parameter: {shape: [1], name: p}}, {Multiply: {from: [add, p]}}]}"
    )
    assert row.output_shape == (6, 28, 28, 1)
    assert row.exact.receptive_field == (1, 5, 5)
    assert row.params == 26 + 1


def test_weights_inside_are_shared_and_frozen_as_elsewhere() -> None:
    row = row_of(
        "{model: [{Dense: {units: 1, name: d}}, {Dense: {units: 1, share: d}}, {Dense: {units: 1, trainable: false}}]}"
    )
    assert (row.params, row.trainable_params) == (4, 2)
    frozen = row_of(f"{{model: {BASE}, trainable: false}}")
    assert (frozen.params, frozen.trainable_params) == (86_784, 0)


def test_channels_inside_are_those_of_the_frame() -> None:
    assert row_of("{model: [{Dense: 5}, {Dense: 2*$in_channels}]}").output_shape == (6, 28, 28, 10)


def test_explain_opens_the_model() -> None:
    explained = cnncalc.explain(cnncalc.loads(f"{FRAMES}layers: [{{TimeDistributed: {{model: {BASE}}}}}]"), 1, "macs")
    names = [layer.name for layer in explained.layers]
    assert names == ["time_distributed", *(f"time_distributed/{name}" for name in INSIDE)]
    of_all, *of_one = [layer.sections[0].parts[0].value for layer in explained.layers]
    assert of_all == 6 * sum(value for value in of_one if isinstance(value, int))


@pytest.mark.parametrize(
    ("item", "message", "suggestion", "place"),
    [
        ("{model: vgg61}", 'there is no block and no shipped spec "vgg61"', 'did you mean "vgg19"?', "vgg61"),
        ("{model: vgg16, layer: Flatten}", 'takes the argument "layer", or "model"', "for example", "TimeDistributed"),
        ("{}", 'takes the argument "layer", or "model"', "for example", "TimeDistributed"),
        ("{model: {Conv2D: 3}}", "must be the name of a block or a spec", "layer: {Conv2D", "{Conv2D"),
        ("{model: [{Conv2D: {filter: 3}}]}", 'Conv2D has no argument "filter"', 'did you mean "filters"?', "filter:"),
        ("{model: [{Dense: x}]}", 'argument "units" of Dense must be a positive integer', None, "x"),
        ("{model: [{LSTM: 3}]}", "LSTM reads a sequence", None, "LSTM"),
        ("{model: [{RoIPooling: {pool_size: 2, regions: 3}}]}", "makes regions", "an item of its own", "RoIPooling"),
        ("{model: ../net.yaml}", "is in no folder", "say which folder", "../net.yaml"),
        ("{model: [u]}", 'there is no layer kind or block "u"', None, "u]"),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_reported_at_its_place(
    item: str, message: str, suggestion: str | None, place: str
) -> None:
    text = f"{FRAMES}layers:\n  - TimeDistributed: {item}\n"
    found = mistake(text)
    assert message in found.message
    assert suggestion is None or suggestion in (found.suggestion or "")
    assert found.span is not None
    assert text.split("\n")[found.span.line - 1][found.span.column - 1 :].startswith(place)


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ("TimeDistributed: {layer: {Conv2D: {filters: x, kernel_size: 3}}}", "x,"),
        ("TimeDistributed: {layer: {Conv2D: {filter: 3, kernel_size: 3, filters: 2}}}", "filter:"),
        ("TimeDistributed: {layer: {Conv2D: {filters: $w, kernel_size: 3}}}", "$w"),
        ("TimeDistributed: {layer: {Conv2D: {filters: 3}}}", "Conv2D"),
        ("TimeDistributed: {layer: {Conv2d: {filters: 3}}}", "Conv2d"),
        ("TimeDistributed: {layer: {Dense: 0.5}}", "0.5"),
        ("Bidirectional: {layer: {LSTM: {units: 3}}, backward_layer: {GRU: {units: -1}}}", "-1"),
    ],
)
def test_what_is_wrong_in_the_layer_inside_is_reported_at_its_place(item: str, place: str) -> None:
    text = f"{FRAMES}layers:\n  - {item}\n"
    found = mistake(text)
    assert found.span is not None
    assert text.split("\n")[found.span.line - 1][found.span.column - 1 :].startswith(place)


def test_all_that_is_wrong_in_the_layer_inside_is_reported() -> None:
    found = mistakes(f"{FRAMES}layers: [{{TimeDistributed: {{layer: {{Conv2D: {{filters: x, kernel_size: 0}}}}}}}}]")
    assert [diagnostic.found for diagnostic in found] == ['"x"', "0"]


def test_a_block_does_not_wrap_itself() -> None:
    found = mistake(f"{FRAMES}blocks: {{u: {{layers: [{{TimeDistributed: {{model: u}}}}]}}}}\nlayers: [u]")
    assert found.id == "block-calls-itself"
