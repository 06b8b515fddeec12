"""Which tensors a Keras layer is called with, in the forms of Keras 2 (nested lists) and 3 (`args`, `kwargs`)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from cnncalc.convert.graph import ReadingProblem
from cnncalc.tensor import Shape

CONSTANT = "_CONSTANT_VALUE"
"""What stands in place of a layer's name in front of a number that Keras 2 hands to an operation."""
IGNORED = frozenset({"mask", "training", "attention_mask", "query_mask", "value_mask", "key_mask", "initial_state"})
"""Arguments of a call whose tensors are no input of the layer: masks, and states that change no size."""


class KerasTensor(NamedTuple):
    """An output of a call of a layer."""

    layer: str
    node: int
    output: int


@dataclass(slots=True)
class Call:
    """One call of a layer: positional arguments and those by name; lists, dicts, constants and tensors."""

    args: list[object]
    kwargs: dict[str, object]
    shapes: dict[KerasTensor, Shape] = field(default_factory=dict)
    """The shapes of its inputs, if the file records them."""

    def tensors(self) -> list[KerasTensor]:
        """Lists all tensors that the call reads, masks apart."""
        named = [value for name, value in self.kwargs.items() if name not in IGNORED]
        return [*tensors_in(self.args), *tensors_in(named)]


def tensors_in(value: object) -> Iterator[KerasTensor]:
    """Finds the tensors in a value, in order."""
    if isinstance(value, KerasTensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from tensors_in(entry)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


def read_calls(nodes: object, names: Container[str], place: str) -> list[Call]:
    """Reads the calls of a layer; `names` are those of all layers. Raises: ReadingProblem."""
    if not isinstance(nodes, list):
        raise _damaged(place)
    return [_read_node(node, names, place) for node in nodes]


def _read_node(node: object, names: Container[str], place: str) -> Call:
    if isinstance(node, dict) and "args" in node:  # Keras 3
        call = Call([], {})
        args, kwargs = node["args"], node.get("kwargs") or {}
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise _damaged(place)
        call.args = [_value_3(entry, call, place) for entry in args]
        call.kwargs = {name: _value_3(entry, call, place) for name, entry in kwargs.items()}
        return call
    if isinstance(node, dict):  # Keras 2, called with a dict
        return Call([{name: _tensor_2(entry, place) for name, entry in node.items()}], {})
    if not isinstance(node, list) or not node:
        raise _damaged(place)
    entries = [node] if isinstance(node[0], str) else node
    call = Call([], {})
    for entry in entries:
        if not isinstance(entry, list) or len(entry) < 3:
            raise _damaged(place)
        call.args.append(entry[2] if entry[0] == CONSTANT else _tensor_2(entry, place))
        kwargs = entry[3] if len(entry) > 3 else {}
        if isinstance(kwargs, dict):
            call.kwargs |= {name: _value_2(value, names) for name, value in kwargs.items()}
    return call


def _value_3(value: object, call: Call, place: str) -> object:
    """Reads a value of Keras 3; the shapes of tensors are noted in the call."""
    if isinstance(value, list):
        return [_value_3(entry, call, place) for entry in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        if not isinstance(config, dict) or not isinstance(config.get("keras_history"), list):
            raise _damaged(place)
        tensor = _tensor_2(config["keras_history"], place)
        shape = config.get("shape")
        if isinstance(shape, list) and all(size is None or isinstance(size, int) for size in shape):
            call.shapes[tensor] = tuple(shape[1:])
        return tensor
    if value.get("class_name") in ("__tuple__", "__numpy__", "__tensor__", "__ellipsis__", "__slice__"):
        return _constant_3(value, call, place)
    return {name: _value_3(entry, call, place) for name, entry in value.items()}


def _constant_3(value: dict[str, object], call: Call, place: str) -> object:
    config = value.get("config")
    inner = value.get("items", config)
    if value["class_name"] == "__slice__" and isinstance(config, dict):
        return slice(config.get("start"), config.get("stop"), config.get("step"))
    if value["class_name"] == "__ellipsis__":
        return ...
    if isinstance(inner, dict):
        inner = inner.get("value")
    return _value_3(inner, call, place) if isinstance(inner, list) else inner


def _value_2(value: object, names: Container[str]) -> object:
    """Reads a value among the arguments of a call of Keras 2: a list of a layer's name and two numbers is a tensor."""
    if isinstance(value, list):
        if len(value) in (3, 4) and isinstance(value[0], str) and value[0] in names and isinstance(value[1], int):
            return KerasTensor(value[0], value[1], value[2])
        return [_value_2(entry, names) for entry in value]
    if isinstance(value, dict):
        return {name: _value_2(entry, names) for name, entry in value.items()}
    return value


def _tensor_2(value: object, place: str) -> KerasTensor:
    """Reads `["conv2d", 0, 0]`. Raises: ReadingProblem."""
    match value:
        case [str(layer), int(node), int(index), *_]:
            return KerasTensor(layer, node, index)
    raise _damaged(place)


def _damaged(place: str) -> ReadingProblem:
    return ReadingProblem(
        "damaged-file", f'what "{place}" reads is not written as Keras writes it', place=place,
        expected="inbound_nodes of Keras 2 or 3",
    )  # fmt: skip
