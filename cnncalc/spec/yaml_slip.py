"""Where the YAML parser stopped: what it was reading there, and the text around the place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cnncalc.errors import Source, Span

_LOOKED_AT = 400
"""How many characters of a line the rules look at: enough for any line that people write."""


@dataclass(frozen=True)
class Slip:
    """Where and why the parser stopped. Lines and columns count from 1; the context is what it was reading."""

    source: Source
    context: str
    problem: str
    line: int
    column: int
    context_line: int
    context_column: int
    opened: Span | None

    @property
    def words(self) -> str:
        problem = self.problem.removeprefix("found ")
        return f"{problem} ({self.context})" if self.context else problem

    @property
    def text(self) -> str:
        return self.text_of(self.line)

    @property
    def character(self) -> str:
        """The character at which the parser stopped; empty at the end of a line or of the text."""
        lines = self.source.lines
        return lines[self.line - 1][self.column - 1 : self.column] if self.line <= len(lines) else ""

    @property
    def starts_line(self) -> bool:
        """Whether nothing stands before the place in its line."""
        return not self.before.strip()

    @property
    def before(self) -> str:
        """What stands before the place in its line, the end of it in a long one."""
        lines = self.source.lines
        end = self.column - 1
        return lines[self.line - 1][max(0, end - _LOOKED_AT) : end] if self.line <= len(lines) else ""

    @cached_property
    def at_end(self) -> bool:
        """Whether nothing but empty lines and comments follows."""
        return not self.character and not any(is_content(line) for line in self.source.lines[self.line :])

    @cached_property
    def previous_line(self) -> int:
        """The number of the nearest line above that is no comment and not empty; 0 without one."""
        for line in range(self.line - 1, 0, -1):
            if is_content(self.source.lines[line - 1]):
                return line
        return 0

    @property
    def span(self) -> Span:
        return self.span_at(self.line, self.column, len(self.character) or 1)

    @property
    def context_span(self) -> Span:
        return self.span_at(self.context_line, self.context_column, 1)

    def text_of(self, line: int) -> str:
        lines = self.source.lines
        return lines[line - 1][:_LOOKED_AT] if 1 <= line <= len(lines) else ""

    def span_at(self, line: int, column: int, length: int) -> Span:
        return Span(self.source, line, column, line, column + length)


def is_content(line: str) -> bool:
    """Tells whether a line is neither empty nor a comment."""
    stripped = line.lstrip()
    return bool(stripped) and not stripped.startswith("#")


def indentation(line: str) -> int:
    """Counts the spaces that a line starts with."""
    return len(line) - len(line.lstrip(" "))
