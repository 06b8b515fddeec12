"""What there is to know about a terminal: its width, whether it shows colour, which characters it can show."""

from __future__ import annotations

import os
import shutil
from typing import NamedTuple, TextIO


class Terminal(NamedTuple):
    """A terminal that text is drawn for; `width` in characters."""

    width: int
    color: bool = True
    encoding: str = "utf-8"

    def can_show(self, text: str) -> bool:
        """Says whether the terminal's character set has every character of a text."""
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True


def terminal_of(stream: TextIO | None) -> Terminal | None:
    """Describes the terminal behind a stream; `None` for a pipe, a file and a terminal that draws nothing.

    `NO_COLOR` turns the colour off, `TERM=dumb` everything: https://no-color.org.
    """
    if stream is None or stream.closed or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    width = shutil.get_terminal_size().columns
    return Terminal(width, not os.environ.get("NO_COLOR"), stream.encoding or "ascii")
