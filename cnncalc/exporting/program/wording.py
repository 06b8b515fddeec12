"""How a program words what the spec says: names, arguments, expressions, constants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.program.arguments import argument_value, default_of
from cnncalc.exporting.program.expressions import Code, constant, is_same, named, of_spec, plain, spelled
from cnncalc.exporting.program.scopes import Scope
from cnncalc.exporting.program.steps import Channels, Index, Name, Parameter, Value, name_text
from cnncalc.exporting.program.survey import Member, Survey
from cnncalc.formula import parse_expression
from cnncalc.layers import registry
from cnncalc.spec.document import Document, Item
from cnncalc.spec.names import IN_CHANNELS
from cnncalc.spec.placed import Placed
from cnncalc.spec.values import resolve

Uses = tuple[bool, ...]
"""Which uses of the function take part."""


class Wording:
    """Finds the words for a net's names, arguments and expressions, and remembers its constants."""

    def __init__(self, analysis: Analysis, net: Survey) -> None:
        self.analysis, self.net = analysis, net
        self.constants: dict[tuple[str, str], Parameter] = {}

    def constant(self, document: Document, name: str) -> Code | None:
        """Finds a var of a spec: a constant at the top of the program."""
        written = document.spec.vars.get(name)
        if written is None:
            return None
        key = (document.identity, name)
        if key not in self.constants:
            bindings = self.net.bindings_of(document)
            value = spelled(bindings.vars[name])
            parameter = Parameter(name, (value,), constant(value))
            if "$" in written.text:
                default = self.computed(written, lambda other: self.constant(document, other) or constant(None))
                if default is not None and _checked(default, 0, value):
                    parameter.default = default
            self.constants[key] = parameter
        self.constants[key].used = True
        return named(self.constants[key])

    def name(self, item: Item, scope: Scope, members: Sequence[Member | None], is_copy: bool) -> Name:
        """Finds what a layer or block is called in its function: as in the spec if that is the same in all uses."""
        found: dict[str, None] = {}
        for instance, member in zip(scope.instances, members, strict=True):
            if instance is not None and member is not None:
                full = self.net.nodes[member].name if isinstance(member, int) else member.name
                found[full[len(instance.prefix) :]] = None
        own = next(iter(found))
        taken = scope.section.names
        prefix = name_text(scope.prefix)
        if len(found) > 1:
            if is_copy:
                raise scope.not_shared()
            number, base = 2, own
            while prefix + own in taken:
                own, number = f"{base}_{number}", number + 1
        taken.add(prefix + own)
        if not is_copy:
            return (*scope.prefix, own)
        base, _, number_text = own.rpartition("_")
        return (*scope.prefix, f"{base}_", Index(int(number_text), id(item)))

    def arguments(
        self, item: Item, scope: Scope, nodes: Sequence[int | None], inputs: Sequence[Value], is_first: bool
    ) -> dict[str, Code]:
        """Finds the arguments of a layer that are not its defaults, as the spec says them."""
        written = {
            **scope.document.spec.defaults.get(item.kind, {}), **scope.defaults.get(item.kind, {}), **item.arguments,
            **(item.first if is_first else {}),
        }  # fmt: skip
        alive = tuple(node is not None for node in nodes)
        layers = [None if node is None else self.analysis.layers[node] for node in nodes]
        kind = layers[alive.index(True)]
        assert kind is not None
        arguments: dict[str, Code] = {}
        for name in type(kind).arguments():
            values = [None if layer is None else argument_value(layer, name) for layer in layers]
            placed = written.get(name)
            if placed is not None and "$" in _all_text(placed):
                file_default = scope.document.spec.defaults.get(item.kind, {}).get(name)
                own = scope if placed is not file_default else _of_file(scope, self.constant)
                if (
                    registry.MODULE_OF[item.kind] in _SIZES_ONLY
                    and (code := self.code(placed, own, inputs[0] if inputs else None)) is not None
                ):
                    arguments[name] = code
                    continue
                arguments[name] = self.argument(placed, own, inputs[0] if inputs else None, values, alive)
                continue
            known = {repr(value) for value, takes_part in zip(values, alive, strict=True) if takes_part}
            if len(known) > 1:
                raise scope.not_shared()
            value = values[alive.index(True)]
            if placed is not None and registry.MODULE_OF[item.kind] in _SIZES_ONLY:
                arguments[name] = constant(plain(placed.plain_value()))
            elif not is_same(value, default_of(kind, name)):
                arguments[name] = constant(value)
        return arguments

    def argument(
        self, written: Placed, scope: Scope, reads: Value | None, values: Sequence[object], alive: Uses
    ) -> Code:
        """Finds the expression of a value as it is written, if it comes to these values, and else the value itself."""
        code = self.code(written, scope, reads) if "$" in _all_text(written) else None
        uses = [use for use, takes_part in enumerate(alive) if takes_part]
        if code is not None:
            for candidate in (code, _with_whole_divisions(code), Code("int", (code,))):
                try:
                    if all(_checked(candidate, use, values[use]) and code.value(use) == values[use] for use in uses):
                        return candidate
                except (TypeError, ValueError, ArithmeticError):
                    continue
        if len({repr(values[use]) for use in uses}) > 1:
            raise scope.not_shared()
        return constant(values[uses[0]])

    def code(self, written: Placed, scope: Scope, reads: Value | None) -> Code | None:
        """Makes the expression of a written value; None if it is none of Python's."""
        return self.computed(written, lambda name: self.looked_up(name, scope, reads))

    def looked_up(self, name: str, scope: Scope, reads: Value | None) -> Code:
        """Finds what `$name` stands for in a list of items; `reads` is what the item reads."""
        found = scope.lookup(name)
        if found is None and name == IN_CHANNELS and reads is not None:
            return Code("name", (), None, Channels(reads))
        if found is None:
            raise scope.not_shared()
        return found

    def computed(self, written: Placed, lookup: Callable[[str], Code]) -> Code | None:
        """Makes the expression of a written value; None if it is none of Python's."""
        if isinstance(written.value, list):
            entries = [self.computed(entry, lookup) for entry in written.value]
            known = [entry for entry in entries if entry is not None]
            return Code("tuple", tuple(known)) if len(known) == len(entries) else None
        if not isinstance(written.value, str):
            return None if isinstance(written.value, dict) else constant(spelled(written.value))
        if "$" not in written.value:
            return constant(spelled(written.value))
        return of_spec(parse_expression(written.value), lookup)

    def resolved(self, value: object) -> object:
        """Computes a value that waited for a shape."""
        return resolve(value, lambda node: self.analysis.figures[node].output.channels, {})  # type: ignore[arg-type]


_SIZES_ONLY: Final = ("augmentation", "categories", "pointwise", "preprocessing")
"""Families that keep of an array of numbers how large it is: the numbers stand in the spec."""


def _of_file(scope: Scope, lookup: Callable[[Document, str], Code | None]) -> Scope:
    """Returns the scope of the file's own defaults, in which a block's parameters mean nothing."""
    document = scope.document
    return replace(scope, defaults={}, lookup=lambda name: lookup(document, name))


def _all_text(written: Placed) -> str:
    """Joins the texts of a value and of all that is in it."""
    if isinstance(written.value, list):
        return " ".join(map(_all_text, written.value))
    if isinstance(written.value, dict):
        return " ".join(map(_all_text, written.value.values()))
    return written.text


def _checked(code: Code, use: int, wanted: object) -> bool:
    value = code.value(use)
    return is_same(value, wanted)


def _with_whole_divisions(code: Code) -> Code:
    """Takes `/` for `//`: the check of the value tells whether that is the same."""
    operands = tuple(map(_with_whole_divisions, code.operands))
    return Code("//" if code.head == "/" else code.head, operands, code.constant, code.symbol)
