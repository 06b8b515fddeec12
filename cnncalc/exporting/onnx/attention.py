"""Attention in ONNX, written out: projections, products of queries and keys, and of what that gives and the values."""

from __future__ import annotations

import math
from typing import Final

from cnncalc.exporting.onnx.calls import Call, Lacking, Tensor
from cnncalc.layers.attention import MultiHeadAttention

HEADS_BEFORE_POSITIONS: Final = [0, 2, 1, 3]
"""The axes of (batch, positions, heads, channels) as the products read them."""


def multi_head(call: Call) -> str:
    """MultiHeadAttention of sequences."""
    layer = call.as_kind(MultiHeadAttention)
    if len(call.x) != 2 or layer.output_shape is not None:
        raise Lacking("attention is written for sequences alone, with as many channels as the query has")
    if layer.use_gate or layer.sliding_window is not None:
        raise Lacking("attention is written without a gate, and to all positions")
    call.first = False
    value_dim = layer.value_dim or layer.key_dim

    def projected(role: str, name: str, channels: int, outputs: int) -> str:
        made = call.op("MatMul", name, call.weight(f"{role}_kernel", channels, outputs))
        return call.op("Add", made, call.weight(f"{role}_bias", outputs)) if layer.use_bias else made

    def heads(role: str, x: Tensor, size: int, order: list[int]) -> str:
        steps, channels = (call.known(each) for each in x.shape)
        made = projected(role, call.net.laid_out(x, False), channels, layer.num_heads * size)
        apart = call.op("Reshape", made, call.integers(0, steps, layer.num_heads, size))
        return call.op("Transpose", apart, perm=order)

    value = call.inputs[min(1, len(call.inputs) - 1)]
    key = call.inputs[2] if len(call.inputs) == 3 else value
    queries = heads("query", call.inputs[0], layer.key_dim, HEADS_BEFORE_POSITIONS)
    keys = heads("key", key, layer.key_dim, [0, 2, 3, 1])
    values = heads("value", value, value_dim, HEADS_BEFORE_POSITIONS)
    scores = call.op("Mul", call.op("MatMul", queries, keys), call.floats([1 / math.sqrt(layer.key_dim)]))
    answers = call.op("MatMul", call.op("Softmax", scores, axis=-1), values)
    together = call.op("Transpose", answers, perm=HEADS_BEFORE_POSITIONS)
    width = layer.num_heads * value_dim
    flat = call.op("Reshape", together, call.integers(0, call.known(call.x[0]), width))
    return projected("attention_output", flat, width, call.channels())
