"""The table of warnings: id, words, explanation, an example with the mistake and one without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnncalc.records import entity
from cnncalc.spec.names import WARNINGS
from cnncalc.warnings.net import Net

Finder = Callable[[Net, int], bool]
"""Tells whether a rule is about the node with this index."""


@entity
class Rule:
    """A warning. `message` goes on behind the names of the items; a rule without `finder` is applied elsewhere.

    What stands in a `Model` is another spec's, which has warnings of its own: only a rule `in_models` looks there.
    """

    id: str
    message: str
    explanation: str
    example: str
    better: str
    finder: Finder | None = None
    in_models: bool = False


RULES: Final[dict[str, Rule]] = {}
"""Every warning by its id."""

RULES_OF_FAMILY: Final[dict[str, list[Rule]]] = {}
"""The rules that look at the layers of a family."""


def declare(id: str, *, message: str, explanation: str, example: str, better: str) -> None:
    """Adds a warning that the analysis or the counting gives by itself."""
    assert id in WARNINGS, id
    RULES[id] = Rule(id, message, explanation, example, better)


def rule(
    id: str, *families: str, message: str, explanation: str, example: str, better: str, in_models: bool = False
) -> Callable[[Finder], Finder]:
    """Adds a rule that looks at the layers of these families."""

    def add(finder: Finder) -> Finder:
        assert id in WARNINGS, id
        RULES[id] = Rule(id, message, explanation, example, better, finder, in_models)
        for family in families:
            RULES_OF_FAMILY.setdefault(family, []).append(RULES[id])
        return finder

    return add
