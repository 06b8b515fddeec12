"""What there is to know about layer kinds, read off their classes: arguments, examples, formulas, elementwise costs."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from cnncalc.errors import Diagnostic, Source, UsageError, quote
from cnncalc.explaining.symbolic import SymbolicFormulas, symbolic_formulas
from cnncalc.layers import costs, registry
from cnncalc.layers.validation import default_text, expected
from cnncalc.spec.hints import kind_hint
from cnncalc.spec.names import MODEL_ARGUMENTS
from cnncalc.spec.placed import Placed
from cnncalc.spec.yaml_text import read_yaml

MODEL_TEXT: Final = """The layers of another spec, in this place; the running tensor takes the place of its input.

Rows are called NAME/inner, NAME defaulting to the spec's name."""
MODEL_EXAMPLE: Final = "Model: {spec: vgg16, until: block5_pool, trainable: false}"
_MODEL_ARGUMENTS: Final = {
    "spec": ("the name of a shipped spec, or a file", "required", "the spec; a file is inside this file's folder"),
    "until": ("the name of an item", "null", "the last item of it that is taken; null: all"),
    "defaults": ("arguments by kind", "null", "defaults for its items: {BatchNormalization: {trainable: false}}"),
    "frozen_until": ("the name of an item", "null", "freezes all items up to this one, and leaves the rest trainable"),
}


class ArgumentReference(NamedTuple):
    """An argument: what it may be, its default as it would be written, what it means."""

    name: str
    expected: str
    default: str
    description: str


class KindReference(NamedTuple):
    """A layer kind. `text` is its class's docstring; `yaml` and `json` are the same item; `primary` is the argument
    that a bare value stands for. `Model` has no formulas: its layers have."""

    kind: str
    text: str
    arguments: tuple[ArgumentReference, ...]
    primary: str
    yaml: str
    json: str
    formulas: SymbolicFormulas | None


class Cost(NamedTuple):
    """An elementwise cost of the `exact` convention: floating-point operations, and of what per element."""

    flops: int
    of: str


def families() -> Iterator[tuple[str, list[tuple[list[str], str]]]]:
    """Yields every family with its kinds: those that one class describes, and what they do in one line."""
    for module, kinds in registry.MODULES.items():
        members: dict[str, list[str]] = {}
        for kind in kinds:
            members.setdefault(_summary(_text(kind)), []).append(kind)
        yield module.replace("_", " "), [(names, text) for text, names in members.items()]
    yield "model", [([registry.MODEL], _summary(MODEL_TEXT))]


def kind_reference(kind: str) -> KindReference:
    """Reads off all there is to know about a kind. Raises: UsageError: if there is no such kind."""
    if kind == registry.MODEL:
        arguments = tuple(ArgumentReference(name, *_MODEL_ARGUMENTS[name]) for name in MODEL_ARGUMENTS)
        return KindReference(kind, MODEL_TEXT, arguments, "spec", *_example(MODEL_EXAMPLE), None)
    written, kind = kind, registry.kind_named(kind) or kind
    if not registry.is_kind(kind):
        hint = kind_hint(written, [*registry.kinds(), registry.MODEL])
        raise UsageError(Diagnostic("unknown-kind", f"there is no layer kind {quote(kind)}", suggestion=hint))
    layer = registry.layer_class(kind)
    return KindReference(
        kind=kind,
        text=_text(kind),
        arguments=tuple(
            ArgumentReference(name, expected(field), default_text(field), field.description or "")
            for name, field in layer.arguments().items()
        ),
        primary=layer.primary,
        yaml=_example(layer.example_item())[0],
        json=_example(layer.example_item())[1],
        formulas=symbolic_formulas(kind),
    )


def elementwise_costs() -> list[Cost]:
    """Returns the table of `cnncalc.layers.costs`, in the words that stand below each of its numbers there."""
    statements = ast.parse(inspect.getsource(costs)).body
    table = []
    for statement, below in pairwise(statements):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(flops := getattr(costs, statement.target.id), int)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            table.append(Cost(flops, str(below.value.value)))
    return table


def activation_costs() -> list[Cost]:
    """Activations by what they cost per element."""
    by_cost: dict[int, list[str]] = {}
    for name, flops in costs.ACTIVATION_COSTS.items():
        aliases = [alias for alias, meant in costs.ACTIVATION_ALIASES.items() if meant == name]
        by_cost.setdefault(flops, []).append(name + (f" ({', '.join(aliases)})" if aliases else ""))
    return [Cost(flops, ", ".join(names)) for flops, names in by_cost.items()]


def _summary(text: str) -> str:
    """Returns the first paragraph of a docstring in one line."""
    return " ".join(text.split("\n\n")[0].split())


def _text(kind: str) -> str:
    """Returns the docstring that describes a kind: its own, or that of the class whose variant it is (`Conv` of
    `Conv2D`).
    """
    texts = (inspect.cleandoc(base.__doc__ or "") for base in registry.layer_class(kind).__mro__)
    return next(text for text in texts if "\nShape: " in text)


def _example(item: str) -> tuple[str, str]:
    """Returns an item in YAML and in JSON."""
    return f"- {item}", json.dumps(_plain(read_yaml(Source("<example>", item))))


def _plain(placed: Placed) -> object:
    if isinstance(placed.value, dict):
        return {name: _plain(value) for name, value in placed.value.items()}
    if isinstance(placed.value, list):
        return [_plain(entry) for entry in placed.value]
    return float(placed.value) if isinstance(placed.value, Fraction) else placed.value
