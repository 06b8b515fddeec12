"""The texts of graphs: every layer is a node, every tensor that a layer reads an edge, every block a box."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cnncalc
from tests.command_line import run


@pytest.mark.parametrize(("to", "edge"), [("mermaid", "-->"), ("dot", "->")])
def test_every_layer_is_a_node_and_every_input_an_edge(to: str, edge: str, tmp_path: Path) -> None:
    text = run(f"cnncalc export resnet50 --to {to}", tmp_path).stdout
    rows = cnncalc.load("resnet50").analyze().layers
    number = {row.name: index for index, row in enumerate(rows)}
    edges = re.findall(rf"^ +n(\d+) {edge} n(\d+);?$", text, re.MULTILINE)
    assert sorted((int(a), int(b)) for a, b in edges) == sorted(
        (number[source], index) for index, row in enumerate(rows) for source in row.inputs
    )
    assert len(set(re.findall(r"^ +(n\d+) ?[\[(]", text, re.MULTILINE))) == len(rows)
    # 3 + 4 + 6 + 3 blocks: He et al. 2016, table 1
    assert len(re.findall(r"^ +subgraph", text, re.MULTILINE)) == 16
