"""Reads Keras code: the model that a file or a notebook builds, followed step by step and never executed.

What the code builds is written as Keras's own configuration, and read as a file of Keras is.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Final

from cnncalc.convert.code.interpreter import Interpreter
from cnncalc.convert.code.text import Code, read_code
from cnncalc.convert.code.values import Function, Instance
from cnncalc.convert.graph import Graph, GraphLayer, ReadingProblem
from cnncalc.convert.keras.code_calls import KerasCode
from cnncalc.convert.keras.code_layers import FUNCTIONAL, SEQUENTIAL, CodeLayer, entry_of, tensors_in
from cnncalc.convert.keras.code_net import SHAPE
from cnncalc.convert.keras.model import ModelReader

ADVICE: Final = "model.save('model.keras') keeps the model that the code comes to"


def read(path: Path) -> Graph:
    """Reads a file of Keras code. Raises: ReadingProblem: at the line that is not understood."""
    code = read_code(path, ADVICE)
    library = KerasCode(code)
    interpreter = Interpreter(code, library)
    try:
        interpreter.run(code.tree.body, interpreter.globals)
        model = _model(code, library, interpreter)
        entry = entry_of(model, library.layers)
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
        code.stop(interpreter.at, f"this can't be followed: {error}")
    place_of = {layer.name: layer.place for layer in library.layers.values()}
    try:
        graph = ModelReader().graph_of(entry, "Keras code")
    except ReadingProblem as problem:
        name = problem.place.rpartition("/")[2] or model.name
        problem.suggestion = problem.suggestion if problem.place else SHAPE
        problem.place = f"{place_of[name]}, {name}" if name in place_of else problem.place
        raise
    for layers in (graph.layers, *(block.layers for block in graph.blocks.values())):
        _set_places(layers, place_of)
    own = [name for name, value in interpreter.globals.items() if value is model]
    others = [name for name, value in interpreter.globals.items() if _is_model(value) and value is not model]
    if others:
        graph.warnings.append(f"the code builds {', '.join(others)} too: this is {(own or [model.name])[-1]}")
    return replace(graph, name=path.stem if model.name in (SEQUENTIAL.lower(), FUNCTIONAL.lower()) else model.name)


def _is_model(value: object) -> bool:
    return isinstance(value, CodeLayer) and value.is_model


def _model(code: Code, library: KerasCode, interpreter: Interpreter) -> CodeLayer:
    """Finds the model: the last one that has a name, else the last one, else what a function or class builds."""
    named = [value for value in interpreter.globals.values() if isinstance(value, CodeLayer)]
    order = {model.key: index for index, model in enumerate(library.models)}
    found = sorted((model for model in named if model.key in order), key=lambda model: order[model.key])
    models = [model for model in (found or library.models) if model.parts or model.outputs]
    if models:
        return models[-1]
    instances = [value for value in interpreter.globals.values() if isinstance(value, Instance)]
    if instances and _is_callable(instances[-1]):
        return _called(code, library, interpreter, instances[-1])
    for statement in reversed(code.tree.body):
        if isinstance(statement, ast.FunctionDef) and any(isinstance(node, ast.Return) for node in ast.walk(statement)):
            node = ast.copy_location(ast.Name(statement.name, ast.Load()), statement)
            made = interpreter.call(node, Function(statement, interpreter.globals), [], {})
            parts = made if isinstance(made, list) else [made]
            model = next((part for part in parts if isinstance(part, CodeLayer) and part.is_model), None)
            if model is not None:
                return model
        if isinstance(statement, ast.ClassDef) and _is_callable(Instance(statement)):
            node = ast.copy_location(ast.Name(statement.name, ast.Load()), statement)
            instance = interpreter.call(node, statement, [], {})
            if isinstance(instance, Instance):
                return _called(code, library, interpreter, instance)
    unknown = next((value for value in interpreter.globals.values() if isinstance(value, Instance)), None)
    raise ReadingProblem(
        "no-architecture", "the code builds no model of Keras", expected="a Sequential or a Model",
        suggestion=ADVICE if unknown is None else "give the file that defines the net",
    )  # fmt: skip


def _is_callable(instance: Instance) -> bool:
    return any(isinstance(part, ast.FunctionDef) and part.name == "call" for part in instance.kind.body)


def _called(code: Code, library: KerasCode, interpreter: Interpreter, instance: Instance) -> CodeLayer:
    """Calls an object of a class of the file, whose input's shape is not known."""
    node = ast.copy_location(ast.Name(instance.kind.name, ast.Load()), instance.kind)
    x = library.input(node, {"batch_shape": library.built.get(instance.kind.name)})
    outputs = [*tensors_in(interpreter.call(node, instance, [x], {}))]
    if not outputs:
        code.stop(node, f"what {instance.kind.name} gives out is no tensor that is computed from the input")
    model = library.add(node, FUNCTIONAL, {"name": instance.kind.name})
    model.inputs, model.outputs = [x], outputs
    return model


def _set_places(layers: list[GraphLayer], place_of: dict[str, str]) -> None:
    """Names the lines of layers as their places."""
    for layer in layers:
        name = layer.place.rpartition("/")[2]
        if name in place_of:
            layer.place = f"{place_of[name]}, {name}"
