"""Output and errors are bounded, however much there would be to say."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

import cnncalc
from cnncalc.render.diagnostics import render_diagnostics
from cnncalc.render.json_text import report_pieces
from tests.command_line import run


def test_many_unknown_columns(tmp_path: Path) -> None:
    end = run(f"cnncalc summary lenet5 --columns {','.join(f'nothing{i}' for i in range(5_000))}", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.count("error: ") == 10
    assert len(end.stderr) < 10_000


def test_a_path_into_python_data_shows_no_control_character() -> None:
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.from_dict({"input": 4, "layers": [{"MaxPooling2D": {"\t\x1b[31m": 1}}]})
    text = render_diagnostics(caught.value.diagnostics)
    assert r'layers[0].MaxPooling2D["\u0009\u001b[31m"]' in text
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("margin", ["", None], ids=["json", "jsonl"])
def test_json_of_a_long_net_comes_in_pieces(margin: str | None) -> None:
    """All of its text is never in memory."""
    report = cnncalc.loads("input: 4\nlayers: [{ReLU: {repeat: 4000}}]\n").analyze()
    assert json.loads("".join(report_pieces(report, margin))) == report.to_dict()
    tracemalloc.start()
    length = sum(map(len, report_pieces(report, margin)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > 1_500_000
    assert most < length
