"""Two nets side by side: what is the same grey, what was removed red, what was inserted green, what changed yellow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Report
from cnncalc.comparing.comparison import Difference, LayerChange
from cnncalc.pictures import svg
from cnncalc.pictures.colours import style_sheet
from cnncalc.pictures.graph import Graph, parts_of
from cnncalc.pictures.labels import Options
from cnncalc.render.numbers import grouped
from cnncalc.render.text import safe
from cnncalc.tensor import shape_text

_SHOWN: Final = 4
"""Changes that a box names."""
Net = tuple[Report, Analysis]


def draw_comparison(names: Sequence[str], nets: Sequence[Net], difference: Difference, options: Options) -> str:
    """Draws two nets, named as in the comparison, each as a graph whose layers show what became of them."""
    everywhere = [
        f"in all {entry.layers} {entry.kind}: {entry.change.argument} {entry.change.before} -> {entry.change.after}"
        for entry in difference.everywhere
    ]
    graphs = []
    for side, (report, analysis) in enumerate(nets):
        changed: dict[str, list[LayerChange]] = {}
        for change in difference.layers:
            piece = change.after if side else change.before
            if piece is not None:
                changed.setdefault(piece.row.name, []).append(change)
        marks = {row.name: _mark(changed.get(row.name, [])) for row in report.layers}
        graphs.append(Graph(report, options, parts_of(report, analysis, options, marks), everywhere if side else ()))
    left, right = graphs
    width, height = left.width + right.width, max(left.height, right.height)
    content = [
        svg.rectangle(0, 0, width, height, "page"),
        svg.group(left.content()),
        svg.group(right.content(), transform=f"translate({svg.number(left.width)} 0)"),
    ]
    name = f"{names[0]} and {names[1]}"
    counts = [f"{len(difference.with_status(status))} {status}" for status in ("changed", "inserted", "removed")]
    description = f"{name} side by side: {', '.join(counts)}, {difference.same} the same."
    return svg.document(width, height, name, description, style_sheet(options.theme), content)


def _mark(changes: Sequence[LayerChange]) -> tuple[str, tuple[str, ...]]:
    """Returns the class of a layer's colours, and the lines that say what changed of it or of the activation within
    it.
    """
    if not changes:
        return "unchanged", ()
    for change in changes:
        piece = change.before or change.after
        if (change.before is None or change.after is None) and piece is not None and not piece.fused:
            return change.status, ()
    lines = [line for change in changes for line in _lines(change)]
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return "changed", (*lines[:_SHOWN], *more)


def _lines(change: LayerChange) -> Iterator[str]:
    before, after = change.before, change.after
    if before is None or after is None:
        functions = [piece.arguments.get("activation", "none") if piece else "none" for piece in (before, after)]
        yield f"activation {' -> '.join(functions)}"
        return
    for one in change.changes:
        yield safe(f"{one.argument} {one.before or 'none'} -> {one.after or 'none'}")
    if before.size != after.size:
        yield f"{shape_text(before.row.output_shape)} -> {shape_text(after.row.output_shape)}"
    if before.params != after.params:
        yield f"params {grouped(before.params)} -> {grouped(after.params)}"
