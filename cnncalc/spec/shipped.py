"""The specs that come with cnncalc: where they are, and what they are called."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def shipped_folder() -> Path:
    """Finds the shipped specs: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "specs"
    return installed if installed.is_dir() else package.parent / "specs"


@cache
def shipped_names() -> tuple[str, ...]:
    """Lists the shipped specs' names, sorted."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def shipped_path(name: str) -> Path:
    """Names the file of a shipped spec, whether it exists or not."""
    return shipped_folder() / f"{name}.yaml"


def is_shipped(name: str) -> bool:
    """Tells whether a spec of this name is shipped."""
    return "/" not in name and "\0" not in name and len(name) < 100 and shipped_path(name).is_file()
