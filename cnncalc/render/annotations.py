"""Errors and warnings for programs that show them beside the lines of a file: GitHub's annotations and SARIF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final

from cnncalc.errors import Diagnostic
from cnncalc.render.json_text import indented

SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def render_github(diagnostics: Iterable[Diagnostic], level: str) -> str:
    """Writes GitHub's commands for annotations, one line each: `::error file=net.yaml,line=3::...`.

    Source: GitHub's page "Workflow commands for GitHub Actions".
    """
    return "".join(_annotation(diagnostic, level) for diagnostic in diagnostics)


def _annotation(diagnostic: Diagnostic, level: str) -> str:
    found = diagnostic.to_dict()
    keys = {"file": "file", "line": "line", "end_line": "endLine", "column": "col", "end_column": "endColumn"}
    place = {theirs: found[ours] for ours, theirs in keys.items() if found[ours] is not None}
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in {**place, "title": diagnostic.id}.items())
    return f"::{level} {properties}::{_data(_message(diagnostic))}\n"


def _message(diagnostic: Diagnostic) -> str:
    return diagnostic.message + (f" ({diagnostic.suggestion})" if diagnostic.suggestion else "")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render_sarif(findings: Sequence[tuple[Diagnostic, str]], version: str) -> str:
    """Writes a SARIF log of diagnostics, each with its level, `error` or `warning`.

    Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
    """
    ids = dict.fromkeys(diagnostic.id for diagnostic, _ in findings)
    driver = {"name": "cnncalc", "version": version, "rules": [{"id": id} for id in ids]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(*each) for each in findings],
    }
    return indented({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _result(diagnostic: Diagnostic, level: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.id,
        "level": level,
        "message": {"text": _message(diagnostic)},
    }
    span = diagnostic.span
    if span is not None:
        location: dict[str, object] = {"artifactLocation": {"uri": PurePath(span.source.file).as_posix()}}
        if span.line:
            location["region"] = {
                "startLine": span.line, "startColumn": span.column,
                "endLine": span.end_line, "endColumn": span.end_column,
            }  # fmt: skip
        result["locations"] = [{"physicalLocation": location}]
    return result
