"""Suggestions where shapes do not fit: what is suggested is tried here, and then the net works."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

import cnncalc
from tests.language import mistake

WAY = re.compile(r'(?P<changes>[a-z_]+: \w+(?:, padding: same)?) in (?P<names>"\w+"(?: and "\w+")*)')
"""Such as `strides: 2, padding: same in "conv"`; plain data has no lines."""

Spec = dict[str, Any]


def branch(draw: random.Random, prefix: str) -> list[Spec]:
    """Some convolutions and poolings, each with a name."""
    items: list[Spec] = []
    for index in range(draw.randint(0, 3)):
        common = {
            "strides": draw.choice([1, 1, 2]),
            "padding": draw.choice(["same", "valid"]),
            "name": f"{prefix}{index}",
        }
        if draw.random() < 0.3:
            items.append({"MaxPooling2D": {"pool_size": 3, **common}})
        else:
            items.append({"Conv2D": {"filters": draw.choice([8, 16]), "kernel_size": draw.choice([1, 3]), **common}})
    return items


def changed(spec: Spec, changes: str, names: list[str]) -> Spec:
    """The spec with arguments of some items replaced."""
    new = dict(pair.split(": ") for pair in changes.split(", "))
    branches = spec["layers"][0]["Add"]["branches"]
    for item in (item for items in branches.values() for item in items):
        (options,) = item.values()
        if options["name"] in names:
            options.update({key: value if value == "same" else int(value) for key, value in new.items()})
    return spec


def test_every_change_that_is_suggested_makes_the_shapes_fit() -> None:
    draw = random.Random(6)
    tried = set()
    for _ in range(500):
        spec: Spec = {
            "input": [24, 24, 8],
            "layers": [{"Add": {"branches": {"main": branch(draw, "m"), "shortcut": branch(draw, "s")}}}],
        }
        try:
            cnncalc.from_dict(spec).analyze()
        except cnncalc.SpecError as error:
            (diagnostic,) = error.diagnostics
            ways = list(WAY.finditer(diagnostic.suggestion or ""))
            if diagnostic.id == "shapes-do-not-fit" and ways:
                way = draw.choice(ways)
                cnncalc.from_dict(
                    changed(spec, way["changes"], re.findall(r"\w+", way["names"].replace(" and ", " ")))
                ).analyze()
                tried.add(way["changes"].partition(":")[0] + ("+" if "," in way["changes"] else ""))
    assert tried == {"filters", "padding", "strides", "strides+"}


@pytest.mark.parametrize("size", range(5, 40, 3))
def test_an_input_that_is_said_to_be_large_enough_is_and_one_less_is_not(size: int) -> None:
    layers = "layers:\n" + "  - Conv2D: {filters: 4, kernel_size: 3}\n  - MaxPooling2D\n" * 4
    diagnostic = mistake(f"input: [{size}, {size}, 3]\n{layers}")
    match = re.search(r"an input of at least (\d+)x\1x3", diagnostic.suggestion or "")
    assert match is not None
    culprit = diagnostic.message.split('"')[1]
    assert culprit in names_up_to_the_culprit(f"input: [{match[1]}, {match[1]}, 3]\n{layers}")
    assert culprit not in names_up_to_the_culprit(f"input: [{int(match[1]) - 1}, {int(match[1]) - 1}, 3]\n{layers}")


def names_up_to_the_culprit(text: str) -> list[str]:
    """The names of the layers that could be computed."""
    return [row.name for row in cnncalc.loads(text).analyze(partial=True).layers]


def test_channels_first_is_recognised_only_where_the_other_way_fits() -> None:
    wrong = "layers: [{Conv2D: {filters: 8, kernel_size: 7}}]"
    assert mistake(f"input: [3, 32, 32]\n{wrong}").suggestion == "shapes are channels-last: input: [32, 32, 3]"
    assert "channels-last" not in (mistake(f"input: [3, 32, 3]\n{wrong}").suggestion or "")


def test_a_merge_names_its_branches_and_what_they_end_with() -> None:
    message = mistake(
        """
        input: [8, 8, 3]
        layers: [{Add: {branches: {main: [ReLU, {Dense: {units: 5, name: last}}], shortcut: [], side: [ELU]}}}]
        """
    ).message
    assert '"last" (branch main) is 8x8x5, "input" (empty branch shortcut) is 8x8x3, "elu" (branch side) is' in message


def test_flatten_is_suggested_only_where_it_helps() -> None:
    layers = "layers: [{Conv2D: {filters: 4, kernel_size: 3}}, {Dense: 10}, {Reshape: [10]}]"
    assert "is Flatten missing" in (mistake(f"input: [8, 8, 3]\n{layers}").suggestion or "")
    other = layers.replace("[10]", "[7]")
    assert "is Flatten missing" not in (mistake(f"input: [8, 8, 3]\n{other}").suggestion or "")
    warnings = cnncalc.loads("input: [8, 8, 3]\nlayers: [{Dense: 10}]").analyze().warnings
    assert [warning.id for warning in warnings] == ["dense-on-map"]
