"""The layers, models and shapes that Keras code has built so far."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from typing import Final

from cnncalc.convert.code.library import Named
from cnncalc.convert.code.text import Code
from cnncalc.convert.code.values import Tensor, Unknown
from cnncalc.convert.keras.code_layers import (
    OPERATION,
    CodeCall,
    CodeLayer,
    batch_shape,
    entry_of,
    tensors_in,
    unknown_in,
)  # fmt: skip
from cnncalc.convert.keras.layers import kind_arguments, read_layer
from cnncalc.convert.names import unique_name
from cnncalc.errors import Problem, Problems, quote
from cnncalc.expansion.scopes import snake_case
from cnncalc.layers.registry import build, is_kind
from cnncalc.tensor import Shape
from cnncalc.tensor import Tensor as SpecTensor

STATES: Final = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}
"""How many states each layer hands on with `return_state`."""
WRITE: Final = "write the value there, or save the model: model.save('model.keras')"

SHAPE: Final = "give the first layer input_shape=(32, 32, 3), or add model.build((None, 32, 32, 3))"


class KerasNet:
    """The layers by key, the models in the order in which they were made, and the shapes of tensors."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.layers: dict[str, CodeLayer] = {}
        self.models: list[CodeLayer] = []
        self.shapes: dict[Tensor, Shape] = {}
        self.built: dict[str, list[object]] = {}
        """The shapes that objects of the file's classes are built for, by the class."""
        self.names: Counter[str] = Counter()
        self.layers_made = 0

    def unknown(self, node: ast.AST, message: str) -> Unknown:
        return Unknown(self.code.problem(node, message, WRITE))

    def known(self, node: ast.AST, what: str, value: object) -> object:
        """Returns a value that the net needs. Raises: ReadingProblem: at the node if it is not known."""
        found = unknown_in(value)
        if found is not None:
            self.code.stop(node, f"{what} is not known: {found.problem.message}", found.problem.suggestion)
        return value

    def add(self, node: ast.AST, kind: str, config: dict[str, object]) -> CodeLayer:
        """Keeps a layer under a name of its own, as Keras does: `conv2d`, `conv2d_1`."""
        name = config.pop("name", None)
        if not isinstance(name, str) or not name:
            base = snake_case(kind)
            name = f"{base}_{self.names[base]}" if self.names[base] else base
            self.names[base] += 1
        layer = CodeLayer(unique_name(name, self.layers, {}), name, kind, config, self.code.place(node))
        self.layers[layer.key] = layer
        return layer

    def input(self, node: ast.AST, config: dict[str, object]) -> Tensor:
        """Makes an input."""
        shape = batch_shape(config, "Input")
        if shape is None:
            self.code.stop(node, "the shape of this input is not known", SHAPE)
        name = {"name": config["name"]} if "name" in config else {}
        layer = self.add(node, "InputLayer", {"batch_shape": shape, **name})
        self.layers_made += 1
        layer.calls.append(CodeCall([], {}, self.layers_made))
        tensor = Tensor(layer.key)
        if all(size is None or isinstance(size, int) for size in shape):
            self.shapes[tensor] = tuple(size if isinstance(size, int) else None for size in shape[1:])
        return tensor

    def apply(self, node: ast.AST, layer: CodeLayer, positional: Sequence[object], named: Named) -> object:
        """Calls a layer or a model with tensors."""
        for value in (*positional, *named.values()):
            self.known(node, f"what {quote(layer.name)} reads", value)
        first = positional[0] if positional else named.get("inputs")
        if not any(True for _ in tensors_in([*positional, *named.values()])):
            self.code.stop(node, f"{quote(layer.name)} is called without a tensor")
        if not positional and first is not None:
            positional, named = [first], {name: value for name, value in named.items() if name != "inputs"}
        self.layers_made += 1
        layer.calls.append(CodeCall(positional, named, self.layers_made))
        call = len(layer.calls) - 1
        count = len(layer.outputs) or 1
        inner = layer.config.get("layer")
        cell = inner if isinstance(inner, CodeLayer) else layer
        if cell.config.get("return_state") and cell.kind in STATES:
            count = 1 + STATES[cell.kind] * (2 if layer.kind == "Bidirectional" else 1)
        made = [Tensor(layer.key, call, index) for index in range(count)]
        self.find_shape(layer, [*tensors_in(list(positional))], made[0])
        return made if count > 1 else made[0]

    def find_shape(self, layer: CodeLayer, reads: Sequence[Tensor], made: Tensor) -> None:
        """Finds the shape of a layer's output, for code that asks for it; it stays unknown if that can't be."""
        shapes = [self.shapes.get(tensor) for tensor in reads]
        if not is_kind(layer.kind) or None in shapes or not shapes:
            return
        try:
            arguments = kind_arguments(read_layer(entry_of(layer, self.layers), "", False))
            spec_layer = build(layer.kind, arguments)
            self.shapes[made] = spec_layer.output([SpecTensor(shape) for shape in shapes if shape is not None]).shape
        except (Problem, Problems):
            return

    def operation(self, node: ast.AST, name: str, positional: Sequence[object], named: Named) -> Tensor:
        """Calls an operation on tensors, as Keras 2 writes it: a TFOpLambda with the function's name."""
        last = name.rpartition(".")[2]
        named = {key: self.known(node, f"{key} of {last}", value) for key, value in named.items() if key != "name"}
        given = [self.known(node, f"an argument of {last}", value) for value in positional]
        if last in ("concat", "concatenate", "stack") and len(given) > 1:
            named, given = {"axis": given[1], **named}, given[:1]
        layer = self.add(
            node,
            OPERATION,
            {"function": name, "name": f"tf.{last}" if not self.names[last] else f"tf.{last}_{self.names[last]}"},
        )
        self.names[last] += 1
        found = self.apply(node, layer, given, named)
        return next(tensors_in(found))

    def is_in(self, layer: CodeLayer, model: CodeLayer) -> bool:
        """Tells whether a functional model has a layer."""
        waiting, seen = list(model.outputs), set(model.outputs)
        while waiting:
            tensor = waiting.pop()
            if tensor.layer == layer.key:
                return True
            call = self.layers[tensor.layer].calls[tensor.call]
            new = [x for x in tensors_in([*call.positional, *call.named.values()]) if x not in seen]
            seen.update(new)
            waiting += new
        return False

    def chain(self, node: ast.expr, model: CodeLayer) -> None:
        """Calls the layers of a Sequential one behind the other, for code that asks for its tensors."""
        first = model.parts[0] if model.parts else self.code.stop(node, f"{quote(model.name)} has no layers yet")
        if first.kind == "InputLayer":
            tensor, parts = Tensor(first.key), model.parts[1:]
        else:
            shape = batch_shape(first.config, first.kind)
            if shape is None:
                self.code.stop(node, f"{quote(model.name)} does not say which shape it reads")
            tensor, parts = self.input(node, {"batch_shape": shape}), model.parts
        model.inputs = [tensor]
        for part in parts:
            found = self.apply(node, part, [tensor], {})
            tensor = next(tensors_in(found))
        model.outputs = [tensor]
