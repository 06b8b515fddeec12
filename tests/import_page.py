"""The page of specs that `cnncalc import` writes of ResNet-50, docs/import-resnet50.md."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Final

from tests.command_line import REPOSITORY, run

TESTS: Final = REPOSITORY / "tests"
FILES: Final = {
    "resnet50.keras": ("From Keras", "Keras 3's `ResNet50(include_top=False)`, saved with `model.save`."),
    "resnet50.onnx": (
        "From ONNX",
        "torchvision's `resnet50()`, written by `torch.onnx.export(..., dynamo=True)`. Batch normalisation that the "
        "exporter has folded away is restored.",
    ),
    "resnet50.pt2": (
        "From PyTorch",
        "torchvision's `resnet50()`, written by `torch.export.save(torch.export.export(model, (image,)))`.",
    ),
}

INTRODUCTION: Final = """# ResNet-50 from three files

What `cnncalc import` writes of the same network as three frameworks save it. This page is made from files of the tests.
"""


def page(folder: Path) -> str:
    """Writes the page; `folder` is for the files that it is made from."""
    pytorch = TESTS / "convert" / "pytorch"
    config = gzip.decompress((TESTS / "truth" / "import_keras" / "files" / "apps-ResNet50_notop.json.gz").read_bytes())
    with zipfile.ZipFile(folder / "resnet50.keras", "w") as archive:
        archive.writestr("config.json", config)
    (folder / "resnet50.onnx").write_bytes(gzip.decompress((pytorch / "resnet50-dyn.onnx.gz").read_bytes()))
    (folder / "resnet50.pt2").write_bytes((pytorch / "resnet50.pt2").read_bytes())
    parts = [INTRODUCTION]
    for file, (title, text) in FILES.items():
        spec = run(f"cnncalc import {file}", folder)
        assert spec.code == 0, spec.stderr
        lines = len(spec.stdout.splitlines())
        parts.append(
            f"## {title}\n\n{text} `cnncalc import {file}` writes {lines} lines:\n\n```yaml\n{spec.stdout}```\n"
        )
    return "\n".join(parts)
