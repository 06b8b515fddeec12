"""Specs from a grammar, mutated shipped specs, raw bytes: every end is a report or a `SpecError`."""

from __future__ import annotations

import re
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import Problem, SpecError
from cnncalc.expansion.inputs import read_shape
from cnncalc.spec.library import document_from_value, shipped_names, shipped_path
from tests.fuzz.conftest import share
from tests.fuzz.outcomes import MAX_EXPANDED, of_bytes, outcome
from tests.fuzz.spec_grammar import HOSTILE, specs


@share(0.2)
@given(specs(), st.sampled_from([None, True, False]))
def test_specs_from_a_grammar(spec: Any, flow: bool | None) -> None:
    of_bytes(yaml.safe_dump(spec, default_flow_style=flow, sort_keys=False, allow_unicode=True).encode())


@share(0.13)
@given(specs())
def test_specs_as_python_data(spec: Any) -> None:
    outcome(lambda: cnncalc.Model(document_from_value(spec), max_expanded=MAX_EXPANDED).analyze())


@share(0.05)
@given(specs())
def test_text_and_data_say_the_same(spec: Any) -> None:
    text = of_bytes(yaml.safe_dump(spec, sort_keys=False, allow_unicode=True).encode())
    data = outcome(lambda: cnncalc.Model(document_from_value(spec), max_expanded=MAX_EXPANDED).analyze())
    if isinstance(text, dict) and isinstance(data, dict):
        assert text["layers"] == data["layers"]


LINES = {name: shipped_path(name).read_text().splitlines() for name in shipped_names()}
NUMBERS = [
    "0",
    "-1",
    "1",
    "2",
    "3",
    "7",
    "1000",
    "1" + "0" * 17,
    "2.5",
    "1e400",
    ".inf",
    "017",
    "0x10",
    "$n",
    "''",
    "null",
]
WORDS = ["Conv2D", "Dense", "Add", "branches", "from", "repeat", "first", "if", "share", "name", "same", "true", "[]"]
CHARACTERS = [*" \t:-,[]{}#&*!|>'\"%@`$/\\\n\r\0", "\u2028", "\ufeff", "é", "- ", ": ", "? ", "<<", "---\n", "...\n"]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A shipped spec with a few lines, numbers, words or characters changed."""
    lines = list(LINES[draw(st.sampled_from(sorted(LINES)))])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from([0, 1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 6, 6]))
        if how == 0 and len(lines) > 1:
            del lines[at]
        elif how == 1:
            lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
        elif how == 2:
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif how == 3:
            lines[at] = " " * draw(st.integers(0, 9)) + lines[at].lstrip()
        elif how == 4:
            lines[at] = replaced(draw, r"\d+", lines[at], NUMBERS)
        elif how == 5:
            lines[at] = replaced(draw, r"[$\w]+", lines[at], WORDS)
        else:
            place = draw(st.integers(0, len(lines[at])))
            gone = draw(st.integers(0, 2))
            lines[at] = lines[at][:place] + draw(st.sampled_from(CHARACTERS)) + lines[at][place + gone :]
    return "\n".join(lines).encode()


def replaced(draw: st.DrawFn, pattern: str, line: str, choices: list[str]) -> str:
    """A line with one of the pattern's matches replaced."""
    found = list(re.finditer(pattern, line))
    if not found:
        return line
    match = draw(st.sampled_from(found))
    return line[: match.start()] + draw(st.sampled_from(choices)) + line[match.end() :]


@share(0.2)
@given(mutated())
def test_mutated_shipped_specs(data: bytes) -> None:
    of_bytes(data)


@share(0.05)
@given(st.binary(max_size=300))
def test_raw_bytes(data: bytes) -> None:
    of_bytes(data)


PIECES = [
    "input", "layers", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", " ", "[", "]", "{", "}", ", ", ",", "Conv2D",
    "Dense", "Add", "filters", "kernel_size", "3", "10", "$a", "vars", "blocks", "b", "*a", "&a ", "!!x ", "'",
    '"', "#", "|", ">", "?", "%TAG", "---", "...", "<<", "\t", "\\", "null", "true", "é", "\u2028", "\x00", "from",
]  # fmt: skip


@share(0.05)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_pieces_of_yaml(pieces: list[str]) -> None:
    of_bytes("".join(pieces).encode())


OVERRIDDEN = document_from_value({"input": [8, 8, 3], "vars": {"a": 2}, "layers": [{"Dense": "$a"}, "MaxPooling2D"]})


@share(0.05)
@given(st.dictionaries(st.sampled_from(["a", "b", "n"]), HOSTILE, max_size=2), st.lists(HOSTILE, max_size=4))
def test_overrides(variables: dict[str, Any], shape: list[Any]) -> None:
    def analyze() -> cnncalc.Report:
        try:
            inputs = {"": read_shape(shape)}
        except Problem as problem:
            raise SpecError(problem.at(None)) from None
        return cnncalc.Model(OVERRIDDEN, inputs=inputs, variables=variables).analyze()

    outcome(analyze)
