"""The graph of a net in DOT, the language of Graphviz: https://graphviz.org/doc/info/lang.html"""

from __future__ import annotations

import json
from itertools import count

from cnncalc.analysis.report import Report, Row
from cnncalc.exporting.graph import grouped_lines, label_lines, node_ids


def dot(report: Report) -> str:
    """Writes a directed graph: a node for each layer, a cluster for each block."""
    ids = node_ids(report.layers)
    groups = count()

    def node(row: Row) -> str:
        return f"{ids[row.name]} [label={_text(chr(10).join(label_lines(row)))}];"

    def group(name: str) -> list[str]:
        return [f"subgraph cluster_{next(groups)} {{", f"label={_text(name)};", "}"]

    title = _text(report.name)
    lines = [f"digraph {title} {{", "  node [shape=box];", *grouped_lines(report.layers, node, group)]
    lines += [f"  {ids[source]} -> {ids[row.name]};" for row in report.layers for source in row.inputs]
    return "\n".join([*lines, "}"]) + "\n"


def _text(text: str) -> str:
    """Writes a quoted string of DOT, whose only escape that matters here is that of the quote."""
    return json.dumps(text, ensure_ascii=False)
