"""The names that the language gives, and what a name may be: that of an item, a block or an input."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cnncalc.errors import Problem, quote

TEXTS: Final = ("name", "description", "source", "year", "family")
TOP_LEVEL: Final = (*TEXTS, "input", "vars", "blocks", "defaults", "layers", "outputs", "limits", "ignore")
ITEM_OPTIONS: Final = ("name", "from", "trainable", "repeat", "first", "if", "share", "ignore")
"""What every item takes beside its kind's own arguments."""
MODEL_ARGUMENTS: Final = ("spec", "until", "frozen_until", "defaults")
IN_CHANNELS: Final = "in_channels"
"""The parameter that no block declares: the channels of the tensor that an item reads."""

WARNINGS: Final = (
    "dense-on-map", "squashed-in-the-middle", "softmax-of-one", "flatten-of-vector", "classifier-kept",
    "bias-before-batch-norm", "same-padding-on-pooling", "dropout-and-batch-norm", "pooling-window-of-one",
    "window-on-one-position", "field-smaller-than-input", "activation-twice", "freezes-nothing",
    "defaults-end-at-model", "unread", "not-counted", "not-read", "not-known-to-profiler",
)  # fmt: skip
"""The ids of all warnings, which `ignore` may name; `cnncalc.warnings` has their rules."""

NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
MAX_NAME_LENGTH: Final = 200


def bad_name(name: str) -> Problem:
    """Makes the problem of a name that is too long or has other characters than names have; suggests a similar one."""
    plain = unicodedata.normalize("NFKD", name[:MAX_NAME_LENGTH]).encode("ascii", "ignore").decode()
    similar = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_")
    return Problem(
        "bad-name",
        f"{quote(name)} is no name",
        expected=f"letters a to z, digits, _, . and -, at most {MAX_NAME_LENGTH} of them",
        suggestion=f"for example {quote(similar)}" if 0 < len(similar) < MAX_NAME_LENGTH else None,
    )
