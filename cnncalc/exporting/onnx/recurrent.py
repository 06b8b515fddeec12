"""Recurrent layers in ONNX, which reads the steps before the batch."""

from __future__ import annotations

from typing import Final

from cnncalc.exporting.onnx.calls import Call, Lacking
from cnncalc.exporting.onnx.messages import Attribute
from cnncalc.layers.recurrent import GRU, Gated, Recurrent

_OPERATORS: Final = {"SimpleRNN": "RNN", "LSTM": "LSTM", "GRU": "GRU"}


def recurrent(call: Call) -> str:
    """SimpleRNN, LSTM and GRU with Keras's activations; biases that Keras does not have are zeros."""
    layer, x = call.as_kind(Recurrent), call.read_last()
    if layer.activation != "tanh" or (isinstance(layer, Gated) and layer.recurrent_activation != "sigmoid"):
        raise Lacking("recurrent layers are written with tanh and sigmoid alone")
    if layer.return_state or (layer.go_backwards and layer.return_sequences):
        raise Lacking("the states of all steps are written forwards, and the last state not apart")
    rows = layer.gates * layer.units
    inputs = [
        call.op("Transpose", x, perm=[1, 0, 2]),
        call.weight("kernel", 1, rows, call.channels()),
        call.weight("recurrent_kernel", 1, rows, layer.units),
    ]
    resets_after = isinstance(layer, GRU) and layer.reset_after
    if layer.use_bias:
        if layer.use_recurrent_bias or resets_after:
            inputs.append(call.weight("bias", 1, 2 * rows))
        else:
            zeros = call.floats([0.0] * rows, 1, rows)
            inputs.append(call.op("Concat", call.weight("bias", 1, rows), zeros, axis=1))
    attributes: dict[str, Attribute] = {"hidden_size": layer.units}
    if resets_after:
        attributes["linear_before_reset"] = 1
    if layer.go_backwards:
        attributes["direction"] = "reverse"
    kind = _OPERATORS[call.kind]
    if not layer.return_sequences:
        last = call.op(kind, *inputs, **attributes)
        call.operations[-1].outputs_before = 1  # the states of all steps
        return call.op("Squeeze", last, call.integers(0))
    steps = call.op("Squeeze", call.op(kind, *inputs, **attributes), call.integers(1))
    return call.op("Transpose", steps, perm=[1, 0, 2])
