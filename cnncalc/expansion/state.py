"""What one expansion has come to so far: its nodes, its mistakes, and how much of its limits is used up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Final, NoReturn

from cnncalc.errors import Collector, Diagnostic, Problem, Span, SpecError
from cnncalc.expansion.nodes import Instance, Layers, Node, UnresolvedLayer
from cnncalc.formula import expressions_read
from cnncalc.layers.base import Layer
from cnncalc.spec.document import Document
from cnncalc.spec.values import Bindings, Value, is_late

MAX_EXPANDED: Final = 200_000
"""Layers that a spec may come to, unless the caller sets another limit: what a few seconds compute."""

VALUES_PER_LAYER: Final = 5
"""Times the limit on layers: how many parameters of blocks are computed, all copies together."""

INPUTS_PER_LAYER: Final = 4
"""Inputs of a merge that take at most as long as a layer."""

MAX_EXPRESSIONS: Final = 20_000
"""Different expressions of one spec."""

MAX_FULL_NAME: Final = 10_000
"""Characters of a layer's name, with the names of all blocks around it."""

MAX_DEPTH: Final = 1_000
"""Blocks, models and branches inside each other: names grow with it, so that it must end somewhere."""

MAX_WRAPPED: Final = 20
"""Models in wrappers inside each other: each is counted within the one around it."""

CHARACTERS_PER_LAYER: Final = 50
"""Times the limit on layers: what all names may come to. A block's name stands again in those of all that is inside."""

MAX_AFTER_MISTAKE: Final = 10_000
"""Items that are looked at for further mistakes once there is one: an error must come soon."""

Loader = Callable[[str, Document], Document]
"""Finds the document that `Model: {spec: ...}` names in a document. Raises: Problem, SpecError."""


class ExpansionStopped(Exception):
    """Nothing further is looked at: the state has the mistakes that say why."""


class State:
    """The state of one expansion; the functions of this package add to it."""

    def __init__(self, load: Loader, max_expanded: int, layers: Layers) -> None:
        self._load = load
        self._loaded: dict[tuple[str, str], Document | Problem | SpecError] = {}
        self.nodes: list[Node] = []
        self.inputs = 0
        self.depth = 0
        self.mistakes = Collector()
        self.max_expanded = max_expanded
        self._max_characters = CHARACTERS_PER_LAYER * max(max_expanded, MAX_EXPANDED)
        self._max_items: int | None = None
        """Once there is a mistake: how many layers and items are gone through at most."""
        self._without_layer = 0
        """Items that were gone through and made no layer of their own: dropped ones and uses of blocks."""
        self._characters = 0
        self._values = 0
        self._expressions = expressions_read()
        self._layers = layers
        self.open_models: set[int] = set()
        """The places of the models in wrappers that are being expanded, by `id`."""
        self.warnings: list[str] = []
        self.bindings_of_models: dict[str, Bindings] = {}
        """The vars of each inner spec, by its identity: they are the same in every copy."""

    # Mistakes ---------------------------------------------------------------------------------------------------

    def note(self, *diagnostics: Diagnostic) -> None:
        """Keeps mistakes for the end. Raises: ExpansionStopped: if there are enough of them."""
        for diagnostic in diagnostics:
            self.mistakes.note(diagnostic)
        if self._max_items is None:
            self._max_items = self._gone_through() + MAX_AFTER_MISTAKE
        if self.mistakes.full:
            raise ExpansionStopped

    def stop(self, diagnostic: Diagnostic) -> NoReturn:
        """Ends the expansion with a mistake."""
        self.mistakes.note(diagnostic)
        raise ExpansionStopped

    # Limits -----------------------------------------------------------------------------------------------------

    def count(self, items: int, span: Span | None, instance: Instance) -> None:
        """Counts items that make no layer of their own. Raises: ExpansionStopped: if the spec comes to too much."""
        self._without_layer += items
        if max(self._without_layer, len(self.nodes) - self.inputs) > self.max_expanded:
            self.stop(too_many_layers(self.max_expanded, span, instance.chain()))
        if expressions_read() - self._expressions > MAX_EXPRESSIONS:
            message = f"the spec has more than {MAX_EXPRESSIONS:,} different expressions"
            hint = "write the numbers themselves, or compute what is the same once, in vars"
            self.stop(Diagnostic("too-many-layers", message, span, chain=instance.chain(), suggestion=hint))
        if self._max_items is not None and self._gone_through() > self._max_items:
            raise ExpansionStopped

    def count_inputs(self, inputs: int, span: Span | None, instance: Instance) -> None:
        """Counts the inputs of a merge, each a part of a layer. Raises: ExpansionStopped: if it comes to too much."""
        self.count(inputs // INPUTS_PER_LAYER, span, instance)

    def count_values(self, values: int, span: Span | None, instance: Instance) -> None:
        """Counts parameters that are computed. Raises: ExpansionStopped: if they are too many, all copies together."""
        self._values += values
        limit = VALUES_PER_LAYER * max(self.max_expanded, MAX_EXPANDED)
        if self._values > limit:
            self.stop(
                Diagnostic(
                    "too-many-layers",
                    f"the parameters of blocks, in all copies together, come to more than {limit:,}",
                    span,
                    chain=instance.chain(),
                    suggestion="give the block fewer parameters, or repeat it less often",
                )
            )

    def count_characters(self, name: str, span: Span | None, instance: Instance) -> None:
        """Counts the characters of a name. Raises: ExpansionStopped: if it is too long, or all names together are."""
        self._characters += len(name)
        found = None
        if len(instance.prefix) > MAX_FULL_NAME:
            found = f"the name of a layer comes to more than {MAX_FULL_NAME:,} characters"
        elif self._characters > self._max_characters:
            found = f"the names of the layers come to more than {self._max_characters:,} characters"
        if found is not None:
            self.stop(
                Diagnostic(
                    "names-too-long",
                    found,
                    span,
                    chain=instance.chain(),
                    suggestion="give the blocks shorter names, or put fewer of them inside each other",
                )
            )

    def _gone_through(self) -> int:
        return self._without_layer + len(self.nodes)

    # What an expansion is made of -------------------------------------------------------------------------------

    def add(self, node: Node, span: Span | None) -> int:
        """Adds a node and returns its index. Raises: ExpansionStopped: if there are too many."""
        self.nodes.append(node)
        self.count_characters(node.name, span, node.instance)
        self.count(0, span, node.instance)
        return len(self.nodes) - 1

    def layer(self, kind: str, values: Mapping[str, Value]) -> Layer | UnresolvedLayer:
        """Makes the layer of a kind with these arguments; those that say the same share one object.

        Raises: Problems: if an argument is missing or wrong.
        """
        if any(is_late(value) for value in values.values()):
            return UnresolvedLayer.of(kind, values)
        return self._layers.build(kind, values)

    def load(self, name: str, outer: Document) -> Document:
        """Reads the spec that a `Model` names in a document, each spec once.

        Raises: Problem: if the name leads to nothing. SpecError: if that spec is wrong.
        """
        key = (outer.identity, name)
        if key not in self._loaded:
            try:
                self._loaded[key] = self._load(name, outer)
            except (Problem, SpecError) as error:
                self._loaded[key] = error
        found = self._loaded[key]
        if not isinstance(found, Document):
            raise copy(found)  # whoever places it must not place it for others
        return found


def too_many_layers(limit: int, span: Span | None, chain: tuple[str, ...], found: str | None = None) -> Diagnostic:
    """Makes the diagnostic of a spec that comes to more layers than the limit."""
    return Diagnostic(
        "too-many-layers",
        f"the spec comes to more than {limit:,} layers",
        span,
        expected=f"at most {limit:,} (--max-expanded sets another limit)",
        found=found,
        chain=chain,
        suggestion="is a repeat too large, or do repeats inside each other multiply?",
    )
