"""Recurrent layers of ONNX. PyTorch's have two biases for each gate, Keras's one: their size is kept, as Opaque."""

from __future__ import annotations

from typing import Final

from cnncalc.convert.channels_first.activation import Activation
from cnncalc.convert.channels_first.operations import Operation
from cnncalc.convert.channels_first.translation import Rule, Translation


def recurrent(t: Translation, operation: Operation) -> None:
    """LSTM, GRU, RNN: the states of all steps (steps, directions, batch, units), and the last ones."""
    x = t.activation(operation)
    if operation.attribute("layout", int, 0) or len(x.order) != 3:
        raise operation.problem("unsupported-layer", "its input has its axes in another order")
    steps = t.arrange(operation, x, [0, 2])
    kernels = t.weight(operation, 2).dims
    if len(kernels) != 3:
        raise operation.problem("damaged-file", f"its weights have the sizes {list(kernels)}")
    directions, units = kernels[0], kernels[2]
    shape = [steps.shape[0], directions, units]
    params = sum(weights.size for index in (1, 2, 3) if (weights := t.constant(operation, index)) is not None)
    arguments = {"output_shape": shape, "params": params}
    name, found = t.add(operation, "Opaque", arguments, [steps], t.kernel_names(operation, 1))
    t.warnings.append(f"{operation.kind} ({operation.place}): its operations are not counted")
    t.result(operation, Activation(name, found, (0, 1, None, 2), 2))
    for index, last in enumerate(operation.outputs[1:], 1):
        if t.readers.get(last) or last in t.graph.outputs:
            path = (*operation.path, "last")
            name_of_last, cut = t.add(
                operation, "Slice", {"axis": 1, "start": -1}, [Activation(name, found, (0, 1, None, 2), 2)], path=path
            )
            state = Activation(name_of_last, cut, (None, 1, None, 2), 2)
            y = t.reshaped(operation, state, [directions, units], (0, None, 1), 1)
            t.result(operation, y, index)


RULES: Final[dict[str, Rule]] = dict.fromkeys(("LSTM", "GRU", "RNN"), recurrent)
