"""The three forms of an item, `Kind`, `Kind: value` and `Kind: {options}`, become the fields of one.

What is wrong in an item is noted, and the item is marked: what is right in it is looked at all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from cnncalc.errors import Problem, quote, shorten
from cnncalc.layers import registry
from cnncalc.layers.values import show_value
from cnncalc.spec.foreign_items import Call, as_call, as_item, is_only_misspelt, read_call
from cnncalc.spec.hints import MAPPINGS, argument_hint, kind_hint
from cnncalc.spec.names import ITEM_OPTIONS, MAX_NAME_LENGTH, MODEL_ARGUMENTS, TOP_LEVEL
from cnncalc.spec.placed import Placed
from cnncalc.spec.reading import Reading
from cnncalc.spec.shipped import is_shipped
from cnncalc.spec.yaml_mistakes import missing_space, missing_space_after_dash

Fields = dict[str, object]


def item_fields(placed: Placed, reading: Reading) -> Fields:
    """Reads the fields of an item. Mistakes are noted in the reading."""
    form = _Form(placed, reading)
    try:
        fields = form.fields()
    except Problem as problem:
        form.note(problem)
        fields = {"kind": _kind_in(placed), "span": placed.span, "name": _name_in(placed)}
    return {**fields, "mistaken": True} if form.has_mistakes else fields


def not_a_list(placed: Placed, what: str, may_be_empty: bool = False) -> Problem | None:
    """Says what is wrong with a value that must be a list of items, if something is."""
    if isinstance(placed.value, list) and (placed.value or may_be_empty):
        return None
    if may_be_empty and placed.value is None:
        message = f"{what} is a list of items, not nothing"
        return Problem("not-a-list", message, suggestion="write [] for the identity shortcut").placed(placed.span)
    found = "empty" if placed.value == [] else placed.describe()
    hint = missing_space_after_dash(placed) or "start each item with a dash: `- Flatten`"
    message = f"{what} is a list of at least one item, not {found}"
    return Problem("not-a-list", message, suggestion=hint).placed(placed.span)


def has_argument(kind: str, name: str, placed: Placed) -> bool:
    """Tells whether a kind has an argument; False for one that is accepted and changes no figure. Raises: Problem."""
    known = MODEL_ARGUMENTS if kind == registry.MODEL else tuple(registry.layer_class(kind).arguments())
    if name in known:
        return True
    if kind != registry.MODEL:
        if name in registry.IGNORED_ARGUMENTS or name in registry.layer_class(kind).ignored:
            return False
        if name == "data_format":
            _check_data_format(placed)
            return False
    hint = argument_hint(name, (*known, *ITEM_OPTIONS))
    if name == "branches" and _takes_branches(kind):
        hint = "first changes arguments; branches are the same in all copies"
    elif name == "branches":
        hint = "only merges (Add, Concatenate, ...) have branches"
    elif "layer" in known and registry.is_kind(name):
        hint = f"the layer inside is an argument: {kind}: {{layer: {{{name}: ...}}}}"
    elif "=" in name:
        hint = f"a value stands behind a colon and a space: {shorten(name.replace('=', ': ', 1))}"
    elif name in ITEM_OPTIONS:
        hint = f"{quote(name)} is an option of an item, written beside its arguments"
    raise Problem(
        "unknown-argument", f"{kind} has no argument {quote(name)}",
        expected="one of " + ", ".join(known) if known else "no arguments", found=quote(name), suggestion=hint,
    ).placed(placed.key)  # fmt: skip


def _check_data_format(placed: Placed) -> None:
    if placed.value not in ("channels_last", None):
        raise Problem(
            "channels-first", "shapes are channels-last here: data_format is channels_last",
            expected="channels_last",
            suggestion="write shapes as height x width x channels and leave data_format out",
        ).placed(placed.span)  # fmt: skip


def _takes_branches(kind: str) -> bool:
    return registry.is_kind(kind) and registry.layer_class(kind).merges


class _Form:
    """One entry of a list of layers while it is read."""

    def __init__(self, placed: Placed, reading: Reading) -> None:
        self.placed, self.reading = placed, reading
        self.has_mistakes = False

    def note(self, problem: Problem) -> None:
        self.has_mistakes = True
        self.reading.note(problem.at(self.placed.span))

    def fields(self) -> Fields:
        """Reads the fields. Raises: Problem: if this is no item."""
        placed = self.placed
        if isinstance(placed.value, str):
            return {"kind": self.kind(placed.text, placed), "span": placed.span}
        if isinstance(placed.value, list):
            raise Problem("bad-item", "an item is a kind with its options, not a list",
                          suggestion="a branch is a list under branches")  # fmt: skip
        if not isinstance(placed.value, dict) or not placed.value:
            hint = "remove the dash" if placed.is_empty else "`cnncalc layers` lists the kinds"
            raise Problem("bad-item", f"an item is a layer kind or a block, not {placed.describe()}",
                          expected="an item such as Flatten or Dense: {units: 10}", suggestion=hint)  # fmt: skip
        if len(placed.value) > 1:
            raise self.several_keys(placed.value)
        [(written, value)] = placed.value.items()
        kind = self.kind(written, value, is_key=True)
        fields: Fields = {"kind": kind, "span": value.key}
        if isinstance(value.value, dict):
            return fields | self.options(kind, value)
        return fields if value.value is None else fields | {"arguments": {self.bare_argument(kind, value): value}}

    def several_keys(self, entries: Mapping[str, Placed]) -> Problem:
        """Makes the problem of `name:` beside the kind, or of options that are not indented far enough."""
        keys = list(entries)
        known = [key for key in keys if self.reading.is_known(key)]
        count = f"{len(keys)} keys"
        if len(known) != 1:
            # Keras's own form of a configuration, for one, has the kind as a value.
            named = [entry.text for entry in entries.values() if self.reading.is_known(entry.text)]
            hint = f"start each item with a dash: `- {shorten(keys[1])}`"
            return Problem(
                "bad-item", f"an item has one key, its kind; this one has {len(keys)}", expected="one key", found=count,
                suggestion=f"the kind is the key: {named[0]}: {{...}}" if named and not known else hint,
            ).placed(entries[keys[0]].key)  # fmt: skip
        [kind] = known
        stray = next(key for key in keys if key != kind)
        is_empty = entries[kind].value is None
        written = f"{kind}: {{{'' if is_empty else '..., '}{shorten(stray)}: ...}}"
        is_indented_below = is_empty and kind == keys[0]
        return Problem(
            "option-beside-kind", f"{quote(stray)} stands beside {kind}; an item has one key, its kind",
            expected="one key", found=count,
            suggestion=f"indent the options further than {kind}, or write {written}" if is_indented_below
            else f"put it inside the options: {written}",
        ).placed(entries[stray].key)  # fmt: skip

    def kind(self, kind: str, placed: Placed, is_key: bool = False) -> str:
        """Returns the kind that is written, in its own spelling, or the block. Raises: Problem: if there is none."""
        if kind in self.reading.blocks:
            return kind
        if self.reading.is_known(kind):
            return registry.kind_named(kind) or kind
        hint = self.kind_hint(kind, placed if is_key else None)
        start = re.match(r"\w+(?=[\s{(])", kind)
        if start is not None and self.reading.is_known(start[0]) and not hint.startswith("write "):
            rest = shorten(kind[start.end() :].strip(" {}()=,"))
            value = "{...}" if re.search("[{(=]", kind) else rest if rest.isdigit() else f"{{{rest}: ...}}"
            hint = f"put a colon and a space after the kind: {start[0]}: {value}" if rest else f"write {start[0]}"
        elif odd := re.search("[\uff1a\uff0c\uff5b\uff5d\uff3b\uff3d]", kind):
            plain = unicodedata.normalize("NFKC", odd[0])
            hint = f"the character {odd[0]} (U+{ord(odd[0]):04X}) is no {plain} to YAML: write the plain one"
        elif kind in ITEM_OPTIONS or kind in TOP_LEVEL:
            hint = "an option belongs inside the braces of its item"
        problem = Problem("unknown-kind", f"there is no layer kind or block {quote(kind)}", suggestion=hint)
        raise problem.placed(placed.key if is_key else placed.span)

    def kind_hint(self, kind: str, value: Placed | None) -> str:
        """Suggests what to write in place of a kind that does not exist, with what stands behind it."""
        if is_shipped(kind):
            options = value.plain_value() if value is not None else None
            taken = options if isinstance(options, dict) else {}
            known = (*MODEL_ARGUMENTS, *ITEM_OPTIONS)
            inner = [f", {name}: {show_value(option)}" for name, option in taken.items() if name in known]
            return f"write {registry.MODEL}: {{spec: {kind}{''.join(inner)}}}"
        call = read_call(kind) or Call(kind) if value is None else as_call(kind, value)
        if not is_only_misspelt(call) and (item := as_item(call, self.reading.rank)):
            return f"write {item}"
        return kind_hint(call.name, self.reading.known_kinds(), self.reading.rank)

    def bare_argument(self, kind: str, value: Placed) -> str:
        """Names the argument that a bare value stands for; of a block the first one, whose name is not known here.

        Raises: Problem: if the kind takes none.
        """
        if slip := missing_space(value):
            raise Problem(slip.id, slip.message, expected=slip.expected, found=slip.found,
                          suggestion=slip.suggestion).placed(slip.span)  # fmt: skip
        if kind in self.reading.blocks:
            return ""
        if kind == registry.MODEL:
            return "spec"
        layer = registry.layer_class(kind)
        if layer.merges and not layer.primary:
            several = isinstance(value.value, list) and all(entry.is_scalar for entry in value.value)
            names = show_value(value.plain_value()) if several else f"[{shorten(value.text) or 'a'}, prev]"
            raise Problem("bad-item", f"{kind} takes its inputs under from or branches",
                          suggestion=f"{kind}: {{from: {names.replace(chr(34), '')}}}").placed(value.span)  # fmt: skip
        if not layer.primary:
            raise Problem("unknown-argument", f"{kind} takes no arguments", found=value.describe(),
                          suggestion=f"`- {kind}`").placed(value.span)  # fmt: skip
        return layer.primary

    def options(self, kind: str, value: Placed) -> Fields:
        """Reads the fields that the options of an item come to. Raises: Problem: if they have no names at all."""
        assert isinstance(value.value, dict)
        entries = value.value
        if kind not in self.reading.blocks and registry.is_kind(kind):
            self.check_names(kind, value)
        arguments: dict[str, Placed] = {}
        fields: Fields = {"arguments": arguments}
        for name, placed in entries.items():
            try:
                if name == "first":
                    fields["first"] = self.first(kind, placed)
                elif name in ITEM_OPTIONS:
                    fields[f"{name}_" if name in ("from", "if") else name] = placed
                elif name == "branches" and _takes_branches(kind):
                    fields["branches"] = self.branches(placed)
                elif name == "defaults" and kind == registry.MODEL:
                    fields["defaults"] = placed
                elif kind in self.reading.blocks or has_argument(kind, name, placed):
                    arguments[name] = placed
            except Problem as problem:
                self.note(problem)
        key = value.key
        if "branches" in fields and "from" in entries:
            hint = "leave from out: a branch whose first item says from may start anywhere"
            message = f"{kind} takes from or branches, not both"
            self.note(Problem("from-and-branches", message, suggestion=hint).placed(entries["from"].key))
        if fields.get("first") and kind == registry.MODEL:
            self.note(Problem("unknown-argument", "a Model has no first: its copies are alike",
                              suggestion="write the copy that differs as a Model of its own").placed(key))  # fmt: skip
        elif fields.get("first") and "repeat" not in entries:
            message = "first changes the first of several copies: it needs repeat beside it"
            self.note(Problem("first-without-repeat", message, suggestion="repeat: 2").placed(key))
        return fields

    def check_names(self, kind: str, value: Placed) -> None:
        """Refuses values in braces without names: `Dense: {120}`. Raises: Problem."""
        assert isinstance(value.value, dict)
        known = (*registry.layer_class(kind).arguments(), *ITEM_OPTIONS)
        if not value.value or not all(entry.is_empty and name not in known for name, entry in value.value.items()):
            return
        first = next(iter(value.value.values()))
        if item := as_item(as_call(kind, value), self.reading.rank):
            message = f"what stands in braces has names: {quote(', '.join(value.value))} has none"
            raise Problem("unknown-argument", message, expected="a name, a colon, a space and the value",
                          suggestion=f"write {item}").placed(first.key)  # fmt: skip

    def first(self, kind: str, placed: Placed) -> dict[str, Placed]:
        """Reads the arguments of the first copy. Raises: Problem: if they are no mapping."""
        if not isinstance(placed.value, dict):
            message = f"first is a mapping, not {placed.describe()}"
            raise Problem("not-a-mapping", message, suggestion=MAPPINGS["first"]).placed(placed.span)
        arguments: dict[str, Placed] = {}
        for name, value in placed.value.items():
            try:
                if kind in self.reading.blocks or has_argument(kind, name, value):
                    arguments[name] = value
            except Problem as problem:
                self.note(problem)
        return arguments

    def branches(self, placed: Placed) -> dict[str, list[Placed]]:
        """Reads the items of each branch. Raises: Problem: if they are no mapping."""
        if not isinstance(placed.value, dict) or not placed.value:
            hint = "name each branch: branches: {main: [...], shortcut: []}"
            found = "an empty one" if placed.value == {} else placed.describe()
            message = f"branches is a mapping from names to lists, not {found}"
            raise Problem("not-a-mapping", message, suggestion=hint).placed(placed.span)
        branches: dict[str, list[Placed]] = {}
        for name, branch in placed.value.items():
            if wrong := not_a_list(branch, f"the branch {quote(name)}", may_be_empty=True):
                self.note(wrong)
            branches[name] = branch.value if isinstance(branch.value, list) else []
        return branches


def _kind_in(placed: Placed) -> str:
    """Finds what something that is no item calls its kind."""
    first = next(iter(placed.value), "") if isinstance(placed.value, dict) else placed.text
    return first[:MAX_NAME_LENGTH]


def _name_in(placed: Placed) -> Placed | None:
    """Finds the name that stands in something that is no item, or beside its kind."""
    for key, value in placed.value.items() if isinstance(placed.value, dict) else ():
        if key == "name":
            return value
        if isinstance(value.value, dict) and (name := _name_in(value)):
            return name
    return None
