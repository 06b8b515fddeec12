"""What a framework must tell whoever follows code that uses it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Protocol

Positional = Sequence[object]
Named = Mapping[str, object]


class Caller(Protocol):
    """Who follows the code: it calls what a value is."""

    def call(self, node: ast.expr, called: object, positional: list[object], named: Named) -> object:
        """Calls a function, a class, a method or a layer. Raises: ReadingProblem."""
        ...


class Library(Protocol):
    """The values of one framework. Every method may raise a `ReadingProblem` at the node."""

    @property
    def forward(self) -> str:
        """The method that runs when an object of a class of the file is called."""
        ...

    @property
    def is_tolerant(self) -> bool:
        """Whether what is not understood is a problem only if the net needs it."""
        ...

    @property
    def layers_made(self) -> int:
        """How many layers and calls of layers there have been so far."""
        ...

    def bare_name(self, name: str, stars: Sequence[str]) -> object | None:
        """Finds what a name means that a star import may have brought, from one of these modules."""
        ...

    def is_layer(self, name: str, stars: Sequence[str]) -> bool:
        """Tells whether a dotted name is that of a layer or of something else that a net is made of."""
        ...

    def call(self, caller: Caller, node: ast.expr, name: str, positional: list[object], named: Named) -> object:
        """Calls a function or class of the framework, or of another library, by its dotted name."""
        ...

    def call_value(
        self, caller: Caller, node: ast.expr, called: object, positional: list[object], named: Named
    ) -> object:
        """Calls a layer, or a container of layers."""
        ...

    def call_method(
        self, caller: Caller, node: ast.expr, owner: object, name: str, positional: list[object], named: Named
    ) -> object:
        """Calls a method of a tensor, a layer, a container, or a method that a base class has."""
        ...

    def attribute(self, node: ast.expr, owner: object, name: str) -> object:
        """Finds an attribute of a tensor, a layer or a container."""
        ...

    def set_attribute(self, node: ast.expr, owner: object, name: str, value: object) -> None:
        """Sets an attribute of a layer or a container, such as `trainable`."""
        ...

    def entries(self, value: object) -> Mapping[str, object] | None:
        """Returns the parts of a container; None if it is none."""
        ...

    def combine(self, node: ast.AST, op: ast.operator, left: object, right: object) -> object:
        """Computes with two values, of which one is a tensor."""
        ...
