"""Attention, products by equation and wrappers: shapes, weights, counts, reach and mistakes.

Where nothing else is said, the expected figures are what Keras 3.15 reports for the same layer.
`tests/peers/test_layers_of_sequences.py` compares random ones with Keras directly.
"""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.report import Row
from tests.language import layers, mistake

TOKENS = "[197, 768]"
"""Those of ViT-B/16: 14x14 patches and the class token."""


def last(text: str, input: str) -> Row:
    return layers(f"layers: [{{{text}}}]", input)[-1]


@pytest.mark.parametrize(
    ("text", "input", "shape", "params", "macs"),
    [
        # ViT-B/16: four projections of 768 to 768; the products of 197 queries and keys, and of scores and values
        (
            "MultiHeadAttention: {num_heads: 12, key_dim: 64}", TOKENS, (197, 768), 4 * (768 * 768 + 768),
            4 * 197 * 768 * 768 + 2 * 197 * 197 * 768,
        ),
        (
            "MultiHeadAttention: {num_heads: 2, key_dim: 3, value_dim: 4, use_bias: false, output_shape: 7}", "[5, 6]",
            (5, 7), 2 * (6 * 3 + 6 * 3 + 6 * 4 + 4 * 7), 2 * (5 * (6 * 3 + 6 * 3 + 6 * 4 + 4 * 7) + 25 * (3 + 4)),
        ),
        # along the rows of a map only: 4 rows apart, of 6 positions each
        (
            "MultiHeadAttention: {num_heads: 1, key_dim: 2, attention_axes: 2, use_bias: false}", "[4, 6, 3]",
            (4, 6, 3), 4 * 3 * 2, 4 * (4 * 6 * 3 * 2 + 2 * 6 * 6 * 2),
        ),
        (
            "GroupedQueryAttention: {head_dim: 4, num_query_heads: 6, num_key_value_heads: 2}", "[5, 8]", (5, 8),
            (8 * 24 + 24) + 2 * (8 * 8 + 8) + (24 * 8 + 8), 5 * (2 * 8 * 24 + 2 * 8 * 8) + 2 * 25 * 24,
        ),
        ("EinsumDense: {equation: 'abc,cd->abd', output_shape: [null, 64], bias_axes: d}", "[5, 8]", (5, 64),
         8 * 64 + 64, 5 * 8 * 64),
        ("EinsumDense: {equation: '...x,xy->...y', output_shape: 3}", "[5, 4, 8]", (5, 4, 3), 24, 480),
        ("TimeDistributed: {layer: {Dense: 3}}", "[5, 8]", (5, 3), 27, 5 * 24),
        ("TimeDistributed: {layer: {Conv2D: {filters: 6, kernel_size: 5, strides: 2}}}", "[10, 28, 28, 1]",
         (10, 12, 12, 6), 156, 10 * 12 * 12 * 150),
        ("TimeDistributed: {layer: GlobalAveragePooling2D}", "[null, 8, 8, 3]", (None, 3), 0, 0),
        ("Bidirectional: {layer: {LSTM: 20}}", "[7, 5]", (40,), 2 * 4 * 20 * 26, 2 * 4 * 7 * 20 * 25),
        ("Bidirectional: {layer: {GRU: {units: 4, return_sequences: true}}, merge_mode: ave}", "[7, 5]", (7, 4),
         2 * 3 * 4 * 11, 2 * 3 * 7 * 4 * 9),
        ("SpectralNormalization: {layer: {Conv2D: {filters: 6, kernel_size: 5}}}", "[28, 28, 1]", (24, 24, 6),
         156 + 6, 24 * 24 * 150),
        ("SpectralNormalization: {layer: {Conv2DTranspose: {filters: 6, kernel_size: 2}}}", "[4, 4, 3]", (5, 5, 6),
         4 * 3 * 6 + 6 + 3, 16 * 4 * 18),
    ],
)  # fmt: skip
def test_shape_parameters_and_products(
    text: str, input: str, shape: tuple[int | None, ...], params: int, macs: int
) -> None:
    row = last(text, input)
    assert (row.output_shape, row.params, row.exact.macs) == (shape, params, macs)


TWO = """
input: {query: [5, 8], value: [7, 8], key: [7, 8]}
layers:
  - Attention: {from: [query, value], use_scale: true, name: dot}
  - Attention: {from: [query, value, key], score_mode: concat, name: concat}
  - AdditiveAttention: {from: [query, value], name: additive}
  - MultiHeadAttention: {from: [query, value], num_heads: 2, key_dim: 3, name: heads}
  - Dot: {axes: 2, from: [query, value], name: product}
outputs: [dot, concat, additive, heads, product]
"""


def test_attention_of_several_tensors() -> None:
    """The products of activations: 5 queries, 7 keys, 8 channels."""
    rows = {row.name: row for row in cnncalc.loads(TWO).analyze().layers}
    assert {name: (rows[name].output_shape, rows[name].params, rows[name].exact.macs) for name in list(rows)[3:]} == {
        "dot": ((5, 8), 1, 35 * 8 * 2),
        "concat": ((5, 8), 1, 35 * 8),
        "additive": ((5, 8), 8, 35 * 8),
        "heads": ((5, 8), 3 * (8 * 6 + 6) + 6 * 8 + 8, 2 * (5 * 24 + 7 * 24 + 7 * 24 + 35 * 6 + 5 * 24)),
        "product": ((5, 7), 0, 35 * 8),
    }
    assert rows["dot"].exact.flops == 2 * 560 + 5 * 35 + 35  # softmax and scale of each score


def test_attention_sees_the_whole_map() -> None:
    rows = layers(
        "layers: [{Conv1D: {filters: 8, kernel_size: 3, name: conv}},"
        " {MultiHeadAttention: {num_heads: 2, key_dim: 4}}, {Attention: {from: [conv, prev]}}]",
        "[20, 8]",
    )
    assert [row.exact.receptive_field for row in rows] == [(3,), (20,), (20,)]


def test_a_sliding_window_sees_a_band() -> None:
    """`abs(query - key) < sliding_window`, two layers one behind the other, on convolutions of stride 2."""
    rows = layers(
        "layers: [{Conv1D: {filters: 8, kernel_size: 3, strides: 2}},"
        " {MultiHeadAttention: {num_heads: 2, key_dim: 4, sliding_window: 2, repeat: 2}}]",
        "[40, 8]",
    )
    assert [row.exact.receptive_field for row in rows] == [(3,), (3 + 2 * 2,), (3 + 4 * 2,)]


def test_attention_along_the_rows_of_a_map_sees_rows() -> None:
    row = last("MultiHeadAttention: {num_heads: 1, key_dim: 2, attention_axes: 2}", "[4, 6, 3]")
    assert row.exact.receptive_field == (1, 6)


def test_frames_keep_their_fields_apart_until_a_recurrent_layer() -> None:
    rows = layers(
        "layers: [{TimeDistributed: {layer: {Conv2D: {filters: 4, kernel_size: 3}}}},"
        " {TimeDistributed: {layer: GlobalAveragePooling2D}}, {TimeDistributed: {layer: {Dense: 5}}},"
        " {Bidirectional: {layer: {LSTM: 6}}}]",
        "[7, 10, 9, 1]",
    )
    fields = [row.exact.receptive_field for row in rows]
    assert fields == [(1, 3, 3), (1, 10, 9), (1, 10, 9), (7, 10, 9)]


def test_flops_of_a_wrapper_are_those_of_its_layer() -> None:
    plain = last("Conv2D: {filters: 6, kernel_size: 5, activation: relu}", "[28, 28, 1]")
    frames = last(
        "TimeDistributed: {layer: {Conv2D: {filters: 6, kernel_size: 5, activation: relu}}}", "[10, 28, 28, 1]"
    )
    assert plain.exact.flops is not None
    assert frames.exact.flops == 10 * plain.exact.flops
    one, both = (last(text, "[7, 5]") for text in ("LSTM: 20", "Bidirectional: {layer: {LSTM: 20}, merge_mode: ave}"))
    assert one.exact.flops is not None
    assert both.exact.flops == 2 * one.exact.flops + 2 * 20  # a sum and a division


def test_parameters_and_in_channels_reach_the_layer_inside() -> None:
    rows = layers(
        "blocks: {cell: {params: {units: null}, layers: [{Bidirectional: {layer: {LSTM: {units: 2*$units}}}}]}}\n"
        "layers: [{TimeDistributed: {layer: {Dense: 2*$in_channels}}}, {cell: 3}]",
        "[7, 5]",
    )
    assert [row.output_shape for row in rows] == [(7, 10), (12,)]


@pytest.mark.parametrize(
    ("text", "input", "id", "suggestion"),
    [
        ("MultiHeadAttention: {num_heads: 2}", TOKENS, "missing-argument", "key_dim: ..."),
        ("MultiHeadAttention: {num_heads: 2, key_dim: 4}", "[8]", "wrong-rank", "Reshape"),
        ("MultiHeadAttention: {num_heads: 2, key_dim: 4, attention_axes: 2}", TOKENS, "no-such-axis", "positions"),
        ("GroupedQueryAttention: {head_dim: 4, num_query_heads: 6, num_key_value_heads: 4}", TOKENS,
         "groups-do-not-divide", "num_key_value_heads: 3"),
        ("Attention: {use_scale: true}", TOKENS, "merge-without-inputs", "from: [a, b]"),
        ("EinsumDense: {equation: 'abc,cd', output_shape: 4}", TOKENS, "bad-value", None),
        ("EinsumDense: {equation: 'abc,cd->abe', output_shape: [null, 4]}", TOKENS, "bad-value", "a Dense of 64"),
        ("EinsumDense: {equation: 'ab,bd->ad', output_shape: 4}", TOKENS, "wrong-rank", "...c,cd->...d"),
        ("EinsumDense: {equation: 'abc,cd->abd', output_shape: [5, 4]}", TOKENS, "shapes-do-not-fit", "null"),
        ("Bidirectional: {layer: {Dense: 3}}", TOKENS, "bad-value", "Bidirectional: {layer: {LSTM: 20}}"),
        ("Bidirectional: {layer: {LSTM: {units: 3, go_backwards: true}}}", TOKENS, "bad-value", "leave go_backwards"),
        ("Bidirectional: {layer: {LSTMM: 3}}", TOKENS, "bad-value", 'did you mean "LSTM"?'),
        ("Bidirectional: {LSTM: 3}", TOKENS, "unknown-argument", "Bidirectional: {layer: {LSTM: ...}}"),
        ("Bidirectional: {layer: {LSTM: {units: 3, unit: 3}}}", TOKENS, "unknown-argument", "units"),
        ("TimeDistributed: {layer: 3}", TOKENS, "bad-value", None),
        ("TimeDistributed: {layer: Add}", TOKENS, "bad-value", "an item of its own"),
        ("TimeDistributed: {layer: {Dense: 3}}", "[8]", "wrong-rank", None),
        ("TimeDistributed: {layer: {Conv2D: {filters: 3, kernel_size: 9}}}", "[5, 8, 8, 3]", "size-below-one", None),
        ("SpectralNormalization: {layer: ReLU}", TOKENS, "bad-value", "SpectralNormalization: {layer: {Dense: 10}}"),
    ],
)  # fmt: skip
def test_mistakes(text: str, input: str, id: str, suggestion: str | None) -> None:
    found = mistake(f"input: {input}\nlayers: [{{{text}}}]")
    assert found.id == id
    assert found.span is not None
    assert suggestion is None or suggestion in (found.suggestion or "")
