"""What a name is: that of an item, a block or an input."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cnncalc.errors import Problem, quote

NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
MAX_NAME_LENGTH: Final = 200


def bad_name(name: str) -> Problem:
    """What is said where a name is too long or has other characters than names have, with one that would do."""
    plain = unicodedata.normalize("NFKD", name[:MAX_NAME_LENGTH]).encode("ascii", "ignore").decode()
    similar = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_")
    return Problem(
        "bad-name",
        f"{quote(name)} is no name",
        expected=f"letters a to z, digits, _, . and -, at most {MAX_NAME_LENGTH} of them",
        suggestion=f"for example {quote(similar)}" if 0 < len(similar) < MAX_NAME_LENGTH else None,
    )
