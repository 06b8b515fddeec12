"""What can be wrong, as data: a diagnostic has a place, a finding, an expectation and a suggestion.

Rendering diagnostics for people is `cnncalc.render.diagnostics`' work; nothing here prints.
"""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cnncalc.records import record

SHOWN_LENGTH = 60
"""How much of a stranger's text a message repeats, in characters."""


COMPARED = 500
"""With how many names a misspelt one is compared, at most: an error must come at once."""


@dataclass(frozen=True)
class Source:
    """A text that diagnostics point into: `file` is how the user knows it (a path, `<stdin>`, `<string>`)."""

    file: str
    text: str = ""

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@record
class Span:
    """A place in a source: lines and columns count from 1, the end is exclusive. 0 as line: the whole source.

    In plain Python data a place is a `path`, such as `layers[3].Conv2D.filters`.
    """

    source: Source
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    path: str = ""


@record
class Diagnostic:
    """One thing that is wrong.

    `id` is stable; docs/errors.md explains each. `chain` lists the blocks, repeats and models that
    led to the place, outermost first, each a phrase such as `in block "conv2_1" (line 31)`.
    """

    id: str
    message: str
    span: Span | None = None
    expected: str | None = None
    found: str | None = None
    chain: tuple[str, ...] = ()
    suggestion: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Makes the object of `--error-format json`: every key is always there, `None` if there is nothing to say.

        The `path` alone is there only if the place is in Python data.
        """
        span = self.span
        is_placed = span is not None and span.line > 0
        shown: dict[str, object] = {
            "id": self.id,
            "message": self.message,
            "file": span.source.file if span else None,
            "line": span.line if span and is_placed else None,
            "column": span.column if span and is_placed else None,
            "end_line": span.end_line if span and is_placed else None,
            "end_column": span.end_column if span and is_placed else None,
            "expected": self.expected,
            "found": self.found,
            "chain": list(self.chain),
            "suggestion": self.suggestion,
        }
        return shown | {"path": span.path} if span and span.path else shown


class CnncalcError(Exception):
    """The one base class: whatever is wrong with what the user gave. `diagnostics` says what, as data."""

    def __init__(self, diagnostics: Sequence[Diagnostic] | Diagnostic) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = (
            (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        )
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "; ".join(describe(diagnostic) for diagnostic in self.diagnostics)


class SpecError(CnncalcError):
    """A spec is wrong."""


class AnswersError(CnncalcError):
    """An answer sheet is wrong."""


class UsageError(CnncalcError):
    """A command line, or an argument of the Python API, is wrong."""


@dataclass
class Collector:
    """Gathers independent diagnostics, without repeating one, so that they can be reported together."""

    limit: int = 10
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def add(self, error: CnncalcError) -> None:
        """Keeps the diagnostics of an error."""
        for diagnostic in error.diagnostics:
            self.note(diagnostic)

    def note(self, diagnostic: Diagnostic) -> None:
        """Keeps a diagnostic, unless it is known already or there are enough."""
        if not self.full and not any(
            (known.id, known.message, known.span) == (diagnostic.id, diagnostic.message, diagnostic.span)
            for known in self.diagnostics
        ):
            self.diagnostics.append(diagnostic)

    @property
    def full(self) -> bool:
        return len(self.diagnostics) >= self.limit

    def raise_spec_error(self) -> None:
        """Raises: SpecError: with all that was gathered; nothing happens if nothing was."""
        if self.diagnostics:
            raise SpecError(self.diagnostics)


def in_order(diagnostics: Iterable[Diagnostic], source: Source) -> list[Diagnostic]:
    """Diagnostics as their places follow in a source, those without one first, those in other sources last."""

    def place(diagnostic: Diagnostic) -> tuple[bool, int, int]:
        span = diagnostic.span or Span(source)
        return span.source is not source, span.line, span.column

    return sorted(diagnostics, key=place)


def describe(diagnostic: Diagnostic) -> str:
    """Writes a diagnostic in one line, for the text of the exception."""
    place = diagnostic.to_dict()
    where = f"{place['file']}:{place['line']}:{place['column']}: " if place["line"] else ""
    hint = f" ({diagnostic.suggestion})" if diagnostic.suggestion else ""
    return f"{where}{diagnostic.message}{hint}"


def shorten(text: str, length: int = SHOWN_LENGTH) -> str:
    """Shortens a stranger's text for a message: at most `length` characters, an ellipsis if some were left out."""
    return text if len(text) <= length else text[: length - 3] + "..."


def quote(text: str) -> str:
    """Puts a name or value in double quotes, shortened."""
    return f'"{shorten(text)}"'


def nearest(name: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """Suggests `did you mean "kernel_size"?` for the closest of the candidates; None if none is close."""
    found = closest(name, candidates, likeness)
    return f"did you mean {quote(found)}?" if found is not None else None


def closest(name: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """Finds the candidate that is most like a name; None if none is so much like it, from 0 to 1."""
    if len(name) > SHOWN_LENGTH:
        return None
    known = {candidate.lower(): candidate for candidate in candidates}
    if len(known) > COMPARED:
        likeliest = heapq.nsmallest(COMPARED, known, key=lambda candidate: abs(len(candidate) - len(name)))
        known = {candidate: known[candidate] for candidate in likeliest}
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=likeness)
    return known[close[0]] if close else None


class Problem(Exception):
    """Something wrong without a place: whoever knows the place makes a diagnostic of it.

    `argument` names the argument that it is about, if it is about one, and `inside` the keys that lead from there to
    its place, in a layer that holds another; `span` is its place, if that is known already.
    """

    span: Span | None = None
    inside: tuple[str, ...] = ()

    def __init__(
        self,
        id: str,
        message: str,
        *,
        expected: str | None = None,
        found: str | None = None,
        suggestion: str | None = None,
        argument: str | None = None,
    ) -> None:
        super().__init__(id, message)  # what a copy is made from
        self.id, self.message, self.argument = id, message, argument
        self.expected, self.found, self.suggestion = expected, found, suggestion

    def __str__(self) -> str:
        return self.message

    def placed(self, span: Span | None) -> Problem:
        """Gives the problem its place, unless it has one already."""
        self.span = self.span or span
        return self

    def at(self, span: Span | None, chain: tuple[str, ...] = ()) -> Diagnostic:
        """Makes the diagnostic of this problem, at its own place or else at this one."""
        return Diagnostic(self.id, self.message, self.span or span, self.expected, self.found, chain, self.suggestion)


class Problems(Problem):
    """Everything that is wrong with one layer, as `problems`; by itself the first of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(
            first.id,
            first.message,
            expected=first.expected,
            found=first.found,
            suggestion=first.suggestion,
            argument=first.argument,
        )
        self.args = (problems,)  # what a copy is made from
        self.problems = tuple(problems)
