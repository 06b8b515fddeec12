"""Text for a terminal: strangers' characters made harmless, widths, colour."""

from __future__ import annotations

from typing import Literal
from unicodedata import east_asian_width

ELLIPSIS = "..."
"""Of ASCII, as all that tables and diagnostics are drawn with: a terminal in any encoding shows it."""

Style = Literal["bold", "dim", "error", "warning", "hint"]

# Five sequences do not pay for `import rich.console`: 50 ms of a command that has about 150.
_SEQUENCES: dict[Style, str] = {"bold": "1", "dim": "2", "error": "1;31", "warning": "33", "hint": "36"}


def safe(text: str) -> str:
    r"""A stranger's text with everything that is not a visible character or a space escaped, as `\u001b`.

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
    """A text in at most `width` cells, with an ellipsis in its middle where it is longer."""
    if display_width(text) <= width:
        return text
    kept = max(width - len(ELLIPSIS), 0)
    head, tail = text[: (kept + 1) // 2], text[len(text) - kept // 2 :]
    while display_width(head) + display_width(tail) > kept:
        head, tail = (head[:-1], tail) if len(head) > len(tail) else (head, tail[1:])
    return (head + ELLIPSIS + tail)[: max(width, 0)]


def display_width(text: str) -> int:
    """The number of terminal cells that a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, width: int, align: Literal["left", "right"]) -> str:
    """A text filled up with spaces to `width` cells."""
    spaces = " " * (width - display_width(text))
    return text + spaces if align == "left" else spaces + text


def paint(text: str, style: Style, color: bool) -> str:
    """A text in a style, or as it is where there is no colour."""
    return f"\x1b[{_SEQUENCES[style]}m{text}\x1b[0m" if color else text
