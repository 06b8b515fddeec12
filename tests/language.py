"""Short ways to say what a spec comes to, for tests that read like the manual."""

from __future__ import annotations

import textwrap

import pytest

import cnncalc
from cnncalc.analysis.report import Report, Row
from cnncalc.errors import Diagnostic


def report(text: str) -> Report:
    """The report of a spec's text, however it is indented."""
    return cnncalc.loads(textwrap.dedent(text)).analyze()


def layers(text: str, input: str = "[8, 8, 3]") -> list[Row]:
    """The rows behind the inputs of a spec whose list of layers (and other keys) is `text`."""
    spec = f"input: {input}\n{textwrap.dedent(text).strip()}\n"
    return [row for row in report(spec).layers if row.type != "InputLayer"]


def names(text: str, input: str = "[8, 8, 3]") -> list[str]:
    """The names of the layers, in order."""
    return [row.name for row in layers(text, input)]


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a spec that has to be wrong."""
    with pytest.raises(cnncalc.SpecError) as caught:
        report(text)
    return caught.value.diagnostics


def mistake(text: str) -> Diagnostic:
    """The one thing that is wrong with a spec."""
    (diagnostic,) = mistakes(text)
    return diagnostic
