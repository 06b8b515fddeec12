"""A net as the JSON that `keras.models.model_from_json` loads: Keras 3's functional configuration.

The layers are those of the program of Keras, written out one by one: what a statement of it says becomes a
configuration. An operation on tensors, or a class of the program's own, is none of Keras's layers: JSON can't hold it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.keras.calls import leading_arguments
from cnncalc.exporting.keras.program import KerasWriter
from cnncalc.exporting.program.expressions import Code, constant
from cnncalc.exporting.program.programs import Program, write_program
from cnncalc.exporting.program.steps import LayerStep
from cnncalc.exporting.refusals import Refusals
from cnncalc.layers.base import Layer
from cnncalc.tensor import Shape

Json = dict[str, object]
KERAS_VERSION = "3.15.0"
"""The version whose configuration this is."""


def keras_json(analysis: Analysis) -> str:
    """Writes the model's JSON. Raises: SpecError: if Keras has no layer of its own for one."""
    refusals = Refusals("Keras")
    refusals.note_further_outputs(analysis.expansion.nodes)
    refusals.stop()
    return write_program(analysis, True, lambda program: _Model(analysis, program).text(), is_flat=True)


class _Model:
    """The configuration of a model, layer by layer."""

    def __init__(self, analysis: Analysis, program: Program) -> None:
        self.analysis, self.program = analysis, program
        self.writer = KerasWriter(analysis, program)
        self.refusals = self.writer.refusals
        self.layers: dict[str, Json] = {}
        self.tensors: dict[str, Json] = {}
        """What each variable of the program holds."""
        self.made: dict[str, ast.Call] = {}
        """Layers that are used several times, by their variables."""

    def text(self) -> str:
        """Writes the JSON."""
        self.writer.name_main()
        for node, value in zip(self.analysis.expansion.inputs, self.program.inputs, strict=True):
            name = self.writer.exported(node)
            shape = self.analysis.figures[node].output.shape
            config: Json = {"batch_shape": [None, *shape], "dtype": "float32", "name": name}
            self.layers[name] = _entry("InputLayer", config)
            self.tensors[value.variable.name] = _tensor(name, 0, shape)
        for step in self.program.main.steps:
            assert isinstance(step, LayerStep), "a program without functions and loops"
            self._step(step)
        self.refusals.stop()
        model: Json = {
            "name": self.writer.title(),
            "trainable": True,
            "layers": list(self.layers.values()),
            "input_layers": self._ends([value.variable.name for value in self.program.inputs]),
            "output_layers": self._ends([value.variable.name for value in self.program.outputs]),
        }
        whole = {
            "module": "keras.src.models.functional", "class_name": "Functional", "config": model,
            "registered_name": "Functional", "keras_version": KERAS_VERSION, "backend": "tensorflow",
        }  # fmt: skip
        return json.dumps(whole, indent=1) + "\n"

    def _ends(self, variables: Sequence[str]) -> list[object]:
        return [self.tensors[name]["config"]["keras_history"] for name in variables]  # type: ignore[index]

    def _step(self, step: LayerStep) -> None:
        shapes = step.target.shapes
        step.arguments = {name: _plain(code) for name, code in step.arguments.items()}
        statements = self.writer.statements(step)
        for place, text in enumerate(statements):
            shape = shapes[0] or ()
            if not place and len(statements) > 1 and "layers.ZeroPadding" in text:
                shape = _padded(step.inputs[0].shapes[0] or (), text, 1)
            else:
                for later in reversed(statements[place + 1 :]):
                    shape = _padded(shape, later, -1)
            if not self._statement(text, step, shape):
                node = next(node for node in step.target.nodes if node is not None)
                self.refusals.note(self.analysis.expansion.nodes[node], "it is none of Keras's own layers")
                self.tensors[step.target.variable.name] = _tensor("", 0, shapes[0] or ())
                return

    def _statement(self, text: str, step: LayerStep, shape: Shape) -> bool:
        """Reads a statement of the program; tells whether it applies a layer of Keras."""
        (statement,) = ast.parse(text).body
        if not isinstance(statement, ast.Assign):
            return False
        target, value = ast.unparse(statement.targets[0]), statement.value
        if (
            isinstance(value, ast.Subscript)
            and isinstance(value.value, ast.Call)
            and isinstance(value.slice, ast.Constant)
        ):
            value = value.value  # the first of several outputs
        if not isinstance(value, ast.Call):
            return False
        if isinstance(value.func, ast.Attribute):
            if target != step.layer_variable:
                return False
            self.made[target] = value
            return True
        layer = self.made.get(value.func.id) if isinstance(value.func, ast.Name) else value.func
        if not isinstance(layer, ast.Call) or not ast.unparse(layer.func).startswith("layers."):
            return False
        config = _config(layer)
        name = str(config["name"])
        entry = self.layers.setdefault(name, _entry(ast.unparse(layer.func).removeprefix("layers."), config))
        nodes = entry["inbound_nodes"]
        assert isinstance(nodes, list)
        nodes.append({"args": [self._read(argument) for argument in value.args], "kwargs": {}})
        self.tensors[target] = _tensor(name, len(nodes) - 1, shape)
        return True

    def _read(self, argument: ast.expr) -> object:
        if isinstance(argument, ast.List):
            return [self._read(entry) for entry in argument.elts]
        return self.tensors[ast.unparse(argument)]


def _padded(shape: Shape, text: str, sign: int) -> Shape:
    """Finds the shape behind a statement that pads or crops, or with the sign -1 before it."""
    (statement,) = ast.parse(text).body
    call = statement.value if isinstance(statement, ast.Assign) else None
    layer = call.func if isinstance(call, ast.Call) else None
    kind = ast.unparse(layer.func).removeprefix("layers.") if isinstance(layer, ast.Call) else ""
    if not isinstance(layer, ast.Call) or not kind.startswith(("ZeroPadding", "Cropping")):
        return shape
    sign = sign if kind.startswith("ZeroPadding") else -sign
    amounts = _value(layer.args[0])
    sizes = list(shape)
    for axis, size in enumerate(shape[:-1]):
        each = amounts[axis] if isinstance(amounts, tuple) and len(shape) > 2 else amounts
        total = sum(each) if isinstance(each, tuple) else 2 * int(str(each))
        sizes[axis] = None if size is None else size + sign * total
    return tuple(sizes)


def _plain(code: Code) -> Code:
    """Computes an argument; a layer inside a layer stays one."""
    return code if isinstance(code.constant, Layer) else constant(code.value(0))


def _config(layer: ast.Call) -> Json:
    """Reads the arguments of a layer by their names."""
    kind = ast.unparse(layer.func).removeprefix("layers.")
    names = leading_arguments(kind)
    if kind.startswith("ZeroPadding"):
        names = ["padding"]
    positional = dict(zip(names, map(_value, layer.args), strict=False))
    return positional | {keyword.arg: _value(keyword.value) for keyword in layer.keywords if keyword.arg}


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Call):
        kind = ast.unparse(node.func).removeprefix("layers.")
        return {"module": "keras.layers", "class_name": kind, "config": _config(node), "registered_name": None}
    return ast.literal_eval(node)


def _entry(class_name: str, config: Mapping[str, object]) -> Json:
    return {
        "module": "keras.layers", "class_name": class_name, "config": dict(config), "registered_name": None,
        "name": config["name"], "inbound_nodes": [],
    }  # fmt: skip


def _tensor(layer: str, node: int, shape: Shape) -> Json:
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [layer, node, 0]}
    return {"class_name": "__keras_tensor__", "config": config}
