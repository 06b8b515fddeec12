"""Why a tree is refused, in words: one function for each diagnostic, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from cnncalc.errors import Diagnostic, Source, Span, nearest, quote, shorten
from cnncalc.spec.placed import MAX_ALIASED_VALUES, MAX_DEPTH, MAX_VALUES, Placed
from cnncalc.spec.yaml_scalars import NumberTooLongError

_YAML_TAGS = "tag:yaml.org,2002:"


def several_documents(span: Span | None) -> Diagnostic:
    """Makes the diagnostic for a text with more than one YAML document."""
    return Diagnostic(
        "several-documents",
        "a second document starts here",
        span,
        expected="one document in a file",
        suggestion='remove the line with "---" or "...", or put the second document into a file of its own',
    )


def space_after_colon(key: str, rest: str, span: Span | None) -> Diagnostic:
    """Makes the diagnostic for `filters:6`, which YAML takes for a text."""
    if rest[0].isspace():
        return odd_space(rest[0], span)
    return Diagnostic(
        "missing-space-after-colon",
        f"a space is missing after {quote(key + ':')}",
        span,
        expected=shorten(f"{key}: {rest}"),
        found=shorten(f"{key}:{rest}"),
        suggestion=f'write "{shorten(f"{key}: {rest}")}"',
    )


def odd_space(character: str, span: Span | None) -> Diagnostic:
    """Makes the diagnostic for a character that looks like a space."""
    return Diagnostic(
        "odd-space",
        f"the character U+{ord(character):04X} looks like a space and is none",
        span,
        expected="an ordinary space",
        suggestion="replace it by a space; text copied from a web page or a PDF often has such characters",
    )


def empty_document(source: Source) -> Diagnostic:
    """Makes the diagnostic for a text without content."""
    return Diagnostic(
        "empty-document",
        "the file has only comments and markers" if source.text.strip() else "the file is empty",
        Span(source),
        expected='at least one line such as "key: value"',
        suggestion="was the file saved?",
    )


def unsupported_tag(tag: str, span: Span) -> Diagnostic:
    """Makes the diagnostic for `!!str`, `!!python/object`, `!mine` or a %TAG directive."""
    name = "!!" + tag.removeprefix(_YAML_TAGS) if tag.startswith(_YAML_TAGS) else tag
    if name == "!!str":
        suggestion = "write a text in quotes"
    elif name.startswith("!!python"):
        suggestion = "write the value itself: a file is data, nothing in it is executed"
    elif name.startswith(("!!", "%")):
        suggestion = "remove it"
    else:
        suggestion = "quote the text if the exclamation mark belongs to it"
    return Diagnostic(
        "tag",
        f"tags such as {shorten(name)} are not supported",
        span,
        expected="a value without a tag",
        found=shorten(name),
        suggestion=suggestion,
    )


def merge_key(key: Placed) -> Diagnostic:
    """Makes the diagnostic for `<<: *anchor`."""
    return Diagnostic(
        "merge-key",
        "merge keys (<<) are not supported",
        key.span,
        expected="the keys themselves",
        found="<<",
        suggestion="write the keys out; in a spec, use defaults or a block with params",
    )


def duplicate_key(key: Placed, first: Span | None) -> Diagnostic:
    """Makes the diagnostic for a key that its mapping has already."""
    where = f", first in line {first.line}" if first else ""
    return Diagnostic(
        "duplicate-key",
        f"the key {quote(key.text)} is there twice{where}",
        key.span,
        expected="each key once",
        found=quote(key.text),
        suggestion="remove one of the two, or rename it",
    )


def key_not_scalar(key: Placed) -> Diagnostic:
    """Makes the diagnostic for a list or a mapping as a key."""
    kind = "list" if isinstance(key.value, list) else "mapping"
    return Diagnostic(
        "key-not-scalar",
        f"a key must be a single name or number, not a {kind}",
        key.span,
        expected="a name or a number",
        found=f"a {kind}",
        suggestion="quote it if it is a text with brackets or braces",
    )


def undefined_alias(name: str, span: Span, anchors: Iterable[str]) -> Diagnostic:
    """Makes the diagnostic for `*filters` without an anchor: mostly `$filters` was meant."""
    meant = "quote it if it is arithmetic or a text" if name[0].isdigit() else f"did you mean {quote('$' + name)}?"
    # A hundred are compared: the search for the nearest is slow, and an error must not be.
    near = nearest(f"*{name}", (f"*{anchor}" for anchor in islice(anchors, 100)))
    return Diagnostic(
        "undefined-alias",
        f"{quote('*' + name)} is an alias, and there is no anchor {quote('&' + name)} above",
        span,
        expected="a value",
        found=quote("*" + name),
        suggestion=near or meant,
    )


def recursive_alias(name: str, span: Span) -> Diagnostic:
    """Makes the diagnostic for `&a [*a]`."""
    return Diagnostic(
        "recursive-alias",
        f"the alias {quote('*' + name)} stands inside of what it repeats",
        span,
        expected="an anchor on a list or mapping that is complete",
        found=quote("*" + name),
        suggestion="write the value out",
    )


def too_many_aliases(span: Span) -> Diagnostic:
    """Makes the diagnostic for more than MAX_ALIASED_VALUES repeated nodes."""
    return Diagnostic(
        "too-many-aliases",
        "the aliases repeat too much: the limit is reached here",
        span,
        expected=f"at most {MAX_ALIASED_VALUES:,} repeated values, lists and mappings",
        found=f"more than {MAX_ALIASED_VALUES:,}",
        suggestion="in a spec, use a block, or repeat",
    )


def too_deep(span: Span | None, place: str = "here") -> Diagnostic:
    """Makes the diagnostic for more than MAX_DEPTH lists and mappings inside each other."""
    return Diagnostic(
        "nesting-too-deep",
        f"the nesting is too deep {place}",
        span,
        expected=f"at most {MAX_DEPTH} lists and mappings inside each other",
        found=f"more than {MAX_DEPTH}",
        suggestion="look for an opening bracket that is never closed",
    )


def too_many_values(span: Span | None, place: str = "here") -> Diagnostic:
    """Makes the diagnostic for more than MAX_VALUES values, lists and mappings in all."""
    return Diagnostic(
        "too-many-values",
        f"there are too many values: the limit is reached {place}",
        span,
        expected=f"at most {MAX_VALUES:,} values, lists and mappings",
        found=f"more than {MAX_VALUES:,}",
        suggestion="in a spec, write layers that repeat once, with repeat",
    )


def number_too_long(error: NumberTooLongError, text: str, span: Span | None, place: str = "") -> Diagnostic:
    """Makes the diagnostic for a number that `yaml_scalars` refused; `text` is the number, or a description of it."""
    where = f" {place}" if place else ""
    return Diagnostic(
        "number-too-long",
        f"the number {shorten(text, 24)}{where} is too long",
        span,
        error.expected,
        error.found,
        suggestion="quote it if it is a text",
    )
