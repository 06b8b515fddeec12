"""The table of layers: a row for each block with what its layers come to, and below it theirs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from cnncalc.analysis.figures import FIGURES
from cnncalc.analysis.report import Report, Row
from cnncalc.records import record
from cnncalc.render.columns import Column, column
from cnncalc.render.fold import fold
from cnncalc.render.text import elide, safe

COLUMNS: Final = (
    "output_shape", "params", "neurons", "notes.receptive_field", "exact.receptive_field", "notes.ops", "exact.macs",
)  # fmt: skip
"""The figures that have a column; a layer's details have them all."""
_LONGEST: Final = 80
"""Characters of a name that are shown; the whole name is there to hover over."""

_HELP: Final = (
    "Arrow keys move from row to row; Enter, or the right arrow, opens a block or the formulas of a layer. "
    "The headings sort."
)


@record
class TreeRow:
    """A row of the tree: `level` 1 is the outermost. `last` is the number of the layer, or of a block's last one."""

    row: Row
    level: int
    last: int

    @property
    def is_block(self) -> bool:
        return self.row.type == "block"


def tree(report: Report) -> list[TreeRow]:
    """Lists the layers, and before the first layer of each block the block."""
    depth = max((len(row.path) for row in report.layers), default=0)
    blocks = {
        row.name: row for level in range(1, depth + 1) for row in fold(report, level).layers if row.type == "block"
    }
    last_of: dict[str, int] = {}
    for index, layer in enumerate(report.layers):
        for name in _blocks_around(layer):
            last_of[name] = index
    rows: list[TreeRow] = []
    around: list[str] = []
    for index, layer in enumerate(report.layers):
        names = [name for name in _blocks_around(layer) if name in blocks]
        same = sum(1 for before, now in zip(around, names, strict=False) if before == now)
        rows += [TreeRow(blocks[name], level, last_of[name]) for level, name in enumerate(names[same:], same + 1)]
        rows.append(TreeRow(layer, len(names) + 1, index))
        around = names
    return rows


def _blocks_around(row: Row) -> list[str]:
    return ["/".join(row.path[:length]) for length in range(1, len(row.path) + 1)]


def table_html(report: Report, prefix: str) -> str:
    """Writes the table; `prefix` begins the ids of its rows."""
    columns = [column(FIGURES[key]) for key in COLUMNS]
    rows = tree(report)
    return "\n".join([
        '<table class="layers" role="treegrid">',
        f"<caption>Layers of {escape(elide(safe(report.name), _LONGEST))}. {_HELP}</caption>",
        f"<thead><tr>{''.join(_headings(report, columns))}</tr></thead>",
        "<tbody>",
        *(_row(entry, columns, f"{prefix}-{number}") for number, entry in enumerate(rows)),
        *_culprit(report, len(columns) + 1),
        "</tbody>",
        "</table>",
    ])  # fmt: skip


def _headings(report: Report, columns: list[Column]) -> Iterator[str]:
    yield '<th scope="col" aria-sort="none"><button type="button">Layer (type)</button></th>'
    for each in columns:
        yield (
            f'<th scope="col" class="{each.align}" aria-sort="none">'
            f'<button type="button">{escape(each.title(report.convention))}</button></th>'
        )


def _row(entry: TreeRow, columns: list[Column], id: str) -> str:
    row = entry.row
    kind = "block" if entry.is_block else "layer"
    cells = "".join(f'<td class="{each.align}">{escape(each.shown(row))}</td>' for each in columns)
    return (
        f'<tr id="{id}" class="{kind}" data-layer="{escape(safe(row.name))}" data-last="{entry.last}"'
        f' aria-level="{entry.level}" aria-expanded="false" tabindex="-1">'
        f'<th scope="row">{_name(row)}</th>{cells}</tr>'
    )


def _name(row: Row) -> str:
    """Returns the name, its block's part of it dimmed, and the kind with what is special about the weights."""
    name = elide(safe(row.name), _LONGEST)
    around, slash, own = name.rpartition("/")
    title = f' title="{escape(safe(row.name))}"' if name != row.name else ""
    remarks = [row.type]
    if row.shared_with is not None:
        remarks.append(f"shared with {elide(safe(row.shared_with), _LONGEST)}")
    if row.params and row.trainable_params == 0:
        remarks.append("non-trainable")
    prefix = f'<span class="around">{escape(around + slash)}</span>' if slash else ""
    kind = f'<span class="kind">{escape(", ".join(remarks))}</span>'
    return f'<bdi class="name"{title}>{prefix}{escape(own)}</bdi> {kind}'


def _culprit(report: Report, columns: int) -> list[str]:
    if report.culprit is None:
        return []
    name, kind = report.culprit
    shown = f'<bdi class="name">{escape(elide(safe(name), _LONGEST))}</bdi> <span class="kind">{escape(kind)}</span>'
    return [f'<tr class="culprit" data-layer="{escape(safe(name))}" aria-level="1" tabindex="-1">'
            f'<th scope="row" colspan="{columns}">{shown}: its shape does not work out</th></tr>']  # fmt: skip
