"""docs/import-resnet50.md is what `cnncalc import` writes; `pytest --update-golden` writes it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import REPOSITORY
from tests.import_page import page

PAGE = REPOSITORY / "docs" / "import-resnet50.md"


def test_the_page_is_up_to_date(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    text = page(tmp_path)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text)
    assert PAGE.read_text() == text, "pytest --update-golden writes it anew"
