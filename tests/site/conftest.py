"""A browser for the tests of this folder: Debian's package `chromium`, or the path of another one in CHROMIUM."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest

BROWSER: Final = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api", reason="make site-test installs Playwright")
    if BROWSER is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with playwright.sync_playwright() as session:
        started = session.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()
