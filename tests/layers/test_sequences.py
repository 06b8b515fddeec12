"""Recurrent, locally connected and preprocessing layers: shapes, weights, counts, reach and mistakes.

Where nothing else is said, the expected figures are what Keras 3.15 reports for the same layer (Keras 2.15 for locally
connected ones). `tests/peers/test_layers_of_sequences.py` compares random ones with Keras directly.
"""

from __future__ import annotations

import json

import pytest

import cnncalc
from cnncalc.receptive_fields.reach import Everything, PerAxis, Scrambled, Shift, WholeAxis
from cnncalc.tensor import Shape
from tests.language import layers, mistake
from tests.layers.layer_figures import Arguments, build, counts, problem, reach_of, shape_of, weights

STEPS = (7, 5)
"""A sequence of 7 steps of 5."""


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "y", "params", "macs"),
    [
        # u*(c + u + 1) parameters; T*u*(c + u) products
        ("SimpleRNN", {"units": 3}, STEPS, (3,), 27, 7 * 3 * (5 + 3)),
        ("SimpleRNN", {"units": 3, "use_bias": False, "return_sequences": True}, STEPS, (7, 3), 24, 168),
        # 4*u*(c + u + 1)
        ("LSTM", {"units": 3}, STEPS, (3,), 108, 4 * 7 * 3 * (5 + 3)),
        ("LSTM", {"units": 3, "return_sequences": True, "return_state": True}, STEPS, (7, 3), 108, 672),
        ("LSTM", {"units": 20}, (None, 8), (20,), 4 * 20 * 29, None),
        # 3*u*(c + u + 2), and 3*u*(c + u + 1) if the reset comes first
        ("GRU", {"units": 3}, STEPS, (3,), 90, 3 * 7 * 3 * (5 + 3)),
        ("GRU", {"units": 3, "reset_after": False}, STEPS, (3,), 81, 504),
        ("GRU", {"units": 3, "use_bias": False}, STEPS, (3,), 72, 504),
        # The frames example of Keras's documentation: 4*F*(K*(C + F) + 1); 4*T*P*F*K*(C + F)
        (
            "ConvLSTM2D", {"filters": 40, "kernel_size": 3, "padding": "same", "return_sequences": True},
            (None, 40, 40, 1), (None, 40, 40, 40), 59_200, None,
        ),
        (
            "ConvLSTM2D", {"filters": 4, "kernel_size": [3, 2], "strides": 2}, (5, 9, 8, 2), (4, 4, 4),
            4 * 4 * (6 * (2 + 4) + 1), 4 * 5 * 16 * 4 * 6 * (2 + 4),
        ),
        ("ConvLSTM1D", {"filters": 2, "kernel_size": 3, "use_bias": False}, (4, 10, 3), (8, 2), 120, 4 * 4 * 8 * 30),
        ("ConvLSTM3D", {"filters": 1, "kernel_size": 2}, (2, 3, 3, 3, 1), (2, 2, 2, 1), 68, 4 * 2 * 8 * 8 * 2),
        # The example of Keras 2.15's documentation: (30*30)*(3*3*3*64) + (30*30)*64 parameters
        (
            "LocallyConnected2D", {"filters": 64, "kernel_size": 3}, (32, 32, 3), (30, 30, 64),
            900 * 27 * 64 + 900 * 64, 900 * 27 * 64,
        ),
        ("LocallyConnected1D", {"filters": 4, "kernel_size": 3, "strides": 2}, (10, 2), (4, 4), 4 * 25 + 12, 96),
        # One weight per pair of an input element and an output element
        (
            "LocallyConnected1D", {"filters": 4, "kernel_size": 3, "implementation": 2, "padding": "same"}, (10, 2),
            (10, 4), 10 * 2 * 10 * 4 + 40, 240,
        ),
        # The windows at the two ends read 2 positions each: 28 pairs of positions
        (
            "LocallyConnected1D", {"filters": 4, "kernel_size": 3, "implementation": 3, "padding": "same"}, (10, 2),
            (10, 4), 28 * 2 * 4 + 40, 240,
        ),
        ("RMSNormalization", {}, (4, 6), (4, 6), 6, 0),
        ("RMSNormalization", {"axis": [1, 2]}, (4, 6), (4, 6), 24, 0),
        ("LayerScale", {}, (4, 4, 6), (4, 4, 6), 6, 0),
        # torch.nn.InstanceNorm2d(6), with affine=True, with both
        ("InstanceNormalization", {}, (4, 4, 6), (4, 4, 6), 0, 0),
        ("InstanceNormalization", {"affine": True}, (4, 4, 6), (4, 4, 6), 12, 0),
        ("InstanceNormalization", {"affine": True, "track_running_stats": True}, (4, 6), (4, 6), 24, 0),
        ("RandomFlip", {"mode": "horizontal"}, (None, 4, 3), (None, 4, 3), 0, 0),
        ("RandomCrop", {"height": 2, "width": 3}, (4, 4, 3), (2, 3, 3), 0, 0),
        ("CenterCrop", {"height": 6, "width": 3}, (4, 4, 3), (6, 3, 3), 0, 0),
        ("Masking", {}, (None, 3), (None, 3), 0, 0),
        ("CategoryEncoding", {"num_tokens": 5}, (3,), (5,), 0, 0),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, (3,), (3, 5), 0, 0),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, (1,), (5,), 0, 0),
        ("Discretization", {"bin_boundaries": [0, 1, 2], "output_mode": "one_hot"}, (1,), (4,), 0, 0),
        ("Discretization", {"num_bins": 4}, (3,), (3,), 0, 0),
        ("Hashing", {"num_bins": 9, "output_mode": "one_hot"}, (1,), (9,), 0, 0),
        ("StringLookup", {"vocabulary": ["cat", "dog"]}, (3,), (3,), 0, 0),
        ("StringLookup", {"vocabulary": ["cat", "dog"], "output_mode": "multi_hot"}, (3,), (3,), 0, 0),
        ("IntegerLookup", {"vocabulary": [1, 7], "num_oov_indices": 2, "output_mode": "count"}, (3,), (4,), 0, 0),
        ("TextVectorization", {}, (1,), (None,), 0, 0),
        ("TextVectorization", {"output_sequence_length": 50}, (1,), (50,), 0, 0),
        (
            "TextVectorization", {"max_tokens": 99, "pad_to_max_tokens": True, "output_mode": "tf-idf"}, (1,),
            (99,), 0, 0,
        ),
    ],
)  # fmt: skip
def test_shape_parameters_and_products(
    kind: str, arguments: Arguments, x: Shape, y: Shape, params: int, macs: int | None
) -> None:
    assert shape_of(kind, arguments, x) == y
    assert sum(size for size, _ in weights(kind, arguments, x).values() if isinstance(size, int)) == params
    row = layers(f"layers: [{{{kind}: {_flow(arguments)}}}]", _flow(list(x)))[0]
    assert (row.output_shape, row.params, row.exact.macs) == (y, params, macs)


def _flow(value: object) -> str:
    """A value in YAML's flow style."""
    return json.dumps(value)


# By hand, per step and unit: a bias for each product, an activation for each gate and the state, and what the gates do
# (an LSTM: f*c + i*g, o*tanh(c); a GRU: r*h, z*h + (1 - z)*g).
@pytest.mark.parametrize(
    ("kind", "arguments", "elementwise"),
    [
        ("SimpleRNN", {}, 1 + 1),
        ("SimpleRNN", {"activation": None, "use_bias": False}, 0),
        ("LSTM", {}, 4 + 3 + 2 + 4),
        ("LSTM", {"use_bias": False, "recurrent_activation": None}, 2 + 4),
        ("GRU", {}, 6 + 2 + 1 + 5),
        ("GRU", {"reset_after": False}, 3 + 2 + 1 + 5),
    ],
)
def test_flops_of_recurrent_layers(kind: str, arguments: Arguments, elementwise: int) -> None:
    macs, flops = counts(kind, {"units": 3} | arguments, STEPS)
    assert isinstance(macs, int)
    assert flops == 2 * macs + 7 * 3 * elementwise


def test_a_lookup_says_that_it_is_not_counted() -> None:
    report = cnncalc.loads("input: 1\nlayers: [{TextVectorization: {max_tokens: 9, name: words}}]").analyze()
    assert report.layers[-1].exact.flops is None
    assert report.layers[-1].exact.note == "its FLOPs are not counted: how a category is found is no arithmetic"
    assert report.warnings == (
        'the FLOPs of "words" are not counted: how a category is found is no arithmetic; the totals are without them '
        "[not-counted]",
    )


# Reach -----------------------------------------------------------------------------------------------------------


def test_the_last_step_sees_the_whole_sequence() -> None:
    assert reach_of("LSTM", {"units": 3}, STEPS) == Everything()
    assert reach_of("GRU", {"units": 3, "return_sequences": True}, STEPS) == (WholeAxis("forwards"),)


def test_a_convolution_before_a_recurrent_layer_widens_what_its_last_step_sees() -> None:
    rows = layers(
        "layers: [{Conv1D: {filters: 4, kernel_size: 3, strides: 2}}, {LSTM: {units: 5, return_sequences: true}},"
        " {LSTM: 6}, {Dense: 2}]",
        "[21, 2]",
    )
    assert [row.exact.receptive_field for row in rows] == [(3,), (21,), (21,), (21,)]
    assert [row.notes.receptive_field for row in rows] == [(3,), None, None, None]


def test_other_reaches() -> None:
    assert isinstance(reach_of("ConvLSTM2D", {"filters": 2, "kernel_size": 3}, (4, 8, 8, 1)), Scrambled)
    assert reach_of("CenterCrop", {"height": 4, "width": 3}, (9, 4, 1)) == (Shift(-2), Shift(0))
    assert isinstance(reach_of("RandomCrop", {"height": 4, "width": 3}, (9, 4, 1)), Scrambled)
    same = build("LocallyConnected2D", {"filters": 2, "kernel_size": 3}).reach((9, 9, 1), (7, 7, 2))
    assert same == build("Conv2D", {"filters": 2, "kernel_size": 3}).reach((9, 9, 1), (7, 7, 2))
    assert isinstance(same, PerAxis)


# Unknown numbers of words and frames ------------------------------------------------------------------------------


def test_an_unknown_number_of_words() -> None:
    """Keras's text classification example: an Embedding of 20,000 words, a bidirectional net's forward half."""
    rows = layers("layers: [{Embedding: {input_dim: 20000, output_dim: 128}}, {LSTM: 64}, {Dense: 1}]", "[null]")
    assert [row.output_shape for row in rows] == [(None, 128), (64,), (1,)]
    assert [row.params for row in rows] == [2_560_000, 4 * 64 * (128 + 64 + 1), 65]


def test_what_needs_the_number_of_words_says_so() -> None:
    assert mistake("input: [null]\nlayers: [{Dense: 1}]").id == "bad-shape"
    found = mistake("input: [null]\nlayers: [{Embedding: {input_dim: 9, output_dim: 4}}, Flatten, {Dense: 1}]")
    assert (found.id, found.found) == ("unknown-size", "null")


def test_an_unknown_number_of_frames() -> None:
    rows = layers(
        "layers: [{Conv3D: {filters: 4, kernel_size: 3, padding: same}}, GlobalAveragePooling3D]", "[null, 40, 40, 1]"
    )
    assert [row.output_shape for row in rows] == [(None, 40, 40, 4), (4,)]


@pytest.mark.parametrize("head", ["Flatten", "Conv2D: {filters: 4, kernel_size: 3}", "GlobalAveragePooling2D"])
def test_a_batch_is_still_refused_where_nothing_takes_frames(head: str) -> None:
    found = mistake(f"input: [null, 40, 40, 1]\nlayers: [{{{head}}}]" if ":" in head else
                    f"input: [null, 40, 40, 1]\nlayers: [{head}]")  # fmt: skip
    assert found.id == "batch-in-shape"
    assert "40x40x1" in (found.suggestion or "")


def test_a_layer_of_maps_that_reads_frames_says_what_the_batch_is() -> None:
    found = mistake("""
input: [null, 40, 40, 1]
layers:
  - Conv2D: {filters: 4, kernel_size: 3}
  - ConvLSTM2D: {filters: 4, kernel_size: 3}
""")
    assert (found.id, found.suggestion) == ("wrong-rank", "the batch is not written: 40x40x1")


# Mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "id", "suggestion"),
    [
        ("LSTM", {"units": 0}, STEPS, "bad-value", None),
        ("LSTM", {"units": 3, "activation": "tanhh"}, STEPS, "bad-value", 'did you mean "tanh"?'),
        ("LSTM", {"units": 3}, (8,), "wrong-rank", None),
        ("ConvLSTM2D", {"filters": 3, "kernel_size": 3}, (8, 8, 3), "wrong-rank", None),
        ("ConvLSTM2D", {"filters": 3, "kernel_size": 9}, (5, 8, 8, 3), "size-below-one", None),
        ("ConvLSTM2D", {"filters": 3, "kernel_size": 3}, (5, None, 8, 3), "unknown-size", None),
        ("LocallyConnected2D", {"filters": 3, "kernel_size": 3, "padding": "same"}, (8, 8, 3), "bad-value",
         "implementation: 3"),
        ("LayerScale", {"projection_dim": 5}, (4, 4, 6), "shapes-do-not-fit", "leave projection_dim out"),
        ("InstanceNormalization", {}, (6,), "wrong-rank", None),
        ("RMSNormalization", {"axis": 3}, (4, 6), "no-such-axis", None),
        ("RandomFlip", {"mode": "horizontl"}, (4, 4, 3), "bad-value", 'did you mean "horizontal"?'),
        ("RandomFlip", {}, (4,), "wrong-rank", None),
        ("CenterCrop", {"height": 0, "width": 3}, (4, 4, 3), "bad-value", None),
        ("Discretization", {}, (3,), "bad-value", "Discretization: {bin_boundaries: [0, 1, 2]}"),
        ("StringLookup", {"output_mode": "one_hot", "max_tokens": 9}, (3,), "bad-value",
         "add pad_to_max_tokens: true"),
        ("StringLookup", {"vocabulary": "words.txt"}, (3,), "bad-value",
         "give max_tokens and pad_to_max_tokens: true"),
        ("TextVectorization", {}, (3,), "wrong-rank", "a text is one element: input: 1"),
    ],
)  # fmt: skip
def test_mistakes(kind: str, arguments: Arguments, x: Shape, id: str, suggestion: str | None) -> None:
    found = problem(kind, arguments, x)
    assert found.id == id
    if suggestion is not None:
        assert suggestion in (found.suggestion or "")


@pytest.mark.parametrize(("kind", "gates"), [("SimpleRNN", 1), ("LSTM", 4), ("GRU", 3)])
def test_the_second_bias_of_pytorch(kind: str, gates: int) -> None:
    """`torch.nn.LSTM(3, 4)`: for each gate weights 4x3 and 4x4 and two biases of 4, so 36 = 12 + 16 + 8."""
    more = ", reset_after: false" if kind == "GRU" else ""
    spec = f"input: [5, 3]\nlayers: [{{{kind}: {{units: 4, use_recurrent_bias: true{more}}}}}]\n"
    assert cnncalc.loads(spec).analyze().totals.params == 36 * gates
