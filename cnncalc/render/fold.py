"""`--depth`: every block instance at one nesting depth as one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from cnncalc.analysis.figures import FIGURES, Figure, added_figures
from cnncalc.analysis.memory_figures import LayerMemory
from cnncalc.analysis.report import ExactFigures, NotesFigures, Report, Row, Totals
from cnncalc.conventions.convention import NotesBasis
from cnncalc.tensor import total


def fold(report: Report, depth: int) -> Report:
    """Returns the report with each block at nesting depth `depth` (1: the outermost) as one row of type `block`.

    The row's figures are the sums over its layers, `None` where a part is not known; its shape is the last layer's,
    its receptive fields are those that the last layer has or hands on. The totals stay, and so do the layers of a
    block that an error cut short. Weights that belong to a row outside of the block are not in its sum, as the totals
    do not count them again, unless all its weights are one other row's: then it is `shared_with` that row.
    """
    names = {row.name: _folded_name(row, depth, report.culprit) for row in report.layers}
    rows: list[Row] = []
    for name, group in groupby(report.layers, key=lambda row: names[row.name]):
        layers = list(group)
        if name == layers[0].name:
            rows.append(_renamed(layers[0], names))
        else:
            rows.append(_block(name, layers, depth, names, report.totals))
    return replace(
        report,
        layers=rows,
        outputs=_distinct(names.get(name, name) for name in report.outputs),
        is_chain=all(row.inputs == (rows[index].name,) for index, row in enumerate(rows[1:])),
    )


def _folded_name(row: Row, depth: int, culprit: tuple[str, str] | None) -> str:
    if len(row.path) < depth:
        return row.name
    block = "/".join(row.path[:depth])
    return row.name if culprit is not None and culprit[0].startswith(f"{block}/") else block


def _renamed(row: Row, names: dict[str, str]) -> Row:
    shared_with = None if row.shared_with is None else names.get(row.shared_with, row.shared_with)
    return replace(row, inputs=tuple(_reads([row], names)), shared_with=shared_with)


def _block(name: str, layers: Sequence[Row], depth: int, names: dict[str, str], totals: Totals) -> Row:
    """Returns the one row of the layers of a block instance."""
    last = layers[-1]
    weights = _weights(name, layers, names)
    folded = {figure.key: _folded(figure, layers, totals) for figure in FIGURES.values()}

    def group(prefix: str) -> dict[str, Any]:
        """Returns what is folded of the figures whose keys begin so."""
        return {
            key.removeprefix(prefix): value for key, value in folded.items() if key.rpartition(".")[0] == prefix[:-1]
        }

    return Row(
        name=name,
        type="block",
        path=last.path[: depth - 1],
        inputs=tuple(read for read in _distinct(_reads(layers, names)) if read != name),
        output_shape=last.output_shape,
        instances=last.instances,
        neurons=folded["neurons"],
        params=weights.params,
        trainable_params=weights.trainable,
        shared_with=weights.owner,
        notes=NotesFigures(**group("notes."), basis=NotesBasis(**group("notes.basis."))),
        exact=ExactFigures(**group("exact.")),
        convention=last.convention,
        counters={name: total(row.counters.get(name) for row in layers) for name in last.counters},
        memory=_memory([row.memory for row in layers if row.memory is not None]),
        added={figure.key: folded[figure.key] for figure in added_figures()},
    )


def _folded(figure: Figure, layers: Sequence[Row], totals: Totals) -> Any:
    """Returns what a block has of a figure; the figures of its structure and its weights have rules of their own."""
    match figure.fold:
        case "last":
            return figure.of(layers[-1])
        case "carried":
            return layers[-1].notes.carried
        case "sum":
            return total(map(figure.of, layers))
        case "sum of counted":
            return _counted(figure, layers, totals)
        case "basis":
            return "documented" if all(figure.of(row) == "documented" for row in layers) else "extension"
        case "structure" | "own weights":
            return None


def _memory(layers: Sequence[LayerMemory]) -> LayerMemory | None:
    if not layers:
        return None
    kept = total(layer.kept for layer in layers)
    return LayerMemory(total(layer.parameters for layer in layers), layers[-1].output, kept)


def _reads(rows: Iterable[Row], names: dict[str, str]) -> Iterable[str]:
    return (names.get(name, name) for row in rows for name in row.inputs)


class _Weights(NamedTuple):
    params: int | None
    trainable: int | None
    owner: str | None = None


def _weights(block: str, layers: Sequence[Row], names: dict[str, str]) -> _Weights:
    """Returns the weights that a block's layers own; where they own none, those of the one other row that they
    share.
    """
    own = [row for row in layers if row.shared_with is None]
    borrowed = {row.shared_with: row for row in layers if row.shared_with is not None}
    owners = {names.get(owner, owner) for owner in borrowed}
    if len(owners) == 1 and block not in owners and all(row.params == 0 for row in own):
        return _Weights(
            total(row.params for row in borrowed.values()),
            total(row.trainable_params for row in borrowed.values()),
            owners.pop(),
        )
    return _Weights(total(row.params for row in own), total(row.trainable_params for row in own))


def _counted(figure: Figure, layers: Sequence[Row], totals: Totals) -> int | None:
    """Returns the sum of what is counted; None if nothing is counted, or if a count is not known.

    A row has None for both. Only if the total is known, None is "not counted"; else it is "not known", but for
    a row of the notes whose FLOPs are known: what they need is known, too.
    """
    values = list(map(figure.of, layers))
    if figure.of(totals) is None:
        of_notes = figure.key.startswith("notes.")
        if any(
            value is None and not (of_notes and row.exact.flops is not None)
            for value, row in zip(values, layers, strict=True)
        ):
            return None
    counted = [value for value in values if value is not None]
    return sum(counted) if counted else None


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
