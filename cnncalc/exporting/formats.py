"""What a net can be written as. Adding a format of text is one entry in `WRITERS`; ONNX is bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnncalc.analysis.analyze import analyzed
from cnncalc.exporting.keras.model_json import keras_json
from cnncalc.exporting.keras.program import keras_program
from cnncalc.exporting.onnx.model import Weights, onnx_model
from cnncalc.exporting.torch.program import torch_program
from cnncalc.model import Model
from cnncalc.pictures.dot import write_dot
from cnncalc.pictures.graph import parts_of
from cnncalc.pictures.labels import Options
from cnncalc.pictures.mermaid import write_mermaid


def _mermaid(model: Model) -> str:
    report, analysis = analyzed(model.expansion, "notes")
    return write_mermaid(parts_of(report, analysis, Options(unfold=True)))


def _dot(model: Model) -> str:
    report, analysis = analyzed(model.expansion, "notes")
    return write_dot(parts_of(report, analysis, Options(unfold=True)), report.name)


def write_onnx(model: Model, weights: Weights) -> bytes:
    """Writes an ONNX model. Raises: as `WRITERS`; UsageError: if its zeros would be more than a file may hold."""
    report, analysis = analyzed(model.expansion, "notes")
    return onnx_model(analysis, report.name, weights)


WRITERS: Final[dict[str, Callable[[Model], str]]] = {
    "keras": lambda model: keras_program(analyzed(model.expansion, "notes")[1]),
    "torch": lambda model: torch_program(analyzed(model.expansion, "notes")[1]),
    "keras-json": lambda model: keras_json(analyzed(model.expansion, "notes")[1]),
    "mermaid": _mermaid,
    "dot": _dot,
}
"""What writes each format. Raises: SpecError: if a shape does not fit, or the format can't say a layer."""
