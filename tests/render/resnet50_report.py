"""A report as long and wide as ResNet-50's: names, shapes and parameters as Keras has them (tests/truth/keras).

Neurons, receptive fields and operations are stand-ins of about the right length. Keras's blocks,
`conv2_block1`, are block instances here: `conv2_block1/1_conv`.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnncalc.analysis.report import (
    Convention,
    ExactFigures,
    ExactTotals,
    NotesFigures,
    NotesTotals,
    Report,
    Row,
    Totals,
)
from tests.render.lenet5_report import DOCUMENTED, square

_TRUTH = Path(__file__).parents[1] / "truth" / "keras" / "ResNet50.json"
_BLOCK = re.compile(r"(conv\d_block\d)_(.+)")
_COUNTED = ("Conv2D", "Dense")

LARGER = "larger than the input"


def resnet50_report(convention: Convention = "notes") -> Report:
    truth = json.loads(_TRUTH.read_text())
    rows = [_row(layer, convention) for layer in truth["layers"]]
    operations = sum(row.notes.ops or 0 for row in rows)
    totals = Totals(
        neurons=sum(row.neurons or 0 for row in rows),
        params=truth["total"],
        trainable_params=truth["trainable"],
        notes=NotesTotals((939, 939), operations),
        exact=ExactTotals((483, 483), operations, 2 * operations),
        convention=convention,
    )
    return Report("ResNet-50", convention, (rows[0].name,), (rows[-1].name,), rows, totals, is_chain=False)


def _row(layer: dict[str, Any], convention: Convention) -> Row:
    name, kind, params = layer["name"], layer["cls"], layer["params"]
    sizes = layer["output_shape"][1:]
    neurons = math.prod(sizes)
    operations = neurons * params // sizes[-1] if kind in _COUNTED else None
    return Row(
        name=_slashed(name),
        type=kind,
        path=(_slashed(name).partition("/")[0],) if _BLOCK.fullmatch(name) else (),
        inputs=tuple(map(_slashed, layer["inputs"])),
        output_shape=tuple(sizes),
        instances=1,
        neurons=neurons,
        params=params,
        trainable_params=layer["trainable"],
        shared_with=None,
        notes=NotesFigures(square(939 if kind == "Conv2D" else None), operations, DOCUMENTED),
        exact=ExactFigures(
            receptive_field=(483, 483),
            effective_stride=None,
            offset=None,
            macs=operations or 0,
            flops=2 * (operations or 0),
            note=LARGER if name.startswith("conv5") else None,
        ),
        convention=convention,
    )


def _slashed(name: str) -> str:
    return _BLOCK.sub(r"\1/\2", name)


def with_automatic_names(report: Report) -> Report:
    """The same net with layers called by their kind, as in `conv2_block1/batch_normalization_2`: much longer."""
    names: dict[str, str] = {}
    seen: dict[str, int] = {}
    for row in report.layers:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", row.type).lower()
        stem = "/".join([*row.path, words])
        names[row.name] = f"{stem}_{seen[stem]}" if stem in seen else stem
        seen[stem] = seen.get(stem, 0) + 1
    rows = [
        replace(row, name=names[row.name], inputs=tuple(names[name] for name in row.inputs)) for row in report.layers
    ]
    return replace(report, layers=rows, inputs=(rows[0].name,), outputs=(rows[-1].name,))
