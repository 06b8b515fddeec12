"""What YAML text is refused for: the place, the message and the suggestion of each diagnostic."""

from __future__ import annotations

import pytest

from cnncalc.errors import Diagnostic, Source, Span, SpecError
from cnncalc.spec.yaml_text import read_yaml


def refusals(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecError) as error:
        read_yaml(Source("spec.yaml", text))
    return error.value.diagnostics


def refusal(text: str) -> Diagnostic:
    (diagnostic,) = refusals(text)
    return diagnostic


def start(span: Span | None) -> tuple[int, int]:
    assert span is not None
    return span.line, span.column


def shown(span: Span | None) -> str:
    """What a span of one line covers in its source."""
    assert span is not None
    assert span.line == span.end_line
    return span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1]


# The text, the id, the place, the message, the suggestion.
REFUSED = [
    ("", "empty-document", (0, 0), "the file is empty", "was the file saved?"),
    ("# only this\n", "empty-document", (0, 0), "the file has only comments and markers", "was the file saved?"),
    ("---\n", "empty-document", (0, 0), "the file has only comments and markers", "was the file saved?"),
    (
        "a: 1\n---\nb: 1\n",
        "several-documents",
        (2, 1),
        "a second document starts here",
        'remove the line with "---" or "...", or put the second document into a file of its own',
    ),
    (
        "a: 1\n...\nb: 1\n",
        "several-documents",
        (3, 1),
        "a second document starts here",
        'remove the line with "---" or "...", or put the second document into a file of its own',
    ),
    (
        "a:\n  filters: 1\n  filters: 2\n",
        "duplicate-key",
        (3, 3),
        'the key "filters" is there twice, first in line 2',
        "remove one of the two, or rename it",
    ),
    (
        "{a: 1, 'a': 2}",
        "duplicate-key",
        (1, 8),
        'the key "a" is there twice, first in line 1',
        "remove one of the two, or rename it",
    ),
    ("a: !!str 3", "tag", (1, 4), "tags such as !!str are not supported", "write a text in quotes"),
    ("a: !!int '3'", "tag", (1, 4), "tags such as !!int are not supported", "remove it"),
    (
        "a: !important",
        "tag",
        (1, 4),
        "tags such as !important are not supported",
        "quote the text if the exclamation mark belongs to it",
    ),
    (
        "- !!python/object/apply:os.system ['touch executed']",
        "tag",
        (1, 3),
        "tags such as !!python/object/apply:os.system are not supported",
        "write the value itself: a file is data, nothing in it is executed",
    ),
    ("- !!map {a: 1}", "tag", (1, 3), "tags such as !!map are not supported", "remove it"),
    ("%TAG ! tag:x,2000:\n---\na: 1", "tag", (1, 1), "tags such as %TAG are not supported", "remove it"),
    (
        "a: !x!y 3",
        "invalid-yaml",
        (1, 4),
        "this is not valid YAML: undefined tag handle (while parsing a node)",
        "quote a text that has special characters, and check the indentation",
    ),
    (
        "- &x {a: 1}\n- <<: *x\n",
        "merge-key",
        (2, 3),
        "merge keys (<<) are not supported",
        "write the keys out; in a spec, use defaults or a block with params",
    ),
    (
        "[1, 2]: a",
        "key-not-scalar",
        (1, 1),
        "a key must be a single name or number, not a list",
        "quote it if it is a text with brackets or braces",
    ),
    (
        "? {a: 1}\n: b",
        "key-not-scalar",
        (1, 3),
        "a key must be a single name or number, not a mapping",
        "quote it if it is a text with brackets or braces",
    ),
    (
        "a: {filters: *filters}",
        "undefined-alias",
        (1, 14),
        '"*filters" is an alias, and there is no anchor "&filters" above',
        'did you mean "$filters"?',
    ),
    (
        "a: &options {x: 1}\nb: *option\n",
        "undefined-alias",
        (2, 4),
        '"*option" is an alias, and there is no anchor "&option" above',
        'did you mean "*options"?',
    ),
    (
        "a: *2",
        "undefined-alias",
        (1, 4),
        '"*2" is an alias, and there is no anchor "&2" above',
        "quote it if it is arithmetic or a text",
    ),
    (
        "a: &a [1, *a]",
        "recursive-alias",
        (1, 11),
        'the alias "*a" stands inside of what it repeats',
        "write the value out",
    ),
    (
        "a: *$filters",
        "invalid-yaml",
        (1, 4),
        'a value that starts with "*" is an alias in YAML, and needs a name',
        "write $filters",
    ),
    (
        "a: * 3",
        "invalid-yaml",
        (1, 4),
        'a value that starts with "*" is an alias in YAML, and needs a name',
        'quote the value: "* 3"',
    ),
    (
        "params: 1234567890123456789",
        "number-too-long",
        (1, 9),
        "the number 1234567890123456789 is too long",
        "quote it if it is a text",
    ),
    (
        f"params: {'1' * 5000}",
        "number-too-long",
        (1, 9),
        "the number 111111111111111111111... is too long",
        "quote it if it is a text",
    ),
    # Tabs and other odd characters
    (
        "layers:\n\t- Flatten\n",
        "tab-indentation",
        (2, 1),
        "a tab cannot indent a line",
        "replace each tab by two spaces",
    ),
    ("- A:\n  \tx: 3\n", "tab-indentation", (2, 3), "a tab cannot indent a line", "replace each tab by two spaces"),
    ("- A\n\tx: 3\n", "tab-indentation", (2, 1), "a tab cannot indent a line", "replace each tab by two spaces"),
    ("-\tA: 3\n", "tab-indentation", (1, 2), "a tab cannot indent a line", "replace each tab by two spaces"),
    ("a: |\n\tx\n", "tab-indentation", (2, 1), "a tab cannot indent a line", "replace each tab by two spaces"),
    (
        "layers:\n\u00a0\u00a0- A: 1\n  - B: 1\n",
        "odd-space",
        (2, 1),
        "the character U+00A0 looks like a space and is none",
        "replace it by a space; text copied from a web page or a PDF often has such characters",
    ),
    (
        "a: 1\nb: x\x07y\n",
        "control-character",
        (2, 5),
        "the character U+0007 (bell) cannot stand in a text, at line 2, column 5",
        "delete it; it is invisible in most editors",
    ),
    (
        "a: \0",
        "control-character",
        (1, 4),
        "the character U+0000 (NUL) cannot stand in a text, at line 1, column 4",
        "delete it; it is invisible in most editors",
    ),
    (
        "é: \ud800",
        "control-character",
        (1, 4),
        "the character U+D800 (half of a surrogate pair) cannot stand in a text, at line 1, column 4",
        "delete it; it is invisible in most editors",
    ),
    (
        "a: x\u2028b: y",
        "control-character",
        (1, 5),
        "the character U+2028 (line separator) cannot stand in a text, at line 1, column 5",
        "delete it; it is invisible in most editors",
    ),
    (
        'a: "\\x1b[31m"',
        "control-character",
        (1, 4),
        "the character U+001B (escape) cannot stand in a text, and an escape does not help",
        "delete it; it is invisible in most editors",
    ),
    # Colons
    (
        "layers:\n  - Conv2D\n      filters: 6\n",
        "missing-colon",
        (2, 5),
        '"Conv2D" has lines indented below it, but no colon',
        'write "- Conv2D:"',
    ),
    (
        "layers:\n  - Conv2D   # the first\n    # layer\n      filters: 6\n",
        "missing-colon",
        (2, 5),
        '"Conv2D" has lines indented below it, but no colon',
        'write "- Conv2D:"',
    ),
    (
        "- Conv2D\n    {filters: 6}\n",
        "missing-colon",
        (1, 3),
        '"Conv2D" has lines indented below it, but no colon',
        'write "- Conv2D:"',
    ),
    (
        "layers\n  - Dense: 3\n",
        "missing-colon",
        (1, 1),
        '"layers" has lines indented below it, but no colon',
        'write "layers:"',
    ),
    (
        "name: a\nlayers\ninput: 3\n",
        "missing-colon",
        (2, 1),
        "line 2 has no colon, and the lines around it are keys with values",
        'write "layers: ..."',
    ),
    (
        "{filters:6}",
        "missing-space-after-colon",
        (1, 2),
        'a space is missing after "filters:"',
        'write "filters: 6"',
    ),
    (
        "- Conv2D: {kernel_size: 5, padding:same}",
        "missing-space-after-colon",
        (1, 28),
        'a space is missing after "padding:"',
        'write "padding: same"',
    ),
    ("- Dense:10", "missing-space-after-colon", (1, 3), 'a space is missing after "Dense:"', 'write "Dense: 10"'),
    (
        "name:LeNet\ninput: 784\n",
        "missing-space-after-colon",
        (1, 1),
        'a space is missing after "name:"',
        'write "name: LeNet"',
    ),
    (
        "- Conv2D:{filters: 6}\n",
        "missing-space-after-colon",
        (1, 3),
        'a space is missing after "Conv2D:"',
        'write "Conv2D: {filters: ..."',
    ),
    (
        "- Conv2D:{filters: 6, kernel_size: 5}\n",
        "missing-space-after-colon",
        (1, 3),
        'a space is missing after "Conv2D:"',
        'write "Conv2D: {filters: 6, kernel_size: 5}"',
    ),
    (
        "description: LeNet: a classic\n",
        "second-colon",
        (1, 19),
        'a second colon follows "description:" in the same line',
        'quote the text: description: "LeNet: a classic"',
    ),
    (
        "- Conv2D: filters: 6\n",
        "second-colon",
        (1, 18),
        'a second colon follows "Conv2D:" in the same line',
        "put the options into braces: Conv2D: {filters: 6}",
    ),
    # Torn at a comma
    (
        "{kernel_size: (3, 3)}",
        "torn-at-comma",
        (1, 15),
        "inside braces and brackets YAML splits (3, 3) at the comma",
        "write kernel_size: [3, 3]",
    ),
    (
        "{padding: ((1, 0), (2, 2)), x: 1}",
        "torn-at-comma",
        (1, 11),
        "inside braces and brackets YAML splits ((1, 0), (2, 2)) at the comma",
        "write padding: [[1, 0], [2, 2]]",
    ),
    (
        "{kernel_size: (3,)}",
        "torn-at-comma",
        (1, 15),
        "inside braces and brackets YAML splits (3, ) at the comma",
        "write kernel_size: [3]",
    ),
    (
        "{filters: min($a, 64)}",
        "torn-at-comma",
        (1, 11),
        "inside braces and brackets YAML splits min($a, 64) at the comma",
        'write filters: "min($a, 64)"',
    ),
    (
        "{filters: max(min($a, 64), 8), x: 1}",
        "torn-at-comma",
        (1, 11),
        "inside braces and brackets YAML splits max(min($a, 64), 8) at the comma",
        'write filters: "max(min($a, 64), 8)"',
    ),
    (
        "[min($a, 64), 3]",
        "torn-at-comma",
        (1, 2),
        "inside braces and brackets YAML splits min($a, 64) at the comma",
        'write "min($a, 64)"',
    ),
    (
        "{kernel_size: 3, 3}",
        "torn-at-comma",
        (1, 15),
        "inside braces and brackets YAML splits 3, 3 at the comma",
        "write kernel_size: [3, 3]",
    ),
    (
        "{params: 61,706}",
        "torn-number",
        (1, 10),
        "inside braces YAML splits 61,706 at the comma",
        'write params: "61,706" with quotes, or params: 61706',
    ),
    (
        "{ops: 1,000,000.5, params: 3}",
        "torn-number",
        (1, 7),
        "inside braces YAML splits 1,000,000.5 at the comma",
        'write ops: "1,000,000.5" with quotes, or ops: 1000000.5',
    ),
    (
        "{input: 224, 224}",
        "torn-number",
        (1, 9),
        "inside braces YAML splits 224,224 at the comma",
        'write input: "224,224" with quotes, or input: 224224; a list is written input: [224, 224]',
    ),
    # Brackets and quotes
    (
        "- A: {x: 6\n- B: 3\n",
        "unclosed-bracket",
        (1, 6),
        'the "{" that opens in line 1 is never closed',
        'put the missing "}" at the end of line 1',
    ),
    (
        "a:\n  - [1, 2\n",
        "unclosed-bracket",
        (2, 5),
        'the "[" that opens in line 2 is never closed',
        'put the missing "]" at the end of line 2',
    ),
    (
        "a: [\n",
        "unclosed-bracket",
        (1, 4),
        'the "[" that opens in line 1 is never closed',
        'put the missing "]" at the end of line 1',
    ),
    (
        "a: {x: [1, 2}\n",
        "unclosed-bracket",
        (1, 13),
        'the "[" of line 1 is closed by "}"',
        'write "]" first, or remove one of the two',
    ),
    ("a: {b: 1}}\n", "unclosed-bracket", (1, 10), 'this "}" closes nothing', "remove it"),
    ("a: ]\n", "unclosed-bracket", (1, 4), 'this "]" closes nothing', "remove it"),
    ("{x: 6 y: 5}", "missing-comma", (1, 7), 'a comma is missing before "y"', 'write ", y: ..."'),
    ("{\n  x: 6\n  y: 5}", "missing-comma", (3, 3), 'a comma is missing before "y"', 'write ", y: ..."'),
    ("[1,, 2]", "invalid-yaml", (1, 4), "nothing stands before this comma", "remove one comma"),
    (
        'a: "x\nb: 3\n',
        "unclosed-quote",
        (1, 4),
        "the quote that opens in line 1 is never closed",
        'put a " at the end of the text',
    ),
    (
        "name: 'it's'",
        "invalid-yaml",
        (1, 11),
        "nothing can follow a value that ended with a quote or a bracket",
        "write an apostrophe inside single quotes twice, or use double quotes around the text",
    ),
    (
        'name: "a" b',
        "invalid-yaml",
        (1, 11),
        "nothing can follow a value that ended with a quote or a bracket",
        "use single quotes around a text with double quotes in it",
    ),
    (
        "a: [1] 2",
        "invalid-yaml",
        (1, 8),
        "nothing can follow a value that ended with a quote or a bracket",
        "remove it, or start a new line",
    ),
    (
        "{a: 1} b",
        "invalid-yaml",
        (1, 8),
        "nothing can follow a value that ended with a quote or a bracket",
        "remove it, or start a new line",
    ),
    (
        "{a: 'x' 'y'}",
        "invalid-yaml",
        (1, 9),
        'this cannot stand inside "{ }"',
        "quote a text that has special characters",
    ),
    (
        'a: "\\d"',
        "invalid-escape",
        (1, 5),
        "this is no escape that YAML knows in double quotes",
        "write the backslash twice, or use single quotes",
    ),
    ("a: @x", "invalid-yaml", (1, 4), 'a value cannot start with "@"', 'quote it: "@x"'),
    # Indentation
    (
        "a:\n    b: 1\n  c: 2\n",
        "indentation",
        (3, 3),
        "the indentation of this line, 2 spaces, fits nothing above it",
        "lines that belong together start in the same column",
    ),
    (
        "name: x\n  input: 3\n",
        "indentation",
        (2, 3),
        "this line is indented as if it were part of the text in line 1",
        "indent it like line 1",
    ),
    (
        "- Conv2D: 6\n    name: x\n",
        "indentation",
        (2, 5),
        "this line is indented as if it were part of the text in line 1",
        'indent it like line 1, or write all options of "Conv2D" in braces',
    ),
    (
        "layers:\n  - A\n  b: 1\n",
        "indentation",
        (3, 3),
        "a key cannot follow the list items that start in line 2",
        "indent the lines that belong to a key by two spaces more than the key",
    ),
    (
        "a: 1\n- b\n",
        "indentation",
        (2, 1),
        "a list item cannot follow the keys that start in line 1",
        "indent the lines that belong to a key by two spaces more than the key",
    ),
    (
        "  - a\n- b\n",
        "indentation",
        (2, 1),
        "the indentation of this line, 0 spaces, fits nothing above it",
        "lines that belong together start in the same column",
    ),
    (
        "a: - b\n",
        "invalid-yaml",
        (1, 4),
        "this is not valid YAML: block sequence entries are not allowed in this context",
        "quote a text that has special characters, and check the indentation",
    ),
    (
        "x" * 2000 + ": 1",
        "invalid-yaml",
        (1, 2001),
        "this is not valid YAML: mapping values are not allowed in this context",
        "quote a text that has special characters, and check the indentation",
    ),
    ("{a: b:}", "invalid-yaml", (1, 5), 'nothing stands behind "b:"', "write a value there, or leave the colon out"),
    ("[b:}", "invalid-yaml", (1, 2), 'nothing stands behind "b:"', "write a value there, or leave the colon out"),
    ("[b:{c: 1}]", "missing-space-after-colon", (1, 2), 'a space is missing after "b:"', 'write "b: {c: 1}]"'),
    (
        "%WHAT ever\n---\na: 1",
        "invalid-yaml",
        (1, 6),
        "this is not valid YAML: unknown directive name (while scanning a directive)",
        "quote a text that has special characters, and check the indentation",
    ),
]


@pytest.mark.parametrize(
    ("text", "id", "at", "message", "suggestion"), REFUSED, ids=[ascii(row[0][:40]) for row in REFUSED]
)
def test_what_is_refused(text: str, id: str, at: tuple[int, int], message: str, suggestion: str) -> None:
    diagnostic = refusal(text)

    assert (diagnostic.id, diagnostic.message, diagnostic.suggestion) == (id, message, suggestion)
    assert start(diagnostic.span) == at


def test_the_parsers_own_words_stay_in_found() -> None:
    assert refusal("a: {b: 1").found == "did not find expected ',' or '}' (while parsing a flow mapping)"


def test_what_was_torn_is_covered_from_end_to_end() -> None:
    assert shown(refusal("{kernel_size: (3, 3), x: 1}").span) == "(3, 3)"
    assert shown(refusal("{a: 1, params: 61,706}").span) == "61,706"


def test_independent_problems_come_together_in_the_order_of_the_text() -> None:
    text = "a: {k: (3, 3), p: (3, 3)}\nb: !!str 1\nb: *x\nc: {d:1}\nd: {e: 1\n"

    assert [(d.id, start(d.span)) for d in refusals(text)] == [
        ("torn-at-comma", (1, 8)),
        ("torn-at-comma", (1, 19)),
        ("tag", (2, 4)),
        ("undefined-alias", (3, 4)),
        ("missing-space-after-colon", (4, 5)),
        ("unclosed-bracket", (5, 4)),
    ]


def test_there_are_never_more_than_ten() -> None:
    assert len(refusals("- *x\n" * 1000)) == 10


@pytest.mark.parametrize(
    "text",
    [
        "input: (28, 28, 1)",
        "params: 61,706",
        "{a: (3), b: min(3), c}",
        "{a: (3, b: 1, c}",
        "{input: 224x224x3, x: [224,224,3]}",
        "{a: 1, b, '706'}",
        "{filters: \"min($a, 64)\", x: '(3, 3)'}",
        "source: https://arxiv.org/abs/1512.03385",
        "- https://arxiv.org/abs/1512.03385",
        "{source: https://arxiv.org/abs/1512.03385}",
        "description: at 12:30, or a:b",
        '{"a":1}',
        "{filters: 4*$filters, first: {project: $project}}",
        '"<<": 1',
        "name: 'x: y'",
        'name: "caf\\u00e9 \\n"',
    ],
)
def test_what_is_not_mistaken_for_a_mistake(text: str) -> None:
    read_yaml(Source("spec.yaml", text))
