"""The reference shelf as a whole: what every shipped spec says of itself, how long some are, and how fast all load."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

import cnncalc

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))


def lines(spec: str) -> list[str]:
    return next(path for path in SPECS if path.stem == spec).read_text().splitlines()


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_says_what_it_is_and_where_it_comes_from(path: Path) -> None:
    spec = yaml.safe_load(path.read_text())
    assert all(isinstance(spec[key], str) and spec[key] for key in ("name", "description", "source", "family"))
    assert isinstance(spec["year"], int)
    assert "\n" not in spec["description"]


def test_all_of_them_load_in_ten_seconds() -> None:
    start = time.perf_counter()
    for path in SPECS:
        cnncalc.load(path.stem).analyze()
    assert time.perf_counter() - start < 10


def test_overfeat_dense_is_a_sliding_window() -> None:
    """The same weights on a larger image: a prediction for each window of 231x231, 32 pixels apart."""
    window, image = cnncalc.load("overfeat_fast").analyze(), cnncalc.load("overfeat_fast_dense").analyze()
    assert [row.params for row in window.layers if row.params] == [row.params for row in image.layers if row.params]
    assert window.layers[0].output_shape == (231, 231, 3)
    assert window.layers[-1].output_shape == (1000,)
    assert image.layers[0].output_shape == (231 + 2 * 32, 231 + 2 * 32, 3)
    assert image.layers[-1].output_shape == (3, 3, 1000)
    assert image.layers[-1].exact.effective_stride == (Fraction(32), Fraction(32))


def test_resnet101_and_152_differ_from_resnet50_in_their_repeats_alone() -> None:
    def body(spec: str, repeats: tuple[int, ...]) -> list[str]:
        text = "\n".join(line for line in lines(spec) if not line.startswith(("#", "name:", "description:", "source:")))
        for count in repeats:
            assert f"repeat: {count}," in text
            text = text.replace(f"repeat: {count},", "repeat:,", 1)
        return text.splitlines()

    assert body("resnet101", (3, 4, 23, 3)) == body("resnet50", (3, 4, 6, 3))
    assert body("resnet152", (3, 8, 36, 3)) == body("resnet50", (3, 4, 6, 3))


def test_densenet201_is_shorter_than_forty_lines() -> None:
    assert len(lines("densenet201")) < 40
