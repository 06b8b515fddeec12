"""The families of layers."""

from __future__ import annotations

from typing import Literal

Family = Literal[
    "input", "convolution", "dense", "pooling", "global pooling", "batch normalization", "normalization",
    "activation", "dropout", "flatten", "merge", "data movement", "locally connected", "wrapper", "other",
]  # fmt: skip
"""What a convention's table is keyed by: layers of one family are counted alike."""
