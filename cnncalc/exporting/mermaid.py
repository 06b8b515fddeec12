"""The graph of a net in the language of Mermaid, which GitHub and many note-taking programs draw.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from itertools import count

from cnncalc.analysis.report import Report, Row
from cnncalc.exporting.graph import grouped_lines, label_lines, node_ids

_CODES = str.maketrans({character: f"#{ord(character)};" for character in '"#<>&`\\'})


def mermaid(report: Report) -> str:
    """Writes a flowchart: a node for each layer, a box for each block."""
    ids = node_ids(report.layers)
    groups = count()

    def node(row: Row) -> str:
        lines = "<br>".join(line.translate(_CODES) for line in label_lines(row))
        return f'{ids[row.name]}["{lines}"]'

    def group(name: str) -> list[str]:
        return [f'subgraph g{next(groups)}["{name.translate(_CODES)}"]', "end"]

    lines = ["flowchart TD", *grouped_lines(report.layers, node, group)]
    lines += [f"  {ids[source]} --> {ids[row.name]}" for row in report.layers for source in row.inputs]
    return "\n".join(lines) + "\n"
