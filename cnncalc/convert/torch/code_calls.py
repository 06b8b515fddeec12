"""What calls of PyTorch's modules and functions, and of a few of Python's own, do in code that is followed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from cnncalc.convert.graph import GraphLayer, ReadingProblem
from cnncalc.convert.torch import modules
from cnncalc.convert.torch.code_values import Container, Tensor
from cnncalc.convert.torch.modules import Leaf
from cnncalc.errors import Source, Span

MOST_STEPS: Final = 200_000
"""Steps of a program, entries of a list."""
DEEPEST: Final = 40
"""Calls inside calls."""


class Calls:
    """The layers that calls have made so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.layers: list[GraphLayer] = []
        self.taken: dict[str, int] = {}

    def stop(self, node: ast.AST, message: str) -> NoReturn:
        """Raises: ReadingProblem: at the place of a piece of code."""
        problem = ReadingProblem("unsupported-layer", message, suggestion="cnncalc.from_torch reads the live module")
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        end_line, end = getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column)
        problem.span = Span(self.source, line, column + 1, end_line, end + 1)
        raise problem

    def entries(self, node: ast.AST, value: object) -> list[object]:
        if isinstance(value, (list, tuple)):
            return list(value)
        if isinstance(value, Container):
            return list(value.entries.values())
        if isinstance(value, dict):
            return list(value)
        return self.stop(node, "only lists, ranges and modules in lists are followed entry by entry")

    def call(self, node: ast.expr, name: str, positional: list[object], named: Mapping[str, object]) -> object:
        last = name.rpartition(".")[2]
        if name.startswith("torch"):
            if last in modules.MODULES:
                return self._leaf(node, last, positional, named)
            if last in ("Sequential", "ModuleList"):
                given = positional[0] if len(positional) == 1 else positional
                if isinstance(given, dict):
                    return Container({str(key): value for key, value in given.items()})
                entries = given if isinstance(given, list) else positional
                return Container({str(key): value for key, value in enumerate(entries)})
            if last in ("cat", "concat") and positional:
                parts = self.entries(node, positional[0])
                axis = positional[1] if len(positional) > 1 else named.get("dim", named.get("axis", 0))
                if axis not in (1, -3) or not all(isinstance(part, Tensor) for part in parts):
                    self.stop(node, "only tensors joined along their channels (dim=1) are followed")
                return self.add("Concatenate", {}, [part for part in parts if isinstance(part, Tensor)], "concatenate")
            if positional and isinstance(positional[0], Tensor):
                return self.method(node, positional[0], last, positional[1:], named)
            self.stop(node, f"{name} is not known here")
        if last == "OrderedDict" and positional and isinstance(positional[0], list):
            return {pair[0]: pair[1] for pair in positional[0] if isinstance(pair, list) and len(pair) == 2}
        return self._builtin(node, name, positional)

    def _builtin(self, node: ast.expr, name: str, positional: list[object]) -> object:
        whole = [value for value in positional if isinstance(value, int)]
        if name == "range" and len(whole) == len(positional) in (1, 2, 3) and (len(whole) < 3 or whole[2]):
            counted = range(*whole)
            return list(counted) if len(counted) < MOST_STEPS else self.stop(node, "this range is too long")
        if name in ("min", "max") and whole and len(whole) == len(positional):
            return min(whole) if name == "min" else max(whole)
        if name == "int" and isinstance(positional[0], (int, float)):
            return int(positional[0])
        if name == "print":
            return None
        lists = [self.entries(node, value) for value in positional] if positional else []
        if name == "len" and lists:
            return len(lists[0])
        if name in ("list", "tuple"):
            return lists[0] if lists else []
        if name == "reversed":
            return lists[0][::-1]
        if name == "enumerate":
            return [[place, entry] for place, entry in enumerate(lists[0])]
        if name == "zip":
            return [list(entries) for entries in zip(*lists, strict=False)]
        return self.stop(node, f"{name} is not known here")

    def method(
        self, node: ast.expr, x: Tensor, name: str, positional: list[object], named: Mapping[str, object]
    ) -> object:
        """Calls a method of a tensor, or a function of torch with the tensor as its first argument."""
        if name in ("size", "dim"):
            return "size"
        if name in ("contiguous", "clone", "detach", "float", "to"):
            return x
        if name in ("flatten", "view", "reshape"):
            sizes = self.entries(node, positional[0]) if positional and isinstance(positional[0], list) else positional
            if name == "flatten" or len(sizes) == 2:
                return self.add("Flatten", {}, [x], "flatten")
            if len(sizes) > 2 and all(isinstance(size, int) and size > 0 for size in sizes[1:]):
                return self.add("Reshape", {"target_shape": [*sizes[2:], sizes[1]]}, [x], "reshape")
            self.stop(node, "the sizes of this shape are not known")
        if name == "mean" and (positional[:1] or [named.get("dim")])[0] in ([2, 3], [-1, -2], [-2, -1]):
            return self.add("GlobalAveragePooling2D", {"keepdims": True} if named.get("keepdim") else {}, [x], "mean")
        if name in ("add", "mul", "sub", "__add__") and positional and isinstance(positional[0], Tensor):
            return self.add({"mul": "Multiply", "sub": "Subtract"}.get(name, "Add"), {}, [x, positional[0]], name)
        if name in modules.FUNCTIONS:
            named = {key: value for key, value in named.items() if key not in ("training", "inplace")}
            leaf = self._leaf(node, modules.FUNCTIONS[name], positional, named)
            return self.add(leaf.kind, leaf.arguments, [x], name)
        return self.stop(node, f"{name} of a tensor is not followed")

    def _leaf(self, node: ast.expr, name: str, positional: Sequence[object], named: Mapping[str, object]) -> Leaf:
        try:
            return modules.make(name, positional, named)
        except KeyError as error:
            return self.stop(node, f"{name} needs the argument {error}")
        except ValueError as error:
            return self.stop(node, f"{name}: {error}")

    def apply(self, node: ast.expr, leaf: Leaf, positional: list[object]) -> Tensor:
        if len(positional) != 1 or not isinstance(positional[0], Tensor):
            self.stop(node, "a module of PyTorch is called with one tensor")
        if leaf.kind == "Identity":
            return positional[0]
        made = self.add(leaf.kind, leaf.arguments, [positional[0]], leaf.path or leaf.kind.lower())
        layer = self.layers[-1]
        layer.params = leaf.params
        if leaf.name and leaf.params:
            layer.share = leaf.name
        leaf.name = leaf.name or layer.name
        return made

    def add(self, kind: str, arguments: Mapping[str, object], inputs: Sequence[Tensor], name: str) -> Tensor:
        """Adds a layer."""
        count = self.taken.get(name, 0)
        self.taken[name] = count + 1
        unique = f"{name}_{count}" if count else name
        self.layers.append(GraphLayer(unique, kind, dict(arguments), [x.layer for x in inputs]))
        return Tensor(unique)
