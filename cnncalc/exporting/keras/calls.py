"""A layer of a program of Keras while it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cnncalc.exporting.program.arguments import given_arguments
from cnncalc.exporting.program.calls import Call, Lacking
from cnncalc.exporting.program.expressions import call as call_text
from cnncalc.exporting.program.expressions import literal
from cnncalc.exporting.program.steps import Function, LayerStep
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.layers.windows import WindowLayer


class KerasCall(Call):
    """What a translator writes with: each call of `apply`, `result` and their kin is one statement."""

    def __init__(self, step: LayerStep, function: Function, name: str, needed: set[str], tensor: str) -> None:
        super().__init__(step, function)
        self.name = name
        """The layer's name as Python."""
        self.statements: list[str] = []
        self.x = step.inputs[0].variable.name if step.inputs else ""
        self.inputs = [value.variable.name for value in step.inputs]
        self.target = step.target.variable.name
        self.shape_suffix = ""
        """What stands behind the name of the layer whose output has the shape, if that is another one."""
        self.shows_shape = True
        """Whether a layer of the step's name has the shape of the step."""
        self._needed = needed
        self._tensor = tensor

    def needs(self, name: str) -> None:
        """Brings a function or class of the program's own along."""
        self._needed.add(name)

    def some_tensor(self) -> str:
        """Names a tensor that tells the batch."""
        return self._tensor

    # Texts ------------------------------------------------------------------------------------------------------

    def layer_text(
        self, class_name: str = "", positional: Sequence[str] | None = None, without: Sequence[str] = (), **other: str
    ) -> str:
        """Writes the layer with its arguments; `other` replaces some, and leaves out those that are empty."""
        first = [name for name in leading_arguments(self.kind) if name not in other and name not in without]
        given = dict(self.step.arguments)
        if _POOL_SIZE in type(self.layer).arguments():  # Keras wants it for average pooling
            given.setdefault(_POOL_SIZE, self.code(_POOL_SIZE))
        if positional is None:
            positional = []
            for name in first:
                if name not in given:
                    break
                positional = [*positional, self.text(name)]
        else:
            first = first[: len(positional)]
        placed = first[: len(positional)]
        keywords = [
            (name, other.get(name, self.text(name) if name in given else ""))
            for name in dict.fromkeys([*given, *other])
            if name not in placed and name not in without
        ]
        keywords = [(name, text) for name, text in keywords if text]
        if self.step.is_frozen:
            keywords.append(("trainable", "False"))
        keywords.append(("name", self.name))
        return call_text(class_name or f"layers.{self.kind}", positional, keywords)

    def inner_text(self, layer: Layer) -> str:
        """Writes a layer inside of another one. Raises: Lacking: if Keras needs two for it."""
        if isinstance(layer, WindowLayer) and not isinstance(layer.window()[3], str):
            raise Lacking(f"Keras has no explicit padding, and {self.kind} holds one layer")
        leading = leading_arguments(layer.kind)
        values = {name: literal(value) for name, value in given_arguments(layer).items()}
        placed = [name for name in leading if name in values]
        keywords = [(name, text) for name, text in values.items() if name not in placed]
        return call_text(f"layers.{layer.kind}", [values[name] for name in placed], keywords)

    def bound(self, argument: str, otherwise: str) -> str:
        """Writes an argument that no figure depends on, as it stands in the spec."""
        return self.step.arguments[argument].text() if self.has(argument) else otherwise

    # Statements -------------------------------------------------------------------------------------------------

    def apply(self, layer: str, reads: str | None = None, part: str = "") -> None:
        """Applies a layer to what the step reads."""
        if self.step.owner is not None:
            layer = self.step.owner.layer_variable
        elif self.step.is_shared:
            self.statements.append(f"{self.step.layer_variable} = {layer}")
            layer = self.step.layer_variable
        self.result(f"{layer}({self.x if reads is None else reads}){part}")

    def pad(self, amounts: str) -> None:
        """Puts zeros around what the step reads, before its layer."""
        name = with_suffix(self.name, "_pad")
        self.result(f"layers.ZeroPadding{self.layer.rank}D({amounts}, name={name})({self.x})")
        self.x = self.target

    def finish(self, class_name: str, suffix: str, amounts: str, is_needed: bool) -> None:
        """Applies one more layer behind the step's own."""
        if is_needed:
            self.result(f"{class_name}({amounts}, name={with_suffix(self.name, suffix)})({self.target})")
            self.shape_suffix = suffix

    def operation(self, name: str, *arguments: str) -> None:
        """Applies a function of keras.ops."""
        self.result(f"ops.{name}({', '.join(arguments)})")

    def result(self, text: str) -> None:
        """Sets the step's variable."""
        self.statements.append(f"{self.target} = {text}")


_POOL_SIZE: Final = "pool_size"
_FIRST: Final = (_POOL_SIZE, "size", "cropping")
"""Arguments with a default that are written without their names all the same."""


def leading_arguments(kind: str) -> list[str]:
    """Lists the arguments that Keras takes first and people write without their names."""
    arguments = registry.layer_class(kind).arguments()
    return [name for name in registry.positional_arguments(kind) if name in _FIRST or arguments[name].is_required()]


def with_suffix(name: str, suffix: str) -> str:
    """Adds something to a name that is written as Python."""
    return f"{name[:-1]}{suffix}{name[-1]}"
