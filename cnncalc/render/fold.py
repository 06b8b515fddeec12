"""`--depth`: every block instance at one nesting depth as one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from cnncalc.analysis.report import Basis, ExactFigures, NotesBasis, NotesFigures, Report, Row, Totals
from cnncalc.memory.figures import LayerMemory
from cnncalc.tensor import total


def fold(report: Report, depth: int) -> Report:
    """The report with each block instance at nesting depth `depth` (1: the outermost) as one row of type `block`.

    The row's figures are the sums over its layers, `None` where a part is not known; its shape and receptive
    fields are the last layer's. The totals stay, and so do the layers of a block that an error cut short.
    Weights that belong to a row outside of the block are not in its sum, as the totals do not count them again,
    unless all its weights are one other row's: then it is `shared_with` that row.
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
    """The one row of the layers of a block instance."""
    last = layers[-1]
    weights = _weights(name, layers, names)
    return Row(
        name=name,
        type="block",
        path=last.path[: depth - 1],
        inputs=tuple(read for read in _distinct(_reads(layers, names)) if read != name),
        output_shape=last.output_shape,
        instances=last.instances,
        neurons=total(row.neurons for row in layers),
        params=weights.params,
        trainable_params=weights.trainable,
        shared_with=weights.owner,
        notes=NotesFigures(
            receptive_field=last.notes.receptive_field,
            ops=_notes_ops(layers, totals),
            basis=NotesBasis(
                _basis(row.notes.basis.neurons for row in layers),
                _basis(row.notes.basis.receptive_field for row in layers),
                _basis(row.notes.basis.ops for row in layers),
            ),
        ),
        exact=ExactFigures(
            receptive_field=last.exact.receptive_field,
            effective_stride=last.exact.effective_stride,
            offset=last.exact.offset,
            macs=total(row.exact.macs for row in layers),
            flops=_flops(layers, totals),
            note=last.exact.note,
        ),
        convention=last.convention,
        counters={name: total(row.counters.get(name) for row in layers) for name in last.counters},
        memory=_memory([row.memory for row in layers if row.memory is not None]),
    )


def _memory(layers: Sequence[LayerMemory]) -> LayerMemory | None:
    if not layers:
        return None
    kept = total(layer.kept for layer in layers)
    return LayerMemory(total(layer.parameters for layer in layers), layers[-1].output, kept)


def _reads(rows: Iterable[Row], names: dict[str, str]) -> Iterable[str]:
    return (names.get(name, name) for row in rows for name in row.inputs)


@dataclass(frozen=True, slots=True)
class _Weights:
    params: int | None
    trainable: int | None
    owner: str | None = None


def _weights(block: str, layers: Sequence[Row], names: dict[str, str]) -> _Weights:
    """The weights that a block's layers own; where they own none, those of the one other row that they share."""
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


def _notes_ops(layers: Sequence[Row], totals: Totals) -> int | None:
    """The sum of what the notes count, None where they count nothing or where a count is not known.

    None in a row is "not counted" where the total or the row's FLOPs are known, else "not known".
    """
    if totals.notes.ops is None and any(row.notes.ops is None and row.exact.flops is None for row in layers):
        return None
    return _sum_of_counted(row.notes.ops for row in layers)


def _flops(layers: Sequence[Row], totals: Totals) -> int | None:
    """The sum of what is counted, None where nothing is or where, without a total, a count may not be known."""
    if totals.exact.flops is None:
        return total(row.exact.flops for row in layers)
    return _sum_of_counted(row.exact.flops for row in layers)


def _sum_of_counted(values: Iterable[int | None]) -> int | None:
    counted = [value for value in values if value is not None]
    return sum(counted) if counted else None


def _basis(parts: Iterable[Basis]) -> Basis:
    return "documented" if all(part == "documented" for part in parts) else "extension"


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
