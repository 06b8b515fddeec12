"""What the documentation has from the code is what the code says; `pytest --update-golden` writes it anew."""

from __future__ import annotations

import pytest

from tests.reference_pages import DOCS, PARTS, written_anew


@pytest.mark.parametrize("part", PARTS)
def test_a_generated_part_is_up_to_date(part: str, request: pytest.FixtureRequest) -> None:
    page, fresh = written_anew(part)
    if request.config.getoption("--update-golden"):
        (DOCS / PARTS[part][0]).write_text(fresh, encoding="utf-8")
    else:
        assert fresh == page, "pytest --update-golden writes it anew"
