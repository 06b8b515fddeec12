"""The list of a course's students: who handed in nothing, and whose sheet is whose."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.errors import AnswersError, Diagnostic, Source, Span
from cnncalc.marking.sheet_text import sheet_bytes, sheet_text

_DELIMITERS: Final = (",", ";", "\t")
_NAME: Final = ("name", "student", "full name", "student name")
_FIRST: Final = ("first name", "firstname", "given name", "first")
_LAST: Final = ("last name", "lastname", "surname", "family name", "last")
_KEYS: Final = ("id", "sid", "id number", "student id", "username", "login", "sis login id", "sis user id", "email",
                "email address")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A student of the course: the name, all that a file of theirs may be called, and an id if there is one."""

    name: str
    keys: frozenset[str]
    id: str = ""


class Roster:
    """The students of a course, in the order of their list."""

    def __init__(self, students: Sequence[Listed]) -> None:
        self.students = students

    def distinct_names(self) -> list[str]:
        """Lists the names; namesakes are told apart by their ids, or by a number."""
        alike = Counter(_letters(student.name) for student in self.students)
        seen: Counter[str] = Counter()
        names = []
        for student in self.students:
            letters = _letters(student.name)
            seen[letters] += 1
            apart = f" {student.id or seen[letters]}" if alike[letters] > 1 else ""
            names.append(student.name + apart)
        return names

    def find(self, written: str) -> Listed | None:
        """Finds the one student that a file's name, or what a platform calls them, belongs to."""
        key = _letters(written)
        exact = [student for student in self.students if key in student.keys]
        if len(exact) == 1:
            return exact[0]
        words = set(_words(written))
        named = [student for student in self.students if _is_named(student, words)]
        return named[0] if len(named) == 1 else None


def read_roster(path: str) -> Roster:
    """Reads a CSV of students: a column `name`, or `first name` and `last name`; an id and an email help to match.

    The grade books of Moodle, Canvas and Gradescope are such files. Raises: AnswersError: if it names nobody.
    """
    source, _ = sheet_text(sheet_bytes(path)[1], path)
    delimiter = max(_DELIMITERS, key=source.lines[0].count)
    rows = [row for row in csv.reader(source.lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not any(heading in (*_NAME, *_FIRST, *_LAST) for heading in header):
        header, rows = [_NAME[0]], [[], *rows]  # a bare list of names
    students = [student for row in rows[1:] if (student := _listed(header, row)) is not None]
    if not students:
        message = "the roster names no student"
        raise AnswersError(Diagnostic("no-roster", message, Span(Source(path)), "a CSV file with a column called name"))
    return Roster(students)


def listed(name: str) -> Listed:
    """Lists a student of whom the name alone is known."""
    return _spelt(name, [])


def _listed(header: Sequence[str], row: Sequence[str]) -> Listed | None:
    cells = {heading: cell.strip() for heading, cell in zip(header, row, strict=False)}

    def first_of(headings: Iterable[str]) -> str:
        return next((cells[heading] for heading in headings if cells.get(heading)), "")

    first, last, name = first_of(_FIRST), first_of(_LAST), first_of(_NAME)
    name = "".join(character for character in name or f"{first} {last}".strip() if character.isprintable())
    if not name:
        return None
    if "," in name:  # as Canvas writes it: Schmidt, Anna
        last, _, first = (part.strip() for part in name.partition(","))
        name = f"{first} {last}"
    return _spelt(name, [cells[heading] for heading in _KEYS if cells.get(heading)])


def _spelt(name: str, ids: Sequence[str]) -> Listed:
    words = name.split() or [name]
    spellings = [name, f"{words[-1]} {' '.join(words[:-1])}", *ids, *(id.partition("@")[0] for id in ids)]
    return Listed(name, frozenset(filter(None, map(_letters, spellings))), ids[0] if ids else "")


def _is_named(student: Listed, words: set[str]) -> bool:
    return set(_words(student.name)) <= words or any(len(key) > 2 and key in words for key in student.keys)


def _plain(text: str) -> str:
    """Writes a text without capitals and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", _plain(text))


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", _plain(text)) if word]
