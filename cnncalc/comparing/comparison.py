"""What is the same in two nets and what is not: totals with their differences, layers one by one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from cnncalc.analysis.analyze import analyzed
from cnncalc.analysis.figures import FIGURES, total_figures
from cnncalc.analysis.report import Extent, Json, Report
from cnncalc.comparing.alignment import Pair, align, gaps, slide
from cnncalc.comparing.pieces import ACTIVATION, Piece, pieces
from cnncalc.conventions.convention import find_convention
from cnncalc.expansion.nodes import Expansion
from cnncalc.model import Model, ModelLike, model_of
from cnncalc.results import Result

SCHEMA: Final = "cnncalc.comparison/1"

Status = Literal["changed", "affected", "inserted", "removed"]

EVERYWHERE: Final = 3
"""From so many layers on, a difference that all layers of a kind have is said once."""

Value = int | Extent


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of all nets, the first to compare with. `None`: not known, or nothing to compare."""

    quantity: str
    values: tuple[Value, ...]

    def difference(self, index: int) -> int | None:
        """Returns how much more a net has than the first."""
        first, value = self.values[0], self.values[index]
        return value - first if isinstance(first, int) and isinstance(value, int) else None

    def ratio(self, index: int) -> Fraction | None:
        """Returns how many times as much a net has."""
        first, value = self.values[0], self.values[index]
        return Fraction(value, first) if isinstance(first, int) and isinstance(value, int) and first else None

    def to_dict(self) -> Json:
        others = range(1, len(self.values))
        return {
            "quantity": self.quantity,
            "values": [list(value) if isinstance(value, tuple) else value for value in self.values],
            "differences": [self.difference(index) for index in others],
            "ratios": [_exactly(self.ratio(index)) for index in others],
        }


@dataclass(frozen=True, slots=True)
class Change:
    """An argument that differs. What a layer reads counts as its argument `from`."""

    argument: str
    before: str | None
    after: str | None

    def to_dict(self) -> Json:
        return {"argument": self.argument, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A change that all layers of a kind have, wherever both nets have them."""

    kind: str
    change: Change
    layers: int

    def to_dict(self) -> Json:
        return {"type": self.kind, "layers": self.layers, **self.change.to_dict()}


@dataclass(frozen=True, slots=True)
class LayerChange:
    """A layer that is not the same in both nets.

    `changed` has `changes`; `affected` has the same arguments, but another shape or other weights, because of what
    changed before it; `inserted` has no `before`, `removed` no `after`.
    """

    status: Status
    kind: str
    before: Piece | None
    after: Piece | None
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> Json:
        return {
            "status": self.status,
            "type": self.kind,
            "before": None if self.before is None else self.before.to_dict(),
            "after": None if self.after is None else self.after.to_dict(),
            "changes": [change.to_dict() for change in self.changes],
        }


@dataclass(frozen=True)
class Difference:
    """One net against the first: what differs everywhere, what differs in places, how many pieces are the same."""

    everywhere: tuple[Everywhere, ...]
    layers: tuple[LayerChange, ...]
    same: int

    def with_status(self, *statuses: Status) -> list[LayerChange]:
        return [layer for layer in self.layers if layer.status in statuses]

    def to_dict(self) -> Json:
        return {
            "same": self.same,
            "everywhere": [entry.to_dict() for entry in self.everywhere],
            "layers": [layer.to_dict() for layer in self.layers],
        }


@dataclass(frozen=True)
class Comparison(Result):
    """Nets side by side: `differences` has one entry for each net but the first."""

    names: tuple[str, ...]
    reports: tuple[Report, ...]
    totals: tuple[Total, ...]
    differences: tuple[Difference, ...]

    def __repr__(self) -> str:
        return f"<cnncalc.Comparison of {', '.join(map(repr, self.names))}>"

    def to_dict(self) -> Json:
        """Returns the JSON object."""
        return {
            "schema": SCHEMA,
            "specs": list(self.names),
            "totals": [total.to_dict() for total in self.totals],
            "differences": [
                {"with": name, **difference.to_dict()}
                for name, difference in zip(self.names[1:], self.differences, strict=True)
            ],
        }


def compare(first: ModelLike, *others: ModelLike, convention: str = "exact") -> Comparison:
    """Compares nets with the first of them: totals, and layers aligned as a text diff aligns lines.

    >>> compare("resnet50", "resnet50_v1_5").totals[1].values
    (25636712, 25610152)

    Raises: SpecError: if a shape of one does not fit; UsageError: if there is no such convention.
    """
    names = [net.name if isinstance(net, Model) else os.fspath(net) for net in (first, *others)]
    labels = [
        f"{name} ({names[:place].count(name) + 1})" if name in names[:place] else name
        for place, name in enumerate(names)
    ]
    models = [model_of(net) for net in (first, *others)]
    return compare_nets(
        [(label, model.expansion) for label, model in zip(labels, models, strict=True)],
        find_convention(convention).name,
    )


def compare_nets(nets: Sequence[tuple[str, Expansion]], convention: str = "exact") -> Comparison:
    """Compares nets, each with the name that it goes by, with the first of them. Raises: SpecError."""
    analyses = [analyzed(expansion, convention) for _, expansion in nets]
    reports = tuple(report for report, _ in analyses)
    first, *others = (pieces(analysis, report.layers) for report, analysis in analyses)
    differences = tuple(_difference(first, other) for other in others)
    return Comparison(tuple(name for name, _ in nets), reports, tuple(_totals(reports)), differences)


_FIRST: Final = ("params", "trainable_params", "non_trainable_params", "neurons",
          "exact.macs", "exact.flops", "notes.ops",
          "exact.receptive_field", "notes.receptive_field")  # fmt: skip
"""The totals to begin with; whatever else a net has a total of comes behind them."""
_REPEATED: Final = ("receptive_field", "ops")
"""Totals that repeat one of the others, as the convention has it."""


def _totals(reports: Sequence[Report]) -> Iterator[Total]:
    yield Total("layers", tuple(len(report.layers) - len(report.inputs) for report in reports))
    others = [figure.key for figure in total_figures() if figure.key not in (*_FIRST, *_REPEATED)]
    for key in (*_FIRST, *others):
        yield Total(key, tuple(FIGURES[key].of(report.totals) for report in reports))


def _exactly(ratio: Fraction | None) -> int | str | None:
    """Writes a ratio as effective strides are written, `3/2`, since nothing is rounded in JSON."""
    if ratio is None:
        return None
    return ratio.numerator if ratio.denominator == 1 else f"{ratio.numerator}/{ratio.denominator}"


# Layers ---------------------------------------------------------------------------------------------------------


def _difference(a: Sequence[Piece], b: Sequence[Piece]) -> Difference:
    pairs = _at_blocks(_best_alignment(a, b), a, b)
    partner = dict(pairs)
    kept = set(partner.values())
    changes = {pair: _changes(a, b, pair, partner, kept) for pair in pairs}
    everywhere = _everywhere(a, changes)
    said = {(entry.kind, entry.change) for entry in everywhere}
    layers: list[LayerChange] = []
    same = 0
    for left, right in _in_order(pairs, len(a), len(b)):
        if left is None or right is None:
            before = None if left is None else a[left]
            after = None if right is None else b[right]
            kind = (before or after or a[0]).kind
            layers.append(LayerChange("inserted" if before is None else "removed", kind, before, after))
            continue
        before, after = a[left], b[right]
        own = tuple(change for change in changes[left, right] if (before.kind, change) not in said)
        if own:
            layers.append(LayerChange("changed", before.kind, before, after, own))
        elif changes[left, right] or (before.size, before.params) != (after.size, after.params):
            layers.append(LayerChange("affected", before.kind, before, after))
        else:
            same += 1
    return Difference(everywhere, tuple(layers), same)


def _best_alignment(a: Sequence[Piece], b: Sequence[Piece]) -> list[Pair]:
    """Aligns by everything, by the main arguments and by the kind, and takes what leaves the fewest differences."""
    alignments = []
    for key in (Piece.exactly, Piece.about, Piece.roughly):
        numbers: dict[Hashable, int] = {}  # of keys, which take long to compare
        left, right = ([numbers.setdefault(key(piece), len(numbers)) for piece in side] for side in (a, b))
        pairs = _with_changed(a, b, align(left, right))
        alignments.append((_cost(a, b, pairs), pairs))
    return min(alignments, key=lambda alignment: alignment[0])[1]


def _at_blocks(pairs: list[Pair], a: Sequence[Piece], b: Sequence[Piece]) -> list[Pair]:
    """Moves what is inserted and removed so that it begins with a block if it can."""
    pairs = slide(pairs, [piece.exactly() for piece in b], _starts(b))
    mirrored = slide([(right, left) for left, right in pairs], [piece.exactly() for piece in a], _starts(a))
    return [(left, right) for right, left in mirrored]


def _starts(pieces: Sequence[Piece]) -> list[int]:
    """Rates each piece as the beginning of something inserted: an outermost block best, an activation worst."""
    blocks = [piece.row.path[:1] for piece in pieces]
    inner = [
        2 if index and blocks[index] != blocks[index - 1] else int(piece.kind != ACTIVATION)
        for index, piece in enumerate(pieces)
    ]
    return [*inner, 2]


def _with_changed(a: Sequence[Piece], b: Sequence[Piece], pairs: Sequence[Pair]) -> list[Pair]:
    """Adds to the pairs, between them, pieces of the same kind: the layers that changed."""
    more: list[Pair] = []
    for left, right in gaps(pairs, len(a), len(b)):
        if left and right:
            inner = align([a[index].kind for index in left], [b[index].kind for index in right])
            more += [(left[first], right[second]) for first, second in inner]
    return sorted([*pairs, *more])


def _cost(a: Sequence[Piece], b: Sequence[Piece], pairs: Sequence[Pair]) -> int:
    """Counts the differences: one for each argument that differs, two for a layer without a partner."""
    differing = sum(
        sum(before.get(name) != after.get(name) for name in {*before, *after})
        for before, after in ((a[left].arguments, b[right].arguments) for left, right in pairs)
        if before != after
    )
    return differing + 2 * (len(a) + len(b) - 2 * len(pairs))


def _changes(
    a: Sequence[Piece], b: Sequence[Piece], pair: Pair, partner: Mapping[int, int], kept: Container[int]
) -> tuple[Change, ...]:
    """Lists the arguments that differ, and what is read; `kept` are the pieces of `b` with a partner in `a`."""
    before, after = a[pair[0]], b[pair[1]]
    changes = []
    if before.arguments != after.arguments:
        changes = [
            Change(name, before.arguments.get(name), after.arguments.get(name))
            for name in dict.fromkeys([*before.arguments, *after.arguments])
            if before.arguments.get(name) != after.arguments.get(name) and not _is_consequence(name, before, after)
        ]
    # What was inserted or removed before a layer says itself that the layer reads something else.
    both_have = all(piece in partner for piece in before.reads) and all(piece in kept for piece in after.reads)
    if both_have and sorted(partner[piece] for piece in before.reads) != sorted(after.reads):
        sources = (
            ", ".join(a[piece].name for piece in before.reads),
            ", ".join(b[piece].name for piece in after.reads),
        )
        changes.append(Change("from", *sources))
    return tuple(changes)


def _is_consequence(name: str, before: Piece, after: Piece) -> bool:
    """Says whether an argument differs although it was written alike: `same` on another size, weights of a namesake."""
    if name == "share":
        return "share" in before.arguments and "share" in after.arguments
    return name == "padding" and before.pads_same and after.pads_same


def _everywhere(a: Sequence[Piece], changes: dict[Pair, tuple[Change, ...]]) -> tuple[Everywhere, ...]:
    """Finds the changes that all aligned layers of a kind have."""
    layers = Counter(a[left].kind for left, _ in changes)
    found = Counter((a[left].kind, change) for (left, _), own in changes.items() for change in own)
    return tuple(
        Everywhere(kind, change, count)
        for (kind, change), count in found.items()
        if count == layers[kind] and count >= EVERYWHERE
    )


def _in_order(pairs: Sequence[Pair], length_a: int, length_b: int) -> Iterator[tuple[int | None, int | None]]:
    """Lists pairs and single pieces as a text diff does: what was removed before what was inserted."""
    previous = (-1, -1)
    for pair in [*pairs, (length_a, length_b)]:
        yield from ((index, None) for index in range(previous[0] + 1, pair[0]))
        yield from ((None, index) for index in range(previous[1] + 1, pair[1]))
        if pair[0] < length_a:
            yield pair
        previous = pair
