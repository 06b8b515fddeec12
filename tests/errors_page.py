"""The page of all errors, docs/errors.md, from the catalogue and the bad specs."""

from __future__ import annotations

from pathlib import Path

from tests.error_catalogue import CATALOGUE, SECTIONS, Entry
from tests.test_bad_specs import CASES, command_of, outcome

LONGEST = 30
"""Lines of an example that are shown; a longer one is generated, and its command says enough."""

INTRODUCTION = """# Errors

Every error has an id, which `--error-format json` shows and which does not change, a place, what was found and what was
expected, and, where one can be computed, a suggestion. Independent errors come together, at most ten. The exit code is
2, where a limit is broken 1.

Below, each error with an example and what `cnncalc` says to it. This page is made from the catalogue of errors and from
the tests, which hold the id, place and suggestion of each.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, contents()]
    for about in SECTIONS:
        parts.append(f"## {about}\n")
        parts += [section(entry) for entry in CATALOGUE.values() if entry.about == about]
    return "\n".join(parts)


def contents() -> str:
    """The list of all ids, by section."""
    lines = []
    for about in SECTIONS:
        links = [f"[{entry.id}](#{entry.id})" for entry in CATALOGUE.values() if entry.about == about]
        lines.append(f"- {about}: {', '.join(links)}")
    return "\n".join(lines) + "\n"


def section(entry: Entry) -> str:
    """One error: what it is, and an example where there is one."""
    text = f"### {entry.id}\n\n**{entry.title}.** {entry.explanation}\n"
    case = example_of(entry.id)
    return text if case is None else f"{text}\n{example(case)}"


def example_of(id: str) -> Path | None:
    """The case that is called by the id itself, or else the first of its variants."""
    cases = [case for case in CASES if case.stem.partition("--")[0] == id]
    return min(cases, key=lambda case: len(case.stem), default=None)


def example(case: Path) -> str:
    """What is wrong, and what is said."""
    said = fenced("text", outcome(case).stderr.split("\n\nerror: ")[0])
    if case.suffix == ".python":
        return fenced("python", case.read_text()) + said
    command = command_of(case)
    shown = fenced("console", f"$ {command}") + said
    files = {str(path.relative_to(case.parent)): path for path in case.parent.rglob("*") if path.is_file()}
    named = next((files[word] for word in command.split() if word in files), None)
    if named is None:
        return shown
    try:
        text = named.read_bytes().decode()
    except UnicodeDecodeError:
        return shown
    if not text.isprintable() and not all(line.isprintable() for line in text.split("\n")):
        return shown
    text = "\n".join(line for line in text.split("\n") if not line.startswith("# $ "))
    if not text.strip() or text.count("\n") > LONGEST:
        return shown
    return fenced(named.suffix[1:].replace("md", "markdown"), text) + shown


def fenced(language: str, text: str) -> str:
    """A block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n\n"
