"""docs/errors.md is what the catalogue and the bad specs say; `pytest --update-golden` writes it anew."""

from __future__ import annotations

import re

import pytest

from tests.command_line import REPOSITORY
from tests.error_catalogue import CATALOGUE
from tests.errors_page import page

PAGE = REPOSITORY / "docs" / "errors.md"


def test_the_page_is_up_to_date(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "pytest --update-golden writes it anew"


def test_the_page_has_every_error_and_its_text() -> None:
    text = PAGE.read_text()
    assert re.findall(r"^### (\S+)$", text, re.MULTILINE) == [
        entry.id for about in dict.fromkeys(entry.about for entry in CATALOGUE.values())
        for entry in CATALOGUE.values() if entry.about == about
    ]  # fmt: skip
    assert text.count("```text\nerror: ") > 90
