"""Follows the code of a PyTorch net, step by step, on its syntax tree: nothing of it is executed.

It knows constants, names, arithmetic, lists, loops over them, `if` with a condition that is known, functions and
classes of the same file, and PyTorch's modules. Tensors are only the names of the layers that they come from.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from cnncalc.convert.torch.code_calls import DEEPEST, MOST_STEPS, Calls
from cnncalc.convert.torch.code_values import (
    Container,
    Dotted,
    Instance,
    Method,
    Tensor,
    arithmetic,
    class_constant,
    compare,
)  # fmt: skip
from cnncalc.convert.torch.modules import Leaf
from cnncalc.errors import Source, quote

_MERGES: Final = {ast.Add: "Add", ast.Sub: "Subtract", ast.Mult: "Multiply", ast.Div: "Divide"}


class _Return(Exception):
    """Ends a function."""

    def __init__(self, value: object) -> None:
        self.value = value


Scope = dict[str, object]


class Interpreter:
    """The names of a file, and what they stand for."""

    def __init__(self, tree: ast.Module, source: Source) -> None:
        self.calls = Calls(source)
        self.names: dict[str, ast.stmt] = {}
        self.imports: dict[str, str] = {}
        for statement in tree.body:
            self._note(statement)
        self.steps = self.depth = 0
        self.at: ast.AST = tree

    def _note(self, statement: ast.stmt) -> None:
        """Keeps what a statement of the file gives a name."""
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
            self.names[statement.name] = statement
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            self.names[statement.targets[0].id] = statement
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                self.imports[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                self.imports[alias.asname or alias.name] = f"{statement.module}.{alias.name}"

    # Statements.

    def run(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Follows statements."""
        for statement in statements:
            self.steps += 1
            if self.steps > MOST_STEPS:
                self.calls.stop(statement, f"the code takes more than {MOST_STEPS:,} steps")
            self.at = statement
            self._statement(statement, scope)

    def _statement(self, statement: ast.stmt, scope: Scope) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                found = self.value(value, scope)
                for target in targets:
                    self._assign(target, found, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self.value(value, scope), scope)
            case ast.AugAssign(target=target, op=op, value=value):
                left = self.value(target, scope)
                self._assign(target, self._combine(statement, op, left, self.value(value, scope)), scope)
            case ast.Return(value=value):
                raise _Return(None if value is None else self.value(value, scope))
            case ast.For(target=target, iter=iterated, body=body, orelse=[]):
                for entry in self.calls.entries(iterated, self.value(iterated, scope)):
                    self._assign(target, entry, scope)
                    self.run(body, scope)
            case ast.If(test=test, body=body, orelse=orelse):
                self.run(body if self._truth(test, scope) else orelse, scope)
            case (
                ast.Expr(value=ast.Constant())
                | ast.Pass()
                | ast.Assert()
                | ast.AnnAssign()
                | ast.Import()
                | ast.ImportFrom()
            ):
                pass
            case ast.Expr(value=value):
                self.value(value, scope)
            case ast.FunctionDef(name=name):
                scope[name] = statement
            case _:
                self.calls.stop(statement, f"this kind of statement ({type(statement).__name__}) is not followed")

    def _assign(self, target: ast.expr, value: object, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope[name] = value
            case ast.Attribute(value=owner, attr=name):
                found = self.value(owner, scope)
                if not isinstance(found, Instance):
                    self.calls.stop(target, "only attributes of self are followed")
                found.attributes[name] = value
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                entries = self.calls.entries(target, value)
                if len(entries) != len(parts):
                    self.calls.stop(target, f"{len(parts)} names stand for {len(entries)} values")
                for part, entry in zip(parts, entries, strict=True):
                    self._assign(part, entry, scope)
            case _:
                self.calls.stop(target, "this assignment is not followed")

    def _truth(self, test: ast.expr, scope: Scope) -> bool:
        found = self.value(test, scope)
        if isinstance(found, (Tensor, Dotted, Method)):
            self.calls.stop(test, "whether this is true depends on a tensor")
        return bool(found)

    # Expressions.

    def value(self, node: ast.expr, scope: Scope) -> object:
        """Finds the value of an expression."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._name(node, name, scope)
            case ast.Attribute(value=owner, attr=name):
                return self._attribute(node, self.value(owner, scope), name)
            case ast.Call():
                return self._call(node, scope)
            case ast.BinOp(left=left, op=op, right=right):
                return self._combine(node, op, self.value(left, scope), self.value(right, scope))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                found = self.value(operand, scope)
                return -found if isinstance(found, (int, float)) else self.calls.stop(node, "this is no number")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self._truth(operand, scope)
            case ast.BoolOp(op=op, values=values):
                known = [self._truth(value, scope) for value in values]
                return all(known) if isinstance(op, ast.And) else any(known)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                found = compare(op, self.value(left, scope), self.value(right, scope))
                return self.calls.stop(node, "this comparison is not followed") if found is None else found
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if self._truth(test, scope) else orelse, scope)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return self._list(parts, scope)
            case ast.Dict(keys=keys, values=values) if all(key is not None for key in keys):
                return {
                    self.value(key, scope): self.value(value, scope)
                    for key, value in zip(keys, values, strict=True)
                    if key
                }
            case ast.ListComp(elt=entry, generators=[ast.comprehension(target=target, iter=iterated, ifs=[])]):
                inner = dict(scope)
                found_list: list[object] = []
                for each in self.calls.entries(iterated, self.value(iterated, scope)):
                    self._assign(target, each, inner)
                    found_list.append(self.value(entry, inner))
                return found_list
            case ast.Subscript(value=owner, slice=index):
                return self._entry(node, self.value(owner, scope), index, scope)
            case ast.JoinedStr():
                return "text"
            case _:
                return self.calls.stop(node, f"this expression ({type(node).__name__}) is not followed")

    def _list(self, parts: Sequence[ast.expr], scope: Scope) -> list[object]:
        found: list[object] = []
        for part in parts:
            if isinstance(part, ast.Starred):
                found += self.calls.entries(part, self.value(part.value, scope))
            else:
                found.append(self.value(part, scope))
        return found

    def _name(self, node: ast.expr, name: str, scope: Scope) -> object:
        if name in scope:
            return scope[name]
        if name in self.imports:
            return Dotted(self.imports[name])
        statement = self.names.get(name)
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
            return statement
        if isinstance(statement, ast.Assign):
            self.depth += 1
            if self.depth > DEEPEST:
                self.calls.stop(node, f"{quote(name)} stands for itself")
            found = self.value(statement.value, {})
            self.depth -= 1
            return found
        if name in (
            "range",
            "len",
            "list",
            "tuple",
            "enumerate",
            "zip",
            "int",
            "super",
            "print",
            "min",
            "max",
            "reversed",
        ):
            return Dotted(name)
        return self.calls.stop(node, f"{quote(name)} is not defined in the file")

    def _attribute(self, node: ast.expr, owner: object, name: str) -> object:
        if isinstance(owner, Dotted):
            return Dotted(f"{owner.name}.{name}")
        if isinstance(owner, Instance):
            if name in owner.attributes:
                return owner.attributes[name]
            method = next(
                (part for part in owner.kind.body if isinstance(part, ast.FunctionDef) and part.name == name), None
            )
            if method is not None or name in ("modules", "parameters", "children", "add_module", "register_buffer"):
                return Method(owner, name)
            constant = class_constant(owner.kind, name)
            if constant is None:
                self.calls.stop(node, f"self.{name} is not known")
            return self.value(constant, {})
        if isinstance(owner, ast.ClassDef):
            return self._attribute(node, Instance(owner), name)
        if isinstance(owner, (Tensor, list, Container, dict)):
            return Method(owner, name)
        if isinstance(owner, Leaf) and name in ("in_features", "in_channels"):
            return owner.channels
        return self.calls.stop(node, f"the attribute {name} is not followed")

    def _combine(self, node: ast.AST, op: ast.operator, left: object, right: object) -> object:
        if isinstance(left, (int, float)) and isinstance(right, (int, float)):
            number = arithmetic(op, left, right)
            return self.calls.stop(node, "what this number is can't be found") if number is None else number
        if isinstance(left, list) and isinstance(right, list) and isinstance(op, ast.Add):
            return left + right
        if (
            isinstance(left, list)
            and isinstance(right, int)
            and isinstance(op, ast.Mult)
            and len(left) * right < MOST_STEPS
        ):
            return left * right
        kind = _MERGES.get(type(op))
        if isinstance(left, Tensor) and isinstance(right, Tensor) and kind is not None:
            return self.calls.add(kind, {}, [left, right], kind.lower())
        return self.calls.stop(node, "this arithmetic is not followed")

    def _entry(self, node: ast.AST, owner: object, index: ast.expr, scope: Scope) -> object:
        if isinstance(owner, Method) and owner.name == "shape":
            return "size"
        if isinstance(index, ast.Slice) and isinstance(owner, list):
            parts = (index.lower, index.upper, index.step)
            bounds = [None if part is None else self.value(part, scope) for part in parts]
            known = [bound for bound in bounds if bound is None or isinstance(bound, int)]
            if len(known) < len(bounds) or known[2] == 0:
                self.calls.stop(node, "this slice is not followed")
            return owner[slice(*known)]
        place = self.value(index, scope) if not isinstance(index, ast.Slice) else None
        if isinstance(owner, Container):
            entries = list(owner.entries.values())
            if isinstance(place, str) and place in owner.entries:
                return owner.entries[place]
            owner = entries
        if isinstance(owner, list) and isinstance(place, int) and -len(owner) <= place < len(owner):
            return owner[place]
        if isinstance(owner, dict) and isinstance(place, (int, str)) and place in owner:
            return owner[place]
        return self.calls.stop(node, "this entry is not followed")

    # Calls.

    def _call(self, node: ast.Call, scope: Scope) -> object:
        called = self.value(node.func, scope)
        if called == Dotted("super"):
            return Dotted("super()")
        if isinstance(called, Dotted) and called.name.startswith("super()."):
            return None
        positional = self._list(node.args, scope)
        named = {keyword.arg: self.value(keyword.value, scope) for keyword in node.keywords if keyword.arg}
        return self.call(node, called, positional, named)

    def call(self, node: ast.expr, called: object, positional: list[object], named: Mapping[str, object]) -> object:
        """Calls what a value is: a module, a function, a class, a method."""
        if isinstance(called, ast.ClassDef):
            instance = Instance(called)
            self._method(node, instance, "__init__", positional, named, optional=True)
            return instance
        if isinstance(called, ast.FunctionDef):
            return self._function(node, called, positional, named)
        if isinstance(called, Instance):
            return self._method(node, called, "forward", positional, named)
        if isinstance(called, Container):
            tensor = positional[0] if positional else None
            for module in called.entries.values():
                tensor = self.call(node, module, [tensor], {})
            return tensor
        if isinstance(called, Leaf):
            return self.calls.apply(node, called, positional)
        if isinstance(called, Method):
            return self._called_method(node, called, positional, named)
        if isinstance(called, Dotted):
            return self.calls.call(node, called.name, positional, named)
        return self.calls.stop(node, "this call is not followed")

    def _method(
        self,
        node: ast.expr,
        owner: Instance,
        name: str,
        positional: list[object],
        named: Mapping[str, object],
        optional: bool = False,
    ) -> object:
        method = next(
            (part for part in owner.kind.body if isinstance(part, ast.FunctionDef) and part.name == name), None
        )
        if method is None:
            return None if optional else self.calls.stop(node, f"{owner.kind.name} has no {name}")
        is_static = any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in method.decorator_list)
        return self._function(node, method, positional if is_static else [owner, *positional], named)

    def _function(
        self, node: ast.expr, function: ast.FunctionDef, positional: list[object], named: Mapping[str, object]
    ) -> object:
        given = function.args
        names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        scope: Scope = dict(
            zip(
                names[len(names) - len(given.defaults) :],
                (self.value(part, {}) for part in given.defaults),
                strict=True,
            )
        )
        scope |= {
            part.arg: self.value(default, {})
            for part, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
            if default is not None
        }
        scope |= dict(zip(names, positional, strict=False)) | dict(named)
        if given.vararg is not None:
            scope[given.vararg.arg] = positional[len(names) :]
        missing = [name for name in names if name not in scope]
        if missing:
            self.calls.stop(node, f"{function.name} is not given {quote(missing[0])}")
        self.depth += 1
        if self.depth > DEEPEST:
            self.calls.stop(node, f"calls stand inside each other more than {DEEPEST} deep")
        try:
            self.run(function.body, scope)
        except _Return as end:
            return end.value
        finally:
            self.depth -= 1
        return None

    def _called_method(
        self, node: ast.expr, method: Method, positional: list[object], named: Mapping[str, object]
    ) -> object:
        owner, name = method.owner, method.name
        if isinstance(owner, Instance):
            if name in ("modules", "parameters", "children"):
                return []
            return self._method(node, owner, name, positional, named)
        if isinstance(owner, list) and name in ("append", "extend"):
            owner += positional if name == "append" else self.calls.entries(node, positional[0])
            return None
        if isinstance(owner, Container):
            if name in ("append", "add_module") and positional:
                key = positional[0] if name == "add_module" else str(len(owner.entries))
                owner.entries[str(key)] = positional[-1]
                return None
            return (
                [[key, value] for key, value in owner.entries.items()]
                if name == "items"
                else list(owner.entries.values())
            )
        if isinstance(owner, Tensor):
            return self.calls.method(node, owner, name, positional, named)
        return self.calls.stop(node, f"the method {name} is not followed")
