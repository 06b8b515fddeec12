"""Options of the comparison with other frameworks."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--networks", type=int, default=200, help="how many random networks are compared with Keras")
