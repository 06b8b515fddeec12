"""docs/inventory.md is what docs/inventory.yaml and the registry say; `pytest --update-golden` writes it anew."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.layers import registry
from tests.command_line import REPOSITORY
from tests.inventory_page import FRAMEWORKS, INVENTORY, page, said_by, why_none, without_kind

PAGE = REPOSITORY / "docs" / "inventory.md"
NOT_KINDS = frozenset({"input", "layers"})


def test_the_page_is_up_to_date(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "pytest --update-golden writes it anew"


def test_at_most_15_of_kerass_164_layers_are_without_a_kind() -> None:
    assert len(INVENTORY["keras"]["classes"]) == 164
    assert len(without_kind("keras")) <= 15


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_class_has_a_kind_or_a_reason(framework: str) -> None:
    for name in without_kind(framework):
        assert why_none(name)


def test_what_is_said_to_say_a_class_does() -> None:
    for name, items in INVENTORY["said"].items():
        assert not registry.is_kind(name) or items == [name], f"{name} has a kind of its own"
        for item in items:
            kind, _, value = item.partition(": ")
            assert kind in NOT_KINDS or registry.is_kind(kind), f"{name}: {item}"
            if value:
                many = ", ".join(["input"] * 2)
                given = f"{{{value.strip('{}')}, from: [{many}]}}" if registry.layer_class(kind).merges else value
                assert cnncalc.loads(f"input: [8, 8, 3]\nlayers: [{{{kind}: {given}}}]").analyze().layers


def test_nothing_is_listed_that_neither_framework_has() -> None:
    known = {name for framework in FRAMEWORKS for name in INVENTORY[framework]["classes"]}
    assert {*INVENTORY["said"], *INVENTORY["none"]} <= known
    assert all(not said_by(name) for name in INVENTORY["none"])
