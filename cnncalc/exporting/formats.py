"""What a net can be written as. Adding a format is one entry in `WRITERS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.exporting.dot import dot
from cnncalc.exporting.keras.program import keras_program
from cnncalc.exporting.mermaid import mermaid
from cnncalc.exporting.torch.program import torch_program
from cnncalc.model import Model


def _analysis(model: Model) -> Analysis:
    """Computes the figures of a model. Raises: SpecError: if a shape does not fit."""
    return analyzed(model.expansion, "notes")[1]


Writer = Callable[[Model], str]

WRITERS: Final[dict[str, Writer]] = {
    "keras": lambda model: keras_program(_analysis(model)),
    "torch": lambda model: torch_program(_analysis(model)),
    "mermaid": lambda model: mermaid(model.analyze()),
    "dot": lambda model: dot(model.analyze()),
}
"""What writes each format. Raises: SpecError: if a shape does not fit."""
