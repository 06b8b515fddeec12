"""Modules one behind the other: what a program of PyTorch defines as one attribute and applies as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cnncalc.exporting.program.expressions import Code
from cnncalc.exporting.program.text import statement


@dataclass(eq=False)
class Mark:
    """What stands at a place in a chain in one use: a node's module, or the use of a block (`instance`)."""

    use: int
    node: int | None = None
    instance: int | None = None
    is_weighted: bool = False
    is_last: bool = False


@dataclass(eq=False)
class Element:
    """A part of a chain: a module; or, with a condition or copies, what stands inside."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    condition: Code | None = None
    inside: list[Element] = field(default_factory=list)
    uses: tuple[bool, ...] = ()
    """Of a condition: the uses in which it holds."""
    count: Code | None = None
    """Of copies: how many there are, the elements of all of which stand inside."""


@dataclass(eq=False)
class Chain:
    """Modules that are applied one behind the other. `source` and `target` are variables.

    `call` writes their application: `{m}` is the chain itself, `{0}` what it reads.
    """

    source: str
    target: str
    base: str
    """What the item is called in the spec, without numbers of copies; empty: nothing."""
    hint: str
    """What else it may be called."""
    elements: list[Element]
    call: str = "{m}({0})"
    inputs: tuple[str, ...] = ()
    attribute: str = ""
    is_alone: bool = False
    """Whether nothing can be put behind it in one chain: weights are shared, or more than the tensor is read."""

    @property
    def is_single(self) -> bool:
        """Whether it is one module, without a Sequential around it."""
        return len(self.elements) == 1 and self.elements[0].condition is None and self.elements[0].count is None

    def places(self, use: int) -> Iterator[tuple[str, Mark]]:
        """Lists the path of each mark in one use."""
        position = 0
        for element in self.elements:
            if element.condition is not None and not element.uses[use]:
                continue
            for part in element.inside or [element]:
                found = [mark for mark in part.marks if mark.use == use]
                if element.count is not None and not found:
                    continue
                path = self.attribute if self.is_single else f"{self.attribute}.{position}"
                yield from ((path, mark) for mark in found)
                position += 1

    def definition(self, depth: int, rest: str, modules: str) -> list[str]:
        """Writes what makes the chain, for a constructor; `rest` and `modules` are names for lists."""
        if self.is_single:
            return statement(f"self.{self.attribute} = {self.elements[0].text}", depth)
        if all(element.condition is None for element in self.elements):
            entries = ", ".join(map(_entry, self.elements))
            lines = statement(f"self.{self.attribute} = nn.Sequential({entries})", depth)
            copies = [element for element in self.elements if element.count is not None]
            if len(lines) == 1 or len(copies) != 1:
                return lines
            entries = ", ".join(f"*{rest}" if each is copies[0] else _entry(each) for each in self.elements)
            return [
                *statement(f"{rest} = {_entry(copies[0])[1:]}", depth),
                *statement(f"self.{self.attribute} = nn.Sequential({entries})", depth),
            ]
        if len(self.elements) == 1:
            (element,) = self.elements
            assert element.condition is not None
            entries = ", ".join(map(_entry, element.inside))
            return [
                *statement(f"self.{self.attribute} = nn.Sequential()", depth),
                *statement(f"if {element.condition.text()}:", depth),
                *statement(f"self.{self.attribute} = nn.Sequential({entries})", depth + 1),
            ]
        first, *others = _grouped(self.elements)
        if first.condition is None:
            lines = statement(f"{modules} = [{', '.join(map(_entry, first.inside))}]", depth)
        else:
            lines, others = statement(f"{modules} = []", depth), [first, *others]
        for element in others:
            if element.condition is not None:
                lines += statement(f"if {element.condition.text()}:", depth)
            entries = ", ".join(map(_entry, element.inside))
            lines += statement(f"{modules} += [{entries}]", depth + (element.condition is not None))
        return [*lines, *statement(f"self.{self.attribute} = nn.Sequential(*{modules})", depth)]


def _grouped(elements: Sequence[Element]) -> Iterator[Element]:
    """Puts what stands outside of conditions together."""
    plain: list[Element] = []
    for element in elements:
        if element.condition is None:
            plain.append(element)
            continue
        if plain:
            yield Element(inside=plain)
        plain = []
        yield element
    if plain:
        yield Element(inside=plain)


def _entry(element: Element) -> str:
    if element.count is None:
        return element.text
    variable = "i" if re.search(r"\bi\b", element.text) else "_"
    return f"*[{element.text} for {variable} in range({element.count.text()})]"


def looped(copies: Sequence[Element], count: Code) -> Element | None:
    """Makes one element of copies that are alike but for numbers that grow evenly; None if they are not."""
    texts = [re.split(r"(\b\d+\b)", copy.text) for copy in copies]
    if len({len(text) for text in texts}) > 1 or any(copy.condition or copy.count for copy in copies):
        return None
    parts = []
    for entries in zip(*texts, strict=True):
        if len(set(entries)) == 1:
            parts.append(entries[0])
            continue
        if len(entries) == 2 or not all(entry.isdigit() for entry in entries):
            return None
        first, step = int(entries[0]), int(entries[1]) - int(entries[0])
        if any(int(entry) != first + step * index for index, entry in enumerate(entries)):
            return None
        parts.append(f"{first} {'+' if step > 0 else '-'} {f'{abs(step)} * ' if abs(step) > 1 else ''}i")
    return Element("".join(parts), inside=list(copies), count=count)


@dataclass(eq=False)
class Lines:
    """A piece of the module: chains, statements of `forward`, and conditions around others, in their order."""

    entries: list[Chain | str | tuple[Code, Lines]] = field(default_factory=list)


def filled(text: str, inputs: Sequence[str]) -> str:
    """Puts what is read in the places of an expression."""
    for place, name in enumerate(inputs):
        text = text.replace(f"{{{place}}}", name)
    return text
