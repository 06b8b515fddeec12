"""Layers of Keras with several outputs: last states, two directions side by side, a second layer that reads backwards.

Source: `tests/truth/import_states/states.json.gz`, written by Keras 3.15, which counts 508 parameters: 160 of the LSTM,
162 of the two GRUs, 84 + 72 of an LSTM and one without biases, 30 of the Dense.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import cnncalc
from tests.command_line import REPOSITORY, run

FILE = REPOSITORY / "tests" / "truth" / "import_states" / "states.json.gz"


def test_states_and_directions_are_read_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "states.json").write_bytes(gzip.decompress(FILE.read_bytes()))
    report = cnncalc.load(tmp_path / "states.json").analyze()
    assert report.totals.params == 508
    shapes = {row.name: row.output_shape for row in report.layers}
    assert shapes["enc/state_h"] == shapes["enc/state_c"] == (4,)
    assert shapes["bi"] == shapes["bi/backward"] == (7, 3)
    assert shapes["concatenate"] == (14,)
    assert set(report.outputs) == {"dense", "bi"}
    spec = run("cnncalc import states.json", tmp_path).stdout
    assert "from: [enc/state_h, enc/state_c, prev]" in spec
    # The second GRU is the first one turned round, so that it is not written; the second LSTM is another one.
    assert spec.count("backward_layer") == 1
