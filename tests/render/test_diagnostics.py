"""Diagnostics: golden texts of each form, and what holds for every one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from cnncalc.errors import Diagnostic, Source, Span
from cnncalc.render.diagnostics import render_diagnostics, render_diagnostics_json
from cnncalc.render.terminal import Terminal
from tests.render.lenet5_report import HOSTILE

SPEC = Source(
    "nets/lenet.yaml",
    """\
name: LeNet-5
input: [32, 32, 1]
layers:
  - Conv2D: {filters: 6, kernal_size: 5}
  - Dense: {
      units: 10}
""",
)


def mark(line: str, start: int, end: int, file: str = "net.yaml", number: int = 1) -> list[str]:
    """The lines of the snippet for the characters `start` to `end` (from 0, the end exclusive) of a line."""
    source = Source(file, "\n" * (number - 1) + line)
    span = Span(source, number, start + 1, number, end + 1)
    return render_diagnostics([Diagnostic("some-id", "wrong", span)]).splitlines()[2:]


def marked(snippet: list[str]) -> str:
    """What the carets stand under."""
    _, text, carets = snippet
    return "".join(character for character, caret in zip(text, carets, strict=False) if caret == "^")


def test_a_diagnostic_with_everything(golden: Callable[[str, str], None]) -> None:
    diagnostic = Diagnostic(
        "unknown-argument",
        'Conv2D has no argument "kernal_size"',
        Span(SPEC, 4, 26, 4, 37),
        expected="an argument of Conv2D",
        found='"kernal_size"',
        chain=('in block "conv2_1" (line 31)', 'in repeat 3 of "stage" (line 12)'),
        suggestion='did you mean "kernel_size"?',
    )
    golden("diagnostic.txt", render_diagnostics([diagnostic]))


def test_several_diagnostics_have_an_empty_line_between_them(golden: Callable[[str, str], None]) -> None:
    diagnostics = [
        Diagnostic("missing-file", 'there is no file "net.yaml"', suggestion="check the name and the folder"),
        Diagnostic("empty-file", "the file is empty", Span(Source("empty.yaml"))),
        Diagnostic("flow-over-lines", "the mapping goes over two lines", Span(SPEC, 5, 12, 6, 17)),
    ]
    golden("diagnostics.txt", render_diagnostics(diagnostics))


@pytest.mark.parametrize("number", [1, 12, 123, 100_000])
def test_the_gutter_is_as_wide_as_the_line_number(number: int) -> None:
    pipe, line, carets = mark("filters: six", 9, 12, number=number)
    assert line == f"{number:>2} | filters: six"
    assert pipe == f"{' ' * max(len(str(number)), 2)} |"
    assert marked([pipe, line, carets]) == "six"


@pytest.mark.parametrize("start", [0, 5, 500, 9_990])
@pytest.mark.parametrize("length", [1, 10, 49])
def test_a_long_line_is_shown_around_its_place(start: int, length: int) -> None:
    line = "".join(f"{number:05}," for number in range(2000))
    snippet = mark(line, start, start + length)
    assert marked(snippet) == line[start : start + length]
    assert max(map(len, snippet)) <= 105
    assert "..." in snippet[1]


def test_a_long_place_is_cut() -> None:
    snippet = mark("x" * 1000, 10, 900)
    assert marked(snippet) == "x" * 50
    assert snippet[1].endswith("x...")


def test_a_megabyte_in_a_line_is_not_gone_through() -> None:
    snippet = mark("\x1b" * 10_000_000, 5_000_000, 5_000_003)
    assert max(map(len, snippet)) <= 105


def test_carets_stand_right_behind_tabs_and_escaped_characters() -> None:
    assert marked(mark("\tfilters: six", 10, 13)) == "six"
    assert marked(mark("\x1b[31m: six", 7, 10)) == "six"
    assert marked(mark("name: a\x00b", 7, 8)) == "\\u0000"


def test_a_place_without_length_has_one_caret() -> None:
    assert mark("filters:", 8, 8)[2] == "   |         ^"
    assert mark("filters:", 50, 60)[2] == "   |         ^"


def test_the_carriage_return_of_a_windows_file_is_not_shown() -> None:
    assert mark("filters: six\r", 9, 12)[1] == " 1 | filters: six"


def test_a_line_that_is_not_there_or_empty_is_not_shown() -> None:
    assert mark("", 0, 0) == []
    span = Span(Source("net.yaml", "a"), 7, 1, 7, 2)
    assert render_diagnostics([Diagnostic("x", "wrong", span)]) == "error: wrong [x]\n  --> net.yaml:7:1\n"


def test_a_long_chain_loses_its_middle() -> None:
    chain = tuple(f'in block "b{level}" (line {level})' for level in range(500))
    lines = render_diagnostics([Diagnostic("too-deep", "wrong", chain=chain)]).splitlines()
    assert lines[1:] == [
        '   = in block "b0" (line 0)',
        '   = in block "b1" (line 1)',
        '   = in block "b2" (line 2)',
        "   = ... 494 more ...",
        '   = in block "b497" (line 497)',
        '   = in block "b498" (line 498)',
        '   = in block "b499" (line 499)',
    ]


def test_the_longest_diagnostic_has_at_most_twenty_short_lines_and_nothing_that_a_terminal_obeys() -> None:
    text = HOSTILE * 1000
    span = Span(Source(text, text), 1, 10, 1, 20)
    shown = render_diagnostics([Diagnostic("x", text, span, text, text, (text,) * 100, text)])
    lines = shown.split("\n")[:-1]
    assert len(lines) <= 20
    assert max(map(len, lines)) < 1100
    assert all(line.isprintable() for line in lines)
    assert lines[0].startswith("error: \\u001b[31mred\\u0007 \\u202e")


def test_colour_only_where_asked_for() -> None:
    diagnostic = Diagnostic("x", "wrong", Span(SPEC, 4, 26, 4, 37), suggestion="right")
    plain, colored = (render_diagnostics([diagnostic], terminal) for terminal in (None, Terminal(100)))
    assert "\x1b" not in plain
    assert colored.startswith("\x1b[1;31merror:\x1b[0m ")
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_diagnostics_as_data() -> None:
    diagnostics = [Diagnostic("x", HOSTILE, Span(SPEC, 4, 26, 4, 37), chain=("in a",)), Diagnostic("y", "wrong")]
    text = render_diagnostics_json(diagnostics)
    assert text.isascii()
    assert json.loads(text) == [
        {
            "id": "x",
            "message": HOSTILE,
            "file": "nets/lenet.yaml",
            "line": 4,
            "column": 26,
            "end_line": 4,
            "end_column": 37,
            "expected": None,
            "found": None,
            "chain": ["in a"],
            "suggestion": None,
        },
        {
            "id": "y",
            "message": "wrong",
            "file": None,
            "line": None,
            "column": None,
            "end_line": None,
            "end_column": None,
            "expected": None,
            "found": None,
            "chain": [],
            "suggestion": None,
        },
    ]
