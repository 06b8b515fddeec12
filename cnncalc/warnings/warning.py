"""A warning as a report has it."""

from __future__ import annotations

from cnncalc.errors import Span


class Warning(str):
    """The text of a warning, which ends with its id in brackets; `span` is the place of the first item that it names.

    A text, so that it stands in JSON as it is.
    """

    __slots__ = ("id", "message", "span")

    id: str
    message: str
    span: Span | None

    def __new__(cls, id: str, message: str, span: Span | None = None) -> Warning:
        made = super().__new__(cls, f"{message} [{id}]")
        made.id, made.message, made.span = id, message, span
        return made

    def __reduce__(self) -> tuple[type[Warning], tuple[str, str, Span | None]]:
        return Warning, (self.id, self.message, self.span)
