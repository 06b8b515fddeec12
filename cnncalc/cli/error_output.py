"""Errors and warnings on standard error: as they come for people, or at the end as JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, get_args

from cnncalc import __version__
from cnncalc.cli import output
from cnncalc.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from cnncalc.warnings.warning import Warning

ErrorFormat = Literal["text", "json", "github", "sarif"]
FORMATS: Final[tuple[ErrorFormat, ...]] = get_args(ErrorFormat)
_OPTION: Final = "--error-format"


class ErrorOutput:
    """What every command reports errors to. `exit_code` is 2 once an error was, 1 once nothing but a broken limit."""

    def __init__(self, format: ErrorFormat = "text") -> None:
        self.format = format
        self.exit_code = 0
        self.arguments: Sequence[str] = ()
        """The words of the command line."""
        self._kept: list[tuple[Diagnostic, str]] = []

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
        output = cls(next((format for format in FORMATS if format == chosen), "text"))
        output.arguments = tuple(arguments)
        return output

    def report(self, diagnostics: Sequence[Diagnostic], exit_code: int = 2) -> None:
        """Writes what is wrong, behind all data written so far; as JSON it is kept until `close`."""
        try:
            output.flush()
        except UsageError as error:
            diagnostics = [*error.diagnostics, *diagnostics]
        findings = [(diagnostic, "error") for diagnostic in diagnostics]
        if self.format in ("json", "sarif"):
            self._kept += findings
        else:
            _write(("\n" if self.exit_code and self.format == "text" else "") + _text(findings, self.format))
        self.exit_code = max(self.exit_code, exit_code)

    def warn(
        self, warnings: Sequence[Warning], spec: str, *, strict: bool = False, are_in_report: bool = False
    ) -> None:
        """Writes the warnings about a spec, whose name is empty if it is the only one; `strict`: they are errors.

        People are not told again what a JSON report has. In the array of JSON errors are only errors.
        """
        if not warnings:
            return
        diagnostics = [Diagnostic(each.id, each.message, each.span) for each in warnings]
        if strict and self.format in ("json", "sarif"):
            self.report(diagnostics, exit_code=1)
            return
        output.flush()
        findings = [(diagnostic, "warning") for diagnostic in diagnostics]
        if self.format == "sarif":
            self._kept += findings
        elif self.format == "github" or (self.format == "text" and not are_in_report):
            _write(_text(findings, self.format, spec))
        self.exit_code = max(self.exit_code, int(strict))

    def close(self) -> None:
        """Writes the JSON array, if there is anything to say, or the SARIF log."""
        if self._kept or self.format == "sarif":
            _write(_text(self._kept, self.format))


def _text(findings: Sequence[tuple[Diagnostic, str]], format: ErrorFormat, spec: str = "") -> str:
    # Here, because `cnncalc --help` and a command without a mistake draw no error.
    from cnncalc.render import annotations, diagnostics, terminal

    found = [diagnostic for diagnostic, _ in findings]
    if format == "json":
        return diagnostics.render_diagnostics_json(found)
    if format == "sarif":
        return annotations.render_sarif(findings, __version__)
    if format == "github":
        return annotations.render_github(found, findings[0][1])
    if findings[0][1] == "warning":
        return diagnostics.render_warnings(found, spec, terminal.terminal_of(sys.stderr))
    return diagnostics.render_diagnostics(found, terminal.terminal_of(sys.stderr))


def _write(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:  # there is nowhere left to say so
        output.abandon(sys.stderr)
