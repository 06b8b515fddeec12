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
    edges = re.findall(rf"^  n(\d+) {edge} n(\d+);?$", text, re.MULTILINE)
    assert [(int(a), int(b)) for a, b in edges] == [
        (number[source], index) for index, row in enumerate(rows) for source in row.inputs
    ]
    assert len(re.findall(r"^ +n\d+ ?\[", text, re.MULTILINE)) == len(rows)
    # 3 + 4 + 6 + 3 blocks: He et al. 2016, table 1
    assert len(re.findall(r"^ +subgraph", text, re.MULTILINE)) == 16


def test_the_graphs_of_lenet5(tmp_path: Path) -> None:
    mermaid = run("cnncalc export lenet5 --to mermaid", tmp_path).stdout
    assert mermaid.startswith('flowchart TD\n  n0["input<br>32x32x1"]\n')
    assert '  n1["conv2d<br>Conv2D<br>28x28x6, 156 parameters"]\n' in mermaid
    dot = run("cnncalc export lenet5 --to dot", tmp_path).stdout
    assert dot.startswith('digraph "LeNet-5" {\n')
    assert '  n1 [label="conv2d\\nConv2D\\n28x28x6, 156 parameters"];\n' in dot


def test_a_name_can_not_end_a_text(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text('{name: "a\\" } \\\\ \\n b", input: 4, layers: [{Dense: 2}]}')
    dot = run("cnncalc export net.yaml --to dot", tmp_path).stdout
    assert dot.splitlines()[0] == r'digraph "a\" } \\ \n b" {'
