"""PyTorch's recurrent operators, said by operations with ONNX's names and rules."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.convert.torch.builder import Builder
from cnncalc.convert.torch.program import Call


def recurrent(b: Builder, call: Call) -> None:
    """Translates lstm, gru, rnn_tanh, rnn_relu: an operation of ONNX for each of the layers that stand on each other.

    Their weights are stacked in PyTorch's order of gates, whose sizes are ONNX's.
    """
    kind = {"lstm": "LSTM", "gru": "GRU"}.get(call.target, "RNN")
    biased, is_first_batch = bool(call.arguments.get("has_biases")), bool(call.arguments.get("batch_first"))
    directions = 2 if call.arguments.get("bidirectional") else 1
    each = 4 if biased else 2
    weights, layers = call.tensors("params"), call.integer("num_layers", 1)
    if len(weights) != each * directions * layers:
        raise call.problem(f"it has {len(weights)} weights for {layers} layers")
    x = call.tensor("input")
    if is_first_batch:
        x = b.step(call, "Transpose", [x], perm=[1, 0, 2])
    attributes: dict[str, object] = {"direction": "bidirectional" if directions > 1 else "forward"}
    if call.target == "rnn_relu":
        attributes["activations"] = ["Relu"] * directions
    states: list[str] = []
    for layer in range(layers):
        own = weights[layer * each * directions : (layer + 1) * each * directions]
        kernels, states_kernels, *biases = ([own[k + way * each] for way in range(directions)] for k in range(each))
        stacked = [_stacked(b, call, names) for names in (kernels, states_kernels)]
        if biases:
            joined = [b.step(call, "Concat", list(pair), axis=0) for pair in zip(*biases, strict=True)]
            stacked.append(_stacked(b, call, joined))
        outputs = [b.new_name(call.place) for _ in range(2)]
        b.add(call, kind, [x, *stacked], outputs, linear_before_reset=1, **attributes)
        states.append(outputs[1])
        turned = b.step(call, "Transpose", [outputs[0]], perm=[0, 2, 1, 3])
        x = b.step(call, "Reshape", [turned, b.constant([0, 0, -1])])
    if is_first_batch:
        b.add(call, "Transpose", [x], call.outputs[:1], perm=[1, 0, 2])
    else:
        b.add(call, "Identity", [x], call.outputs[:1])
    for output in call.outputs[1:]:
        b.add(call, "Concat", states, [output], axis=0)


def _stacked(b: Builder, call: Call, names: Sequence[str]) -> str:
    """Puts the weights of all directions into one tensor, with an axis for them in front."""
    parts = [b.step(call, "Unsqueeze", [name], axes=[0]) for name in names]
    return parts[0] if len(parts) == 1 else b.step(call, "Concat", parts, axis=0)
