"""YAML text becomes values with places, or diagnostics: never a crash, a hang, or something executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn, Protocol, cast

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from cnncalc.collector import paused_collector
from cnncalc.errors import Collector, Diagnostic, Source, Span, SpecError, in_order
from cnncalc.spec.placed import MAX_ALIASED_VALUES, MAX_DEPTH, MAX_VALUES, Placed
from cnncalc.spec.source_text import character_diagnostic, clean, unreadable_character
from cnncalc.spec.yaml_mistakes import mend_mapping, missing_space, missing_space_in_key, torn_items
from cnncalc.spec.yaml_refusals import (
    duplicate_key,
    empty_document,
    key_not_scalar,
    merge_key,
    number_too_long,
    recursive_alias,
    several_documents,
    too_deep,
    too_many_aliases,
    too_many_values,
    undefined_alias,
    unsupported_tag,
)
from cnncalc.spec.yaml_scalars import NumberTooLongError, Scalar, resolve
from cnncalc.spec.yaml_strictness import (
    GLUED_COMMENT,
    bare_dash,
    colon_in_name,
    continued_lines,
    glued_comment,
    question_mark,
    tab_in_blank_line,
)
from cnncalc.spec.yaml_syntax import syntax_error

_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BLANK_WITH_TAB = re.compile(r"^ *\t[ \t]*$", re.MULTILINE)
"""A blank line that the parser would take for an indented one."""
_TAG_DIRECTIVE = re.compile(r"^%TAG\b", re.MULTILINE)


class _Mark(Protocol):
    line: int
    column: int


class _Event(Protocol):
    """What is read of the parser's events; which of them an event has depends on its type."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str
    tag: str | None
    value: str
    style: str
    flow_style: bool


def read_yaml(source: Source) -> Placed:
    """Reads the one document of a YAML text.

    Raises: SpecError: with every independent thing that is wrong, up to ten, in the order of the text.
    """
    source = clean(source)
    # The parser compares each of these lines with all before it: a file full of them would take minutes.
    if directive := _TAG_DIRECTIVE.search(source.text):
        line = source.text.count("\n", 0, directive.start()) + 1
        raise SpecError(unsupported_tag("%TAG", Span(source, line, 1, line, 5)))
    with paused_collector():
        return _Composer(source).document()


class _Composer:
    """Does what `yaml.compose` does, one event after the other, and stops where a limit is reached."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems = Collector()
        self.events = _events(source.text)
        self.may_glue = GLUED_COMMENT.search(source.text) is not None
        self.may_ask = "?" in source.text
        self.opened: list[_Event] = []
        """The events that opened the lists and mappings which are not closed yet, outermost first."""
        self.anchors: dict[str, Placed] = {}
        self.sizes: dict[str, int] = {}
        """How many values an anchor stands for."""
        self.scalars: dict[str, Scalar] = {}
        """What unquoted texts mean: most scalars of a spec occur many times."""
        self.values = 0
        self.aliased = 0

    def document(self) -> Placed:
        """Reads the root of the only document. Raises: SpecError."""
        root = None
        try:
            for event in self.events:
                kind: object = type(event)
                if kind is DocumentStartEvent:
                    if root is not None:
                        self.fatal(several_documents(self.span(event)))
                    root = self.value(next(self.events))
        except yaml.YAMLError as error:
            self.fatal(syntax_error(self.source, error, self.innermost_bracket()))
        if self.problems.diagnostics:
            raise self.error()
        if root is None or (root.plain and root.is_empty):
            raise SpecError(empty_document(self.source))
        return root

    def value(self, event: _Event) -> Placed:
        """Reads the value that an event starts, with all that is in it."""
        kind: object = type(event)
        if kind is AliasEvent:
            return self.alias(event)
        self.values += 1
        if self.values > MAX_VALUES:
            self.fatal(too_many_values(self.span(event)))
        if event.tag is not None:
            self.problem(unsupported_tag(event.tag, self.span(event)))
        before = self.values
        if kind is ScalarEvent:
            placed = self.scalar(event)
        else:
            if len(self.opened) == MAX_DEPTH:
                self.fatal(too_deep(self.span(event)))
            self.opened.append(event)
            placed = self.sequence(event) if kind is SequenceStartEvent else self.mapping(event)
            self.opened.pop()
        if self.may_glue:
            self.problem(glued_comment(placed.span))
        if placed.span.line != placed.span.end_line and self.opened and not self.opened[-1].flow_style:
            self.problem(self.on_several_lines(event, placed))
        if event.anchor is not None:
            self.problem(colon_in_name(event.anchor, self.span(event)))
            self.anchors[event.anchor] = placed
            self.sizes[event.anchor] = self.values - before + 1
        return placed

    def on_several_lines(self, event: _Event, placed: Placed) -> Diagnostic | None:
        """Refuses what the parser takes of a value that goes over several lines."""
        if not placed.is_scalar:
            return continued_lines(placed.span) if event.flow_style else None
        if event.style in ("|", ">"):
            return tab_in_blank_line(placed.span)
        return continued_lines(placed.span) if event.style else None

    def scalar(self, event: _Event) -> Placed:
        span, text = self.span(event), event.value
        if event.style:
            if event.style == '"' and (character := unreadable_character(text)):
                self.problem(character_diagnostic(character, span, "and an escape does not help"))
            return Placed(text, span, text)
        if text not in self.scalars:
            try:
                self.scalars[text] = resolve(text)
            except NumberTooLongError as error:
                self.problem(number_too_long(error, text, span))
                self.scalars[text] = text
        return Placed(self.scalars[text], span, text, True)

    def sequence(self, start: _Event) -> Placed:
        entries: list[Placed] = []
        torn = False
        while not isinstance(event := next(self.events), SequenceEndEvent):
            entry = self.value(event)
            entries.append(entry)
            if entry.plain:
                torn = torn or "(" in entry.text
                if ":" in entry.text:
                    self.problem(missing_space(entry))
                if entry.text == "-" and start.flow_style:
                    self.problem(bare_dash(entry.span))
        if torn and start.flow_style:
            self.problem(*torn_items(entries))
        return Placed(entries, self.span(start, event))

    def mapping(self, start: _Event) -> Placed:
        pairs: list[tuple[Placed, Placed]] = []
        has_empty = False
        while not isinstance(event := next(self.events), MappingEndEvent):
            key, value = self.value(event), self.value(next(self.events))
            if key.is_scalar:
                pairs.append((key, value))
                has_empty = has_empty or value.is_empty
            else:
                self.problem(key_not_scalar(key))
        if self.may_ask and start.flow_style:
            self.problem(*(question_mark(key.span) for key, _ in pairs))
        if has_empty and start.flow_style:
            torn, pairs = mend_mapping(pairs)
            self.problem(*torn)
        entries: dict[str, Placed] = {}
        for key, value in pairs:
            if key.text in entries:
                self.problem(duplicate_key(key, entries[key.text].key))
            if ":" in key.text:
                self.problem(missing_space_in_key(key))
            if key.text == "<<" and key.plain:
                self.problem(merge_key(key))
            value.key = key.span
            entries[key.text] = value
        return Placed(entries, self.span(start, event))

    def alias(self, event: _Event) -> Placed:
        """Copies what an alias repeats: each copy has a key of its own."""
        name, span = event.anchor, self.span(event)
        self.problem(colon_in_name(name, span))
        if any(opening.anchor == name for opening in self.opened):
            self.problem(recursive_alias(name, span))
        elif name not in self.anchors:
            self.problem(undefined_alias(name, span, self.anchors))
        else:
            self.aliased += self.sizes[name]
            self.values += self.sizes[name]
            if self.aliased > MAX_ALIASED_VALUES:
                self.fatal(too_many_aliases(span))
            if len(self.opened) + _height(self.anchors[name]) > MAX_DEPTH:
                self.fatal(too_deep(span))
            return replace(self.anchors[name])
        return Placed(None, span, "", True)

    def span(self, event: _Event, end: _Event | None = None) -> Span:
        first, last = event.start_mark, (end or event).end_mark
        return Span(self.source, first.line + 1, first.column + 1, last.line + 1, last.column + 1)

    def innermost_bracket(self) -> Span | None:
        """Finds where the list in brackets or mapping in braces starts that the parser was reading."""
        if not self.opened or not self.opened[-1].flow_style:
            return None
        mark = self.opened[-1].end_mark  # The start would be that of an anchor.
        return Span(self.source, mark.line + 1, mark.column, mark.line + 1, mark.column + 1)

    def problem(self, *diagnostics: Diagnostic | None) -> None:
        """Notes what is wrong, for reading on. Raises: SpecError: when there are enough of them."""
        for diagnostic in diagnostics:
            if diagnostic is not None:
                self.problems.note(diagnostic)
        if self.problems.full:
            raise self.error()

    def fatal(self, diagnostic: Diagnostic) -> NoReturn:
        self.problem(diagnostic)
        raise self.error()

    def error(self) -> SpecError:
        return SpecError(in_order(self.problems.diagnostics, self.source))


def _events(text: str) -> Iterator[_Event]:
    """Gives what the parser finds, in the order of the text. Raises: YAMLError."""
    loader = _LOADER(_BLANK_WITH_TAB.sub("", text) if "\t" in text else text)
    try:
        yield from cast("Iterator[_Event]", iter(loader.get_event, None))
    except (ValueError, OverflowError) as error:  # "\UFFFFFFFF", if libyaml is missing
        raise yaml.YAMLError(str(error)) from error
    finally:
        loader.dispose()


def _height(placed: Placed) -> int:
    """Computes how deep the lists and mappings of a value are nested."""
    if placed.is_scalar:
        return 0
    entries = placed.value if isinstance(placed.value, list) else placed.value.values()  # type: ignore[union-attr]
    return 1 + max(map(_height, entries), default=0)
