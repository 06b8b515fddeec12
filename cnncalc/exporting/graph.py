"""The layers of a report as nested groups, one for each block: what texts of graphs are written from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from cnncalc.analysis.report import Row
from cnncalc.digits import shown
from cnncalc.tensor import shape_text


def node_ids(rows: Sequence[Row]) -> dict[str, str]:
    """Numbers the layers by their names: an id that every language of graphs takes."""
    return {row.name: f"n{index}" for index, row in enumerate(rows)}


def label_lines(row: Row) -> list[str]:
    """Says in two or three short lines what a layer is: name, kind, shape and parameters."""
    lines = [row.name.rpartition("/")[2], row.type] if row.type != "InputLayer" else [row.name]
    params = f", {shown(row.params, ',')} parameters" if row.params else ""
    return [*lines, f"{shape_text(row.output_shape)}{params}"]


def grouped_lines(
    rows: Sequence[Row], node: Callable[[Row], str], group: Callable[[str], list[str]], depth: int = 0
) -> list[str]:
    """Writes each layer with `node`; those of a block stand between the first and the last line of `group`."""
    lines: list[str] = []
    indent = "  " * (depth + 1)
    for name, members in groupby(rows, lambda row: row.path[depth] if len(row.path) > depth else None):
        inside = list(members)
        if name is None:
            lines += [f"{indent}{node(row)}" for row in inside]
            continue
        first, *between, last = group("/".join(inside[0].path[: depth + 1]))
        lines += [indent + first, *(f"{indent}  {line}" for line in between)]
        lines += grouped_lines(inside, node, group, depth + 1)
        lines.append(indent + last)
    return lines
