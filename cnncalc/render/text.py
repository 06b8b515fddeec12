"""Text for a terminal: strangers' characters made harmless, widths in cells, lines broken between words."""

from __future__ import annotations

import re
from typing import Final, Literal
from unicodedata import combining, east_asian_width

ELLIPSIS: Final = "..."
"""Of ASCII, as all that tables and diagnostics are drawn with: a terminal in any encoding shows it."""

_NUMBER: Final = r"[\d,.x]+"
_WORD: Final = r"(?:\((?:[^()\s]| [-+*/] |\([^()]*\))*\)|\S| [-+] (?=[\w(]))+"
"""Words end at spaces, but for those around a minus or a plus: formulas stay together."""
_JOINTS: Final = (
    r".*\s(?=\S)",
    r".*(?:_(?=\D)|(?<!\d)/|/(?=\D))(?=.)",
    r".*(?:[*+=;:|]|(?<!\d)[-,.])(?=[\w(])",
    r".*[a-z](?=[A-Z])",
)
"""Where a word that is too long may be broken, the best places first: in paths, at signs, before a capital."""


def safe(text: str) -> str:
    r"""Escapes everything in a stranger's text that is not a visible character or a space, as `\u001b`.

    That is control characters with line ends and tabs, bidi and other format controls, lone surrogates, and
    what Unicode has not assigned.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def elide(text: str, width: int) -> str:
    """Shortens a text to at most `width` cells, with an ellipsis in its middle if it is longer."""
    if display_width(text) <= width:
        return text
    kept = max(width - len(ELLIPSIS), 0)
    head, tail = text[: (kept + 1) // 2], text[len(text) - kept // 2 :]
    while display_width(head) + display_width(tail) > kept:
        head, tail = (head[:-1], tail) if len(head) > len(tail) else (head, tail[1:])
    return (head + ELLIPSIS + tail)[: max(width, 0)]


def display_width(text: str) -> int:
    """Counts the terminal cells that a text takes: two for a Chinese character, none for an accent by itself."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(letter) in "WF" else 0 if combining(letter) else 1 for letter in text)


def pad(text: str, width: int, align: Literal["left", "right"]) -> str:
    """Fills a text up with spaces to `width` cells."""
    spaces = " " * (width - display_width(text))
    return text + spaces if align == "left" else spaces + text


def broken(text: str, width: int, rest: int | None = None) -> list[tuple[int, int]]:
    """Finds where the lines of a text begin and end if they are at most `width` cells wide, later ones `rest` cells.

    Lines end between words. A word that is longer than a line is broken at a joint, such as a slash or an underscore
    of a name; a number is never broken, and then stands out.
    """
    lines: list[tuple[int, int]] = []
    start = end = 0
    for word in re.finditer(_WORD, text):
        if display_width(text[start : word.end()]) > width:
            if end > start:
                lines.append((start, end))
                width = rest or width
            start = word.start()
            while display_width(text[start : word.end()]) > width:
                cut = _cut(text[start : word.end()], width)
                if start + cut == word.end():
                    break
                lines.append((start, start + cut))
                start += cut
                width = rest or width
        end = word.end()
    return [*lines, (start, end)]


def _cut(word: str, width: int) -> int:
    """Finds after how many characters a word that is wider than a line is broken."""
    number = re.match(_NUMBER, word)
    if number and number.end() >= width:
        return number.end()
    room = len(word) if word.isascii() else max(width // 2, 1)
    fitting = word[: min(room, max(width, 1))]
    for joint in _JOINTS:
        match = re.match(joint, word[: len(fitting) + 1])
        if match:
            return match.end()
    return len(fitting)


def longest_piece(text: str) -> int:
    """Counts the cells of the longest part of a text that is not broken without need."""
    return max(map(display_width, re.split(r"\s+|(?<=/)|(?<=_)(?=\D)", text)))
