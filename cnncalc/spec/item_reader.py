"""An entry of a list of layers becomes an item: one of the three forms, its kind known, and every option of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from cnncalc.errors import Collector, Diagnostic, Source, Span, SpecError, quote, shorten
from cnncalc.layers import registry
from cnncalc.spec.document import ITEM_OPTIONS, MODEL_ARGUMENTS, TOP_LEVEL, Arguments, Item, Written
from cnncalc.spec.hints import MAPPINGS, argument_hint, kind_hint
from cnncalc.spec.names import MAX_NAME_LENGTH
from cnncalc.spec.yaml_mistakes import missing_space, missing_space_after_dash
from cnncalc.spec.yaml_nodes import Mapping, Scalar, Sequence, Tree, describe


class ItemReader:
    """Reads on after a mistake: those in it are kept, and an item with one is marked."""

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

    def mapping(self, written: Written | None, what: str) -> tuple[tuple[Scalar, Tree], ...]:
        if written is None:
            return ()
        if not isinstance(written.tree, Mapping):
            example = MAPPINGS.get(what.split()[0])
            verb = "are" if what.startswith("the defaults") else "is"
            message = f"{what} {verb} a mapping, not {describe(written.tree)}"
            self.note(self.fail("not-a-mapping", message, written.span, suggestion=example))
            return ()
        return written.tree.entries

    def items(self, tree: Tree, key: Span | None, what: str, may_be_empty: bool = False) -> tuple[Item, ...]:
        if not isinstance(tree, Sequence) or not (tree.items or may_be_empty):
            found = "empty" if isinstance(tree, Sequence) else describe(tree)
            hint = missing_space_after_dash(tree) or "start each item with a dash: `- Flatten`"
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
                item = Item(_kind_in(entry), entry.span, name=_name_in(entry))
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
        known = [entry for entry in tree.entries if self.is_known(entry[0].text)]
        count = f"{len(tree.entries)} keys"
        if len(known) != 1:
            # Keras's own form of a configuration, for one, has the kind as a value.
            named = [value.text for _, value in tree.entries if isinstance(value, Scalar) and self.is_known(value.text)]
            hint = f"start each item with a dash: `- {shorten(tree.entries[1][0].text)}`"
            return self.fail(
                "bad-item", f"an item has one key, its kind; this one has {len(tree.entries)}", tree.entries[0][0].span,
                expected="one key", found=count,
                suggestion=f"the kind is the key: {named[0]}: {{...}}" if named and not known else hint,
            )  # fmt: skip
        [(kind, value)] = known
        stray = next(key for key, _ in tree.entries if key is not kind)
        empty = isinstance(value, Scalar) and value.value is None
        written = f"{kind.text}: {{{'' if empty else '..., '}{shorten(stray.text)}: ...}}"
        indented_below = empty and kind is tree.entries[0][0]
        return self.fail(
            "option-beside-kind",
            f"{quote(stray.text)} stands beside {kind.text}; an item has one key, its kind",
            stray.span,
            expected="one key", found=count,
            suggestion=f"indent the options further than {kind.text}, or write {written}" if indented_below
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
        hint = kind_hint(kind, self.known_kinds())
        start = re.match(r"\w+(?=[\s{(])", kind)
        if start is not None and self.is_known(start[0]):
            rest = shorten(kind[start.end() :].strip(" {}()=,"))
            value = "{...}" if re.search("[{(=]", kind) else rest if rest.isdigit() else f"{{{rest}: ...}}"
            hint = f"put a colon and a space after the kind: {start[0]}: {value}" if rest else f"write {start[0]}"
        elif odd := re.search("[\uff1a\uff0c\uff5b\uff5d\uff3b\uff3d]", kind):
            plain = unicodedata.normalize("NFKC", odd[0])
            hint = f"the character {odd[0]} (U+{ord(odd[0]):04X}) is no {plain} to YAML: write the plain one"
        elif kind in ITEM_OPTIONS or kind in TOP_LEVEL:
            hint = "an option belongs inside the braces of its item"
        raise self.fail("unknown-kind", f"there is no layer kind or block {quote(kind)}", span, suggestion=hint)

    def parameters_of(self, kind: str) -> tuple[str, ...] | None:
        """The arguments of a kind; `None` for a block, whose parameters are known when all blocks are read."""
        if kind in self.blocks:
            return None
        if kind == registry.MODEL:
            return MODEL_ARGUMENTS
        return tuple(registry.layer_class(kind).arguments())

    def bare_value(self, key: Scalar, value: Tree) -> Item:
        kind = key.text
        if isinstance(value, Scalar) and (slip := missing_space(value)):
            raise SpecError(slip)
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
            found = "an empty one" if isinstance(written.tree, Mapping) else describe(written.tree)
            raise self.fail("not-a-mapping", f"branches is a mapping from names to lists, not {found}",
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
        if name.text == "branches" and self.takes_branches(kind):
            hint = "first changes arguments; branches are the same in all copies"
        elif name.text == "branches":
            hint = "only merges (Add, Concatenate, ...) have branches"
        elif "=" in name.text:
            hint = f"a value stands behind a colon and a space: {shorten(name.text.replace('=', ': ', 1))}"
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


def _kind_in(tree: Tree) -> str:
    """What something that is no item calls its kind."""
    first = tree.entries[0][0] if isinstance(tree, Mapping) and tree.entries else tree
    return first.text[:MAX_NAME_LENGTH] if isinstance(first, Scalar) else ""


def _name_in(tree: Tree) -> Written | None:
    """The name that stands in something that is no item, or beside its kind."""
    for key, value in tree.entries if isinstance(tree, Mapping) else ():
        if key.text == "name":
            return Written(value, key.span)
        if isinstance(value, Mapping) and (name := _name_in(value)):
            return name
    return None
