"""Folders of files, one per student."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence

from cnncalc.cli.output import refused
from cnncalc.errors import UsageError, quote


def make_folder(path: str) -> None:
    """Makes a folder, unless it is there. Raises: UsageError: `cannot-write`."""
    try:
        os.makedirs(path or ".", exist_ok=True)
    except OSError as error:
        raise UsageError(refused(error, quote(path))) from error


def save_files(folder: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Writes files, each with its path, into a folder: all of them or, if one can't be written, none.

    Raises: UsageError: `cannot-write`.
    """
    try:
        beside = os.path.dirname(os.path.realpath(folder))
        os.makedirs(beside, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=beside, prefix=".cnncalc-") as staging:
            paths = []
            for path, data in files:
                staged = os.path.join(staging, path)
                os.makedirs(os.path.dirname(staged), exist_ok=True)
                with open(staged, "wb") as file:
                    file.write(data)
                paths.append(path)
            for path in paths:
                target = os.path.join(folder, path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.replace(os.path.join(staging, path), target)
    except OSError as error:
        raise UsageError(refused(error, quote(folder))) from error


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
