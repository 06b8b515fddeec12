"""The page of all layers of Keras and PyTorch, docs/inventory.md, from docs/inventory.yaml and the registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from cnncalc.layers import registry
from tests.command_line import REPOSITORY

FILE: Final = REPOSITORY / "docs" / "inventory.yaml"
INVENTORY: Final[dict[str, Any]] = yaml.safe_load(FILE.read_text())
FRAMEWORKS: Final = {"keras": ("Keras", "keras.layers"), "torch": ("PyTorch", "torch.nn")}

INTRODUCTION: Final = """# Layers of Keras and PyTorch

Every public class of `keras.layers` and `torch.nn`, with the kind of cnncalc that says it, or why none does.
`input` and `layers` stand for the parts of a spec. This page is made from `docs/inventory.yaml` and the kinds that
there are; a comparison with the installed frameworks holds the lists complete.
"""


def said_by(name: str) -> list[str]:
    """The kinds that say a class; empty: none does."""
    if (kind := registry.kind_named(name)) is not None:
        return [kind]
    return list(INVENTORY["said"].get(name, ()))


def why_none(name: str) -> str:
    """Why no kind says a class. Raises: KeyError: if nothing is said about it."""
    return "a loss: it is no part of the network" if name.endswith("Loss") or name == "NLLLoss2d" else str(
        INVENTORY["none"][name])  # fmt: skip


def without_kind(framework: str) -> list[str]:
    """The classes of a framework that no kind says."""
    return [name for name in INVENTORY[framework]["classes"] if not said_by(name)]


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *(line for framework in FRAMEWORKS for line in _section(framework))])


def _section(framework: str) -> Iterator[str]:
    title, module = FRAMEWORKS[framework]
    classes, missing = INVENTORY[framework]["classes"], without_kind(framework)
    yield f"## {title} {INVENTORY[framework]['version']}\n"
    yield f"`{module}` has {len(classes)} classes; {len(missing)} are without a kind.\n"
    yield "| class | in cnncalc |\n|---|---|"
    for name in classes:
        kinds = said_by(name)
        yield f"| `{name}` | {', '.join(f'`{kind}`' for kind in kinds) if kinds else f'none: {why_none(name)}'} |"
    yield ""
