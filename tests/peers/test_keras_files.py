"""All networks of keras.applications as `.keras` and as JSON, against Keras: totals, every row, and the spec's size.

The networks are built without weights in memory (on PyTorch's meta device); nothing is downloaded.
"""

from __future__ import annotations

import gc
import json
import math
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest

import cnncalc
from cnncalc import Report
from tests.command_line import run

keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")

NETWORKS: Final = sorted(name for name in dir(keras.applications) if name[0].isupper())
LINES: Final = {
    "ResNet50": 60, "DenseNet121": 120, "EfficientNetB0": 120, "InceptionV3": 120, "MobileNetV2": 120, "Xception": 120,
    "InceptionResNetV2": 120, "VGG16": 60, "NASNetMobile": 400,
}  # fmt: skip
"""Lines of the spec, at most."""


def files_of(model: Any, folder: Path) -> list[Path]:
    """The model as JSON, and as a `.keras` file without its weights."""
    text = model.to_json()
    (folder / "net.json").write_text(text)
    with zipfile.ZipFile(folder / "net.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": keras.__version__}))
        archive.writestr("config.json", json.dumps(keras.saving.serialize_keras_object(model)))
        archive.writestr("model.weights.h5", b"")
    return [folder / "net.json", folder / "net.keras"]


def compare(report: Report, model: Any) -> None:
    """Totals, and each of the model's layers."""
    assert report.totals.params == model.count_params()
    assert report.totals.trainable_params == sum(math.prod(weight.shape) for weight in model.trainable_weights)
    row_of = {row.name: row for row in report.layers}
    for layer in model.layers:
        row = row_of.get(layer.name)
        if row is not None and not isinstance(layer, keras.Model):
            assert row.params == layer.count_params(), layer.name
            output = layer.output
            if not isinstance(output, (list, tuple)):
                assert row.output_shape == tuple(output.shape[1:]), layer.name


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_of_keras(name: str, tmp_path: Path) -> None:
    with torch.device("meta"):
        model = getattr(keras.applications, name)(weights=None)
    for file in files_of(model, tmp_path):
        compare(cnncalc.load(file).analyze(), model)
    folded, flat = (run(f"cnncalc import net.json {option}", tmp_path).stdout for option in ("", "--flat"))
    rows = [
        [(row.type, row.output_shape, row.params, row.trainable_params) for row in cnncalc.loads(text).analyze().layers]
        for text in (folded, flat)
    ]
    assert rows[0] == rows[1]
    assert len(folded.splitlines()) <= LINES.get(name, 1_000)
    del model
    gc.collect()
