"""The pages of the documentation, as they travel with the program: Markdown, one file per topic."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from cnncalc.errors import Diagnostic, UsageError, nearest, quote

FIRST: Final = ("tutorial", "language", "conventions", "formulas", "commands", "python")
"""The topics to begin with; the others follow in alphabetical order."""
COMMANDS: Final = "commands"
"""The page with a section for each command."""
_COMMENT: Final = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@cache
def pages_folder() -> Path:
    """Finds the pages: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "docs"
    return installed if installed.is_dir() else package.parent / "docs"


@cache
def topics() -> dict[str, str]:
    """Lists the topics with the titles of their pages."""
    pages = {path.stem: path for path in sorted(pages_folder().glob("*.md")) if path.stem != "index"}
    ordered = [*(name for name in FIRST if name in pages), *(name for name in pages if name not in FIRST)]
    return {name: _text(pages[name]).partition("\n")[0].removeprefix("# ") for name in ordered}


def find_page(topic: str) -> str:
    """Finds the page of a topic, or what the page of commands says of a command. Raises: UsageError."""
    name = topic.lower().removesuffix(".md")
    if name in topics():
        return _text(pages_folder() / f"{name}.md")
    sections = _sections(_text(pages_folder() / f"{COMMANDS}.md"))
    if name in sections:
        return sections[name]
    suggestion = nearest(name, [*topics(), *sections]) or "`cnncalc help` lists the topics"
    raise UsageError(Diagnostic("no-such-topic", f"there is no page {quote(topic)}", suggestion=suggestion))


def _text(path: Path) -> str:
    """Reads a page without its comments, which mark what is generated."""
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))


def _sections(page: str) -> dict[str, str]:
    """Takes a page apart at its headings of the second level, each without its mark-up."""
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0].removeprefix("## "): part for part in parts}
