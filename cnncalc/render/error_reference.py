"""The reference of errors and warnings, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cnncalc.error_reference import Reference
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.terminal import Terminal

WIDTH: Final = 100
"""Where lines of a paragraph end in a pipe."""


def render_references(references: Iterable[Reference], terminal: Terminal | None) -> str:
    """Writes the ids of all errors and warnings with their titles, by section."""
    return draw(_list(references), terminal)


def _list(references: Iterable[Reference]) -> Iterator[Block]:
    about = ""
    for each in references:
        if each.about != about:
            if about:
                yield line()
            about = each.about
            yield line((about, "bold"))
        yield line((each.id, "hint"), f": {each.title}", indent="  ")


def render_reference(reference: Reference, said: str, terminal: Terminal | None) -> str:
    """Writes the paragraph about an error or a warning, its example and what was `said` of it."""
    return draw(_page(reference, said), terminal)


def _page(reference: Reference, said: str) -> Iterator[Block]:
    yield line((reference.id, "bold"), f": {reference.title}")
    yield line()
    yield line(reference.explanation, hang="", plain_width=WIDTH)
    if reference.example:
        yield from _text("Example:", reference.example.rstrip("\n"))
    if said:
        yield from _text("What is said:", said.rstrip("\n"), whole=False)
    if reference.better:
        yield from _text("Better:", reference.better.rstrip("\n"))


def _text(title: str, text: str, whole: bool = True) -> Iterator[Block]:
    """Shows a text as it is; unless its lines stay `whole`, a terminal breaks them."""
    yield line()
    yield line((title, "bold"))
    for each in text.split("\n"):
        words = each.lstrip(" ")
        yield line(words, indent=" " * (len(each) - len(words) + 2) if words else "", whole=whole)
