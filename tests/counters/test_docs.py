"""docs/counters.md: the table of rules is the rules. `pytest --update-golden` writes it anew."""

from __future__ import annotations

import re

import pytest
import yaml

from cnncalc.layers import registry
from cnncalc.profile.counters import parts, rule
from cnncalc.profile.profilers import COUNTERS
from tests.command_line import REPOSITORY

DOCS = REPOSITORY / "docs"
RULES = re.compile(r"<!-- rules -->\n(.*?)<!-- end of rules -->", re.DOTALL)

SHOWN = (
    "Conv2D: {filters: 4, kernel_size: 3}", "Conv3D: {filters: 4, kernel_size: 3}",
    "Conv2DTranspose: {filters: 4, kernel_size: 3}", "Conv3DTranspose: {filters: 4, kernel_size: 3}",
    "Dense: {units: 4}", "Maxout: {units: 4}", "BatchNormalization", "LayerNormalization", "GroupNormalization",
    "LocalResponseNormalization", "UnitNormalization", "MaxPooling2D", "AveragePooling2D", "AveragePooling3D",
    "AdaptiveAveragePooling2D: {output_size: 7}", "GlobalAveragePooling2D", "GlobalAveragePooling1D",
    "GlobalMaxPooling2D", "RoIAlign: {pool_size: 7, regions: 9}", "UpSampling2D",
    "UpSampling2D: {interpolation: bilinear}", "UpSampling2D: {interpolation: bicubic}", "UpSampling3D",
    "UpSampling3D: {interpolation: trilinear}", "Resizing: {height: 7, width: 7}", "MatMul",
    "Einsum: {equation: 'ik,kj->ij'}", "ReduceMean: {axis: 1}", "ReduceSum: {axis: 1}", "Elementwise: {op: abs}",
    "Normalize", "Add", "Average", "Concatenate", "ReLU", "ReLU: {max_value: 6}", "LeakyReLU",
    "PReLU", "ELU", "Activation: {activation: gelu}", "Activation: {activation: silu}",
    "Activation: {activation: sigmoid}", "Softmax", "Rescaling: {scale: 2}", "Normalization", "Scale",
    "Embedding: {input_dim: 9, output_dim: 4}", "Dropout: {rate: 0}", "Flatten",
)  # fmt: skip
LABELLED = ("ReLU", "Activation", "UpSampling2D", "UpSampling3D")
"""Kinds whose argument stands behind their name."""


def rules_table() -> str:
    """One row for every layer of `SHOWN`, one column for every profiler."""
    lines = [f"| layer | {' | '.join(COUNTERS)} |", f"|---|{'---|' * len(COUNTERS)}"]
    for item in SHOWN:
        written = yaml.safe_load(item)
        kind, arguments = next(iter(written.items())) if isinstance(written, dict) else (written, {})
        (part,) = parts(registry.build(kind, arguments))
        cells = [rule(counter, part) or "-" for counter in COUNTERS.values()]
        options = next((f" {value}" for value in arguments.values() if kind in LABELLED), "")
        lines.append(f"| {kind}{options} | {' | '.join(f'`{cell}`' if cell != '-' else cell for cell in cells)} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_rules_is_the_rules(request: pytest.FixtureRequest) -> None:
    page = DOCS / "counters.md"
    text = page.read_text()
    fresh = RULES.sub(lambda _: f"<!-- rules -->\n{rules_table()}<!-- end of rules -->", text)
    if request.config.getoption("--update-golden"):
        page.write_text(fresh)
    assert fresh == page.read_text(), "pytest --update-golden writes it anew"
