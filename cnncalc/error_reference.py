"""What there is to know about errors and warnings: of each id its title, a paragraph and an example."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from cnncalc.errors import Diagnostic, UsageError, nearest, quote
from cnncalc.warnings import order, whole_net
from cnncalc.warnings.registry import RULES

CATALOGUE: Final = Path(__file__).with_name("error_catalogue.yaml")
WARNINGS: Final = "Warnings"
"""The section of the warnings, the last one."""
COMMAND: Final = "$ "
"""How an example starts that is a command."""

__all__ = ["CATALOGUE", "COMMAND", "WARNINGS", "Reference", "order", "reference", "references", "whole_net"]


@dataclass(frozen=True)
class Reference:
    """An error or a warning. `example` is a spec with it, or a command; `better` is a spec without it."""

    id: str
    about: str
    title: str
    explanation: str
    example: str = ""
    better: str = ""


def references() -> dict[str, Reference]:
    """Reads all errors and warnings, by id, in the order in which they come up."""
    sections = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    found = {id: Reference(id, about, **texts) for about, part in sections.items() for id, texts in part.items()}
    for rule in RULES.values():
        title = rule.message[0].upper() + rule.message[1:]
        found[rule.id] = Reference(rule.id, WARNINGS, title, rule.explanation, rule.example, rule.better)
    return found


def reference(id: str) -> Reference:
    """Finds an error or a warning. Raises: UsageError: if there is none of this id."""
    known = references()
    if id not in known:
        hint = nearest(id, known) or "`cnncalc errors` lists them"
        raise UsageError(Diagnostic("unknown-error", f"there is no error or warning {quote(id)}", suggestion=hint))
    return known[id]
