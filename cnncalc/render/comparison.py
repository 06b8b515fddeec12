"""Nets side by side: a table of totals, and the layers that differ as a text diff lists lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final, Literal

from cnncalc.analysis.figures import FIGURES
from cnncalc.comparing.comparison import Change, Comparison, Difference, LayerChange, Total, Value
from cnncalc.comparing.pieces import Piece
from cnncalc.digits import decimals
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.grid import Grid, grid_of
from cnncalc.render.json_text import indented
from cnncalc.render.markdown import escaped, markdown_table
from cnncalc.render.numbers import MISSING, extent, grouped
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe
from cnncalc.tensor import shape_text

Format = Literal["table", "json", "markdown"]

_HEADINGS: Final = {
    "layers": "Layers",
    "params": "Parameters",
    "trainable_params": "trainable",
    "non_trainable_params": "not trainable",
    "neurons": "Neurons",
    "exact.macs": "MACs",
    "exact.flops": "FLOPs",
    "notes.ops": "Operations (notes)",
    "exact.receptive_field": "Receptive field (exact)",
    "notes.receptive_field": "Receptive field (notes)",
}
_MARKS: Final = {"changed": "~", "inserted": "+", "removed": "-"}
_STYLES: Final = {"~": "warning", "+": "right", "-": "error"}


def render_comparison(format: Format, comparison: Comparison, terminal: Terminal | None = None) -> str:
    """Writes the comparison in one of the formats."""
    if format == "json":
        return indented(comparison.to_dict()) + "\n"
    if format == "markdown":
        title = escaped(" / ".join(map(safe, comparison.names)))
        return f"### {title}\n\n{markdown_table(_totals(comparison))}{''.join(_markdown(comparison))}"
    return draw(comparison_blocks(comparison), terminal)


def comparison_blocks(comparison: Comparison) -> list[Block]:
    """Shows the totals as a table, then the layers that differ."""
    return [_totals(comparison), *_differences(comparison)]


# Totals ---------------------------------------------------------------------------------------------------------


def _totals(comparison: Comparison) -> Grid:
    headings = ["", *map(safe, comparison.names)]
    if len(comparison.names) == 2:
        headings += ["Difference", "Ratio"]
    aligns = "l" + "r" * (len(headings) - 1)
    return grid_of(headings, [_total_row(total) for total in comparison.totals], aligns, folds=[0])


def _total_row(total: Total) -> list[str]:
    cells = [_HEADINGS.get(total.quantity) or FIGURES[total.quantity].heading, _value(total.values[0])]
    for index, value in enumerate(total.values[1:], 1):
        difference, ratio = total.difference(index), total.ratio(index)
        if len(total.values) == 2:
            signed = MISSING if difference is None else "+" * (difference > 0) + grouped(difference)
            cells += [_value(value), signed, MISSING if ratio is None else _times(ratio)]
        else:
            cells.append(_value(value) + ("" if ratio in (None, 1) else f" ({_times(ratio)})"))
    return cells


def _value(value: Value) -> str:
    return extent(value) if isinstance(value, tuple) else grouped(value)


def _times(ratio: Fraction | None) -> str:
    if ratio is None:
        return MISSING
    return "" if ratio == 1 else f"x {decimals(ratio, 3)}"


# Layers ---------------------------------------------------------------------------------------------------------


def _differences(comparison: Comparison) -> Iterator[Block]:
    for name, difference in zip(comparison.names[1:], comparison.differences, strict=True):
        yield line()
        yield line((_title(comparison.names[0], name, difference), "bold"))
        for text in _lines(difference):
            yield line((text, _STYLES.get(text[:1], "")))


def _markdown(comparison: Comparison) -> Iterator[str]:
    for name, difference in zip(comparison.names[1:], comparison.differences, strict=True):
        lines = list(_lines(difference))
        yield f"\n{escaped(_title(comparison.names[0], name, difference))}\n"
        if lines:
            yield "\n```diff\n" + "".join(f"{line.replace('~', '!', 1)}\n" for line in lines) + "```\n"


def _title(first: str, other: str, difference: Difference) -> str:
    """Returns how many layers there are of each sort."""
    counts = [
        f"{len(difference.with_status(status))} {status}"
        for status in ("changed", "inserted", "removed")
        if difference.with_status(status)
    ]
    affected = len(difference.with_status("affected"))
    if affected:
        counts.append(f"{affected} with another shape or other weights as a result")
    return f"{safe(first)} -> {safe(other)}: {', '.join([*counts, f'{difference.same} the same'])}"


def _lines(difference: Difference) -> Iterator[str]:
    """Yields what differs everywhere, and then layer by layer; whole blocks of one status in one line."""
    for entry in difference.everywhere:
        yield f"  in all {entry.layers} {entry.kind}: {_change(entry.change)}"
    layers = [layer for layer in difference.layers if layer.status in _MARKS]
    for (status, block), group in groupby(layers, key=lambda layer: (layer.status, _block(layer))):
        members = list(group)
        if status != "changed" and block and len(members) > 1:
            yield f"{_MARKS[status]} {safe(block)}: {_kinds(members)}"
        else:
            yield from map(_layer_line, members)


def _block(layer: LayerChange) -> str:
    piece = layer.after or layer.before
    return "/".join(piece.row.path[:1]) if piece else ""


def _kinds(members: Sequence[LayerChange]) -> str:
    kinds = list(dict.fromkeys(member.kind for member in members))
    return f"{len(members)} layers ({', '.join(kinds)})"


def _layer_line(layer: LayerChange) -> str:
    piece = layer.after or layer.before
    assert piece is not None, "a layer is in one of the two nets"
    name = _name(piece)
    if layer.before and layer.after and layer.before.name != layer.after.name:
        name = f"{safe(layer.before.name)} -> {name}"
    text = f"{_MARKS[layer.status]} {name}" + ("" if piece.fused else f" ({piece.kind})")
    if layer.status != "changed":
        return f"{text}: {_figures(piece)}"
    changes = [_change(change) for change in layer.changes]
    if layer.before and layer.after:
        changes += _results(layer.before, layer.after)
    return f"{text}: {', '.join(changes)}"


def _name(piece: Piece) -> str:
    return f"{safe(piece.name)}, its activation" if piece.fused else safe(piece.name)


def _figures(piece: Piece) -> str:
    activation = piece.arguments.get("activation")
    if piece.fused and activation:
        return activation
    shape = shape_text(piece.row.output_shape)
    return f"output {shape}, {grouped(piece.params)} parameters" if piece.params else f"output {shape}"


def _change(change: Change) -> str:
    absent = "true" if change.argument == "trainable" else "none"
    return safe(f"{change.argument} {change.before or absent} -> {change.after or absent}")


def _results(before: Piece, after: Piece) -> Iterator[str]:
    """Yields the figures that a change changes."""
    if before.size != after.size:
        yield f"output {shape_text(before.row.output_shape)} -> {shape_text(after.row.output_shape)}"
    if before.params != after.params:
        yield f"parameters {grouped(before.params)} -> {grouped(after.params)}"
    if before.macs != after.macs:
        yield f"MACs {grouped(before.macs)} -> {grouped(after.macs)}"
