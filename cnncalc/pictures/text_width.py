"""How wide a text is when it is drawn: an estimate, as the font is the reader's, and rather too wide."""

from __future__ import annotations

from typing import Final
from unicodedata import combining, east_asian_width

_CLASSES: Final = {
    0.28: "'ijl", 0.30: "IJ", 0.32: " ,.", 0.34: "/:;\\|", 0.36: "-f", 0.39: "()[]", 0.40: "!t", 0.42: "r", 0.46: '"',
    0.50: "*_`", 0.53: "?sz", 0.55: "c", 0.58: "FLk", 0.61: "PTYvxy", 0.64: "$0123456789ESabdeghnopqu{}",
    0.69: "ABKVXZ", 0.74: "CRU", 0.77: "DHN", 0.80: "&GOQw", 0.84: "#+<=>^~", 0.87: "M", 0.99: "%Wm", 1.0: "@",
}  # fmt: skip
"""Widths as shares of the font's size. They are those of DejaVu Sans: of the usual sans-serif fonts the widest."""
_WIDTHS: Final = {letter: width for width, letters in _CLASSES.items() for letter in letters}
_OTHER: Final = 1.0
_WIDE: Final = 1.4
"""Chinese characters take an em, emoji somewhat more."""
_BOLD: Final = 1.15
_ROUNDING: Final = 0.01
"""Sums of widths are not exact."""
ELLIPSIS: Final = "…"


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Estimates the width of a text in a font of a size, both in the same unit."""
    widths = sum(_WIDTHS.get(letter) or _width(letter) for letter in text)
    return widths * size * (_BOLD if bold else 1)


def _width(letter: str) -> float:
    if combining(letter):
        return 0
    return _WIDE if east_asian_width(letter) in "WF" else _OTHER


def fitted(text: str, room: float, size: float, bold: bool = False) -> str:
    """Shortens a text to the room that there is, with an ellipsis in its middle: names differ at their ends."""
    if text_width(text, size, bold) <= room + _ROUNDING:
        return text
    letters = len(text)
    low, high = 0, min(letters, int(room / (0.28 * size)) + 1)
    while low < high:  # the most letters that fit
        middle = (low + high + 1) // 2
        if text_width(_without_middle(text, middle), size, bold) <= room:
            low = middle
        else:
            high = middle - 1
    return _without_middle(text, low)


def _without_middle(text: str, kept: int) -> str:
    return text[: (kept + 1) // 2] + ELLIPSIS + text[len(text) - kept // 2 :]
