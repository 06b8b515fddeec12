"""Multiply-accumulates of layers that no profiler counts, against loops that multiply one pair of numbers at a time.

The loops follow the definition of each layer (Keras's documentation), not the formulas of the program: every product is
an iteration.
"""

from __future__ import annotations

from itertools import product

import pytest

import cnncalc


def macs(item: str, *shapes: list[int]) -> int | None:
    """What is counted of a layer that reads tensors of these shapes."""
    inputs = {f"x{index}": shape for index, shape in enumerate(shapes)}
    names = ", ".join(inputs)
    [(kind, options)] = [item.split(": ", 1)]
    read = f"from: {names}" if len(shapes) == 1 else f"from: [{names}]"
    options = f"{{{read}, {options[1:]}" if len(shapes) > 1 else options
    text = f"input: {inputs if len(shapes) > 1 else shapes[0]}\nlayers: [{{{kind}: {options}}}]"
    return cnncalc.loads(text.replace("'", "")).analyze().layers[-1].exact.macs


def count(*ranges: int) -> int:
    """Counts the products of loops inside each other, one by one."""
    return sum(1 for _ in product(*map(range, ranges)))


STEPS, CHANNELS, UNITS = 5, 3, 4


@pytest.mark.parametrize(("kind", "gates"), [("SimpleRNN", 1), ("LSTM", 4), ("GRU", 3)])
def test_each_step_multiplies_input_and_state_for_every_gate(kind: str, gates: int) -> None:
    made = 0
    for _step, _gate, _unit in product(range(STEPS), range(gates), range(UNITS)):
        made += count(CHANNELS) + count(UNITS)
    assert macs(f"{kind}: {{units: {UNITS}}}", [STEPS, CHANNELS]) == made
    assert macs(f"Bidirectional: {{layer: {{{kind}: {UNITS}}}}}", [STEPS, CHANNELS]) == 2 * made


def test_a_convolutional_lstm_multiplies_windows_of_input_and_state() -> None:
    """Zeros of the padding are multiplied as well, as in every count of convolutions."""
    height, width, filters, kernel = 4, 5, 2, 3
    made = 0
    for _step, _gate, _filter in product(range(3), range(4), range(filters)):
        for _y, _x in product(range(height - kernel + 1), range(width - kernel + 1)):
            made += count(kernel, kernel, CHANNELS) + count(kernel, kernel, filters)
    assert macs(f"ConvLSTM2D: {{filters: {filters}, kernel_size: {kernel}}}", [3, height, width, CHANNELS]) == made


def test_attention_multiplies_projections_scores_and_answers() -> None:
    queries, keys, channels, heads, key_dim, value_dim = 4, 6, 5, 2, 3, 2
    made = 0
    for _head in range(heads):
        made += count(queries, channels, key_dim)  # queries
        made += count(keys, channels, key_dim) + count(keys, channels, value_dim)  # keys, values
        made += count(queries, keys, key_dim) + count(queries, keys, value_dim)  # scores, answers
        made += count(queries, value_dim, channels)  # back to the channels
    item = f"MultiHeadAttention: {{num_heads: {heads}, key_dim: {key_dim}, value_dim: {value_dim}}}"
    assert macs(item, [queries, channels], [keys, channels]) == made


def test_attention_without_projections_multiplies_scores_and_answers() -> None:
    queries, keys, channels = 4, 6, 5
    made = count(queries, keys, channels) + count(queries, keys, channels)
    assert macs("Attention: {score_mode: dot}", [queries, channels], [keys, channels]) == made


def test_grouped_queries_share_keys_and_values() -> None:
    positions, channels, query_heads, key_heads, size = 4, 6, 4, 2, 3
    made = query_heads * (count(positions, channels, size) + 2 * count(positions, positions, size))
    made += key_heads * 2 * count(positions, channels, size)
    made += count(positions, query_heads * size, channels)
    item = (
        f"GroupedQueryAttention: {{head_dim: {size}, num_query_heads: {query_heads}, num_key_value_heads: {key_heads}}}"
    )
    assert macs(item, [positions, channels]) == made


def test_locally_connected_positions_have_windows_of_their_own() -> None:
    made = 0
    for _y, _x, _filter in product(range(4), range(3), range(2)):
        made += count(3, 3, CHANNELS)
    assert macs("LocallyConnected2D: {filters: 2, kernel_size: 3}", [6, 5, CHANNELS]) == made


def test_an_einstein_sum_multiplies_along_all_its_letters() -> None:
    assert macs('Einsum: {equation: "bqhd,bkhd->bhqk"}', [4, 2, 3], [5, 2, 3]) == count(4, 5, 2, 3)
    assert macs('EinsumDense: {equation: "abc,cde->abde", output_shape: [5, 2, 4]}', [5, 3]) == count(5, 3, 2, 4)
    assert macs("Dot: {axes: 1}", [4, 2], [4, 3]) == count(4, 2, 3)
    assert macs("MatMul: {transpose_b: true}", [2, 4, 3], [2, 5, 3]) == count(2, 4, 5, 3)


def test_a_model_in_a_wrapper_multiplies_for_every_frame() -> None:
    made = 0
    for _frame in range(3):
        made += count(4, 4, 2, 3, 3, CHANNELS) + count(4 * 4 * 2, 5)
    item = "TimeDistributed: {model: [{Conv2D: {filters: 2, kernel_size: 3}}, Flatten, {Dense: 5}]}"
    assert macs(item, [3, 6, 6, CHANNELS]) == made
