"""The list of shipped specs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.render.drawing import draw
from cnncalc.render.grid import grid_of
from cnncalc.render.numbers import grouped
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe


class SpecListing(NamedTuple):
    """One shipped spec: `name` is what to call it, `title` what it calls itself."""

    family: str
    name: str
    year: str
    params: int | None
    macs: int | None
    title: str


def render_spec_list(listings: Sequence[SpecListing], terminal: Terminal | None = None) -> str:
    """Lists specs family by family, each by year, with their parameters and multiply-accumulates."""
    ordered = sorted(listings, key=lambda spec: (spec.family, spec.year, spec.name))
    rows = [
        (safe(spec.name), safe(spec.year), grouped(spec.params), grouped(spec.macs), safe(spec.title))
        for spec in ordered
    ]
    sections = {
        index: f"{safe(spec.family)}:"
        for index, spec in enumerate(ordered)
        if index == 0 or spec.family != ordered[index - 1].family
    }
    headings = ("Spec", "Year", "Params", "MACs", "Network")
    grid = grid_of(headings, rows, "llrrl", frame="none", indent="  ", folds=[0, 4], sections=sections)
    return draw([grid], terminal)
