"""Receptive fields where the input's size is unknown: what is said is true at every size, whatever `same` then pads."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc.analysis.report import ExactFigures
from tests.peers.random_nets import random_spec


def last(spec: dict[str, Any]) -> ExactFigures | None:
    """The exact figures of the last layer; `None` where a layer needs a size that is unknown, or none is left."""
    try:
        return cnncalc.from_dict(spec).analyze("exact").layers[-1].exact
    except cnncalc.SpecError:
        return None


def resized(spec: dict[str, Any], lengths: list[int | None]) -> dict[str, Any]:
    return spec | {"input": [*lengths, spec["input"][-1]]}


@pytest.mark.slow
def test_random_networks_of_unknown_size_have_the_fields_that_they_have_at_every_size() -> None:
    known = 0
    for seed in range(60):
        spec = random_spec(seed)
        rank = len(spec["input"]) - 1
        unknown = last(resized(spec, [None] * rank))
        if unknown is None or unknown.receptive_field is None or unknown.effective_stride is None:
            continue
        known += 1
        for length in range(60, 64):
            sized = last(resized(spec, [length + axis for axis in range(rank)]))
            if sized is not None:
                assert sized.receptive_field == unknown.receptive_field, f"seed {seed} at {length}: {spec}"
                assert sized.effective_stride == unknown.effective_stride, f"seed {seed} at {length}: {spec}"
                for said, true in zip(unknown.offset or (), sized.offset or (), strict=False):
                    assert said is None or said == true, f"seed {seed} at {length}: {spec}"
    assert known >= 20


def branches(left: str, right: str) -> ExactFigures:
    text = f"input: [null, 1]\nlayers:\n  - Add: {{branches: {{left: [{left}], right: [{right}]}}}}\n"
    return cnncalc.loads(text).analyze("exact").layers[-1].exact


@pytest.mark.parametrize(
    ("left", "right", "size"),
    [
        # 3 with a stride of 2 pads 0 or 1 before, by the length; a kernel of 1 nothing: inside in either case
        ("MaxPooling1D: {pool_size: 3, strides: 2, padding: same}",
         "Conv1D: {filters: 1, kernel_size: 1, strides: 2, padding: same}", 3),
        # 5 pads 1 or 2 before, and 3 pads 0 or 1, of the same length: -1 ... 3 around 0 ... 2, -2 ... 2 around -1 ... 1
        ("Conv1D: {filters: 1, kernel_size: 5, strides: 2, padding: same}",
         "Conv1D: {filters: 1, kernel_size: 3, strides: 2, padding: same}", 5),
        # the same padding on maps that are equally long, whatever made them so
        ("Conv1D: {filters: 1, kernel_size: 3, padding: same}, "
         "Conv1D: {filters: 1, kernel_size: 3, strides: 2, padding: same}",
         "Conv1D: {filters: 1, kernel_size: 3, padding: 1}, "
         "MaxPooling1D: {pool_size: 3, strides: 2, padding: same}", 5),
    ],
)  # fmt: skip
def test_branches_whose_paddings_are_unknown_meet(left: str, right: str, size: int) -> None:
    figures = branches(left, right)
    assert figures.receptive_field == (size,)
    assert figures.offset is None


def test_a_box_that_lies_around_the_other_at_some_sizes_only_is_not_known() -> None:
    """A pooling of 2 with a stride of 2 sees 0 ... 1; 3 pads 0 or 1 before: 0 ... 2 is around it, -1 ... 1 too; 2 ... 3
    beside -1 ... 1 is not."""
    figures = branches(
        "MaxPooling1D: {pool_size: 3, strides: 2, padding: same}",
        "ZeroPadding1D: [0, 2], Cropping1D: [2, 0], MaxPooling1D: {pool_size: 2, strides: 2, padding: same}",
    )
    assert figures.receptive_field is None
    assert "depend on a size that is unknown" in str(figures.note)
