"""docs/python.md: its code runs, in its order, and prints what stands below it. `--update-golden` writes that anew."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from typing import Final

import pytest

from tests.command_line import REPOSITORY

PAGE: Final = REPOSITORY / "docs" / "python.md"
EXAMPLE: Final = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def printed_anew(text: str) -> str:
    """A page with what its code prints as it is."""
    names: dict[str, object] = {}

    def block(match: re.Match[str]) -> str:
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(match[1], names)
        return f"```python\n{match[1]}```\n\n```text\n{printed.getvalue()}```"

    return EXAMPLE.sub(block, text)


def test_the_code_prints_what_stands_below_it(request: pytest.FixtureRequest) -> None:
    pytest.importorskip("pandas")
    text = PAGE.read_text(encoding="utf-8")
    fresh = printed_anew(text)
    assert text.count("```python") == len(EXAMPLE.findall(text)) > 4
    if request.config.getoption("--update-golden"):
        PAGE.write_text(fresh, encoding="utf-8")
    else:
        assert fresh == text, "pytest --update-golden writes it anew"
