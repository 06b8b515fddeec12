"""Layers with several outputs: the last states of recurrent layers, and both directions of a Bidirectional.

Shapes and parameters are what Keras 3.15 reports for `return_state`, `merge_mode=None` and `backward_layer`.
"""

from __future__ import annotations

import pytest

import cnncalc
from tests.language import layers, mistake, names

SEQUENCE = "[7, 5]"


@pytest.mark.parametrize(
    ("item", "input", "states", "shape"),
    [
        ("LSTM: {units: 4, return_state: true", SEQUENCE, ("state_h", "state_c"), (4,)),
        ("LSTM: {units: 4, return_state: true, return_sequences: true", SEQUENCE, ("state_h", "state_c"), (4,)),
        ("GRU: {units: 4, return_state: true, return_sequences: true", SEQUENCE, ("state",), (4,)),
        ("SimpleRNN: {units: 4, return_state: true", SEQUENCE, ("state",), (4,)),
        (
            "ConvLSTM1D: {filters: 4, kernel_size: 3, return_state: true, return_sequences: true", "[7, 9, 5]",
            ("state_h", "state_c"), (7, 4),
        ),
        (
            "Bidirectional: {layer: {LSTM: {units: 3, return_state: true}}", SEQUENCE,
            ("forward_state_h", "forward_state_c", "backward_state_h", "backward_state_c"), (3,),
        ),
        (
            "Bidirectional: {layer: {GRU: {units: 3, return_sequences: true}}, merge_mode: null", SEQUENCE,
            ("backward",), (7, 3),
        ),
    ],
)  # fmt: skip
def test_an_output_is_read_by_its_name(item: str, input: str, states: tuple[str, ...], shape: tuple[int, ...]) -> None:
    reads = ", ".join(f"enc/{state}" for state in states)
    read = reads if len(states) > 1 else f"{reads}, prev"
    made = layers(
        f"layers: [{{{item}, name: enc}}}}, {{Identity: {{from: enc/{states[0]}}}}}, {{Add: {{from: [{read}]}}}}]",
        input,
    )
    outputs = {row.name: row for row in made if row.type == "Output"}
    assert set(outputs) == {f"enc/{state}" for state in states}
    assert {row.output_shape for row in outputs.values()} == {shape}
    assert all(row.inputs == ("enc",) and row.params == 0 and row.exact.macs == 0 for row in outputs.values())


def test_what_nobody_reads_is_no_row() -> None:
    assert names("layers: [{LSTM: {units: 4, return_state: true}}, {Dense: 2}]", SEQUENCE) == ["lstm", "dense"]


def test_the_last_state_of_a_sequence_sees_all_of_it() -> None:
    made = layers(
        "layers: [{Conv1D: {filters: 2, kernel_size: 3}},"
        " {LSTM: {units: 4, return_sequences: true, return_state: true}}, {Dense: {units: 2, from: lstm/state_c}}]",
        SEQUENCE,
    )
    assert made[-1].exact.receptive_field == (7,)


def test_a_layer_that_reads_backwards_may_be_another_one() -> None:
    """4u(c + u + 1) parameters of an LSTM and 3u(c + u + 2) of a GRU; T*4u(c + u) and T*3u(c + u) products."""
    [row] = layers(
        "layers: [{Bidirectional: {layer: {LSTM: {units: 3, activation: relu}},"
        " backward_layer: {GRU: {units: 3, go_backwards: true}}}}]",
        SEQUENCE,
    )
    assert row.params == 4 * 3 * 9 + 3 * 3 * 10
    assert row.exact.macs == 7 * (4 + 3) * 3 * (5 + 3)


def test_states_are_outputs_of_a_block_and_of_the_model() -> None:
    report = cnncalc.loads(
        "input: [7, 5]\nblocks: {encoder: {layers: [{GRU: {units: 3, return_state: true, name: gru}}]}}\n"
        "layers: [encoder, {Dense: {units: 2, from: encoder/gru/state}}]\noutputs: [dense, encoder/gru/state]"
    ).analyze()
    assert report.outputs == ("dense", "encoder/gru/state")


@pytest.mark.parametrize(
    ("items", "message", "suggestion"),
    [
        ("[{LSTM: {units: 3, name: e}}, {Dense: {units: 2, from: e/state_h}}]", "is no block", "return_state: true"),
        (
            "[{LSTM: {units: 3, name: enc, return_state: true}}, {Dense: {units: 2, from: enc/state}}]",
            'has no output "state"', "state_h",
        ),
        (
            "[{Bidirectional: {layer: {LSTM: 3}, backward_layer: {LSTM: {units: 4, go_backwards: true}}}}]",
            "need the same units", "units: 3",
        ),
        (
            "[{Bidirectional: {layer: {LSTM: 3}, backward_layer: {LSTM: 3}}}]",
            "must be a recurrent layer that reads backwards", "go_backwards: true",
        ),
        ("[{Bidirectional: {layer: {LSTM: 3}, merge_mode: max}}]", "concat, sum, mul or ave", None),
    ],
)  # fmt: skip
def test_an_output_that_is_not_there(items: str, message: str, suggestion: str | None) -> None:
    found = mistake(f"input: [7, 5]\nlayers: {items}")
    assert message in found.message
    assert suggestion is None or suggestion in (found.suggestion or "")
