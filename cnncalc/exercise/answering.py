"""Marks the answers to exercises, each student against the own net."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cnncalc.errors import AnswersError, Diagnostic, Problem, Source, Span, SpecError, quote
from cnncalc.exercise.course import Course
from cnncalc.exercise.questions import Exercise, Question
from cnncalc.exercise.template import model_of_spec
from cnncalc.marking.answers import Answer, Sheet
from cnncalc.marking.class_report import ClassReport, Student, report_of
from cnncalc.marking.layer_names import closest_one
from cnncalc.marking.marker import Marker, Options
from cnncalc.marking.marks import Mark, Marks
from cnncalc.marking.misconceptions import BY_ID
from cnncalc.marking.quantities import all_quantities
from cnncalc.marking.questions import QuestionList
from cnncalc.marking.reasons import reason_of
from cnncalc.marking.records import Entry, entry_of
from cnncalc.marking.roster import Roster, listed
from cnncalc.marking.sheet_files import SheetFile
from cnncalc.marking.sheet_text import sheet_bytes, sheet_text
from cnncalc.marking.workbook import workbook_lines
from cnncalc.numbers_as_written import Written, read_number
from cnncalc.spec.yaml_text import read_yaml

ORIGIN: Final = "those of each student's exercise"
_TABLES: Final = {".csv": ",", ".tsv": "\t"}
Entries = Mapping[str, Entry]


def mark_exercises(course: Course, files: Sequence[SheetFile], options: Options) -> list[Student]:
    """Marks the sheets of a course in the order of its students; who handed in nothing has a row of blanks."""
    roster = Roster([listed(exercise.student) for exercise in course.exercises])
    own: dict[str, list[SheetFile]] = {}
    strangers = []
    for file in files:
        found = next(filter(None, map(roster.find, file.students or (file.name,))), None)
        if found is None:
            strangers.append(file)
        else:
            own.setdefault(found.name, []).append(file)
    rows = [row for exercise in course.exercises for row in _rows(exercise, own.get(exercise.student, ()), options)]
    return rows + [Student(file.name, file.path, None, (_stranger(file),)) for file in strangers]


def exercise_report(
    course: Course, students: Sequence[Student], options: Options, passed_over: Sequence[str] = ()
) -> ClassReport:
    """Makes the report of a course's exercises: questions are told by their layers, as those of a class are."""
    first = next((student.marks for student in students if student.marks is not None), None)
    points = 0 if first is None else first.max_points
    title = course.exercises[0].title if course.exercises else ""
    count = 0 if first is None else len(first.marks)
    return report_of(title, options.convention, students, QuestionList((), ORIGIN, count), points, passed_over)


def _stranger(file: SheetFile) -> Diagnostic:
    message = f"{quote(file.name)} is no student of this exercise"
    hint = "name the file as the student's sheet was named"
    return Diagnostic("no-such-student", message, Span(Source(file.path)), suggestion=hint)


def _rows(exercise: Exercise, files: Sequence[SheetFile], options: Options) -> list[Student]:
    if not files:
        blank = _mark(exercise, {}, options)
        return [Student(exercise.student, "", blank, notes=("nothing handed in",), handed_in=False)]
    rows = []
    for file in files:
        try:
            if file.problem is not None:
                raise AnswersError(file.problem)
            entries, notes = read_entries(file.path)
            marks = _mark(exercise, entries, options)
            unknown = set(entries) - {question.id for question in exercise.questions}
            unread = tuple(_no_question(id, entries[id]) for id in sorted(unknown))
            marks = replace(marks, unread=unread, notes=notes)
            rows.append(Student(exercise.student, file.path, marks))
        except AnswersError as error:
            rows.append(Student(exercise.student, file.path, None, error.diagnostics))
    return rows


def _no_question(id: str, entry: Entry) -> Diagnostic:
    return Diagnostic("no-such-question", f"the exercise has no question {quote(id)}", entry.key, "such as q1")


def read_entries(path: str) -> tuple[Entries, tuple[str, ...]]:
    """Reads the answers of a sheet by their questions, `q1: 28x28x6`; and notes for the marker.

    YAML or JSON; CSV or Excel with the columns question and answer. Raises: AnswersError.
    """
    file, data = sheet_bytes(path)
    suffix = Path(file).suffix.lower()
    if suffix == ".xlsx":
        lines = [[cell.text for cell in line] for line in workbook_lines(data, file)]
        return _of_table(lines, Source(file)), ()
    source, notes = sheet_text(data, file)
    if suffix in _TABLES:
        delimiter = max(",;\t", key=source.lines[0].count)
        return _of_table(list(csv.reader(source.lines, delimiter=delimiter)), source), notes
    try:
        placed = read_yaml(source)
    except SpecError as error:
        raise AnswersError(error.diagnostics) from None
    if not isinstance(placed.value, dict):
        message = "a sheet has a key and an answer for each question"
        raise AnswersError(Diagnostic("answers-not-mapping", message, placed.span, "q1: 28x28x6"))
    return {_id(key): entry_of(key, value) for key, value in placed.value.items()}, notes


def _of_table(lines: Sequence[Sequence[str]], source: Source) -> Entries:
    entries = {}
    for number, line in enumerate(lines, 1):
        if len(line) > 1 and line[0].strip() and line[0].strip().lower() != "question":
            span = Span(source, number, 1, number, 2)
            text = line[1].strip()
            entries[_id(line[0])] = Entry(line[0], text or None, text, span, span)
    return entries


def _id(text: str) -> str:
    """Reads the id of a question: `Q1`, `q1` and `1` are one."""
    plain = text.strip().lower()
    return f"q{plain}" if plain.isdecimal() else plain


def _mark(exercise: Exercise, entries: Entries, options: Options) -> Marks:
    """Marks the answers about the net as a sheet is, with follow-through and reasons, and the others by their key."""
    marker = Marker(model_of_spec(exercise.spec), replace(options, ask=()))
    about_net = {}
    answers = []
    for question in exercise.questions:
        if question.layer is not None and question.quantity is not None and question.form != "text":
            index, quantity = marker.net.layers.find(question.layer), all_quantities()[question.quantity]
            entry = entries.get(question.id)
            about_net[question.id] = (index, quantity)
            if entry is not None:
                shown = entry.shown.strip()
                answers.append(Answer(index, quantity, entry.written, shown, entry.span, entry.problem))
    asked = QuestionList(tuple(dict.fromkeys(about_net.values())), ORIGIN)
    marked = marker.mark(Sheet(exercise.student, tuple(answers)), asked)
    by_question = dict(zip([(index, quantity.name) for index, quantity in asked.questions], marked.marks, strict=True))
    marks = [
        by_question[about_net[question.id][0], about_net[question.id][1].name]
        if question.id in about_net
        else _by_key(question, entries.get(question.id), options)
        for question in exercise.questions
    ]
    return replace(marked, model=exercise.title, marks=tuple(marks), questions=ORIGIN)


def _by_key(question: Question, entry: Entry | None, options: Options) -> Mark:
    """Marks an answer that is no figure of the net: a number, a letter or a name."""
    written = None if entry is None else entry.written
    mark = Mark(
        layer=question.id, number=None, type=None, quantity=question.kind, status="blank",
        answer=None if entry is None else entry.shown.strip(), expected=question.answer, also_right=None,
        points=0, max_points=options.points.get(question.topic, 1),
        span=None if entry is None else entry.span,
    )  # fmt: skip
    if written is None:
        return replace(mark, answer=None)
    try:
        given = read_number(written) if question.form == "count" else _chosen(question, written)
    except Problem as problem:
        return replace(mark, status="unreadable", problem=problem.at(mark.span))
    if given == question.answer:
        return replace(mark, status="right", points=mark.max_points)
    mistakes = (choice.mistake for choice in question.choices if choice.letter == given)
    reasons = tuple(reason_of(id, question.layer or "") for id in mistakes if id in BY_ID)
    return replace(mark, status="wrong", reasons=reasons)


def _chosen(question: Question, written: Written) -> str:
    """Finds the choice or the layer that an answer names; a choice by what it says, too. `B)` is `b`.

    Raises: Problem: if there is none of this name.
    """
    text = written if isinstance(written, str) else " ".join(written)
    plain = text.strip().strip("().").lower()
    letters = {choice.letter: choice.letter for choice in question.choices}
    known = letters or {layer: layer for layer, _ in question.table[1:]}
    by_text = {choice.text: choice.letter for choice in question.choices}
    for names in (known, by_text):
        for name, answer in names.items():
            if plain.replace(",", "") == name.lower():
                return answer
    if (closest := closest_one(plain, list(known))) is not None and not question.choices:
        return known[closest]
    expected = "one of " + ", ".join(known)
    raise Problem("unreadable-answer", f"{quote(text)} is none of the answers", expected=expected, found=quote(text))
