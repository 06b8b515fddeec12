"""Sections that equal layers share: only the names of the layers that they read differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnncalc.explaining.explanation import Given, Part, Section

_MARK = "\0"
"""No text of a spec holds it: YAML does not allow it, and no argument takes it."""


def placeholder(position: int) -> str:
    """Stands for the name of the input at a position until `SharedSections.named` puts it in."""
    return f"{_MARK}{position}{_MARK}"


class SharedSections:
    """The sections of a layer with placeholders for the names of its inputs."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = [(section, any(map(_has_names, section.parts))) for section in sections]

    def named(self, names: Sequence[str]) -> tuple[Section, ...]:
        """Puts the names of a layer's inputs in; what names none is the same object for all layers."""
        return tuple([_named_section(section, names) if has else section for section, has in self._sections])


def _has_names(part: Part) -> bool:
    return any(_MARK in given.origin for given in part.given)


def _named_section(section: Section, names: Sequence[str]) -> Section:
    parts = [_named_part(part, names) if _has_names(part) else part for part in section.parts]
    return Section(section.title, tuple(parts), section.difference)


def _named_part(part: Part, names: Sequence[str]) -> Part:
    return replace(part, given=tuple([_named_given(given, names) for given in part.given]))


def _named_given(given: Given, names: Sequence[str]) -> Given:
    pieces = given.origin.split(_MARK)
    if len(pieces) == 1:
        return given
    pieces[1::2] = [names[int(position)] for position in pieces[1::2]]
    return replace(given, origin="".join(pieces))
