"""Which usual mistake gives a student's number: each is recomputed on the layer, and two at once where none fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from cnncalc.analysis.report import Convention
from cnncalc.conventions.notes import NotesField
from cnncalc.marking.changes import Change
from cnncalc.marking.fields import RIGHT_FIRST, RIGHT_LATER, Recurrences, Sizes
from cnncalc.marking.follow_through import ONCE, OwnNet
from cnncalc.marking.marks import Reason
from cnncalc.marking.misconceptions import BY_ID, CATALOGUE, Misconception
from cnncalc.marking.net import Net, place_of
from cnncalc.marking.quantities import Figure, Value, in_convention
from cnncalc.marking.recount import Counts, Place, recount
from cnncalc.receptive_fields.field import Field

Matches = Callable[[Value], bool]
"""Whether a value is the student's answer."""

_OTHER: Final[dict[Figure, Figure]] = {
    "notes.receptive_field": "exact.receptive_field",
    "exact.receptive_field": "notes.receptive_field",
    "notes.ops": "macs",
    "macs": "notes.ops",
}
_FIELDS: Final[dict[Figure, Convention]] = {"notes.receptive_field": "notes", "exact.receptive_field": "exact"}
MAX_SUMMED: Final = 200_000
"""Layers times changes that are recomputed to explain a total."""

MAX_KEPT: Final = 20_000
"""Layers whose mistakes are remembered: a class that gets every layer wrong in its own way must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mistake with the value that it gives."""

    misconception: Misconception
    change: Change
    value: Value


class Reasons:
    """Explains wrong answers about one net; what it recomputes it keeps for the next sheet."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.recurrences = Recurrences(net.analysis)
        self._recounted: dict[Place, list[tuple[Misconception, Change, Counts]]] = {}
        self._singles: dict[tuple[Place, Figure], list[Candidate]] = {}
        self._pairs: dict[tuple[Place, Figure], list[tuple[Candidate, Candidate, Value]]] = {}
        self._totals: dict[Figure, list[tuple[Misconception, Value, str]]] = {}

    def of(self, index: int | None, figure: Figure, matches: Matches, own: OwnNet | None) -> tuple[Reason, ...]:
        """The mistakes that give a number, likelier ones first: one each, or two that go together."""
        if index is None:
            of_total = (Reason(m.id, m.text, layer) for m, value, layer in self._of_total(figure) if matches(value))
            return tuple(_unique(of_total))
        name = self.net.layer_name(index)
        nothing = self.net.right(index, figure) is None
        if figure in _FIELDS:
            fitting = _in_order(m for m, value in self._of_field(index, figure, own) if matches(value))
            return tuple(_unique(Reason(m.id, m.text, name) for m in fitting)) or self._nothing_there(name, nothing)
        if nothing:
            return self._nothing_there(name, nothing)
        places = [place_of(self.net.analysis, index)]
        if own is not None and (theirs := own.place(index)) != places[0]:
            places.append(theirs)
        for place in places:
            single = [c.misconception for c in self._of_place(place, figure) if matches(c.value)]
            if single:
                return tuple(_unique(Reason(m.id, m.text, name) for m in _in_order(single)))
        other = self.net.right(index, _OTHER[figure]) if figure in _OTHER else None
        if other is not None and matches(other):
            return (reason_of("other-convention", name),)
        for place in places:
            for one, two, value in self._pairs_of(place, figure):
                if matches(value):
                    return tuple(
                        Reason(c.misconception.id, c.misconception.text, name, together_with=d.misconception.id)
                        for c, d in ((one, two), (two, one))
                    )
        return ()

    def _nothing_there(self, name: str, nothing: bool) -> tuple[Reason, ...]:
        return (reason_of("counted-where-nothing-is", name),) if nothing else ()

    def values(self, index: int | None, figure: Figure) -> Iterator[tuple[Misconception, Value]]:
        """Every mistake that can be made there, with what it gives: another value than the right one."""
        right = self.net.right(index, figure)
        if index is None:
            found: Iterable[tuple[Misconception, Value]] = ((m, value) for m, value, _ in self._of_total(figure))
        elif figure in _FIELDS:
            found = self._of_field(index, figure, None)
        else:
            place = place_of(self.net.analysis, index)
            found = ((candidate.misconception, candidate.value) for candidate in self._of_place(place, figure))
        return ((misconception, value) for misconception, value in found if value not in (None, right))

    # A layer's own figures --------------------------------------------------------------------------------------

    def _of_place(self, place: Place, figure: Figure) -> list[Candidate]:
        known = self._singles.get((place, figure))
        if known is None:
            if len(self._singles) > MAX_KEPT:
                self._singles.clear()
                self._recounted.clear()
            known = self._singles[place, figure] = list(self._candidates(place, figure))
        return known

    def _candidates(self, place: Place, figure: Figure) -> Iterator[Candidate]:
        """Every mistake that gives another value than the right one."""
        right = recount(place)
        if right is None or figure not in right:
            return
        recounted = self._recounted.get(place)
        if recounted is None:
            recounted = self._recounted[place] = [
                (misconception, change, counts)
                for misconception, change in _changes()
                if (counts := recount(place, change)) is not None
            ]
        convention = in_convention(figure)
        for misconception, change, counts in recounted:
            if change.convention in (None, convention) and counts[figure] not in (None, right[figure]):
                yield Candidate(misconception, change, counts[figure])

    def _pairs_of(self, place: Place, figure: Figure) -> list[tuple[Candidate, Candidate, Value]]:
        known = self._pairs.get((place, figure))
        if known is None:
            if len(self._pairs) > MAX_KEPT:
                self._pairs.clear()
            known = self._pairs[place, figure] = []
            for one, two in combinations(self._of_place(place, figure), 2):
                both = one.change + two.change if one.misconception is not two.misconception else None
                counts = None if both is None else recount(place, both)
                if counts is not None and counts[figure] not in (one.value, two.value):
                    known.append((one, two, counts[figure]))
        return known

    # Receptive fields -------------------------------------------------------------------------------------------

    def _of_field(self, index: int | None, figure: Figure, own: OwnNet | None) -> Iterator[tuple[Misconception, Value]]:
        """The mistakes in a layer's field, or in the net's: that of its output, where it has one output."""
        outputs = self.net.analysis.expansion.outputs
        if index is None and len(outputs) > 1:
            return
        layer = outputs[0] if index is None else index
        convention, right = _FIELDS[figure], self.net.right(index, figure)
        for misconception, change in _changes():
            if change.convention not in (None, convention):
                continue
            if change.later_field:
                for value in self._of_recurrence(layer, change, convention, right is None, own):
                    yield misconception, value
            elif change.swapped_field and isinstance(right, tuple):
                yield misconception, right[::-1]
            elif change.other_convention:
                yield misconception, self.net.right(index, _OTHER[figure])

    def _of_recurrence(
        self, index: int, change: Change, convention: Convention, nothing: bool, own: OwnNet | None
    ) -> Iterator[Sizes]:
        """The field by a changed recurrence: from the input on, and for this layer only."""
        right, texts = (RIGHT_FIRST, RIGHT_LATER[convention]), (change.first_field, change.later_field)
        running = self.recurrences.size(index, *right)
        if texts == right:
            yield running  # carried on where it has no place: the only mistake there is where there is no field
            return
        value = self.recurrences.size(index, *texts)
        if nothing or value == running:
            return
        yield value
        for previous in self._previous(index, convention, own):
            yield self.recurrences.step(index, *texts, previous)

    def _previous(self, index: int, convention: Convention, own: OwnNet | None) -> Iterator[Sizes]:
        """The field before a layer: the right one, and the student's own."""
        sources = self.net.analysis.expansion.nodes[index].inputs
        if len(sources) != 1:
            return
        for analysis in (self.net.analysis, own):
            if analysis is None:
                continue
            state = analysis.notes_fields[sources[0]] if convention == "notes" else analysis.fields[sources[0]]
            if isinstance(state, (NotesField, Field)):
                yield state.size

    # Totals -----------------------------------------------------------------------------------------------------

    def _of_total(self, figure: Figure) -> list[tuple[Misconception, Value, str]]:
        known = self._totals.get(figure)
        if known is None:
            known = self._totals[figure] = list(self._sums(figure))
        return known

    def _sums(self, figure: Figure) -> Iterator[tuple[Misconception, Value, str]]:
        right = self.net.right(None, figure)
        if right is None:
            return
        if isinstance(right, tuple):
            for misconception, value in self._of_field(None, figure, None):
                yield misconception, value, "totals"
            return
        rows = [i for i, row in enumerate(self.net.rows) if row.shared_with is None or figure not in ONCE]
        places = {index: place_of(self.net.analysis, index) for index in rows}
        if len(rows) * len(CATALOGUE) > MAX_SUMMED:
            return
        for misconception, change in _changes():
            if change.total == "one layer left out":
                for index in rows:
                    part = self.net.right(index, figure)
                    if part and not isinstance(part, tuple):
                        yield misconception, right - part, self.net.layer_name(index)
            elif change.total is not None:
                again = [self.net.right(i, figure) for i, row in enumerate(self.net.rows) if row.shared_with]
                if figure in ONCE:
                    yield misconception, right + sum(part for part in again if isinstance(part, int)), "totals"
            elif change.other_convention and figure in _OTHER:
                yield misconception, self.net.right(None, _OTHER[figure]), "totals"
            else:
                yield misconception, self._sum(figure, change, places), "totals"

    def _sum(self, figure: Figure, change: Change, places: dict[int, Place]) -> Value:
        """The total where every layer is counted with the same mistake; `None` where it makes no difference."""
        total: Value = 0
        differs = False
        for index, place in places.items():
            part = self.net.right(index, figure)
            for candidate in self._of_place(place, figure):
                if candidate.change is change:
                    part, differs = candidate.value, True
            if isinstance(part, tuple) or isinstance(total, tuple) or total is None:
                return None
            total += part or 0
        return total if differs else None


def _changes() -> Iterator[tuple[Misconception, Change]]:
    return ((misconception, change) for misconception in CATALOGUE for change in misconception.changes)


_ORDER: Final = {misconception.id: position for position, misconception in enumerate(CATALOGUE)}


def _in_order(found: Iterable[Misconception]) -> list[Misconception]:
    return sorted(found, key=lambda misconception: _ORDER[misconception.id])


def _unique(reasons: Iterable[Reason]) -> Iterator[Reason]:
    seen: set[tuple[str, str]] = set()
    for reason in reasons:
        if (reason.id, reason.layer) not in seen:
            seen.add((reason.id, reason.layer))
            yield reason


def reason_of(id: str, layer: str) -> Reason:
    """A mistake of the catalogue as a reason."""
    return Reason(id, BY_ID[id].text, layer)
