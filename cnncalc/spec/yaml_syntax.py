"""What is no valid YAML, in plain words: from the parser's complaint and the text around it to a diagnostic.

Each rule below knows one way in which beginners slip; the first that fits speaks. Of anything else the parser's own
words are repeated, with the place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from yaml import MarkedYAMLError, YAMLError

from cnncalc.errors import Diagnostic, Source, Span, quote, shorten
from cnncalc.layers import registry
from cnncalc.spec.yaml_refusals import odd_space, several_documents, space_after_colon, too_deep
from cnncalc.spec.yaml_slip import Slip, indentation

_CLOSING: Final = {"{": "}", "[": "]"}

_DASHES = r"\s*(?:- +)*"
_BARE_WORD = rf"{_DASHES}(?P<word>[A-Za-z_]\w*)\s*(?:#.*)?$"
_KEY_AND_VALUE = rf"""{_DASHES}["']?(?P<key>[\w.$-]+)["']?:\s+(?P<rest>\S.*)$"""
_SPACE_MISSING = rf"{_DASHES}(?P<key>[A-Za-z_][\w.-]*):(?P<rest>(?!//)[^\s:].*)$"
_EQUALS = rf"{_DASHES}(?P<key>[A-Za-z_]\w*)\s*(?P<sign>=)(?!=)\s*(?P<rest>\S.*)$"
_OPTIONS = r"[A-Za-z_]\w*: "
_ODD_SPACE = "(?:^[ ]*|[-:,{\\[][ ]*)(?P<space>[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000])"


def syntax_error(source: Source, error: YAMLError, opened: Span | None) -> Diagnostic:
    """Makes the diagnostic for what the YAML parser refused.

    `opened` is where the innermost list in brackets or mapping in braces starts that is still open there.
    """
    if not isinstance(error, MarkedYAMLError) or error.problem is None or error.problem_mark is None:
        return Diagnostic("invalid-yaml", "this is not valid YAML", Span(source), found=shorten(str(error), 200))
    start = error.context_mark
    slip = Slip(
        source=source,
        context=error.context or "",
        problem=error.problem,
        line=error.problem_mark.line + 1,
        column=error.problem_mark.column + 1,
        context_line=start.line + 1 if start else 0,
        context_column=start.column + 1 if start else 0,
        opened=opened,
    )
    for rule in _RULES:
        if diagnostic := rule(slip):
            return replace(diagnostic, found=diagnostic.found or slip.words)
    return Diagnostic(
        "invalid-yaml",
        f"this is not valid YAML: {slip.words}",
        slip.span,
        suggestion="quote a text that has special characters, and check the indentation",
    )


def _nesting(slip: Slip) -> Diagnostic | None:
    """Explains where libyaml gives up: from 0.2.6 on, as far as 1,024 characters ahead of what it has handed on."""
    return too_deep(slip.span) if slip.problem == "exceeded maximum nesting depth" else None


def _tab(slip: Slip) -> Diagnostic | None:
    text = slip.text
    blank = text[: len(text) - len(text.lstrip(" \t"))]
    if "\t" in blank:
        column = blank.index("\t") + 1
    elif slip.character == "\t" or "tab character" in slip.problem:
        column = slip.column
    else:
        return None
    return Diagnostic(
        "tab-indentation",
        "a tab cannot indent a line",
        slip.span_at(slip.line, column, 1),
        expected="spaces",
        suggestion="replace each tab by two spaces",
    )


def _odd_space(slip: Slip) -> Diagnostic | None:
    for line in (slip.line, slip.previous_line):
        if match := re.search(_ODD_SPACE, slip.text_of(line)):
            return odd_space(match["space"], slip.span_at(line, match.start("space") + 1, 1))
    return None


def _star(slip: Slip) -> Diagnostic | None:
    if slip.context not in ("while scanning an alias", "while scanning an anchor"):
        return None
    sign = slip.text[slip.context_column - 1 : slip.context_column]
    rest = slip.text[slip.context_column :].split(",")[0].rstrip(" }]")
    suggestion = f"quote the value: {quote(sign + rest)}"
    if rest.startswith("$"):
        suggestion = f"write {shorten(rest)}"
    elif sign == "*" and rest[:1].isalpha():
        suggestion = f"a parameter is written with a dollar: {shorten('$' + rest)}"
    return Diagnostic(
        "invalid-yaml",
        f'a value that starts with "{sign}" is an {"alias" if sign == "*" else "anchor"} in YAML, and needs a name',
        slip.context_span,
        suggestion=suggestion,
    )


def _quotes(slip: Slip) -> Diagnostic | None:
    if slip.context not in ("while scanning a quoted scalar", "while parsing a quoted scalar"):
        return None
    if "escape" in slip.problem or "hexdecimal" in slip.problem:
        return Diagnostic(
            "invalid-escape",
            "this is no escape that YAML knows in double quotes",
            slip.span,
            expected='one such as \\n, \\", \\\\ or \\u00e9',
            suggestion="write the backslash twice, or use single quotes",
        )
    mark = slip.source.lines[slip.context_line - 1][slip.context_column - 1]
    return Diagnostic(
        "unclosed-quote",
        f"the quote that opens in line {slip.context_line} is never closed",
        slip.context_span,
        expected=f"a closing {mark}",
        suggestion=f"put a {mark} at the end of the text",
    )


def _flow(slip: Slip) -> Diagnostic | None:
    """Explains what is wrong inside braces or brackets: one is missing, the wrong one closes, a comma is missing."""
    if slip.context in ("while parsing a flow mapping", "while parsing a flow sequence"):
        opening = slip.context_span
    elif slip.context == "while parsing a flow node" and slip.opened:
        opening = slip.opened
    else:
        return None
    opening_text = slip.source.lines[opening.line - 1]
    bracket = opening_text[opening.column - 1]
    closing = _CLOSING.get(bracket, "}")
    if slip.character == ":" and slip.starts_line:
        return Diagnostic(
            "invalid-yaml",
            "this colon stands in another line than its key",
            slip.span,
            suggestion="write the colon directly behind the key",
        )
    if slip.at_end or (slip.line > opening.line and indentation(slip.text) <= indentation(opening_text)):
        return Diagnostic(
            "unclosed-bracket",
            f'the "{bracket}" that opens in line {opening.line} is never closed',
            opening,
            expected=f'a closing "{closing}"',
            suggestion=f'put the missing "{closing}" at the end of line {opening.line}',
        )
    if slip.character in ("}", "]") and slip.character != closing:
        return Diagnostic(
            "unclosed-bracket",
            f'the "{bracket}" of line {opening.line} is closed by "{slip.character}"',
            slip.span,
            expected=f'"{closing}"',
            suggestion=f'write "{closing}" first, or remove one of the two',
        )
    expected = f'"," or "{closing}"'
    if slip.character == ":" and (word := re.search(r"""[\w.$"'-]+$""", slip.before.rstrip())):
        name = shorten(word[0].strip("\"'"))
        return Diagnostic(
            "missing-comma",
            f'a comma is missing before "{name}"',
            slip.span_at(slip.line, slip.column - len(slip.before) + word.start(), len(word[0])),
            expected,
            suggestion=f'write ", {name}: ..."',
        )
    if slip.character == ",":
        return Diagnostic(
            "invalid-yaml", "nothing stands before this comma", slip.span, "a value", suggestion="remove one comma"
        )
    return Diagnostic(
        "invalid-yaml",
        f'this cannot stand inside "{bracket} {closing}"',
        slip.span,
        expected,
        suggestion="quote a text that has special characters",
    )


def _colon_missing(slip: Slip) -> Diagnostic | None:
    """Explains `- Conv2D` or `layers` without its colon, and the options or items indented below."""
    line = slip.previous_line
    above = slip.text_of(line)
    match = re.match(_BARE_WORD, above)
    reads_on = slip.problem.startswith("mapping values are not allowed") or slip.starts_line
    if not match or not reads_on or slip.line == line or indentation(slip.text) <= indentation(above):
        return None
    word = match["word"]
    dash = "- " if above.lstrip().startswith("-") else ""
    return Diagnostic(
        "missing-colon",
        f"{quote(word)} has lines indented below it, but no colon",
        slip.span_at(line, match.start("word") + 1, len(word)),
        expected=f'"{shorten(word)}:"',
        suggestion=f'write "{dash}{shorten(word)}:"',
    )


def _space_missing(slip: Slip) -> Diagnostic | None:
    """Explains `name:LeNet`, here or on the line before, which YAML then reads as one text with this one."""
    if slip.problem == "found unexpected ':'" and (word := re.search(r"[A-Za-z_][\w.-]*$", slip.before)):
        span = slip.span_at(slip.line, slip.column - len(word[0]), len(word[0]) + 1)
        rest = slip.text[slip.column :].rstrip()
        while rest.endswith("}") and rest.count("}") > rest.count("{"):
            rest = rest[:-1]
        if not rest or rest[0] in ",]}":
            message = f"nothing stands behind {quote(word[0] + ':')}"
            return Diagnostic("invalid-yaml", message, span, suggestion="write a value there, or leave the colon out")
        return space_after_colon(word[0], rest, span)
    if not slip.problem.startswith("mapping values are not allowed"):
        return None
    for line in (slip.line, slip.previous_line):
        if match := re.match(_SPACE_MISSING, slip.text_of(line)):
            key, rest = match["key"], match["rest"].rstrip()
            return space_after_colon(key, rest, slip.span_at(line, match.start("key") + 1, len(key) + 1))
    return None


def _equals_sign(slip: Slip) -> Diagnostic | None:
    """Explains `input = [2, 3]`, on this line or on the one before."""
    for line in (slip.line, slip.previous_line):
        if match := re.match(_EQUALS, slip.text_of(line)):
            key, rest = match["key"], match["rest"].rstrip()
            return Diagnostic(
                "missing-colon",
                f'a colon stands behind a key, not "=": {quote(key)}',
                slip.span_at(line, match.start("sign") + 1, 1),
                expected=f'"{shorten(key)}:"',
                suggestion=f'write "{shorten(f"{key}: {rest}")}"',
            )
    return None


def _second_colon(slip: Slip) -> Diagnostic | None:
    if not slip.problem.startswith("mapping values are not allowed"):
        return None
    match = re.match(_KEY_AND_VALUE, slip.text)
    if match and match.start("rest") < slip.column:
        key, rest = match["key"], match["rest"].rstrip()
        by_name = re.match(r"([^,:{}\[\]]+)(,\s*[A-Za-z_]\w*: .*)", rest)
        kind = registry.kind_named(key)
        if by_name and kind and (primary := registry.layer_class(kind).primary):
            suggestion = f"put the options into braces: {shorten(f'{key}: {{{primary}: {by_name[1]}{by_name[2]}}}')}"
        elif slip.text.lstrip().startswith("-") and re.match(_OPTIONS, rest):
            suggestion = f"put the options into braces: {shorten(f'{key}: {{{rest}}}')}"
        else:
            suggestion = f"""quote the text: {shorten(f'{key}: "{rest}"')}"""
        return Diagnostic(
            "second-colon",
            f"a second colon follows {quote(key + ':')} in the same line",
            slip.span,
            suggestion=suggestion,
        )
    line = slip.previous_line
    above = slip.text_of(line)
    if indentation(slip.text) <= indentation(above):
        return None
    options = re.match(_KEY_AND_VALUE, above) if above.lstrip().startswith("-") else None
    braces = f", or write all options of {quote(options['key'])} in braces" if options else ""
    return Diagnostic(
        "indentation",
        f"this line is indented as if it were part of the text in line {line}",
        slip.span_at(slip.line, indentation(slip.text) + 1, 1),
        expected="a line that starts in the same column as the lines it belongs to",
        suggestion=f"indent it like line {line}{braces}",
    )


def _misplaced(slip: Slip) -> Diagnostic | None:
    """Explains a line whose indentation fits nothing above."""
    if not slip.starts_line:
        return None
    if slip.problem == "did not find expected <document start>":
        if slip.text_of(slip.previous_line).startswith("..."):
            return several_documents(slip.span)
        expected = "one list or one mapping in the whole file"
    elif slip.problem in ("did not find expected key", "did not find expected '-' indicator"):
        if slip.column == slip.context_column:
            return _mixed(slip)
        expected = f"{_spaces(slip.context_column - 1)}, like line {slip.context_line}, or those of another line above"
    else:
        return None
    return Diagnostic(
        "indentation",
        f"the indentation of this line, {_spaces(slip.column - 1)}, fits nothing above it",
        slip.span,
        expected=expected,
        suggestion="lines that belong together start in the same column",
    )


def _mixed(slip: Slip) -> Diagnostic | None:
    """Explains list items and keys that start in the same column."""
    item, list_items = slip.character == "-", slip.problem == "did not find expected '-' indicator"
    if item == list_items:
        return None
    return Diagnostic(
        "indentation",
        f"a {'list item' if item else 'key'} cannot follow the {'keys' if item else 'list items'} "
        f"that start in line {slip.context_line}",
        slip.span,
        expected='a line such as "key: value"' if item else 'a line that starts with "- "',
        suggestion="indent the lines that belong to a key by two spaces more than the key",
    )


def _spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count} spaces"


def _reserved(slip: Slip) -> Diagnostic | None:
    """Explains a value that starts with a character such as @."""
    if slip.problem != "found character that cannot start any token":
        return None
    rest = slip.text[slip.column - 1 :].split(",")[0].rstrip(" }]")
    message = f'a value cannot start with "{slip.character}"'
    return Diagnostic("invalid-yaml", message, slip.span, suggestion=f"quote it: {quote(rest)}")


def _trailing(slip: Slip) -> Diagnostic | None:
    """Explains something behind a value that has ended."""
    wrong = ("key", "'-' indicator", "<document start>", "node content")
    if slip.problem not in [f"did not find expected {part}" for part in wrong]:
        return None
    if slip.character in ("}", "]"):
        return Diagnostic(
            "unclosed-bracket", f'this "{slip.character}" closes nothing', slip.span, suggestion="remove it"
        )
    before = slip.before.rstrip()
    if slip.before.endswith("'"):
        suggestion = "write an apostrophe inside single quotes twice, or use double quotes around the text"
    elif before.endswith('"'):
        suggestion = "use single quotes around a text with double quotes in it"
    else:
        suggestion = "remove it, or start a new line"
    ended = " that ended with a quote or a bracket" if before.endswith(("'", '"', "}", "]")) else ""
    return Diagnostic(
        "invalid-yaml",
        f"nothing can follow a value{ended}" if ended else "this cannot stand here",
        slip.span,
        expected="the end of the line" if ended else None,
        suggestion=suggestion,
    )


def _no_colon(slip: Slip) -> Diagnostic | None:
    if slip.problem != "could not find expected ':'":
        return None
    text = slip.text_of(slip.context_line)[slip.context_column - 1 :].rstrip()
    return Diagnostic(
        "missing-colon",
        f"line {slip.context_line} has no colon, and the lines around it are keys with values",
        slip.span_at(slip.context_line, slip.context_column, max(1, len(text))),
        expected='a line such as "key: value"',
        suggestion=f'write "{shorten(text)}: ..."',
    )


_RULES: Final[tuple[Callable[[Slip], Diagnostic | None], ...]] = (
    _nesting,
    _tab,
    _odd_space,
    _star,
    _quotes,
    _flow,
    _equals_sign,
    _colon_missing,
    _space_missing,
    _second_colon,
    _misplaced,
    _reserved,
    _trailing,
    _no_colon,
)
