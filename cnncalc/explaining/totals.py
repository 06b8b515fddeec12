"""The totals of a net explained: which rows they are the sums of."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.figures import added_figures
from cnncalc.analysis.report import Convention, Extent, Row
from cnncalc.explaining.explanation import Figure, Part, Section
from cnncalc.explaining.lines import bare_number, some

MOST_TERMS = 12
"""Terms of a sum that are written out."""


def explain_totals(analysis: Analysis, rows: Sequence[Row]) -> tuple[Section, ...]:
    """Returns every total as a sum over rows; the receptive fields as the largest of the outputs."""
    totals = analysis.totals()
    own = [row for row in rows if row.shared_with is None]
    shared = len(rows) - len(own)
    once = (f"weights that {shared:,} rows share with others count once",) if shared else ()
    uncounted = [row for row in rows if row.exact.flops is None]
    params = _sum("params", None, totals.params, [row.params for row in own], once)
    trainable = _sum("trainable_params", None, totals.trainable_params, [row.trainable_params for row in own])
    notes_ops = _sum("ops", "notes", totals.notes.ops, [row.notes.ops for row in rows])
    macs = _sum("macs", "exact", totals.exact.macs, [row.exact.macs for row in rows])
    left_out = tuple(f"without {row.name}, whose FLOPs are not counted" for row in uncounted[:1])
    flops = _sum("flops", "exact", totals.exact.flops, [row.exact.flops for row in rows], left_out)
    outputs = some([analysis.expansion.nodes[index].name for index in analysis.expansion.outputs] or ["nothing"])
    fields = (
        _field("notes", totals.notes.receptive_field, f"the last one carried to {outputs}"),
        _field("exact", totals.exact.receptive_field, f"the largest of {outputs}"),
    )
    return (
        Section("Parameters", (params, trainable)),
        Section("Neurons", (_sum("neurons", None, totals.neurons, [row.neurons for row in rows]),)),
        Section("Receptive field", fields),
        Section("Operations", (notes_ops, macs, flops)),
        *(
            Section(figure.heading, (_sum(figure.key, None, totals.added[figure.key], list(map(figure.of, rows))),))
            for figure in added_figures()
        ),
    )


def _field(convention: Convention, size: Extent, why: str) -> Part:
    return Part("receptive_field", convention, size, remarks=(why if size else "there is none for the outputs",))


def _sum(
    figure: Figure, convention: Convention | None, total: int | None, terms: Sequence[int | None],
    remarks: tuple[str, ...] = (),
) -> Part:  # fmt: skip
    counted = [term for term in terms if term]
    if total is not None and 1 < len(counted) <= MOST_TERMS:
        written = f"{' + '.join(map(bare_number, counted))} = {bare_number(total)}"
    else:
        written = f"the sum of {len(counted):,} rows" if total is not None else "not known: a size is not"
    return Part(figure, convention, total, remarks=(written, *remarks))
