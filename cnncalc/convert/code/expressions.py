"""Finds the values of expressions in code that is followed and never executed."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from cnncalc.convert.code.builtins import MOST_STEPS, NAMES
from cnncalc.convert.code.library import Library, Named
from cnncalc.convert.code.text import Code
from cnncalc.convert.code.values import (
    LONGEST,
    Dotted,
    Function,
    Instance,
    Method,
    Scope,
    Tensor,
    Unknown,
    arithmetic,
    class_constant,
    compare,
    method_of,
    text_arithmetic,
)  # fmt: skip
from cnncalc.errors import quote

DEEPEST = 40
"""Calls inside calls."""


class Expressions(ABC):
    """The names of a file, and the values of expressions with them.

    `imports` are the names that stand for something of a library, `stars` the modules that `import *` brings; `names`
    are the statements that give a name something in the file, in case they are not run.
    """

    def __init__(self, code: Code, library: Library) -> None:
        self.code, self.library = code, library
        self.names: dict[str, ast.stmt] = {}
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.globals = Scope()
        self.depth = 0

    @abstractmethod
    def call(self, node: ast.expr, called: object, positional: list[object], named: Named) -> object:
        """Calls what a value is: a layer, a function, a class, a method. Raises: ReadingProblem."""

    @abstractmethod
    def assign(self, target: ast.expr, value: object, scope: Scope) -> None:
        """Gives a name, an attribute or several names a value. Raises: ReadingProblem."""

    def value(self, node: ast.expr, scope: Scope) -> object:
        """Finds the value of an expression. Raises: ReadingProblem: at what is not understood."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name():
                return self.name(node, scope)
            case ast.Attribute(value=owner, attr=name):
                return self.attribute(node, self.value(owner, scope), name)
            case ast.Call():
                return self._called(node, scope)
            case ast.BinOp(left=left, op=op, right=right):
                return self.combine(node, op, self.value(left, scope), self.value(right, scope))
            case ast.UnaryOp():
                return self._unary(node, scope)
            case ast.BoolOp(op=op, values=values):
                return self._either(values, isinstance(op, ast.Or), scope)
            case ast.Compare():
                return self._comparison(node, scope)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if self.truth(test, scope) else orelse, scope)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return self._arguments(parts, scope)
            case ast.Dict():
                return self._mapping(node, scope)
            case ast.ListComp() | ast.GeneratorExp():
                return self._comprehension(node, scope)
            case ast.Subscript(value=owner, slice=index):
                return self._entry(node, self.value(owner, scope), index, scope)
            case ast.JoinedStr():
                return self._text(node, scope)
            case ast.Lambda():
                return Function(node, scope)
        return self.code.stop(node, f"this expression ({type(node).__name__}) is not followed")

    def known(self, node: ast.AST, value: object) -> object:
        """Returns a value that is needed at a node. Raises: ReadingProblem: why it is not known."""
        if isinstance(value, Unknown):
            self.code.stop(node, f"this is not known: {value.problem.message}", value.problem.suggestion)
        return value

    def truth(self, test: ast.expr, scope: Scope) -> bool:
        """Tells whether a condition holds. Raises: ReadingProblem: if that depends on a tensor."""
        found = self.known(test, self.value(test, scope))
        if isinstance(found, (Tensor, Dotted, Method)):
            self.code.stop(test, "whether this is true depends on a tensor")
        return bool(found)

    def entries(self, node: ast.AST, value: object) -> list[object]:
        """Lists the entries of a list, or the parts of a container. Raises: ReadingProblem."""
        value = self.known(node, value)
        if isinstance(value, (list, tuple, str)):
            return list(value)
        if isinstance(value, dict):
            return list(value)
        parts = self.library.entries(value)
        if parts is None:
            self.code.stop(node, "only lists, ranges and layers in lists are followed entry by entry")
        return list(parts.values())

    def _arguments(self, parts: Sequence[ast.expr], scope: Scope) -> list[object]:
        """Finds the values of several expressions, lists with a star among them."""
        found: list[object] = []
        for part in parts:
            if isinstance(part, ast.Starred):
                found += self.entries(part, self.value(part.value, scope))
            else:
                found.append(self.value(part, scope))
        return found

    def unknown(self, node: ast.AST, message: str) -> object:
        """Makes an unknown value if the library is tolerant. Raises: ReadingProblem: if it is not."""
        problem = self.code.problem(node, message)
        if not self.library.is_tolerant:
            raise problem
        return Unknown(problem)

    # Names and what belongs to a value.

    def name(self, node: ast.Name, scope: Scope) -> object:
        holder = scope.holder(node.id)
        if holder is not None:
            return holder[node.id]
        if node.id in self.globals:
            return self.globals[node.id]
        if node.id in self.imports:
            return Dotted(self.imports[node.id])
        statement = self.names.get(node.id)
        if isinstance(statement, ast.ClassDef):
            return statement
        if isinstance(statement, ast.FunctionDef):
            return Function(statement, self.globals)
        if isinstance(statement, ast.Assign) and not self.library.is_tolerant:
            self.depth += 1
            if self.depth > DEEPEST:
                self.code.stop(node, f"{quote(node.id)} stands for itself")
            found = self.value(statement.value, Scope())
            self.depth -= 1
            return found
        if node.id == "__name__":
            return "__main__"
        brought = self.library.bare_name(node.id, self.stars)
        if brought is not None:
            return brought
        if node.id in NAMES:
            return Dotted(node.id)
        return self.unknown(node, f"{quote(node.id)} is not defined in the file")

    def attribute(self, node: ast.expr, owner: object, name: str) -> object:
        """Finds an attribute of a value."""
        if isinstance(owner, Unknown):
            return owner
        if isinstance(owner, Dotted):
            return Dotted(f"{owner.name}.{name}")
        if isinstance(owner, Instance):
            return self._of_instance(node, owner, name)
        if isinstance(owner, ast.ClassDef):
            return self.attribute(node, Instance(owner), name)
        if isinstance(owner, (list, dict, str)):
            return Method(owner, name)
        return self.library.attribute(node, owner, name)

    def _of_instance(self, node: ast.expr, owner: Instance, name: str) -> object:
        if name in owner.attributes:
            return owner.attributes[name]
        if method_of(owner.kind, name) is not None:
            return Method(owner, name)
        constant = class_constant(owner.kind, name)
        if constant is not None:
            return self.value(constant, Scope())
        found = self.library.attribute(node, owner, name)
        return self.code.stop(node, f"self.{name} is not known") if found is None else found

    def _entry(self, node: ast.AST, owner: object, index: ast.expr, scope: Scope) -> object:
        if isinstance(owner, Unknown):
            return owner
        if isinstance(owner, Method) and owner.name == "shape":
            return "size"
        parts = self.library.entries(owner)
        if isinstance(index, ast.Slice):
            owner = owner if parts is None else list(parts.values())
            if isinstance(owner, (list, str)):
                return owner[self._slice(node, index, scope)]
            return self.code.stop(node, "this slice is not followed")
        place = None if isinstance(index, ast.Tuple) else self.known(index, self.value(index, scope))
        if parts is not None:
            if isinstance(place, str) and place in parts:
                return parts[place]
            owner = list(parts.values())
        if isinstance(owner, (list, str)) and isinstance(place, int) and -len(owner) <= place < len(owner):
            return owner[place]
        if isinstance(owner, dict) and isinstance(place, (int, str)) and place in owner:
            return owner[place]
        return self.code.stop(node, "this entry is not followed")

    def _slice(self, node: ast.AST, index: ast.Slice, scope: Scope) -> slice:
        parts = (index.lower, index.upper, index.step)
        bounds = [None if part is None else self.known(part, self.value(part, scope)) for part in parts]
        known = [bound for bound in bounds if bound is None or isinstance(bound, int)]
        if len(known) < len(bounds) or known[2] == 0:
            self.code.stop(node, "this slice is not followed")
        return slice(*known)

    # Arithmetic and conditions.

    def combine(self, node: ast.AST, op: ast.operator, left: object, right: object) -> object:
        """Computes with two values."""
        for value in (left, right):
            if isinstance(value, Unknown):
                return value
        if isinstance(left, (int, float)) and isinstance(right, (int, float)):
            number = arithmetic(op, left, right)
            return self.code.stop(node, "what this number is can't be found") if number is None else number
        if isinstance(left, str):
            text = text_arithmetic(op, left, right)
            return self.code.stop(node, "what this text is can't be found") if text is None else text
        if isinstance(left, list) and isinstance(right, list) and isinstance(op, ast.Add):
            return left + right
        if isinstance(right, list) and isinstance(left, int):
            left, right = right, left
        if isinstance(left, list) and isinstance(right, int) and isinstance(op, ast.Mult):
            if len(left) * right < MOST_STEPS:
                return left * right
            self.code.stop(node, "this list is too long")
        return self.library.combine(node, op, left, right)

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> object:
        if isinstance(node.op, ast.Not):
            return not self.truth(node.operand, scope)
        found = self.value(node.operand, scope)
        if isinstance(found, (int, float)) and isinstance(node.op, (ast.USub, ast.UAdd)):
            return -found if isinstance(node.op, ast.USub) else found
        if isinstance(found, Unknown):
            return found
        if isinstance(node.op, ast.USub):
            return self.library.combine(node, ast.Mult(), found, -1)
        return self.code.stop(node, "this is no number")

    def _either(self, values: Sequence[ast.expr], ends_with: bool, scope: Scope) -> object:
        """Returns the first of some values that counts as `ends_with` says, or else the last one."""
        found: object = None
        for value in values:
            found = self.known(value, self.value(value, scope))
            if isinstance(found, Tensor):
                self.code.stop(value, "whether this is true depends on a tensor")
            if bool(found) == ends_with:
                break
        return found

    def _comparison(self, node: ast.Compare, scope: Scope) -> object:
        left = self.value(node.left, scope)
        for op, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part, scope)
            found = compare(op, self.known(node, left), self.known(part, right))
            if found is None:
                self.code.stop(node, "this comparison is not followed")
            if not found:
                return False
            left = right
        return True

    # Lists, mappings, texts, functions.

    def _mapping(self, node: ast.Dict, scope: Scope) -> object:
        found: dict[object, object] = {}
        for key, part in zip(node.keys, node.values, strict=True):
            value = self.value(part, scope)
            if key is None:
                found |= value if isinstance(value, dict) else self.code.stop(node, "this mapping is not followed")
            else:
                name = self.known(key, self.value(key, scope))
                if not isinstance(name, (str, int, float)):
                    self.code.stop(key, "keys of this kind are not followed")
                found[name] = value
        return found

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> object:
        inner = Scope(scope)
        found: list[object] = []
        self._generate(node, 0, inner, lambda: found.append(self.value(node.elt, inner)))
        if len(found) > MOST_STEPS:
            self.code.stop(node, "this list is too long")
        return found

    def _generate(
        self, node: ast.ListComp | ast.GeneratorExp, depth: int, inner: Scope, entry: Callable[[], None]
    ) -> None:
        """Runs the loops of a comprehension from `depth` on."""
        if depth == len(node.generators):
            self.step(node)
            entry()
            return
        generator = node.generators[depth]
        for each in self.entries(generator.iter, self.value(generator.iter, inner)):
            self.assign(generator.target, each, inner)
            if all(self.truth(test, inner) for test in generator.ifs):
                self._generate(node, depth + 1, inner, entry)

    @abstractmethod
    def step(self, node: ast.AST) -> None:
        """Counts a step. Raises: ReadingProblem: after too many."""

    def _text(self, node: ast.JoinedStr, scope: Scope) -> object:
        parts: list[str] = []
        for part in node.values:
            found = self.value(part.value if isinstance(part, ast.FormattedValue) else part, scope)
            if not isinstance(found, (str, int, float)):
                return "text"
            plain = isinstance(part, ast.Constant) or part.format_spec is None  # type: ignore[attr-defined]
            parts.append(str(found) if plain else f"{found:02}" if isinstance(found, int) else str(found))
        return "".join(parts)[:LONGEST]

    def _called(self, node: ast.Call, scope: Scope) -> object:
        function = self.value(node.func, scope)
        if function == Dotted("super"):
            return Dotted("super()")
        if isinstance(function, Dotted) and function.name.startswith("super()."):
            return None
        positional = self._arguments(node.args, scope)
        named: dict[str, object] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= value
        return self.call(node, function, positional, named)
