"""Recurrent layers of ONNX: LSTM, GRU and RNN, in one direction or in both."""

from __future__ import annotations

from typing import Final

from cnncalc.convert.channels_first.activation import Activation, order_of
from cnncalc.convert.channels_first.activations import NAMED
from cnncalc.convert.channels_first.operands import whole_numbers
from cnncalc.convert.channels_first.operations import Constant, Operation
from cnncalc.convert.channels_first.translation import Rule, Translation

KINDS: Final = {"LSTM": ("LSTM", 4), "GRU": ("GRU", 3), "RNN": ("SimpleRNN", 1)}
"""The layer of each operation, and its number of gates."""
DEFAULTS: Final = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
"""Activations of one direction: of the gates, of the state, of an LSTM's output."""
ACTIVATIONS: Final = {**NAMED, "Relu": "relu", "Affine": "linear"}


def recurrent(t: Translation, operation: Operation) -> None:
    """Translates LSTM, GRU, RNN: the states of all steps (steps, directions, batch, units), and the last ones."""
    x = t.activation(operation)
    if operation.attribute("layout", int, 0) or len(x.order) != 3:
        raise operation.problem("unsupported-layer", "its input has its axes in another order")
    steps = t.arrange(operation, x, [0, 2])
    directions, units = _sizes(t, operation, steps)
    arguments: dict[str, object] = {"units": units, **_arguments(t, operation, directions)}
    if operation.attribute("direction", str, "forward") == "reverse":
        arguments["go_backwards"] = True
    read = [t.is_read(name) for name in operation.outputs]
    kind = KINDS[operation.kind][0]
    if read[0]:
        _all_steps(t, operation, steps, _layer(kind, {**arguments, "return_sequences": True}, directions))
    elif any(read):
        kind, arguments = _layer(kind, arguments, directions)
        name, shape = t.add(operation, kind, arguments, [steps], t.kernel_names(operation, 1))
        _last(t, operation, Activation(name, shape, order_of([1], 2), 0), directions, units)


def _layer(kind: str, arguments: dict[str, object], directions: int) -> tuple[str, dict[str, object]]:
    """Returns a recurrent layer, inside a Bidirectional if there are two directions."""
    return (kind, arguments) if directions == 1 else ("Bidirectional", {"layer": {kind: arguments}})


def _sizes(t: Translation, operation: Operation, steps: Activation) -> tuple[int, int]:
    """Returns the number of directions and of units, after a look at the sizes of all weights."""
    kernel, states = t.weight(operation, 1).dims, t.weight(operation, 2).dims
    gates = KINDS[operation.kind][1]
    directions, units = (states[0] or 0, states[2] or 0) if len(states) == 3 else (0, 0)
    wanted = ((directions, gates * units, steps.shape[-1]), (directions, gates * units, units))
    if directions not in (1, 2) or (kernel, states) != wanted:
        raise operation.problem("damaged-file", f"its weights have the sizes {list(kernel)} and {list(states)}")
    return directions, units


def _arguments(t: Translation, operation: Operation, directions: int) -> dict[str, object]:
    """Biases and activations, if they are not the defaults. Raises: ReadingProblem: if no layer has them."""
    if t.value(operation, 7) is not None:
        raise operation.problem(
            "unsupported-layer", "its gates look at the state (peepholes), for which there is no layer"
        )
    for index in (5, 6):
        if isinstance(t.value(operation, index), Activation):
            t.warnings.append(f"{operation.kind} ({operation.place}): that its first state is computed is left out")
    arguments: dict[str, object] = {}
    bias = t.constant(operation, 3)
    biased = bias is not None
    # Zeros that stand in the file for the state's bias are no weights.
    is_halved = bias is not None and 2 * sum(bias.sources.values()) == bias.size
    if not biased:
        arguments["use_bias"] = False
    resets_after = operation.kind == "GRU" and bool(operation.attribute("linear_before_reset", int, 0))
    if operation.kind == "GRU" and not resets_after:
        arguments["reset_after"] = False
    if biased and not resets_after and not is_halved:
        arguments["use_recurrent_bias"] = True
    default = DEFAULTS[operation.kind]
    given = operation.attributes.get("activations") or default * directions
    own = list(given) if isinstance(given, (list, tuple)) else []
    names = [ACTIVATIONS.get(str(name), "") for name in own[: len(default)]]
    if own != own[: len(default)] * directions or "" in names or (len(names) == 3 and names[1] != names[2]):
        raise operation.problem("unsupported-layer", f"there is no layer with its activations {given}")
    if names[-1] != "tanh":
        arguments["activation"] = names[-1]
    if len(names) > 1 and names[0] != "sigmoid":
        arguments["recurrent_activation"] = names[0]
    return arguments


def _all_steps(t: Translation, operation: Operation, steps: Activation, layer: tuple[str, dict[str, object]]) -> None:
    """Adds the layer that gives the states of all steps; what reads the last one reads the last step."""
    kind, arguments = layer
    name, shape = t.add(operation, kind, arguments, [steps], t.kernel_names(operation, 1))
    y = Activation(name, shape, (0, None, 1), 1)
    directions = 2 if kind == "Bidirectional" else 1
    units = (shape[-1] or 0) // directions
    joined = _joined(t, operation, shape[-1] or 0) if directions > 1 else None
    if joined is not None:
        t.result(joined, y)
    elif directions > 1:
        apart = t.reshaped(operation, y, [shape[0], directions, units], (0, 1, None, 2), 2)
        t.result(operation, apart)
    else:
        t.result(operation, Activation(name, shape, (0, None, None, 1), 2))
    if any(t.is_read(output) for output in operation.outputs[1:]):
        t.warnings.append(f"{operation.kind} ({operation.place}): the last step stands for the last state")
        path = (*operation.path, "last")
        cut, shape = t.add(operation, "Slice", {"axis": 1, "start": -1}, [y], path=path)
        last = t.reshaped(operation, Activation(cut, shape, (None, 0, 1), 1), [shape[-1]], order_of([1], 2), 0)
        _last(t, operation, last, directions, units)


def _last(t: Translation, operation: Operation, y: Activation, directions: int, units: int) -> None:
    """Gives the last states (directions, batch, units) their value, from a layer with the units of all directions."""
    if directions > 1:
        state = t.reshaped(operation, y, [directions, units], (0, None, 1), 1)
    else:
        state = Activation(y.layer, y.shape, (None, None, 0), 1)
    for index, output in enumerate(operation.outputs[1:], 1):
        if t.is_read(output):
            t.result(operation, state, index)


def _joined(t: Translation, operation: Operation, units: int) -> Operation | None:
    """Finds the Reshape that puts both directions side by side, as PyTorch's exporters write it."""
    swap = t.only_reader(operation.outputs[0])
    if swap is None or swap.kind != "Transpose" or swap.integers("perm") != (0, 2, 1, 3):
        return None
    last = t.only_reader(swap.outputs[0])
    if last is None or last.kind != "Reshape" or len(last.inputs) < 2:
        return None
    target = t.values.get(last.inputs[1])
    sizes = whole_numbers(target) if isinstance(target, Constant) else t.graph.declared.get(last.outputs[0])
    if sizes is None or len(sizes) != 3 or sizes[2] not in (-1, units):
        return None
    t.done |= {id(swap), id(last)}
    return last


RULES: Final[dict[str, Rule]] = dict.fromkeys(KINDS, recurrent)
