"""Folders of files, one per student."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from cnncalc.cli.output import refused
from cnncalc.errors import UsageError, quote


def make_folder(path: str) -> None:
    """Makes a folder, unless it is there. Raises: UsageError: `cannot-write`."""
    try:
        os.makedirs(path or ".", exist_ok=True)
    except OSError as error:
        raise UsageError(refused(error, quote(path))) from error


def save_bytes(path: str, data: bytes) -> None:
    """Writes a file of bytes. Raises: UsageError: `cannot-write`."""
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise UsageError(refused(error, quote(path))) from error


def file_names(students: Sequence[str]) -> list[str]:
    """Makes a file's name of each student's, all different whatever the file system does with capitals."""
    names: list[str] = []
    taken: set[str] = set()
    for student in students:
        name = re.sub(r"[^\w.-]+", "_", student).strip("._") or "student"
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        names.append(name)
    return names
