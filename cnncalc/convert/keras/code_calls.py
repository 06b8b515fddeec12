"""What calls of Keras's layers, models and functions do in code that is followed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from cnncalc.convert.code.builtins import builtin
from cnncalc.convert.code.library import Caller, Named
from cnncalc.convert.code.values import Dotted, Function, Instance, Method, Tensor, Unknown
from cnncalc.convert.graph import ReadingProblem
from cnncalc.convert.keras.code_layers import (
    FUNCTIONAL,
    SEQUENTIAL,
    CodeLayer,
    arguments_of,
    kind_of,
    tensors_in,
    wanted,
)  # fmt: skip
from cnncalc.convert.keras.code_net import WRITE, KerasNet
from cnncalc.errors import quote
from cnncalc.layers.registry import is_kind

MERGES: Final = {
    "add": "Add", "subtract": "Subtract", "multiply": "Multiply", "average": "Average", "maximum": "Maximum",
    "minimum": "Minimum", "concatenate": "Concatenate", "dot": "Dot",
}  # fmt: skip
"""Functions of keras.layers that call a merge of the same name."""
FIRST_MERGES: Final = {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average", "max": "Maximum"}
"""The modes of Keras 1's `merge`."""
OPERATORS: Final = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "truediv", ast.Pow: "pow",
}  # fmt: skip
CONSTANTS: Final = {"image_data_format": "channels_last", "image_dim_ordering": "tf", "backend": "tensorflow"}


class KerasCode(KerasNet):
    """What names, attributes and calls in the code come to."""

    forward = "call"
    is_tolerant = True

    # What a name means.

    def bare_name(self, name: str, stars: Sequence[str]) -> object | None:
        for star in stars:
            found = f"{star}.{name}"
            if self.is_layer(found, ()) or (is_keras(found) and name in (*MERGES, "merge", "Input")):
                return Dotted(found)
        return None

    def is_layer(self, name: str, stars: Sequence[str]) -> bool:
        last = name.rpartition(".")[2]
        if "." not in name:
            return any(self.is_layer(f"{star}.{last}", ()) for star in stars)
        return is_keras(name) and (
            is_kind(kind_of(last))
            or last in (SEQUENTIAL, "Model", "Input")
            or (".layers." in name and last[:1].isupper())
        )

    def entries(self, value: object) -> Mapping[str, object] | None:
        if isinstance(value, CodeLayer) and value.kind == SEQUENTIAL:
            return {part.key: part for part in value.parts}
        return None

    # Attributes.

    def attribute(self, node: ast.expr, owner: object, name: str) -> object:
        if isinstance(owner, Tensor):
            if name in ("shape", "_keras_shape"):
                shape = self.shapes.get(owner)
                problem = self.code.problem(node, "the shape of this tensor is not known", WRITE)
                return Unknown(problem) if shape is None else [None, *shape]
            return Method(owner, name)
        if isinstance(owner, Instance):
            return Method(owner, name)
        if not isinstance(owner, CodeLayer):
            return self.unknown(node, f"the attribute {name} is not followed")
        if owner.is_model and name in ("layers", "input", "inputs", "output", "outputs"):
            return self.of_model(node, owner, name)
        if name in ("input", "output"):
            if not owner.calls:
                self.code.stop(node, f"{quote(owner.name)} is not called yet")
            call = owner.calls[0]
            return Tensor(owner.key) if name == "output" else next(tensors_in(list(call.positional)), None)
        if name == "name":
            return owner.name
        return owner.config[name] if name in owner.config else Method(owner, name)

    def of_model(self, node: ast.expr, model: CodeLayer, name: str) -> object:
        """Finds the layers, inputs or outputs of a model."""
        if name == "layers" and model.kind == SEQUENTIAL:
            return list(model.parts)
        if model.kind == SEQUENTIAL and not model.outputs:
            self.chain(node, model)
        if name == "layers":
            order = sorted(self.layers.values(), key=lambda layer: layer.calls[0].number if layer.calls else 0)
            return [layer for layer in order if layer.calls and self.is_in(layer, model)]
        tensors = list(model.inputs if name.startswith("input") else model.outputs)
        return tensors if name.endswith("s") or len(tensors) != 1 else tensors[0]

    def set_attribute(self, node: ast.expr, owner: object, name: str, value: object) -> None:
        if isinstance(owner, CodeLayer) and name in ("trainable", "name", "activation"):
            owner.config[name] = self.known(node, f"{name} of {quote(owner.name)}", value)
            if name == "name" and isinstance(value, str):
                owner.name = value

    # Calls.

    def call(self, caller: Caller, node: ast.expr, name: str, positional: list[object], named: Named) -> object:
        last = name.rpartition(".")[2]
        if last in CONSTANTS and not positional:
            return CONSTANTS[last]
        if last == "int_shape" and positional:
            return self.attribute(node, positional[0], "shape")
        if not is_keras(name) and not name.startswith(("tensorflow", "tf.")):
            return self._other(node, name, positional)
        if ".applications." in name and last[:1].isupper():
            return Unknown(self.code.problem(
                node, f"{last} is a network of keras.applications, which this code only names",
                "model.save('model.keras') keeps all its layers; cnncalc specs lists those that come with cnncalc",
            ))  # fmt: skip
        if last == "Input":
            return self.input(node, self._arguments(node, "Input", positional, named))
        if last in (SEQUENTIAL, "Model", FUNCTIONAL):
            return self.model(node, last, positional, named)
        if last in MERGES and ".ops." not in name and positional and isinstance(positional[0], list):
            layer = self.make(node, MERGES[last], positional[1:], named)
            return self.apply(node, layer, [positional[0]], {})
        if last == "merge" and positional and isinstance(positional[0], list):
            mode = named.get("mode", "sum")
            axis = {"axis": named["concat_axis"]} if "concat_axis" in named else {}
            layer = self.make(node, FIRST_MERGES.get(str(mode), str(mode)), [], axis)
            return self.apply(node, layer, [positional[0]], {})
        if self.is_layer(name, ()) and last[:1].isupper() and ".ops." not in name:
            if last == "Lambda" and positional and isinstance(positional[0], Function):
                return positional[0]
            return self.make(node, kind_of(last), positional, named)
        if any(True for _ in tensors_in(list(positional))):
            return self.operation(node, name, positional, named)
        return self.unknown(node, f"what {name} gives is not known")

    def _other(self, node: ast.expr, name: str, positional: list[object]) -> object:
        """Calls what is neither Keras nor TensorFlow."""
        if any(True for _ in tensors_in(list(positional))):
            self.code.stop(node, f"what {name} does with a tensor is not known")
        try:
            return builtin(self.code, node, name, positional, lambda value: self.list_of(node, value))
        except ReadingProblem as problem:
            return Unknown(problem)

    def list_of(self, node: ast.AST, value: object) -> list[object]:
        """Returns the entries of a list or of a Sequential. Raises: ReadingProblem: if it is something else."""
        if isinstance(value, (list, str)):
            return list(value)
        parts = self.entries(value)
        return self.code.stop(node, "this is no list that is known") if parts is None else list(parts.values())

    def call_value(
        self, caller: Caller, node: ast.expr, called: object, positional: list[object], named: Named
    ) -> object:
        if isinstance(called, CodeLayer):
            return self.apply(node, called, positional, named)
        return self.unknown(node, "this call is not followed")

    def call_method(
        self, caller: Caller, node: ast.expr, owner: object, name: str, positional: list[object], named: Named
    ) -> object:
        first = positional[0] if positional else None
        if isinstance(owner, CodeLayer) and owner.kind == SEQUENTIAL and name in ("add", "pop"):
            self.layers_made += 1
            if name == "pop":
                owner.parts.pop()
            else:
                owner.parts.append(self.part(node, named.get("layer", first)))
            return None
        if isinstance(owner, CodeLayer) and owner.is_model and name == "get_layer":
            wanted_name, index = named.get("name", first), named.get("index")
            layers = self.of_model(node, owner, "layers")
            given = layers if isinstance(layers, list) else []
            if isinstance(index, int) and -len(given) <= index < len(given):
                return given[index]
            found = next((layer for layer in given if layer.name == wanted_name), None)
            return self.code.stop(node, f"there is no layer {wanted_name}") if found is None else found
        if (
            isinstance(owner, CodeLayer)
            and name == "build"
            and isinstance(first := named.get("input_shape", first), list)
        ):
            owner.config["build_input_shape"] = first
            return None
        if isinstance(owner, Instance) and name == "build" and isinstance(first, list):
            self.built[owner.kind.name] = first
        if isinstance(owner, Instance):
            return self.unknown(node, f"the method {name} is not followed")
        return self.unknown(node, f"what {name} gives is not known")

    def combine(self, node: ast.AST, op: ast.operator, left: object, right: object) -> object:
        name = OPERATORS.get(type(op))
        if name is None or not all(isinstance(value, (Tensor, int, float)) for value in (left, right)):
            return self.code.stop(node, "this arithmetic is not followed")
        return self.operation(node, f"math.{name}", [left, right], {})

    # Layers and models.

    def _arguments(self, node: ast.expr, kind: str, positional: list[object], named: Named) -> dict[str, object]:
        try:
            given = arguments_of(kind, positional, named)
        except ValueError as error:
            self.code.stop(node, str(error))
        return {
            name: self.known(node, f"{name} of {kind}", value) for name, value in given.items() if wanted(kind, name)
        }

    def make(self, node: ast.expr, kind: str, positional: list[object], named: Named) -> CodeLayer:
        """Makes a layer."""
        self.layers_made += 1
        config = self._arguments(node, kind, positional, named)
        for value in config.values():
            if isinstance(value, (Tensor, Method, Instance)):
                self.code.stop(node, f"{kind} has an argument that is not followed")
        if isinstance(config.get("padding"), str):
            config["padding"] = str(config["padding"]).lower()
        return self.add(node, kind, config)

    def model(self, node: ast.expr, kind: str, positional: list[object], named: Named) -> CodeLayer:
        """Makes a model: Sequential of layers, or what leads from inputs to outputs."""
        self.layers_made += 1
        config: dict[str, object] = {"name": named["name"]} if isinstance(named.get("name"), str) else {}
        if kind == SEQUENTIAL:
            model = self.add(node, SEQUENTIAL, config)
            given = self.known(node, "its list of layers", named.get("layers", positional[0] if positional else None))
            model.parts = [self.part(node, part) for part in self.list_of(node, given or [])]
        else:
            ends = [
                self.known(node, f"the {name} of this model", value)
                for name, value in (
                    ("input", named.get("inputs", named.get("input", (positional[:1] or [None])[0]))),
                    ("output", named.get("outputs", named.get("output", (positional[1:2] or [None])[0]))),
                )
            ]
            inputs, outputs = ([*tensors_in(end)] for end in ends)
            if not inputs or not outputs:
                self.code.stop(node, "the inputs and outputs of this model are not known")
            model = self.add(node, FUNCTIONAL, config)
            model.inputs, model.outputs = inputs, outputs
            self.check_inputs(node, model)
        self.models.append(model)
        return model

    def check_inputs(self, node: ast.expr, model: CodeLayer) -> None:
        """Raises: ReadingProblem: an input of a model is in the middle of another net."""
        for tensor in model.inputs:
            if self.layers[tensor.layer].kind != "InputLayer":
                self.code.stop(node, f"a model that begins behind {quote(tensor.layer)} is not followed")

    def part(self, node: ast.expr, value: object) -> CodeLayer:
        """Returns a layer of a Sequential."""
        self.known(node, "this layer", value)
        if isinstance(value, Tensor):
            value = self.layers[value.layer]
        if not isinstance(value, CodeLayer):
            what = (
                "a function"
                if isinstance(value, Function)
                else "a layer of one's own"
                if isinstance(value, Instance)
                else "what is no layer"
            )
            self.code.stop(node, f"a Sequential with {what} in it is not followed")
        return value


def is_keras(name: str) -> bool:
    """Tells whether a dotted name is one of Keras's, as a package of its own or in TensorFlow."""
    return any(part in ("keras", "keras_core", "tf_keras") for part in name.split(".")[:3])
