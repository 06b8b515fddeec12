"""The colours of a terminal's table: a module of layers that is new gets one, or is named here."""

from __future__ import annotations

from cnncalc.layers import registry
from cnncalc.render.console import STYLES

PLAIN = ("reshaping", "resizing", "slicing", "axis_changes", "pixels", "channels", "opaque")
"""Layers that only move data have the terminal's own colour, and so has what nobody can look into."""


def test_every_kind_but_those_that_move_data_has_a_colour() -> None:
    plain = {kind for module in PLAIN for kind in registry.MODULES[module]}
    assert {kind for kind in registry.kinds() if kind not in STYLES} == plain
