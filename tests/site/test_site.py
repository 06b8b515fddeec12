"""The site that `make docs` built, opened from disk in a browser as a reader does. `make site-test` runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.command_line import REPOSITORY

playwright = pytest.importorskip("playwright.sync_api", reason="make site-test installs Playwright")
Page = playwright.Page

SITE: Final = REPOSITORY / "site"


@pytest.fixture
def page(browser: playwright.Browser) -> Iterator[playwright.Page]:
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if request.url.startswith("http") else None)
    page.goto(SITE.joinpath("index.html").as_uri())
    yield page
    page.close()
    assert not problems, "a script failed, or the page asked the network for something"


def test_a_reader_searches_and_follows_a_link(page: playwright.Page) -> None:
    page.get_by_placeholder("Search").fill("receptive field")
    page.keyboard.press("Enter")
    found = page.locator("ul.search li a")
    found.filter(has_text="The two conventions").first.click()  # the results come one by one: this waits for it
    page.get_by_role("heading", name="Formulas of the notes").wait_for()
    assert page.url.startswith(SITE.joinpath("conventions.html").as_uri())
    page.locator("article").get_by_role("link", name="Formulas", exact=True).click()
    assert page.url == SITE.joinpath("formulas.html").as_uri()


def test_every_page_is_reached_from_the_first(page: playwright.Page) -> None:
    targets = {link.get_attribute("href") for link in page.locator(".sidebar-tree a").all()}
    pages = {path.stem for path in (REPOSITORY / "docs").glob("*.md")} - {"index"}
    assert {f"{name}.html" for name in pages} <= targets
    assert "developers/hostile-input.html" in targets


def test_light_and_dark_differ(page: playwright.Page) -> None:
    def ground(scheme: str) -> str:
        page.emulate_media(color_scheme=scheme)
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert _brightness(ground("light")) > 200 > 60 > _brightness(ground("dark"))


def test_pictures_are_shown(page: playwright.Page) -> None:
    page.goto(SITE.joinpath("checking.html").as_uri())
    widths = page.evaluate("[...document.querySelectorAll('article img')].map(image => image.naturalWidth)")
    assert widths
    assert all(width > 100 for width in widths)


def _brightness(color: str) -> float:
    red, green, blue = map(int, re.findall(r"\d+", color)[:3])
    return (red + green + blue) / 3
