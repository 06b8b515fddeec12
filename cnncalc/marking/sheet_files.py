"""The answer sheets in folders: which files are read, and which are not and why."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cnncalc.errors import AnswersError, Diagnostic, Source, Span, quote
from cnncalc.marking.exports import METADATA, read_submitters, students_of
from cnncalc.marking.sheet_text import STANDARD_INPUT

SUFFIXES: Final = (".yaml", ".yml", ".json", ".csv", ".tsv", ".md", ".markdown", ".txt", ".xlsx")
"""The endings of the files in a folder that are taken for sheets."""


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A file to mark, and its name in the class table; `problem` says why it must not or cannot be opened.

    `students` are those whom a learning platform names as its authors.
    """

    path: str
    name: str
    problem: Diagnostic | None = None
    students: tuple[str, ...] = ()


def find_sheets(paths: Sequence[str]) -> tuple[list[SheetFile], list[str]]:
    """Finds the sheets among files and in folders, with all that is inside; and the files that are no sheets by name.

    A link that leads out of its folder would let a student hand in another's sheet, or the key: it is not opened.
    """
    found: list[SheetFile] = []
    passed_over: list[SheetFile] = []
    for path in paths:
        if path == STANDARD_INPUT or not os.path.isdir(path):
            found.append(SheetFile(path, "<stdin>" if path == STANDARD_INPUT else Path(path).stem))
            continue
        for sheet in sorted(_in_folder(path), key=lambda sheet: sheet.path):
            if sheet.problem or os.path.splitext(sheet.path)[1].lower() in SUFFIXES:
                found.append(sheet)
            else:
                passed_over.append(sheet)
    # Who handed in nothing but a file of another kind has a row all the same.
    heard_of = {sheet.students for sheet in found}
    others = [sheet for sheet in passed_over if sheet.students and sheet.students not in heard_of]
    found += [replace(sheet, problem=_no_sheet(sheet.path)) for sheet in others]
    rest = [sheet.path for sheet in passed_over if sheet not in others]
    taken = Counter(sheet.name for sheet in found)
    # Two files of one name are told apart by their paths.
    return [replace(sheet, name=_longer_name(sheet)) if taken[sheet.name] > 1 else sheet for sheet in found], rest


def _longer_name(sheet: SheetFile) -> str:
    return f"{sheet.name} ({os.path.basename(sheet.path)})" if sheet.students else sheet.path


def _in_folder(folder: str) -> Iterator[SheetFile]:
    """Lists the files below a folder, and with a problem each link or folder in it that is not entered."""
    unreadable: list[OSError] = []
    submitters = read_submitters(folder)

    def named(path: str, problem: Diagnostic | None) -> SheetFile:
        inside = os.path.relpath(path, folder)
        students = students_of(inside, submitters)
        name = ", ".join(students) or os.path.splitext(inside)[0].replace(os.sep, "/")
        return SheetFile(path, name, problem, students)

    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        # A link to a folder inside this one is not entered: its files are found at their own place.
        for name in folders:
            path = os.path.join(place, name)
            if os.path.islink(path) and _leads_out(path, folder):
                yield named(path, _link_out(path))
        for name in files:
            path = os.path.join(place, name)
            if not name.startswith((".", "~$")) and name != METADATA:  # ~$ is what Excel locks a file with
                yield named(path, _problem(path, folder))
    for error in unreadable:
        yield named(error.filename, _not_readable(error.filename, str(error.strerror)))


def _problem(path: str, folder: str) -> Diagnostic | None:
    """Says why a file that is named like a sheet must not be opened; `None` if it may."""
    if os.path.splitext(path)[1].lower() not in SUFFIXES:
        return None
    if os.path.islink(path) and _leads_out(path, folder):
        return _link_out(path)
    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
    except OSError as error:
        return _not_readable(path, str(error.strerror))
    return None if is_file else _not_readable(path, "it is no plain file, and might never end")


def _leads_out(path: str, folder: str) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _link_out(path: str) -> Diagnostic:
    message = f"{quote(path)} is a link that leads out of the folder: it was not opened"
    hint = "put a copy of the sheet in the folder, or name the file itself"
    return Diagnostic("path-leaves-folder", message, Span(Source(path)), suggestion=hint)


def _not_readable(path: str, reason: str) -> Diagnostic:
    return Diagnostic("file-not-readable", f"{quote(path)} cannot be read: {reason}", Span(Source(path)))


def _no_sheet(path: str) -> Diagnostic:
    message = f"{quote(os.path.basename(path))} is no answer sheet by its name"
    expected = "a file that ends in " + ", ".join(SUFFIXES)
    hint = "have it handed in again as YAML, CSV or .xlsx, or copy it into a worksheet"
    return Diagnostic("file-not-readable", message, Span(Source(path)), expected, suggestion=hint)


def no_sheets(paths: Sequence[str]) -> AnswersError:
    """Says that folders hold no sheet at all."""
    where = ", ".join(quote(path) for path in paths)
    message = f"there is no answer sheet in {where}"
    expected = "files that end in " + ", ".join(SUFFIXES)
    return AnswersError(Diagnostic("no-sheets", message, Span(Source(paths[0])), expected=expected))
