"""What the Python API gives shows itself: as a table to `print`, as HTML in a notebook."""

from __future__ import annotations

TYPE_CHECKING = False  # the one of `typing` takes long to load, and this module is loaded at every start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DISPLAYS: dict[str, Callable[[Any], str]] = {}
"""What draws a result, as `text` and as `html`. The package fills it: a result is plain data and knows no renderer."""


class Result:
    """A result that shows itself."""

    __slots__ = ()

    def __str__(self) -> str:
        return DISPLAYS["text"](self)

    def _repr_html_(self) -> str:
        """Draws the result in a notebook."""
        return DISPLAYS["html"](self)
