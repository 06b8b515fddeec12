"""YAML text becomes a tree with places, or diagnostics: never a crash, a hang, or something executed.

The tree is built from the parser's events with a stack of our own, so that no depth of nesting meets a recursion limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn, Protocol, cast

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from cnncalc.collector import paused_collector
from cnncalc.errors import Collector, Diagnostic, Source, Span, SpecError
from cnncalc.spec.source_text import (
    MAX_SOURCE_BYTES,
    character_diagnostic,
    clean,
    decode,
    read_source,
    unreadable_character,
)
from cnncalc.spec.value_tree import tree_from_value
from cnncalc.spec.yaml_mistakes import Pair, mend_mapping, missing_space, missing_space_in_key, torn_items
from cnncalc.spec.yaml_nodes import MAX_ALIASED_NODES, MAX_DEPTH, MAX_NODES, Mapping, Scalar, Sequence, Tree
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
    too_many_nodes,
    undefined_alias,
    unsupported_tag,
)
from cnncalc.spec.yaml_scalars import NumberTooLongError, Value, resolve

__all__ = [
    "MAX_ALIASED_NODES",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_SOURCE_BYTES",
    "Mapping",
    "Scalar",
    "Sequence",
    "Tree",
    "Value",
    "decode",
    "parse_yaml",
    "read_source",
    "tree_from_value",
]

_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAG_DIRECTIVE = re.compile(r"^%TAG\b", re.MULTILINE)


class _Mark(Protocol):
    line: int
    column: int


class _Event(Protocol):
    """What the builder reads of the parser's events; which of them an event has depends on its type."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str
    tag: str | None
    value: str
    style: str
    flow_style: bool


def parse_yaml(source: Source) -> Tree:
    """The one document of a YAML text.

    Raises: SpecError: with every independent thing that is wrong, up to ten, in the order of the text.
    """
    source = clean(source)
    # The parser compares each of these lines with all before it: a file full of them would take minutes.
    if directive := _TAG_DIRECTIVE.search(source.text):
        line = source.text.count("\n", 0, directive.start()) + 1
        raise SpecError(unsupported_tag("%TAG", Span(source, line, 1, line, 5)))
    return _TreeBuilder(source).build()


class _TreeBuilder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems = Collector()
        self.anchors: dict[str, Tree] = {}
        self.aliased_nodes = 0
        self.opened: list[_Event] = []
        """The events that opened the sequences and mappings which are not closed yet, outermost first."""

    def build(self) -> Tree:
        try:
            with paused_collector():
                root = self.read_events()
        except yaml.YAMLError as error:
            from cnncalc.spec.yaml_syntax import explain_syntax_error  # start-up time counts

            self.problem(explain_syntax_error(self.source, error, self.innermost_flow()))
            raise self.all_problems() from None
        if self.problems.diagnostics:
            raise self.all_problems()
        if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
            raise SpecError(empty_document(self.source))
        return root

    def read_events(self) -> Tree | None:
        """The root, with a placeholder wherever a problem was noted; None for an empty stream."""
        source = self.source
        values: dict[str, Value] = {}  # Most scalars of a spec occur many times.
        nodes = 0
        documents = 0
        children: list[Tree] = []
        enclosing: list[list[Tree]] = []  # The children so far of each enclosing node, outermost first.
        opened = self.opened
        node: Tree
        for event in _events(source.text):
            kind: object = type(event)
            if kind is ScalarEvent:
                start, end = event.start_mark, event.end_mark
                span = Span(source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
                text = event.value
                if event.style:
                    if event.style == '"':
                        self.check_escapes(text, span)
                    node = Scalar(text, text, False, span)
                else:
                    try:
                        value = values[text]
                    except KeyError:
                        value = values[text] = self.resolve(text, span)
                    node = Scalar(value, text, True, span)
                if event.tag is not None:
                    self.problem(unsupported_tag(event.tag, span))
                if event.anchor is not None:
                    self.anchors[event.anchor] = node
                children.append(node)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(opened) == MAX_DEPTH:
                    self.fatal(too_deep(_span(source, event)))
                if event.tag is not None:
                    self.problem(unsupported_tag(event.tag, _span(source, event)))
                opened.append(event)
                enclosing.append(children)
                children = []
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                opening = opened.pop()
                start, end = opening.start_mark, event.end_mark
                span = Span(source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
                if kind is MappingEndEvent:
                    node = Mapping(self.entries(children, opening.flow_style), opening.flow_style, span)
                else:
                    node = Sequence(self.items(children, opening.flow_style), opening.flow_style, span)
                if opening.anchor is not None:
                    self.anchors[opening.anchor] = node
                children = enclosing.pop()
                children.append(node)
            elif kind is AliasEvent:
                children.append(self.resolve_alias(event))
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.fatal(several_documents(_span(source, event)))
                continue
            else:
                continue
            nodes += 1
            if nodes > MAX_NODES:
                self.fatal(too_many_nodes(_span(source, event)))
        return children[0] if children else None

    def resolve(self, text: str, span: Span) -> Value:
        try:
            return resolve(text)
        except NumberTooLongError as error:
            self.problem(number_too_long(error, text, span))
            return text

    def check_escapes(self, text: str, span: Span) -> None:
        if character := unreadable_character(text):
            self.problem(character_diagnostic(character, span, "and an escape does not help"))

    def items(self, children: list[Tree], flow: bool) -> tuple[Tree, ...]:
        torn = False
        for child in children:
            if isinstance(child, Scalar) and child.plain:
                torn = torn or "(" in child.text
                if ":" in child.text:
                    self.problems_of(missing_space(child))
        if flow and torn:
            self.problems_of(*torn_items(children))
        return tuple(children)

    def entries(self, children: list[Tree], flow: bool) -> tuple[Pair, ...]:
        pairs: list[Pair] = []
        empty = False
        for key, value in zip(children[::2], children[1::2], strict=True):
            if isinstance(key, Scalar):
                pairs.append((key, value))
                empty = empty or (isinstance(value, Scalar) and not value.text)
            else:
                self.problem(key_not_scalar(key))
        if flow and empty:
            torn, pairs = mend_mapping(pairs)
            self.problems_of(*torn)
        seen: dict[str, Scalar] = {}
        for key, _ in pairs:
            text = key.text
            if text in seen:
                self.problem(duplicate_key(key, seen[text]))
            seen[text] = key
            if ":" in text:
                self.problems_of(missing_space_in_key(key))
        if "<<" in seen and seen["<<"].plain:
            self.problem(merge_key(seen["<<"]))
        return tuple(pairs)

    def resolve_alias(self, event: _Event) -> Tree:
        span = _span(self.source, event)
        tree = self.anchors.get(event.anchor)
        if any(opening.anchor == event.anchor for opening in self.opened):
            self.problem(recursive_alias(event.anchor, span))
            tree = None
        elif tree is None:
            self.problem(undefined_alias(event.anchor, span, self.anchors))
        if tree is None:
            return Scalar(None, "", True, span)
        nodes, height = _measure(tree, MAX_ALIASED_NODES - self.aliased_nodes)
        self.aliased_nodes += nodes
        if self.aliased_nodes > MAX_ALIASED_NODES:
            self.fatal(too_many_aliases(span))
        if len(self.opened) + height > MAX_DEPTH:
            self.fatal(too_deep(span))
        return tree

    def innermost_flow(self) -> Span | None:
        """Where the list in brackets or mapping in braces starts that the parser was reading."""
        if not self.opened or not self.opened[-1].flow_style:
            return None
        mark = self.opened[-1].end_mark  # The start would be that of an anchor.
        return Span(self.source, mark.line + 1, mark.column, mark.line + 1, mark.column + 1)

    def problem(self, diagnostic: Diagnostic) -> None:
        """Notes what is wrong, for reading on.

        Raises: SpecError: when there are enough of them.
        """
        self.problems.add(SpecError(diagnostic))
        if self.problems.full:
            raise self.all_problems()

    def problems_of(self, *diagnostics: Diagnostic | None) -> None:
        for diagnostic in diagnostics:
            if diagnostic:
                self.problem(diagnostic)

    def fatal(self, diagnostic: Diagnostic) -> NoReturn:
        self.problem(diagnostic)
        raise self.all_problems()

    def all_problems(self) -> SpecError:
        return SpecError(sorted(self.problems.diagnostics, key=_position))


def _events(text: str) -> Iterator[_Event]:
    """What the parser finds, in the order of the text. Raises: YAMLError."""
    loader = _LOADER(text)
    try:
        yield from cast("Iterator[_Event]", iter(loader.get_event, None))
    except (ValueError, OverflowError) as error:  # "\UFFFFFFFF", where libyaml is missing
        raise yaml.YAMLError(str(error)) from error
    finally:
        loader.dispose()


def _span(source: Source, event: _Event) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _position(diagnostic: Diagnostic) -> tuple[int, int]:
    return (diagnostic.span.line, diagnostic.span.column) if diagnostic.span else (0, 0)


def _measure(tree: Tree, limit: int) -> tuple[int, int]:
    """How many nodes a tree has, counted to just beyond the limit, and how deep its lists and mappings are nested."""
    nodes = height = 0
    pending = [(tree, 0)]
    while pending and nodes <= limit:
        node, depth = pending.pop()
        nodes += 1
        if isinstance(node, Scalar):
            continue
        depth += 1
        height = max(height, depth)
        if isinstance(node, Sequence):
            pending.extend((item, depth) for item in node.items)
        else:
            for key, value in node.entries:
                pending += ((key, depth), (value, depth))
    return nodes, height
