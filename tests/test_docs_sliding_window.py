"""docs/sliding-window.md: its table is what the two specs come to."""

from __future__ import annotations

from pathlib import Path

import cnncalc
from cnncalc.render.columns import keras_shape
from cnncalc.spec.library import load_document

PAGE = Path(__file__).parent.parent / "docs" / "sliding-window.md"


def test_the_table_is_what_the_specs_come_to() -> None:
    window = {row.name: row for row in cnncalc.load("overfeat_fast").analyze().layers}
    image = {row.name: row for row in cnncalc.load("overfeat_fast_dense").analyze().layers}
    for name in ("conv5", "max_pooling2d_2", "fc6", "fc7", "fc8"):
        shapes = f"{keras_shape(window[name].output_shape)} | {keras_shape(image[name].output_shape)}"
        assert window[name].params == image[name].params
        assert f"| {name} | {shapes} | {window[name].params:,} |" in PAGE.read_text()


def test_another_size_gives_another_map_of_windows() -> None:
    # (359 - 231)/32 + 1 = 5 windows down, (263 - 231)/32 + 1 = 2 across.
    model = cnncalc.Model(load_document("overfeat_fast_dense"), inputs={"": (359, 263, 3)})
    assert model.analyze().layers[-1].output_shape == (5, 2, 1000)
