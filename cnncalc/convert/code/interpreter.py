"""Follows code step by step on its syntax tree: nothing of it is executed.

It knows constants, names, arithmetic, lists, loops over them, `if` with a condition that is known, functions and
classes of the same file. What belongs to a framework its `Library` tells.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from cnncalc.convert.code.builtins import MOST_STEPS, NAMES, builtin
from cnncalc.convert.code.expressions import DEEPEST, Expressions
from cnncalc.convert.code.library import Library, Named
from cnncalc.convert.code.text import Code
from cnncalc.convert.code.values import Dotted, Function, Instance, Method, Scope, Tensor, Unknown, method_of
from cnncalc.convert.graph import ReadingProblem
from cnncalc.errors import quote


class _Return(Exception):
    """Ends a function."""

    def __init__(self, value: object) -> None:
        self.value = value


class _Jump(Exception):
    """Ends a loop, or one round of it."""

    def __init__(self, ends: bool) -> None:
        self.ends = ends


class Interpreter(Expressions):
    """Follows the statements of a file."""

    def __init__(self, code: Code, library: Library) -> None:
        super().__init__(code, library)
        for statement in code.tree.body:
            self._note(statement)
        self.steps = 0
        self.at: ast.AST = code.tree
        self.fatal: ReadingProblem | None = None
        """The problem that the net itself has, so that no statement around it may pass over it."""

    def _note(self, statement: ast.stmt) -> None:
        """Keeps what a statement of the file gives a name."""
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
            self.names[statement.name] = statement
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            self.names[statement.targets[0].id] = statement
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                first = alias.name.partition(".")[0]
                self.imports[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if alias.name == "*":
                    self.stars.append(str(statement.module))
                else:
                    self.imports[alias.asname or alias.name] = f"{statement.module}.{alias.name}"
        elif isinstance(statement, (ast.Try, ast.If)):
            for inner in statement.body:
                self._note(inner)

    def step(self, node: ast.AST) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            self.fatal = self.code.problem(node, f"the code takes more than {MOST_STEPS:,} steps")
            raise self.fatal

    # Statements.

    def run(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Follows statements. Raises: ReadingProblem: at one that is not understood, if the net may need it."""
        for statement in statements:
            self.step(statement)
            self.at = statement
            made = self.library.layers_made
            try:
                self._statement(statement, scope)
            except ReadingProblem as problem:
                passes = self.library.is_tolerant and problem is not self.fatal
                if not passes or isinstance(statement, ast.Return):
                    raise
                if self.library.layers_made != made or self._builds(statement, scope):
                    self.fatal = problem
                    raise
                for name in _assigned(statement):
                    scope[name] = Unknown(problem)

    def _builds(self, statement: ast.stmt, scope: Scope) -> bool:
        """Tells whether a statement that is not understood may be part of the net."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                holder = scope.holder(node.id)
                value = holder[node.id] if holder is not None else self.globals.get(node.id)
                if isinstance(value, Tensor):
                    return True
            elif isinstance(node, ast.Attribute) and node.attr == "add" and isinstance(node.value, ast.Name):
                is_container = self.library.entries(self.name(node.value, scope)) is not None
                if is_container:
                    return True
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                first, dot, rest = name.partition(".")
                if self.library.is_layer(f"{self.imports.get(first, first)}{dot}{rest}", self.stars):
                    return True
        return False

    def _statement(self, statement: ast.stmt, scope: Scope) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                found = self.value(value, scope)
                for target in targets:
                    self.assign(target, found, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.assign(target, self.value(value, scope), scope)
            case ast.AugAssign(target=target, op=op, value=value):
                left = self.value(target, scope)
                self.assign(target, self.combine(statement, op, left, self.value(value, scope)), scope)
            case ast.Return(value=value):
                raise _Return(None if value is None else self.value(value, scope))
            case ast.For(target=target, iter=iterated, body=body, orelse=[]):
                self._loop(target, self.entries(iterated, self.value(iterated, scope)), body, scope)
            case ast.If(test=test, body=body, orelse=orelse):
                self.run(body if self.truth(test, scope) else orelse, scope)
            case ast.With(items=items, body=body):
                for item in items:
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, self.value(item.context_expr, scope), scope)
                self.run(body, scope)
            case ast.Try(body=body, orelse=orelse, finalbody=finalbody):
                self.run([*body, *orelse, *finalbody], scope)
            case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Assert() | ast.AnnAssign() | ast.Global():
                pass
            case ast.Nonlocal() | ast.Delete():
                pass
            case ast.Import() | ast.ImportFrom():
                self._note(statement)
            case ast.Expr(value=value):
                self.value(value, scope)
            case ast.FunctionDef(name=name):
                scope[name] = Function(statement, scope)
            case ast.ClassDef(name=name):
                scope[name] = statement
            case ast.Break() | ast.Continue():
                raise _Jump(isinstance(statement, ast.Break))
            case _:
                self.code.stop(statement, f"this kind of statement ({type(statement).__name__}) is not followed")

    def _loop(self, target: ast.expr, entries: Sequence[object], body: Sequence[ast.stmt], scope: Scope) -> None:
        for entry in entries:
            self.step(target)
            self.assign(target, entry, scope)
            try:
                self.run(body, scope)
            except _Jump as jump:
                if jump.ends:
                    break

    def assign(self, target: ast.expr, value: object, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope[name] = value
            case ast.Attribute(value=owner, attr=name):
                found = self.value(owner, scope)
                if isinstance(found, Instance):
                    found.attributes[name] = value
                elif not isinstance(found, Unknown):
                    self.library.set_attribute(target, found, name, value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                if isinstance(value, Unknown):
                    for part in parts:
                        self.assign(part, value, scope)
                    return
                entries = self.entries(target, value)
                if len(entries) != len(parts):
                    self.code.stop(target, f"{len(parts)} names stand for {len(entries)} values")
                for part, entry in zip(parts, entries, strict=True):
                    self.assign(part, entry, scope)
            case ast.Subscript(value=owner, slice=key):
                found, place = self.value(owner, scope), self.value(key, scope)
                if isinstance(found, list) and isinstance(place, int) and -len(found) <= place < len(found):
                    found[place] = value
                elif isinstance(found, dict) and isinstance(place, (str, int)):
                    found |= {place: value}
                elif not isinstance(found, Unknown):
                    self.code.stop(target, "this assignment is not followed")
            case _:
                self.code.stop(target, "this assignment is not followed")

    # Calls.

    def call(self, node: ast.expr, called: object, positional: list[object], named: Named) -> object:
        self.step(node)
        if isinstance(called, Unknown):
            return called
        if isinstance(called, ast.ClassDef):
            instance = Instance(called)
            if method_of(called, "__init__") is not None:
                self._method(node, instance, "__init__", positional, named)
            return instance
        if isinstance(called, Function):
            return self._function(node, called, positional, named)
        if isinstance(called, Instance) and method_of(called.kind, self.library.forward) is not None:
            return self._method(node, called, self.library.forward, positional, named)
        if isinstance(called, Method):
            return self._called_method(node, called, positional, named)
        if isinstance(called, Dotted):
            if called.name in NAMES:
                return builtin(self.code, node, called.name, positional, lambda value: self.entries(node, value))
            return self.library.call(self, node, called.name, positional, named)
        return self.library.call_value(self, node, called, positional, named)

    def _method(self, node: ast.expr, owner: Instance, name: str, positional: list[object], named: Named) -> object:
        method = method_of(owner.kind, name)
        if method is None:
            return self.code.stop(node, f"{owner.kind.name} has no {name}")
        is_static = any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in method.decorator_list)
        return self._function(
            node, Function(method, self.globals), positional if is_static else [owner, *positional], named
        )

    def _function(self, node: ast.expr, function: Function, positional: list[object], named: Named) -> object:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fatal = self.code.problem(node, f"calls stand inside each other more than {DEEPEST} deep")
            raise self.fatal
        try:
            scope = self._bound(node, function, positional, named)
            if isinstance(function.node, ast.Lambda):
                return self.value(function.node.body, scope)
            self.run(function.node.body, scope)
        except _Return as end:
            return end.value
        finally:
            self.depth -= 1
        return None

    def _bound(self, node: ast.expr, function: Function, positional: list[object], named: Named) -> Scope:
        """Gives the parameters of a function their values."""
        given = function.node.args
        scope = Scope(function.scope)
        names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        defaults = dict(zip(names[len(names) - len(given.defaults) :], given.defaults, strict=True))
        defaults |= {
            part.arg: default for part, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default
        }
        scope.update({name: self.value(default, function.scope) for name, default in defaults.items()})
        scope.update(zip(names, positional, strict=False))
        known = {*names, *(argument.arg for argument in given.kwonlyargs)}
        scope.update({name: value for name, value in named.items() if name in known or given.kwarg is None})
        if given.vararg is not None:
            scope[given.vararg.arg] = positional[len(names) :]
        if given.kwarg is not None:
            scope[given.kwarg.arg] = {name: value for name, value in named.items() if name not in known}
        missing = next((name for name in names if name not in scope), None)
        if missing is not None:
            self.code.stop(node, f"{function.name} is not given {quote(missing)}")
        return scope

    def _called_method(self, node: ast.expr, method: Method, positional: list[object], named: Named) -> object:
        owner, name = method.owner, method.name
        first = positional[0] if positional else None
        if isinstance(owner, Instance) and method_of(owner.kind, name) is not None:
            return self._method(node, owner, name, positional, named)
        if isinstance(owner, list) and name in ("append", "extend"):
            owner += positional if name == "append" else self.entries(node, first)
            if len(owner) > MOST_STEPS:
                self.code.stop(node, "this list is too long")
            return None
        if isinstance(owner, list) and name == "pop" and owner:
            return owner.pop(first) if isinstance(first, int) and -len(owner) <= first < len(owner) else owner.pop()
        if isinstance(owner, dict) and name in ("items", "values", "keys", "get"):
            if name == "get":
                return owner.get(first, positional[1] if len(positional) > 1 else None)
            return {"items": [[*pair] for pair in owner.items()], "values": [*owner.values()], "keys": [*owner]}[name]
        if isinstance(owner, str):
            return _text_method(owner, name, positional) or self.code.stop(node, f"the method {name} is not followed")
        return self.library.call_method(self, node, owner, name, positional, named)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """Lists the names that a statement gives a value."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _text_method(text: str, name: str, positional: Sequence[object]) -> object:
    """Calls a method of a text, if it is one of a few."""
    if name == "format" and all(isinstance(value, (str, int, float)) for value in positional):
        for value in positional:
            text = text.replace("{}", str(value), 1)
        for place, value in enumerate(positional):
            text = text.replace(f"{{{place}}}", str(value))
        return text if "{" not in text and len(text) < MOST_STEPS else None
    if name == "split" and len(positional) < 2 and (not positional or isinstance(positional[0], str)):
        return text.split(*positional)  # type: ignore[arg-type]
    return {"lower": text.lower(), "upper": text.upper(), "strip": text.strip()}.get(name)
