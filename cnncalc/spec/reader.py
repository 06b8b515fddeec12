"""A tree of YAML becomes a document: every key known, every item one of the three forms, every kind one that exists.

Values are not looked at yet: they may be computed from parameters, which only the expansion knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from cnncalc.errors import Problem, Source, Span, SpecError, nearest, quote
from cnncalc.layers import registry
from cnncalc.spec.block_cycles import block_cycles
from cnncalc.spec.document import ITEM_OPTIONS, TOP_LEVEL, Arguments, Block, Defaults, Document, Item, Written
from cnncalc.spec.hints import kind_hint
from cnncalc.spec.item_reader import ItemReader
from cnncalc.spec.limits import LIMITS, Limit, no_amount, read_limit
from cnncalc.spec.names import MAX_NAME_LENGTH, NAME, bad_name
from cnncalc.spec.yaml_nodes import Mapping, Scalar, Sequence, Tree, describe

TEXTS: Final = ("name", "description", "source", "year", "family")


def read_document(tree: Tree, source: Source, identity: str, folder: Path | None) -> Document:
    """The document that a tree says, with the mistakes in single items.

    Raises: SpecError: where something else is wrong; with every independent mistake, at most ten.
    """
    return _Reader(source).document(tree, identity, folder)


class _Reader(ItemReader):
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

    def list_of_layers(self, written: Written, what: str) -> tuple[Item, ...]:
        """The items of the whole net or of a block."""
        before = len(self.collector.diagnostics)
        items = self.items(written.tree, written.key, what)
        if items:
            self.in_items += len(self.collector.diagnostics) - before
        return items
