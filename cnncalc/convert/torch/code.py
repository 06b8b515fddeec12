"""Reads PyTorch code: the net that a file or a notebook defines, followed step by step and never executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cnncalc.convert.code.interpreter import Interpreter
from cnncalc.convert.code.text import Code, read_code
from cnncalc.convert.code.values import Instance, Scope, Tensor
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.torch.code_calls import Container, TorchCode
from cnncalc.convert.torch.modules import Leaf

INPUT: Final = "input"
ADVICE: Final = "cnncalc.from_torch reads the live module"


def read(path: Path) -> Graph:
    """Reads a file of PyTorch code. The input's height and width are unknown: `--input` tells them.

    Raises: ReadingProblem: at the line that is not understood.
    """
    code = read_code(path, ADVICE)
    library = TorchCode(code)
    interpreter = Interpreter(code, library)
    try:
        called, given = _follow(code, interpreter)
    except (AttributeError, IndexError, OverflowError, TypeError, ValueError) as error:
        code.stop(interpreter.at, f"this can't be followed: {error}")
    outputs = [part.layer for part in (given if isinstance(given, list) else [given]) if isinstance(part, Tensor)]
    if not library.layers or not outputs:
        raise ReadingProblem("no-architecture", "the code gives out no tensor that is computed from the input")
    first = next(layer for layer in library.layers if layer.inputs == [INPUT])
    shape = _input_shape(called, first.kind)
    shape = next((made for made in _tensors(code.tree) if len(made) == len(shape) and made[-1] == shape[-1]), shape)
    return Graph(path.stem, {INPUT: shape}, library.layers, list(dict.fromkeys(outputs)), source="PyTorch code")


def _follow(code: Code, interpreter: Interpreter) -> tuple[object, object]:
    """Builds the net and calls it; returns it and what it gives out."""
    node = _net(code.tree, interpreter)
    called = interpreter.value(node, Scope())
    if isinstance(called, ast.ClassDef):
        called = interpreter.call(node, called, [], {})
    name_modules(called, "")
    return called, interpreter.call(node, called, [Tensor(INPUT)], {})


def _net(tree: ast.Module, interpreter: Interpreter) -> ast.expr:
    """Finds what the net is: the last one that the file makes, else its last class of a module."""
    for statement in reversed(tree.body):
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            called = ast.unparse(statement.value.func)
            if called.endswith("Sequential") or isinstance(interpreter.names.get(called), ast.ClassDef):
                return statement.value
    for statement in reversed(tree.body):
        if isinstance(statement, ast.ClassDef) and any(_is_module(base) for base in statement.bases):
            return ast.copy_location(ast.Name(statement.name, ast.Load()), statement)
    raise ReadingProblem(
        "no-architecture",
        "the file has no nn.Module and no nn.Sequential",
        suggestion="give the file that defines the net",
    )


def _is_module(base: ast.expr) -> bool:
    return any(name in ast.unparse(base) for name in ("Module", "Sequential"))


def name_modules(value: object, path: str) -> None:
    """Names every module by its attributes, as PyTorch's `named_modules` does."""
    if isinstance(value, (Leaf, Container, Instance)):
        if value.path:
            return
        value.path = path or "net"
    inner: dict[str, object] = {}
    if isinstance(value, Container):
        inner = value.entries
    elif isinstance(value, Instance):
        inner = value.attributes
    for name, entry in inner.items():
        if isinstance(entry, (Leaf, Container, Instance)):
            name_modules(entry, f"{path}.{name}" if path else name)


def _input_shape(net: object, kind: str) -> tuple[int | None, ...]:
    """Returns the input's shape as far as the first module tells it: its channels, or its features."""
    leaf = _first_leaf(net)
    channels = leaf.channels if leaf is not None else None
    if kind == "Dense":
        return (channels,)
    rank = next((rank for rank in (1, 2, 3) if f"{rank}D" in kind), 2)
    return (*(None,) * rank, channels)


def _tensors(tree: ast.Module) -> Iterator[tuple[int | None, ...]]:
    """Lists the shapes, channels last and without the batch, of tensors such as torch.randn(1, 3, 224, 224)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.zeros", "torch.randn", "torch.rand"):
            parts = node.args[0].elts if len(node.args) == 1 and isinstance(node.args[0], ast.Tuple) else node.args
            sizes = [part.value for part in parts if isinstance(part, ast.Constant) and type(part.value) is int]
            if len(sizes) == len(parts) > 1 and min(sizes) > 0:
                yield (*sizes[2:], sizes[1])


def _first_leaf(value: object) -> Leaf | None:
    if isinstance(value, Leaf):
        return value if value.channels is not None and value.name else None
    inner = value.entries if isinstance(value, Container) else value.attributes if isinstance(value, Instance) else {}
    return next((found for entry in inner.values() if (found := _first_leaf(entry)) is not None), None)
