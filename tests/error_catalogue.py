"""The catalogue of errors, cnncalc/error_catalogue.yaml, as data: of each id its section, title and explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import yaml

from tests.command_line import REPOSITORY


@dataclass(frozen=True)
class Entry:
    """One diagnostic: its stable id, the title of its section, its own title, and a paragraph that explains it."""

    id: str
    about: str
    title: str
    explanation: str
    example: str = ""


_SECTIONS: Final = yaml.safe_load((REPOSITORY / "cnncalc" / "error_catalogue.yaml").read_text())

SECTIONS: Final[tuple[str, ...]] = tuple(_SECTIONS)
"""What a diagnostic can be about, in the order in which it comes up."""

CATALOGUE: Final = {id: Entry(id, about, **texts) for about, part in _SECTIONS.items() for id, texts in part.items()}
"""Every diagnostic by its id."""
