"""What a net can be written as. Adding a format is one entry in `WRITERS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnncalc.exporting.dot import dot
from cnncalc.exporting.mermaid import mermaid
from cnncalc.model import Model

Writer = Callable[[Model], str]

WRITERS: Final[dict[str, Writer]] = {
    "mermaid": lambda model: mermaid(model.analyze()),
    "dot": lambda model: dot(model.analyze()),
}
"""What writes each format. Raises: SpecError: if a shape does not fit."""
