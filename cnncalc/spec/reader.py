"""A tree of YAML becomes a document: every key known, every item one of the three forms, every kind one that exists.

Values are not looked at yet: they may be computed from parameters, which only the expansion knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from cnncalc.errors import Collector, Diagnostic, Problem, Source, Span, SpecError, nearest, quote, shorten
from cnncalc.layers import registry
from cnncalc.spec.block_cycles import block_cycles
from cnncalc.spec.document import (
    ITEM_OPTIONS,
    MODEL_ARGUMENTS,
    TOP_LEVEL,
    Arguments,
    Block,
    Defaults,
    Document,
    Item,
    Written,
)
from cnncalc.spec.hints import MAPPINGS, argument_hint, kind_hint
from cnncalc.spec.limits import LIMITS, Limit, no_amount, read_limit
from cnncalc.spec.names import MAX_NAME_LENGTH, NAME, bad_name
from cnncalc.spec.yaml_nodes import Mapping, Scalar, Sequence, Tree

TEXTS: Final = ("name", "description", "source", "year", "family")


def read_document(tree: Tree, source: Source, identity: str, folder: Path | None) -> Document:
    """The document that a tree says, with the mistakes in single items.

    Raises: SpecError: where something else is wrong; with every independent mistake, at most ten.
    """
    return _Reader(source).document(tree, identity, folder)


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.collector = Collector()
        self.noted = 0
        self.in_items = 0
        """How many of the mistakes are in single items."""
        self.blocks: set[str] = set()

    def fail(self, id: str, message: str, span: Span | None, **details: str | None) -> SpecError:
        return SpecError(Diagnostic(id, message, span or Span(self.source), **details))  # type: ignore[arg-type]

    def note(self, error: SpecError) -> None:
        """Keeps a mistake for the end. Raises: SpecError: when there are enough of them."""
        self.noted += 1
        self.collector.add(error)
        if self.collector.full:
            self.collector.raise_spec_error()

    def document(self, tree: Tree, identity: str, folder: Path | None) -> Document:
        if not isinstance(tree, Mapping):
            raise self.fail(
                "not-a-spec",
                f"a spec is a mapping with the keys input and layers, not {describe(tree)}",
                tree.span,
                suggestion="`cnncalc new` prints a spec to start from",
            )
        entries = self.keys(tree, TOP_LEVEL, "a spec")
        for key in ("input", "layers"):
            if key not in entries:
                others = [name.text for name, _ in tree.entries if name.text not in entries]
                if not nearest(key, others):  # a misspelt key is reported already
                    hint = {"input": "input: [32, 32, 3]", "layers": "write the items below layers, each with a dash"}
                    self.note(
                        self.fail("missing-key", f'the spec has no "{key}"', None,
                                  expected=f"{key}: ...", suggestion=hint[key])
                    )  # fmt: skip
                raise SpecError(self.collector.diagnostics)
        blocks = self.mapping(entries.get("blocks"), "blocks")
        self.blocks = {key.text for key, _ in blocks}
        defaults = self.defaults(entries.get("defaults"))
        document = Document(
            source=self.source,
            identity=identity,
            folder=folder,
            texts={key: self.text(entries[key], key) for key in TEXTS if key in entries},
            input=entries["input"],
            vars=self.parameters(entries.get("vars"), "vars"),
            blocks={key.text: self.block(key, value) for key, value in blocks},
            defaults=defaults,
            items=self.list_of_layers(entries["layers"], "layers"),
            outputs=self.outputs(entries.get("outputs")),
            limits=self.limits(entries.get("limits")),
        )
        for diagnostic in block_cycles(document.blocks):
            self.note(SpecError(diagnostic))
        mistakes = self.collector.diagnostics
        if len(mistakes) > self.in_items:
            raise SpecError(mistakes)
        return replace(document, mistakes=tuple(mistakes)) if mistakes else document

    # Mappings ---------------------------------------------------------------------------------------------------

    def mapping(self, written: Written | None, what: str) -> tuple[tuple[Scalar, Tree], ...]:
        if written is None:
            return ()
        if not isinstance(written.tree, Mapping):
            example = MAPPINGS.get(what.split()[0])
            message = f"{what} is a mapping, not {describe(written.tree)}"
            self.note(self.fail("not-a-mapping", message, written.span, suggestion=example))
            return ()
        return written.tree.entries

    def keys(self, tree: Mapping, known: Iterable[str], what: str) -> dict[str, Written]:
        """The entries under known keys; the others are mistakes."""
        known = tuple(known)
        entries: dict[str, Written] = {}
        for key, value in tree.entries:
            if key.text in known:
                entries[key.text] = Written(value, key.span)
                continue
            hint = nearest(key.text, known)
            if key.text[:1].isupper() and registry.is_kind(key.text):
                hint = f"layers stand in the list under layers: `- {key.text}`"
            self.note(
                self.fail(
                    "unknown-key", f"{what} has no key {quote(key.text)}", key.span,
                    expected="one of " + ", ".join(known), found=quote(key.text), suggestion=hint,
                )
            )  # fmt: skip
        return entries

    def parameters(self, written: Written | None, what: str) -> dict[str, Written]:
        parameters: dict[str, Written] = {}
        for key, value in self.mapping(written, what):
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key.text) or key.text == "in_channels":
                reason = "is there already: what an item reads has as many channels"
                if key.text != "in_channels":
                    reason = "is no name for a parameter"
                self.note(
                    self.fail("bad-parameter-name", f"{quote(key.text)} {reason}", key.span,
                              expected="letters, digits and _, not starting with a digit",
                              suggestion="choose another name")
                )  # fmt: skip
            elif isinstance(value, Mapping):
                self.note(self.fail("bad-value", f"{quote(key.text)} must be a single value or a list, "
                                             "not a mapping", value.span,
                                             suggestion="make each entry a parameter of its own"))  # fmt: skip
            else:
                parameters[key.text] = Written(value, key.span)
        return parameters

    def text(self, written: Written, what: str) -> str:
        if isinstance(written.tree, Scalar) and written.tree.value is not None:
            return written.tree.text
        message = f"{what} is a text, not {describe(written.tree)}"
        self.note(self.fail("bad-value", message, written.span, suggestion=f'{what}: "..."'))
        return ""

    def limits(self, written: Written | None) -> dict[str, Limit]:
        if written is None or not self.mapping(written, "limits") or not isinstance(written.tree, Mapping):
            return {}
        limits: dict[str, Limit] = {}
        for name, entry in self.keys(written.tree, LIMITS, "limits").items():
            try:
                if not isinstance(entry.tree, Scalar) or isinstance(entry.tree.value, (bool, type(None))):
                    raise no_amount(name, describe(entry.tree))
                limits[name] = read_limit(name, entry.tree.text, entry.span)
            except Problem as problem:
                problem.message = f"{name}: {problem.message}"
                self.note(SpecError(problem.at(entry.span)))
        return limits

    def outputs(self, written: Written | None) -> tuple[Scalar, ...] | None:
        if written is None:
            return None
        tree = written.tree
        if not isinstance(tree, Sequence) or not tree.items:
            name = tree.text if isinstance(tree, Scalar) and tree.value is not None else "NAME"
            self.note(self.fail("bad-value", f"outputs is a list of names, not {describe(tree)}",
                                         written.span, suggestion=f"outputs: [{name}]"))  # fmt: skip
            return None
        names = []
        for entry in tree.items:
            if isinstance(entry, Scalar) and entry.value is not None:
                names.append(entry)
            else:
                self.note(self.fail("bad-value", f"an output is the name of an item, not {describe(entry)}",
                                             entry.span or written.span,
                                             suggestion="without outputs the last item is the output"))  # fmt: skip
        return tuple(names)

    def defaults(self, written: Written | None) -> Defaults:
        defaults: dict[str, Arguments] = {}
        for key, value in self.mapping(written, "defaults"):
            if not registry.is_kind(key.text):
                hint = kind_hint(key.text, registry.kinds())
                what = "a block: its params hold its defaults" if key.text in self.blocks else "no layer kind"
                self.note(self.fail("unknown-kind", f"defaults are given by layer kind, and "
                                             f"{quote(key.text)} is {what}", key.span, suggestion=hint))  # fmt: skip
                continue
            arguments: dict[str, Written] = {}
            for name, entry in self.mapping(Written(value, key.span), f"the defaults of {key.text}"):
                if name.text == "trainable" or self.argument_exists(key.text, name):
                    arguments[name.text] = Written(entry, name.span)
            defaults[key.text] = arguments
        return defaults

    def block(self, key: Scalar, tree: Tree) -> Block:
        name = key.text
        if registry.is_kind(name) or name == registry.MODEL:
            self.note(self.fail("block-named-like-kind", f"a block may not be called {quote(name)}: "
                                         "that is a layer kind", key.span,
                                         suggestion="choose another name"))  # fmt: skip
        elif not NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
            self.note(SpecError(bad_name(name).at(key.span or Span(self.source))))
        if not isinstance(tree, Mapping):
            self.note(self.fail("not-a-mapping", f"the block {quote(name)} is a mapping with the keys params "
                                         f"and layers, not {describe(tree)}", tree.span or key.span,
                                         suggestion="{layers: [...]}"))  # fmt: skip
            return Block(name, key.span, {}, (), {})
        entries = self.keys(tree, ("params", "layers", "defaults"), f"the block {quote(name)}")
        params = self.parameters(entries.get("params"), f"params of {quote(name)}")
        for option in ITEM_OPTIONS:
            if option in params:
                self.note(self.fail("bad-parameter-name", f"a parameter may not be called {quote(option)}: "
                                             "every item takes that already", params[option].key,
                                             suggestion="choose another name"))  # fmt: skip
        if "layers" not in entries:
            self.note(self.fail("missing-key", f'the block {quote(name)} has no "layers"', key.span,
                                         expected="layers: ...", suggestion="layers: [...]"))  # fmt: skip
            return Block(name, key.span, params, (), {})
        items = self.list_of_layers(entries["layers"], f"layers of {quote(name)}")
        return Block(name, key.span, params, items, self.defaults(entries.get("defaults")))

    # Items ------------------------------------------------------------------------------------------------------

    def list_of_layers(self, written: Written, what: str) -> tuple[Item, ...]:
        """The items of the whole net or of a block."""
        before = len(self.collector.diagnostics)
        items = self.items(written.tree, written.key, what)
        if items:
            self.in_items += len(self.collector.diagnostics) - before
        return items

    def items(self, tree: Tree, key: Span | None, what: str, may_be_empty: bool = False) -> tuple[Item, ...]:
        if not isinstance(tree, Sequence) or not (tree.items or may_be_empty):
            found = "empty" if isinstance(tree, Sequence) else describe(tree)
            hint = "start each item with a dash: `- Flatten`"
            error = self.fail("not-a-list", f"{what} is a list of at least one item, not {found}",
                              tree.span or key, suggestion=hint)  # fmt: skip
            if may_be_empty and isinstance(tree, Scalar) and tree.value is None:
                error = self.fail("not-a-list", f"{what} is a list of items, not nothing", tree.span or key,
                                  suggestion="write [] for the identity shortcut")  # fmt: skip
            self.note(error)
            return ()
        items = []
        for entry in tree.items:
            before = self.noted
            try:
                item = self.item(entry)
            except SpecError as error:
                self.note(error)
                item = Item("", entry.span, name=_name_in(entry))
            items.append(replace(item, mistaken=True) if self.noted > before else item)
        return tuple(items)

    def item(self, tree: Tree) -> Item:
        if isinstance(tree, Scalar):
            if not isinstance(tree.value, str):
                raise self.no_item(tree)
            self.kind_exists(tree.text, tree.span)
            return Item(tree.text, tree.span)
        if not isinstance(tree, Mapping):
            raise self.fail("bad-item", "an item is a kind with its options, not a list", tree.span,
                            suggestion="a branch is a list under branches")  # fmt: skip
        if len(tree.entries) != 1:
            raise self.several_keys(tree)
        key, value = tree.entries[0]
        self.kind_exists(key.text, key.span)
        if isinstance(value, Mapping):
            return self.options(key, value)
        if isinstance(value, Scalar) and value.value is None and value.plain:
            return Item(key.text, key.span)
        return self.bare_value(key, value)

    def no_item(self, tree: Scalar | Mapping) -> SpecError:
        found = "an empty mapping" if isinstance(tree, Mapping) else describe(tree)
        hint = "remove the dash" if isinstance(tree, Scalar) and not tree.text else "`cnncalc layers` lists the kinds"
        return self.fail("bad-item", f"an item is a layer kind or a block, not {found}", tree.span,
                         expected="an item such as Flatten or Dense: {units: 10}", suggestion=hint)  # fmt: skip

    def several_keys(self, tree: Mapping) -> SpecError:
        """`name:` beside the kind instead of inside its options, or options that are not indented far enough."""
        if not tree.entries:
            return self.no_item(tree)
        kind, value = tree.entries[0]
        stray = tree.entries[1][0]
        empty = isinstance(value, Scalar) and value.value is None
        count = f"{len(tree.entries)} keys"
        if not self.is_known(kind.text) or self.is_known(stray.text):
            return self.fail(
                "bad-item", f"an item has one key, its kind; this one has {len(tree.entries)}", kind.span,
                expected="one key", found=count, suggestion=f"start each item with a dash: `- {shorten(stray.text)}`",
            )  # fmt: skip
        written = f"{kind.text}: {{{'' if empty else '..., '}{shorten(stray.text)}: ...}}"
        return self.fail(
            "option-beside-kind",
            f"{quote(stray.text)} stands beside {kind.text}; an item has one key, its kind",
            stray.span,
            expected="one key", found=count,
            suggestion=f"indent the options further than {kind.text}, or write {written}" if empty
            else f"put it inside the options: {written}",
        )  # fmt: skip

    def is_known(self, kind: str) -> bool:
        """Whether an item may be of this kind."""
        return registry.is_kind(kind) or kind in self.blocks or kind == registry.MODEL

    def known_kinds(self) -> list[str]:
        return [*registry.kinds(), registry.MODEL, *self.blocks]

    def kind_exists(self, kind: str, span: Span | None) -> None:
        if self.is_known(kind):
            return
        brace = re.match(r"([A-Za-z0-9_]+)\s*[{(]", kind)
        hint = kind_hint(kind, self.known_kinds())
        if brace is not None:
            hint = f"put a colon and a space after the kind: {brace[1]}: {{...}}"
        elif kind in ITEM_OPTIONS or kind in TOP_LEVEL:
            hint = "an option belongs inside the braces of its item"
        raise self.fail("unknown-kind", f"there is no layer kind or block {quote(kind)}", span, suggestion=hint)

    def parameters_of(self, kind: str) -> tuple[str, ...] | None:
        """The arguments of a kind; `None` for a block, whose parameters are known when all blocks are read."""
        if kind in self.blocks:
            return None
        if kind == registry.MODEL:
            return MODEL_ARGUMENTS
        return tuple(registry.layer_class(kind).arguments)

    def bare_value(self, key: Scalar, value: Tree) -> Item:
        kind = key.text
        if kind in self.blocks:
            return Item(kind, key.span, {"": Written(value, key.span)})
        if kind == registry.MODEL:
            return Item(kind, key.span, {"spec": Written(value, key.span)})
        layer = registry.layer_class(kind)
        if layer.merges and isinstance(value, Sequence):
            raise self.fail("bad-item", f"{kind} takes its inputs under from or branches", value.span,
                            suggestion=f"{kind}: {{from: [a, b]}}")  # fmt: skip
        if not layer.primary:
            raise self.fail("unknown-argument", f"{kind} takes no arguments", value.span or key.span,
                            found=describe(value), suggestion=f"`- {kind}`")  # fmt: skip
        return Item(kind, key.span, {layer.primary: Written(value, key.span)})

    def options(self, key: Scalar, tree: Mapping) -> Item:
        kind = key.text
        arguments: dict[str, Written] = {}
        options: dict[str, Written] = {}
        branches: dict[str, tuple[Item, ...]] | None = None
        first: Arguments = {}
        for name, value in tree.entries:
            written = Written(value, name.span)
            try:
                if name.text == "first":
                    first = self.first(kind, written)
                elif name.text in ITEM_OPTIONS:
                    options[name.text] = written
                elif name.text == "branches" and self.takes_branches(kind):
                    branches = self.branches(written)
                elif kind in self.blocks or self.argument_exists(kind, name, value):
                    arguments[name.text] = written
            except SpecError as error:
                self.note(error)
        if branches is not None and "from" in options:
            self.note(self.fail("from-and-branches", f"{kind} takes from or branches, not both",
                                         options["from"].key,
                                         suggestion="leave from out: a branch whose first item says from may start "
                                         "anywhere"))  # fmt: skip
        if first and kind == registry.MODEL:
            self.note(self.fail("unknown-argument", "a Model has no first: its copies are alike", key.span))
        if first and "repeat" not in options:
            self.note(self.fail("first-without-repeat", "first changes the first of several copies: "
                                         "it needs repeat beside it", key.span, suggestion="repeat: 2"))  # fmt: skip
        return Item(
            kind, key.span, arguments,
            name=options.get("name"), from_=options.get("from"), trainable=options.get("trainable"),
            repeat=options.get("repeat"), first=first, if_=options.get("if"), share=options.get("share"),
            branches=branches,
        )  # fmt: skip

    def first(self, kind: str, written: Written) -> Arguments:
        arguments: dict[str, Written] = {}
        for name, value in self.mapping(written, "first"):
            if kind in self.blocks or self.argument_exists(kind, name, value):
                arguments[name.text] = Written(value, name.span)
        return arguments

    def takes_branches(self, kind: str) -> bool:
        return registry.is_kind(kind) and registry.layer_class(kind).merges

    def branches(self, written: Written) -> dict[str, tuple[Item, ...]]:
        if not isinstance(written.tree, Mapping) or not written.tree.entries:
            hint = "name each branch: branches: {main: [...], shortcut: []}"
            raise self.fail("not-a-mapping", f"branches is a mapping from names to lists, not {describe(written.tree)}",
                            written.span, suggestion=hint)  # fmt: skip
        return {
            key.text: self.items(value, key.span, f"the branch {quote(key.text)}", may_be_empty=True)
            for key, value in written.tree.entries
        }

    def argument_exists(self, kind: str, name: Scalar, value: Tree | None = None) -> bool:
        """Whether a layer kind has an argument; False for one that is accepted and changes no figure."""
        known = self.parameters_of(kind) or ()
        if name.text in known:
            return True
        if kind != registry.MODEL:
            ignored = registry.layer_class(kind).ignored
            if name.text in registry.IGNORED_ARGUMENTS or name.text in ignored:
                return False
            if name.text == "data_format":
                self.check_data_format(value, name.span)
                return False
        hint = argument_hint(name.text, (*known, *ITEM_OPTIONS))
        expected = "one of " + ", ".join(known) if known else "no arguments"
        if name.text == "branches":
            hint = "only merges (Add, Concatenate, ...) have branches"
        elif name.text in ITEM_OPTIONS:
            hint = f"{quote(name.text)} is an option of an item, written beside its arguments"
        self.note(
            self.fail("unknown-argument", f"{kind} has no argument {quote(name.text)}", name.span,
                      expected=expected, found=quote(name.text), suggestion=hint)
        )  # fmt: skip
        return False

    def check_data_format(self, value: Tree | None, span: Span | None) -> None:
        if isinstance(value, Scalar) and value.value in ("channels_last", None):
            return
        self.note(
            self.fail("channels-first", "shapes are channels-last here: data_format is channels_last",
                      (value.span if value else None) or span, expected="channels_last",
                      suggestion="write shapes as height x width x channels and leave data_format out")
        )  # fmt: skip


def _name_in(tree: Tree) -> Written | None:
    """The name that stands in something that is no item, or beside its kind."""
    for key, value in tree.entries if isinstance(tree, Mapping) else ():
        if key.text == "name":
            return Written(value, key.span)
        if isinstance(value, Mapping) and (name := _name_in(value)):
            return name
    return None


def describe(tree: Tree) -> str:
    """What a value is, for a message: `the number 3`, `a list`, `nothing`."""
    if isinstance(tree, Mapping):
        return "a mapping"
    if isinstance(tree, Sequence):
        return "a list" if tree.items else "an empty list"
    if tree.value is None:
        return "nothing" if not tree.text else quote(tree.text)
    if isinstance(tree.value, str):
        return quote(tree.text)
    return f"the {'value' if isinstance(tree.value, bool) else 'number'} {quote(tree.text)[1:-1]}"
