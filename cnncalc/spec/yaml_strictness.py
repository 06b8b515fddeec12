"""What libyaml takes though YAML does not allow it, or reads otherwise than YAML says: one function for each.

Known from the YAML test suite: other parsers refuse such a text, or read another value.
"""

from __future__ import annotations

import re
from itertools import takewhile

from cnncalc.errors import Diagnostic, Span, quote, shorten
from cnncalc.spec.yaml_slip import indentation

GLUED_COMMENT = re.compile(r"""["'\]},>|+\-0-9]#""")
"""What the text of a file has that has a comment without a space before it; few others have it."""

_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*")


def glued_comment(span: Span) -> Diagnostic | None:
    """Refuses `"value"# comment`, `[1, 2]# comment`, and a comma, `|` or `>` with a comment directly behind.

    `span` is that of a value, in the text of a file that matches `GLUED_COMMENT`.
    """
    lines = span.source.lines
    line, column = span.end_line, span.end_column - 1
    if header := _BLOCK_HEADER.match(lines[span.line - 1], span.column - 1):
        line, column = span.line, header.end()
    text = lines[line - 1] if line <= len(lines) else ""
    behind = re.compile(r"(?:[ \t]*,)?#").match(text, column)
    if behind is None or (column == 0 or text[behind.end() - 2].isspace()):
        return None
    return Diagnostic(
        "invalid-yaml",
        "a comment touches what stands before it",
        Span(span.source, line, behind.end(), line, behind.end() + 1),
        expected='a space before the "#"',
        suggestion='put a space before the "#"',
    )


def bare_dash(span: Span) -> Diagnostic:
    """Refuses `[-]`: a dash begins an item of a list, and inside brackets there are none."""
    return Diagnostic(
        "invalid-yaml",
        "a dash alone is no value inside brackets",
        span,
        expected="a value",
        suggestion='leave it out, or quote it if it is a text: "-"',
    )


def question_mark(key: Span) -> Diagnostic | None:
    """Refuses `{?foo: 1}`, whose key is `?foo`, and which the parser reads as `foo`."""
    line = key.source.lines[key.line - 1]
    if line[key.column - 2 : key.column - 1] != "?":
        return None
    return Diagnostic(
        "invalid-yaml",
        'inside brackets and braces a text that starts with "?" needs quotes',
        Span(key.source, key.line, key.column - 1, key.end_line, key.end_column),
        suggestion=f"quote it: {quote('?' + line[key.column - 1 : key.end_column - 1])}",
    )


def colon_in_name(name: str, span: Span) -> Diagnostic | None:
    """Refuses `&an:chor value` and `*an:chor`: the colon belongs to the name, and the parser ends the name there."""
    line = span.source.lines[span.line - 1]
    end = span.column + len(name)  # behind the sign and the name
    if line[end : end + 1] != ":":
        return None
    whole = "".join(takewhile(lambda character: character not in " \t,[]{}", line[span.column - 1 :]))
    return Diagnostic(
        "invalid-yaml",
        f"{quote(shorten(whole))} has a colon in its name",
        Span(span.source, span.line, span.column, span.line, span.column + len(whole)),
        suggestion="leave the colon out of the name, or put a space before it",
    )


def continued_lines(span: Span) -> Diagnostic | None:
    """Refuses lines of a value in brackets or quotes that stand no further right than the line in which it opens.

    A line that only closes brackets may. `span` is that of a value that belongs to a key or an item.
    """
    lines = span.source.lines
    outer = indentation(lines[span.line - 1])
    for number in range(span.line + 1, span.end_line + 1):
        text = lines[number - 1]
        own = indentation(text)
        if own > outer or not text.strip(" \t]},"):
            continue
        if text[own] == "\t":
            return Diagnostic(
                "tab-indentation",
                "a tab cannot indent a line",
                Span(span.source, number, own + 1, number, own + 2),
                expected="spaces",
                suggestion="replace each tab by two spaces",
            )
        return Diagnostic(
            "indentation",
            f"this line belongs to the value that starts in line {span.line}, and stands no further right",
            Span(span.source, number, own + 1, number, own + 2),
            expected=f"more than {'1 space' if outer == 1 else f'{outer} spaces'}",
            suggestion="indent it by two spaces more than the line in which the value starts",
        )
    return None


def tab_in_blank_line(span: Span) -> Diagnostic | None:
    """Refuses a text behind `|` or `>` with a tab in a blank line, which would be lost."""
    lines = span.source.lines
    for number in range(span.line + 1, span.end_line):
        text = lines[number - 1]
        if "\t" in text and not text.strip(" \t"):
            column = text.index("\t") + 1
            return Diagnostic(
                "tab-indentation",
                "a tab stands in a blank line of this text",
                Span(span.source, number, column, number, column + 1),
                expected="spaces, or nothing",
                suggestion="leave the line empty",
            )
    return None
