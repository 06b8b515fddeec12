"""Ways to say what a spec must come to, for tests that hold the tool to its public contract."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis.report import Convention
from cnncalc.errors import Diagnostic, Source
from cnncalc.spec.library import parse_document
from cnncalc.spec.values import Value
from cnncalc.tensor import Shape

Json = dict[str, Any]


def spec(text: str, input: str = "[8, 8, 3]") -> str:
    """A whole spec: the text as it is where it says its input, else with one in front."""
    text = textwrap.dedent(text).strip()
    return text if text.startswith("input:") or "\ninput:" in text else f"input: {input}\n{text}"


def report(text: str, input: str = "[8, 8, 3]", convention: Convention = "notes") -> Json:
    """The JSON report of a spec."""
    return cnncalc.loads(spec(text, input), folder=".").analyze(convention).to_dict()


def rows(text: str, input: str = "[8, 8, 3]") -> dict[str, Json]:
    """The records behind the inputs, by name, in order."""
    return {row["name"]: row for row in report(text, input)["layers"] if row["type"] != "InputLayer"}


def last(text: str, input: str = "[8, 8, 3]") -> Json:
    """The record of the last item."""
    return report(text, input)["layers"][-1]


def layer(item: str, input: str = "[8, 8, 3]") -> Json:
    """The record of a layer by itself."""
    return last(f"layers:\n  - {item}", input)


def wiring(text: str, input: str = "[8, 8, 3]") -> dict[str, list[str]]:
    """What every item reads, by name, in order."""
    return {name: row["inputs"] for name, row in rows(text, input).items()}


def overridden(
    text: str, variables: Mapping[str, Value] | None = None, inputs: Mapping[str, Shape] | None = None
) -> Json:
    """The report of a spec whose vars and inputs are replaced, as --set and --input do."""
    source = Source("<string>", spec(text))
    document = parse_document(source, "<string>", None)
    return cnncalc.Model(document, variables=variables, inputs=inputs).analyze().to_dict()


def refusal(text: str, input: str = "[8, 8, 3]") -> Diagnostic:
    """The first thing that is wrong with a spec that has to be wrong."""
    with pytest.raises(cnncalc.SpecError) as caught:
        report(text, input)
    return caught.value.diagnostics[0]


def says(diagnostic: Diagnostic) -> str:
    """All that a diagnostic says, for a search."""
    parts = (diagnostic.message, diagnostic.expected, diagnostic.found, diagnostic.suggestion)
    return " ".join(part for part in parts if part)
