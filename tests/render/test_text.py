"""Text from strangers' files does nothing to a terminal; widths are counted in its cells."""

from __future__ import annotations

import pytest

from cnncalc.render.text import broken, display_width, elide, pad, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv2d_1", "conv2d_1"),
        ("größe 卷积 ✓", "größe 卷积 ✓"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("a\nb\tc\r", "a\\u000ab\\u0009c\\u000d"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066\u200b\ufeff", "\\u2066\\u200b\\ufeff"),
        ("\x7f\x85\x9b", "\\u007f\\u0085\\u009b"),
        ("\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001"),
        ("a\u00a0b\u2028", "a\\u00a0b\\u2028"),
    ],
)
def test_only_visible_characters_and_spaces_are_shown_as_they_are(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("conv2d", 6, "conv2d"),
        ("average_pooling2d", 11, "aver...ng2d"),
        ("average_pooling2d", 10, "aver...g2d"),
        ("average_pooling2d", 3, "..."),
        ("average_pooling2d", 1, "."),
        ("卷积卷积卷积", 8, "卷...积"),
    ],
)
def test_a_long_text_loses_its_middle(text: str, width: int, shown: str) -> None:
    assert elide(text, width) == shown


@pytest.mark.parametrize("width", range(20))
def test_an_elided_text_is_never_wider_than_it_may_be(width: int) -> None:
    for text in ("average_pooling2d_1", "卷积卷积卷积卷积卷积卷积", "a卷b积c"):
        assert display_width(elide(text, width)) <= width


def test_wide_characters_take_two_cells() -> None:
    assert display_width("卷积1") == 5
    assert pad("卷积1", 7, "left") == "卷积1  "
    assert pad("卷积1", 7, "right") == "  卷积1"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("between words only", 10, ["between", "words only"]),
        ("conv4_1/batch_normalization_12 (BatchNormalization)", 25,
         ["conv4_1/batch_", "normalization_12", "(BatchNormalization)"]),
        ("conv4_1/batch_normalization", 20, ["conv4_1/batch_", "normalization"]),
        ("12,345,678,901 MACs", 8, ["12,345,678,901", "MACs"]),
        ("in all = floor((14 - 5)/1) + 1 = 10", 30, ["in all = floor((14 - 5)/1) + 1", "= 10"]),
        ("in all = floor((14 - 5)/1) + 1 = 10", 29, ["in all =", "floor((14 - 5)/1) + 1 = 10"]),
        ("AveragePooling2D", 10, ["Average", "Pooling2D"]),
        ("卷积卷积 卷积", 8, ["卷积卷积", "卷积"]),
        ("", 8, [""]),
    ],
)  # fmt: skip
def test_lines_end_between_words(text: str, width: int, lines: list[str]) -> None:
    assert [text[start:end].strip() for start, end in broken(text, width)] == lines
