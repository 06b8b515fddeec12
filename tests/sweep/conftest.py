"""A folder with the nets that are varied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sweep import nets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    nets.write(tmp_path)
    return tmp_path
