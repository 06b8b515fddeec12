"""Errors on standard error: as they come for people, as one JSON array at the end for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final, Literal, get_args

from cnncalc.cli import output
from cnncalc.errors import Diagnostic, UsageError

ErrorFormat = Literal["text", "json"]
FORMATS: Final[tuple[ErrorFormat, ...]] = get_args(ErrorFormat)
_OPTION: Final = "--error-format"


class ErrorOutput:
    """What every command reports errors to. `exit_code` is 2 once an error was, 1 once nothing but a broken limit."""

    def __init__(self, format: ErrorFormat = "text") -> None:
        self.format = format
        self.exit_code = 0
        self._kept: list[Diagnostic] = []

    @classmethod
    def for_arguments(cls, arguments: Sequence[str]) -> ErrorOutput:
        """Looks for `--error-format` anywhere: what is wrong with a command line is written in that format, too."""
        words = iter(arguments)
        chosen = "text"
        for word in words:
            if word == "--":
                break
            if word == _OPTION:
                chosen = next(words, "text")
            elif word.startswith(f"{_OPTION}="):
                chosen = word.removeprefix(f"{_OPTION}=")
        return cls(next((format for format in FORMATS if format == chosen), "text"))

    def report(self, diagnostics: Sequence[Diagnostic], exit_code: int = 2) -> None:
        """Writes what is wrong, behind all data written so far; as JSON it is kept until `close`."""
        try:
            output.flush()
        except UsageError as error:
            diagnostics = [*error.diagnostics, *diagnostics]
        if self.format == "json":
            self._kept += diagnostics
        else:
            _write(("\n" if self.exit_code else "") + _text(diagnostics, self.format))
        self.exit_code = max(self.exit_code, exit_code)

    def close(self) -> None:
        """Writes the JSON array, where there is anything to say."""
        if self._kept:
            _write(_text(self._kept, self.format))


def _text(found: Sequence[Diagnostic], format: ErrorFormat) -> str:
    # Here, because `cnncalc --help` and a command without a mistake draw no error.
    from cnncalc.render import diagnostics, terminal

    if format == "json":
        return diagnostics.render_diagnostics_json(found)
    return diagnostics.render_diagnostics(found, terminal.terminal_of(sys.stderr))


def _write(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:  # there is nowhere left to say so
        output.abandon(sys.stderr)
