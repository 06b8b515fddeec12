"""Models of frameworks that live in memory become models of cnncalc."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cnncalc.convert.importing import import_by
from cnncalc.convert.keras.json_text import graph_of_json
from cnncalc.convert.torch.live import Module, read_module
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.model import Model


def from_torch(module: Module, input_shape: Sequence[int] | Sequence[Sequence[int]]) -> Model:
    """Reads a PyTorch module, as torch.export traces it at inference; no weight is looked at.

    `input_shape` is the input's shape as PyTorch has it, without the batch, such as (3, 224, 224); of several inputs a
    list of shapes. Shapes in reports are channels last. Raises: SpecError: if torch.export can't trace it, or if it
    has what no layer says. UsageError: if it is no module.
    """
    kinds = {f"{kind.__module__}.{kind.__name__}" for kind in type(module).__mro__}
    if "torch.nn.modules.module.Module" not in kinds:
        raise UsageError(
            Diagnostic(
                "unsupported-type",
                f"from_torch reads a module of PyTorch, not a {type(module).__name__}",
                expected="a torch.nn.Module",
                found=type(module).__name__,
                suggestion="cnncalc.load reads files",
            )
        )
    return Model(import_by(lambda: read_module(module, input_shape), type(module).__name__).document)


class KerasModel(Protocol):
    """What is needed of a Keras model: its configuration."""

    name: str

    def to_json(self) -> str: ...


def from_keras(model: KerasModel) -> Model:
    """Reads a Keras model by the configuration that its `to_json` gives; no weight is looked at.

    Raises: SpecError: if a layer of it can't be said in a spec. UsageError: if it is no model.
    """
    if not hasattr(model, "to_json"):
        found = type(model).__name__
        raise UsageError(
            Diagnostic(
                "unsupported-type", f"from_keras reads a model of Keras, not a {found}", expected="a keras.Model",
                found=found, suggestion="cnncalc.load reads files",
            )
        )  # fmt: skip
    return Model(import_by(lambda: graph_of_json(model.to_json().encode()), str(model.name)).document)
