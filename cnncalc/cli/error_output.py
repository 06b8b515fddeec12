"""Errors on standard error: as they come for people, as one JSON array at the end for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from typer import TyperException

from cnncalc.cli import output
from cnncalc.errors import Diagnostic, UsageError, nearest, quote

FORMATS: Final = ("text", "json")
_OPTION: Final = "--error-format"


class ErrorOutput:
    """What every command reports errors to. `exit_code` is 2 once an error was, 1 once nothing but a broken limit."""

    def __init__(self, format: str = "text") -> None:
        self.format = format
        self.exit_code = 0
        self._kept: list[Diagnostic] = []

    @classmethod
    def for_arguments(cls, arguments: Sequence[str]) -> ErrorOutput:
        """As `--error-format` says, wherever it stands: a command line that can't be read is reported so, too.

        Raises: UsageError: for another format.
        """
        format = "text"
        for index, argument in enumerate(arguments):
            if argument == "--":
                break
            if argument == _OPTION and index + 1 < len(arguments):
                format = arguments[index + 1]
            elif argument.startswith(f"{_OPTION}="):
                format = argument.removeprefix(f"{_OPTION}=")
        if format not in FORMATS:
            message = f"{_OPTION} must be text or json, not {quote(format)}"
            raise UsageError(Diagnostic("bad-option", message, None, "text or json", quote(format)))
        return cls(format)

    def report(self, diagnostics: Sequence[Diagnostic], exit_code: int = 2) -> None:
        """Writes what is wrong, behind all data written so far; as JSON it is kept until `close`."""
        try:
            output.flush()
        except UsageError as error:
            diagnostics = [*error.diagnostics, *diagnostics]
        if self.format == "json":
            self._kept += diagnostics
        else:
            from cnncalc.render.diagnostics import render_diagnostics
            from cnncalc.render.terminal import terminal_of

            between = "\n" if self.exit_code else ""
            _write(between + render_diagnostics(diagnostics, terminal_of(sys.stderr)))
        self.exit_code = max(self.exit_code, exit_code)

    def close(self) -> None:
        """Writes the JSON array, where there is anything to say."""
        if self._kept:
            from cnncalc.render.diagnostics import render_diagnostics_json

            _write(render_diagnostics_json(self._kept))


def from_typer(error: TyperException) -> Diagnostic:
    """What Typer finds wrong with a command line."""
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    message = error.format_message().rstrip(".")
    suggestion = f"`{context.command_path if context else 'cnncalc'} --help` says what it takes"
    if hasattr(error, "possibilities"):
        message = f"there is no option {quote(str(option))}"
        suggestion = nearest(str(option), error.possibilities or ()) or suggestion
    return Diagnostic("usage", message[:1].lower() + message[1:], suggestion=suggestion)


def _write(text: str) -> None:
    if sys.stderr is None:
        return
    with suppress(OSError):  # there is nowhere left to say so
        sys.stderr.write(text)
        sys.stderr.flush()
