"""What each usual mistake gives in one net: recomputed when it is asked for, and kept for the next sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import prod
from typing import Final

from cnncalc.analysis.report import Convention
from cnncalc.conventions.notes import NotesField
from cnncalc.formula import Number, whole
from cnncalc.marking.branches import branches
from cnncalc.marking.changes import Change, FieldReading
from cnncalc.marking.fields import RIGHT, FieldRule, Recurrences, Sizes
from cnncalc.marking.follow_through import ONCE, StudentNet
from cnncalc.marking.misconception import Misconception
from cnncalc.marking.misconceptions import CATALOGUE
from cnncalc.marking.net import Net, layer_in_context
from cnncalc.marking.quantities import Figure, Value, in_convention
from cnncalc.marking.recount import Figures, LayerInContext, recount
from cnncalc.receptive_fields.field import Field

FIELDS: Final[dict[Figure, Convention]] = {"notes.receptive_field": "notes", "exact.receptive_field": "exact"}
OTHER_CONVENTION: Final[dict[Figure, Figure]] = {
    "notes.receptive_field": "exact.receptive_field",
    "exact.receptive_field": "notes.receptive_field",
    "notes.ops": "macs",
    "macs": "notes.ops",
}
MAX_SUMMED: Final = 1_000
"""Layers of a net whose totals are recomputed to explain a wrong one."""
MAX_KEPT: Final = 20_000
"""Layers whose mistakes are remembered: a class that gets every layer wrong in its own way must not fill the memory."""

CHANGES: Final = [(misconception, change) for misconception in CATALOGUE for change in misconception.changes]
_OF_LAYERS: Final = [(misconception, change) for misconception, change in CHANGES if change.of_layer]
_OF_FIELDS: Final = [(misconception, change) for misconception, change in CHANGES if not change.of_layer]


_both: Final = cache(Change.__add__)


@cache
def _rule_of(change: Change) -> FieldRule:
    return FieldRule(
        change.first_field, change.later_field, change.pooling_field, change.once_per_block,
        tuple(change.symbols.items()), change.families,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class EarlierFields:
    """What a student says of the receptive fields before a layer: the net by it, the layers, and if any is right."""

    student: StudentNet | None = None
    layers: frozenset[int] = frozenset()
    starts_right: bool = False


NO_EARLIER: Final = EarlierFields()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A misconception, one of its changes, and the value that it gives."""

    misconception: Misconception
    change: Change
    value: Value


class MistakenValues:
    """The values that the misconceptions of the catalogue give in one net."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.recurrences = Recurrences(net.analysis)
        self._recounted: dict[LayerInContext, tuple[Figures, list[tuple[Misconception, Change, Figures]]]] = {}
        self._pairs: dict[tuple[LayerInContext, Figure], list[tuple[Mistake, Mistake, Value]]] = {}
        self._totals: dict[Figure, list[tuple[Misconception, Value, str]]] = {}

    # A layer's own figures --------------------------------------------------------------------------------------

    def of_layer(self, context: LayerInContext, figure: Figure) -> list[Mistake]:
        """Lists every mistake that gives another value than the right one."""
        if context not in self._recounted:
            if len(self._recounted) > MAX_KEPT:
                self._recounted.clear()
            changed = ((misconception, change, recount(context, change)) for misconception, change in _OF_LAYERS)
            found = [(misconception, change, figures) for misconception, change, figures in changed if figures]
            self._recounted[context] = recount(context) or {}, found
        right, found = self._recounted[context]
        if figure not in right:
            return []
        convention = in_convention(figure)
        return [
            Mistake(misconception, change, figures[figure])
            for misconception, change, figures in found
            if change.convention in (None, convention) and figures[figure] not in (None, right[figure])
        ]

    def of_two(self, context: LayerInContext, figure: Figure) -> list[tuple[Mistake, Mistake, Value]]:
        """Lists every two mistakes that can be made at once, with what they give."""
        known = self._pairs.get((context, figure))
        if known is None:
            if len(self._pairs) > MAX_KEPT:
                self._pairs.clear()
            known = self._pairs[context, figure] = []
            for one, two in combinations(self.of_layer(context, figure), 2):
                both = _both(one.change, two.change) if one.misconception is not two.misconception else None
                figures = None if both is None else recount(context, both)
                if figures is not None and figures[figure] not in (one.value, two.value):
                    known.append((one, two, figures[figure]))
        return known

    # Receptive fields -------------------------------------------------------------------------------------------

    def of_field(
        self, index: int | None, figure: Figure, earlier: EarlierFields = NO_EARLIER
    ) -> Iterator[tuple[Misconception, Value]]:
        """Lists the mistakes in a layer's field, or in the net's: that of its output, if it has one output."""
        outputs = self.net.analysis.expansion.outputs
        if index is None and len(outputs) > 1:
            return
        layer = outputs[0] if index is None else index
        convention, right = FIELDS[figure], self.net.right(index, figure)
        for misconception, change in _OF_FIELDS:
            if change.convention not in (None, convention) or (earlier.starts_right and change.shows_from_the_start):
                continue
            if change.later_field:
                for sizes in self._of_recurrence(layer, change, convention, right is None, earlier):
                    yield misconception, sizes
            elif change.blocks is not None:
                yield misconception, self.recurrences.of_blocks(layer, multiplied=change.blocks == "multiplied")
            elif change.other_convention:
                yield misconception, self.net.right(index, OTHER_CONVENTION[figure])
            elif change.field is not None and isinstance(right, tuple):
                for value in self._read_otherwise(change.field, layer, figure, right):
                    yield misconception, value

    def _read_otherwise(
        self, reading: FieldReading, index: int, figure: Figure, right: tuple[Number | None, ...]
    ) -> Iterator[Value]:
        """Lists what is given in place of a layer's right field."""
        sizes = [size for size in right if size is not None]
        match reading:
            case "a neighbour's":
                yield from (self.net.right(neighbour, figure) for neighbour in self.recurrences.neighbours(index))
            case "height and width exchanged":
                yield right[::-1]
            case "cut at the border":
                lengths = self.net.rows[0].output_shape  # of the only input, as the layer has a field
                yield tuple(
                    min(size, length) for size, length in zip(sizes, lengths, strict=False) if length is not None
                )
            case "its area":
                yield (prod(sizes),) * len(sizes)
            case "one side of its middle":
                yield tuple(whole(Fraction(size - 1, 2)) for size in sizes)
            case "the effective stride":
                yield self.net.right(index, "effective_stride")
            case "the layers in reverse":
                yield self.recurrences.in_reverse(index, RIGHT[FIELDS[figure]])

    def _of_recurrence(
        self, index: int, change: Change, convention: Convention, nothing: bool, earlier: EarlierFields
    ) -> Iterator[Sizes]:
        """Computes the field by a changed recurrence: for this layer only and, if the field before it is not known to
        be the student's, from the input on."""
        right = RIGHT[convention]
        rule = _rule_of(change)
        running = self.recurrences.size(index, right)
        if rule == right:
            yield running  # the field carried on: the only mistake in a field at a layer that has none
            return
        value = self.recurrences.size(index, rule)
        if nothing or value == running:
            return
        if earlier.layers.isdisjoint(self.recurrences.up_to_the_window_before(index)):
            yield value
        sources = self.net.analysis.expansion.nodes[index].inputs
        for analysis in (self.net.analysis, earlier.student):
            if analysis is None or len(sources) != 1 or rule.once_per_block:
                continue
            state = analysis.notes_fields[sources[0]] if convention == "notes" else analysis.fields[sources[0]]
            if isinstance(state, (NotesField, Field)):
                yield self.recurrences.step(index, rule, state.size)

    # Totals -----------------------------------------------------------------------------------------------------

    def of_total(self, figure: Figure) -> list[tuple[Misconception, Value, str]]:
        """Lists the mistakes in a total, with what they give and the layer that is meant, or `totals`."""
        if figure not in self._totals:
            self._totals[figure] = list(self._sums(figure))
        return self._totals[figure]

    def _sums(self, figure: Figure) -> Iterator[tuple[Misconception, Value, str]]:
        right = self.net.right(None, figure)
        if isinstance(right, tuple):
            for misconception, value in self.of_field(None, figure):
                yield misconception, value, "totals"
            return
        counted = [i for i, row in enumerate(self.net.rows) if row.shared_with is None or figure not in ONCE]
        if right is None or len(counted) > MAX_SUMMED:
            return
        parts = {index: part for index in counted if isinstance(part := self.net.right(index, figure) or 0, int)}
        changed = self._changed_sums(figure, parts)
        for misconception, change in CHANGES:
            if change.total == "one layer left out":
                for index, part in parts.items():
                    if part:
                        yield misconception, right - part, self.net.layer_name(index)
            elif change.total == "shared weights again":
                if figure in ONCE:
                    again = [self.net.right(i, figure) for i, row in enumerate(self.net.rows) if row.shared_with]
                    yield misconception, right + sum(part for part in again if isinstance(part, int)), "totals"
            elif change.total in ("a branch left out", "a branch twice"):
                sign = -1 if change.total == "a branch left out" else 1
                for index, branch in self._branches():
                    part = sum(parts.get(layer, 0) for layer in branch)
                    yield misconception, right + sign * part, self.net.layer_name(index)
            elif change.other_convention and figure in OTHER_CONVENTION:
                yield misconception, self.net.right(None, OTHER_CONVENTION[figure]), "totals"
            elif change in changed:
                yield misconception, changed[change], "totals"

    def _branches(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Lists the branches of two layers and more that meet in the net's merges; one layer is left out by itself."""
        for index in range(len(self.net.rows)):
            for branch in branches(self.net.analysis, index):
                if len(branch) > 1:
                    yield index, branch

    def _changed_sums(self, figure: Figure, parts: dict[int, int]) -> dict[Change, Number]:
        """Computes the total for every change that makes a difference, if it is made at every layer."""
        sums: dict[Change, Number] = {}
        total = sum(parts.values())
        for index, part in parts.items():
            for mistake in self.of_layer(layer_in_context(self.net.analysis, index), figure):
                if isinstance(mistake.value, (int, Fraction)):
                    sums[mistake.change] = sums.get(mistake.change, total) + mistake.value - part
        return sums
