"""What calls of PyTorch's modules and functions do in code that is followed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.convert.code.builtins import builtin
from cnncalc.convert.code.library import Caller, Named
from cnncalc.convert.code.text import Code
from cnncalc.convert.code.values import Dotted, Instance, Method, Tensor
from cnncalc.convert.graph import GraphLayer
from cnncalc.convert.torch import modules
from cnncalc.convert.torch.modules import Leaf

_MERGES: Final = {ast.Add: "Add", ast.Sub: "Subtract", ast.Mult: "Multiply", ast.Div: "Divide"}
_OF_MODULES: Final = frozenset({"modules", "parameters", "children", "add_module", "register_buffer", "to", "eval"})
"""Methods that every module has."""


@dataclass(slots=True)
class Container:
    """nn.Sequential, nn.ModuleList or nn.ModuleDict: modules by name."""

    entries: dict[str, object]
    path: str = ""


def is_sequential(kind: ast.ClassDef) -> bool:
    """Tells whether a class is a kind of nn.Sequential, which calls its modules one behind the other."""
    return any(ast.unparse(base).endswith("Sequential") for base in kind.bases)


class TorchCode:
    """The layers that calls have made so far."""

    forward = "forward"
    is_tolerant = False

    def __init__(self, code: Code) -> None:
        self.code = code
        self.layers: list[GraphLayer] = []
        self.taken: dict[str, int] = {}

    @property
    def layers_made(self) -> int:
        return len(self.layers)

    def bare_name(self, name: str, stars: Sequence[str]) -> object | None:
        return next((Dotted(f"{star}.{name}") for star in stars if star.startswith("torch")), None)

    def is_layer(self, name: str, stars: Sequence[str]) -> bool:
        return name.startswith("torch")

    def entries(self, value: object) -> Mapping[str, object] | None:
        return value.entries if isinstance(value, Container) else None

    def list_of(self, node: ast.AST, value: object) -> list[object]:
        """Returns the entries of a list or a container. Raises: ReadingProblem: if it is something else."""
        if isinstance(value, (list, Container)):
            return list(value.entries.values()) if isinstance(value, Container) else list(value)
        return self.code.stop(node, "only lists, ranges and modules in lists are followed entry by entry")

    def attribute(self, node: ast.expr, owner: object, name: str) -> object:
        if isinstance(owner, Instance):
            return Method(owner, name) if name in _OF_MODULES else None
        if isinstance(owner, (Tensor, Container)) or (isinstance(owner, Leaf) and name in ("to", "eval")):
            return Method(owner, name)
        if isinstance(owner, Leaf) and name in ("in_features", "in_channels"):
            return owner.channels
        return self.code.stop(node, f"the attribute {name} is not followed")

    def set_attribute(self, node: ast.expr, owner: object, name: str, value: object) -> None:
        self.code.stop(node, "only attributes of self are followed")

    def combine(self, node: ast.AST, op: ast.operator, left: object, right: object) -> object:
        kind = _MERGES.get(type(op))
        if isinstance(left, Tensor) and isinstance(right, Tensor) and kind is not None:
            return self.add(kind, {}, [left, right], kind.lower())
        return self.code.stop(node, "this arithmetic is not followed")

    def call(self, caller: Caller, node: ast.expr, name: str, positional: list[object], named: Named) -> object:
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
                parts = self.list_of(node, positional[0])
                axis = positional[1] if len(positional) > 1 else named.get("dim", named.get("axis", 0))
                if axis not in (1, -3) or not all(isinstance(part, Tensor) for part in parts):
                    self.code.stop(node, "only tensors joined along their channels (dim=1) are followed")
                return self.add("Concatenate", {}, [part for part in parts if isinstance(part, Tensor)], "concatenate")
            if positional and isinstance(positional[0], Tensor):
                return self._of_tensor(node, positional[0], last, positional[1:], named)
            self.code.stop(node, f"{name} is not known here")
        if last == "OrderedDict" and positional and isinstance(positional[0], list):
            return {pair[0]: pair[1] for pair in positional[0] if isinstance(pair, list) and len(pair) == 2}
        return builtin(self.code, node, name, positional, lambda value: self.list_of(node, value))

    def call_value(
        self, caller: Caller, node: ast.expr, called: object, positional: list[object], named: Named
    ) -> object:
        modules_of: Mapping[str, object] | None = called.entries if isinstance(called, Container) else None
        if isinstance(called, Instance) and is_sequential(called.kind):
            modules_of = called.attributes
        if modules_of is not None:
            tensor = positional[0] if positional else None
            for module in modules_of.values():
                if isinstance(module, (Leaf, Container, Instance)):
                    tensor = caller.call(node, module, [tensor], {})
            return tensor
        if isinstance(called, Leaf):
            return self._apply(node, called, positional)
        return self.code.stop(node, "this call is not followed")

    def call_method(
        self, caller: Caller, node: ast.expr, owner: object, name: str, positional: list[object], named: Named
    ) -> object:
        if name in ("to", "eval") and not isinstance(owner, Tensor):
            return owner
        if isinstance(owner, Instance):
            return []
        if isinstance(owner, Container):
            if name in ("append", "add_module") and positional:
                key = positional[0] if name == "add_module" else str(len(owner.entries))
                owner.entries[str(key)] = positional[-1]
                return None
            items: list[object] = [[key, value] for key, value in owner.entries.items()]
            return items if name == "items" else list(owner.entries.values())
        if isinstance(owner, Tensor):
            return self._of_tensor(node, owner, name, positional, named)
        return self.code.stop(node, f"the method {name} is not followed")

    def _of_tensor(self, node: ast.expr, x: Tensor, name: str, positional: list[object], named: Named) -> object:
        """Calls a method of a tensor, or a function of torch with the tensor as its first argument."""
        if name in ("size", "dim"):
            return "size"
        if name in ("contiguous", "clone", "detach", "float", "to"):
            return x
        if name in ("flatten", "view", "reshape"):
            sizes = self.list_of(node, positional[0]) if positional and isinstance(positional[0], list) else positional
            if name == "flatten" or len(sizes) == 2:
                return self.add("Flatten", {}, [x], "flatten")
            if len(sizes) > 2 and all(isinstance(size, int) and size > 0 for size in sizes[1:]):
                return self.add("Reshape", {"target_shape": [*sizes[2:], sizes[1]]}, [x], "reshape")
            self.code.stop(node, "the sizes of this shape are not known")
        if name == "mean" and (positional[:1] or [named.get("dim")])[0] in ([2, 3], [-1, -2], [-2, -1]):
            return self.add("GlobalAveragePooling2D", {"keepdims": True} if named.get("keepdim") else {}, [x], "mean")
        if name in ("add", "mul", "sub", "__add__") and positional and isinstance(positional[0], Tensor):
            return self.add({"mul": "Multiply", "sub": "Subtract"}.get(name, "Add"), {}, [x, positional[0]], name)
        if name in modules.FUNCTIONS:
            named = {key: value for key, value in named.items() if key not in ("training", "inplace")}
            leaf = self._leaf(node, modules.FUNCTIONS[name], positional, named)
            return self.add(leaf.kind, leaf.arguments, [x], name)
        return self.code.stop(node, f"{name} of a tensor is not followed")

    def _leaf(self, node: ast.expr, name: str, positional: Sequence[object], named: Named) -> Leaf:
        try:
            return modules.make(name, positional, named)
        except KeyError as error:
            return self.code.stop(node, f"{name} needs the argument {error}")
        except ValueError as error:
            return self.code.stop(node, f"{name}: {error}")

    def _apply(self, node: ast.expr, leaf: Leaf, positional: list[object]) -> Tensor:
        if len(positional) != 1 or not isinstance(positional[0], Tensor):
            self.code.stop(node, "a module of PyTorch is called with one tensor")
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
