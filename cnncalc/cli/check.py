"""`cnncalc check`: marks answers, of one student or of a class."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, get_args

import typer

from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.marks_output import Format, View, class_problems, write_marks, write_pages
from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    MaxExpanded,
    OutputFile,
    Spec,
    Variables,
    chosen_format,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import write
from cnncalc.cli.progress import watched
from cnncalc.cli.watching import Watch, watch_command
from cnncalc.convert.loading import load_document
from cnncalc.errors import AnswersError, Diagnostic, UsageError, quote
from cnncalc.exercise.answering import exercise_report, mark_exercises
from cnncalc.exercise.course import read_course
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.marking.answers import read_sheet_file
from cnncalc.marking.class_report import (
    ClassReport,
    Student,
    asked_of,
    class_report,
    mark_file,
    on_roster,
    read_file,
)
from cnncalc.marking.marker import Marker, Options
from cnncalc.marking.misconceptions import CATALOGUE
from cnncalc.marking.quantities import Marking
from cnncalc.marking.questions import check_quantity
from cnncalc.marking.roster import read_roster
from cnncalc.marking.sheet_files import find_sheets, no_sheets
from cnncalc.marking.sheet_text import STANDARD_INPUT
from cnncalc.model import Model
from cnncalc.numbers_as_written import read_decimal, read_share
from cnncalc.render.document import line
from cnncalc.render.drawing import draw
from cnncalc.render.feedback import FeedbackFormat
from cnncalc.render.terminal import terminal_of


def _list_misconceptions(asked: bool) -> None:
    if asked:
        widest = max(len(misconception.id) for misconception in CATALOGUE)
        hang = " " * (widest + 2)
        lines = [line(f"{known.id.ljust(widest)}  ", known.text, hang=hang) for known in CATALOGUE]
        write(draw(lines, terminal_of(sys.stdout)))
        raise typer.Exit


def check(
    context: typer.Context,
    spec: Spec,
    answers: Annotated[
        list[str] | None,
        typer.Argument(metavar="ANSWERS...", help="Sheets (YAML, JSON, CSV, Markdown, Excel), folders, or -."),
    ] = None,
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or a table.")
    ] = None,
    convention: Annotated[Marking, typer.Option(help="Whose receptive fields and operations are right.")] = "notes",
    tolerance: Annotated[
        str, typer.Option(metavar="SHARE", help="How far counts may be off, as 1% or 0.01; then 61.7K is an answer.")
    ] = "0",
    points: Annotated[
        list[str] | None,
        typer.Option(metavar="QUANTITY=POINTS", help="What an answer is worth, 1 unless given: params=2,ops=0.5."),
    ] = None,
    ask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[LAYERS:]QUANTITY,...",
            help="Mark these only, and what is missing is blank: params, 'conv*:params,neurons', totals:params.",
        ),
    ] = None,
    hints: Annotated[bool, typer.Option("--hints", help="Do not show the right figures.")] = False,
    no_follow_through: Annotated[
        bool, typer.Option("--no-follow-through", help="No credit for what is right given an earlier mistake.")
    ] = False,
    strict_none: Annotated[
        bool, typer.Option("--strict-none", help='Tell "none" from 0, which are one answer otherwise.')
    ] = False,
    roster: Annotated[
        str | None, typer.Option(metavar="CSV", help="The course's students, with those who handed in nothing.")
    ] = None,
    rank: Annotated[bool, typer.Option("--rank", help="A class in the order of its points.")] = False,
    per_answer: Annotated[
        bool, typer.Option("--per-answer", help="With --format csv: a line per answer, not per student.")
    ] = False,
    exercise: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Mark exercises that `cnncalc exercise` wrote: no SPEC, sheets alone."),
    ] = None,
    feedback: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Write a page per student into this folder, too.")
    ] = None,
    feedback_format: Annotated[FeedbackFormat, typer.Option(help="How the pages are written.")] = "markdown",
    list_misconceptions: Annotated[
        bool,
        typer.Option(
            "--list-misconceptions", callback=_list_misconceptions, is_eager=True, help="All known mistakes, and exit."
        ),
    ] = False,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
    max_expanded: MaxExpanded = MAX_EXPANDED,
    watch: Watch = False,
) -> int:
    """Marks answers, and says why a wrong one is wrong; several sheets or a folder: a class.

    Exit code 1 where an answer is wrong or unreadable, or nothing is answered; 2 where a sheet, or a row of one, can't
    be read.
    """
    if watch:
        return watch_command(context.obj.arguments, spec, answers or ())
    format = chosen_format(format, output, get_args(Format), "table")
    options = Options(
        convention=convention,
        tolerance=_share(tolerance),
        points=_points(points or ()),
        follow_through=not no_follow_through,
        ask=tuple(ask or ()),
        strict_none=strict_none,
    )
    sheets = [*(answers or ()), *([spec] if exercise is not None else [])]
    if not sheets:
        raise UsageError(Diagnostic("usage", "there are no answers to mark", None, "cnncalc check SPEC ANSWERS..."))
    if exercise is None and spec == STANDARD_INPUT and STANDARD_INPUT in sheets:
        raise UsageError(Diagnostic("bad-option", "the spec and the answers can't both come from standard input"))
    if per_answer and format != "csv":
        raise UsageError(Diagnostic("bad-option", "--per-answer goes with --format csv"))
    if format == "xlsx" and output is None:
        raise UsageError(Diagnostic("bad-option", "a workbook goes to a file: add -o marks.xlsx"))
    if exercise is not None and (ask or roster or inputs or variables):
        message = "--exercise has its own nets, students and questions: leave out --ask, --roster, --input and --set"
        raise UsageError(Diagnostic("bad-option", message))
    view = View(format, hints, terminal_of(sys.stdout) if output is None else None, rank, per_answer)
    errors: ErrorOutput = context.obj
    if exercise is not None:
        report = _exercises(exercise, sheets, options)
        students, marked = list(report.students), view.several(report)
        problems = class_problems(report, whole=errors.format == "json")
    else:
        model = Model(
            load_document(spec, folder),
            inputs=read_inputs(inputs),
            variables=read_variables(variables),
            max_expanded=max_expanded,
        )
        marker = Marker(model, options)
        if len(sheets) == 1 and not os.path.isdir(sheets[0]) and roster is None:
            students = [_only_student(marker, sheets[0], format)]
            marked = view.one(students[0])
            problems = list(students[0].unread)
        else:
            report = _class(marker, sheets, roster)
            students, marked = list(report.students), view.several(report)
            problems = class_problems(report, whole=errors.format == "json")
    write_marks(output, marked)
    if feedback is not None:
        write_pages(students, feedback, feedback_format, hints)
    if problems:
        errors.report(problems)
    marks = [student.marks for student in students if student.marks is not None and student.handed_in]
    return errors.exit_code or int(any(not own.all_right or own.nothing_answered for own in marks))


def _only_student(marker: Marker, path: str, format: Format) -> Student:
    """Returns the one student. Raises: AnswersError: where the sheet can't be read and the format has no place to say
    so.
    """
    try:
        sheet = read_sheet_file(path, marker.net.layers)
    except AnswersError as error:
        if format != "gradescope":
            raise
        return Student(path, path, None, error.diagnostics)
    return Student(sheet.name, path, marker.mark(sheet))


def _exercises(folder: str, answers: Sequence[str], options: Options) -> ClassReport:
    """Marks the sheets of a course's exercises, each student against the own net. Raises: AnswersError; SpecError."""
    course = read_course(folder)
    files, passed_over = find_sheets(answers)
    if not files:
        raise no_sheets(answers)
    return exercise_report(course, mark_exercises(course, files, options), options, passed_over)


def _class(marker: Marker, answers: Sequence[str], roster: str | None) -> ClassReport:
    """Marks the sheets of a class. Raises: AnswersError: if there is none."""
    course = None if roster is None else read_roster(roster)
    files, passed_over = find_sheets(answers)
    if not files:
        raise no_sheets(answers)
    sheets = [read_file(file, marker.net.layers) for file in files]
    asked = asked_of(marker, sheets)
    with watched((mark_file(marker, sheet, asked) for sheet in sheets), len(sheets), shown=True) as marked:
        students = list(marked)
    if course is not None:
        students = on_roster(students, course, marker, asked)
    return class_report(marker, students, asked, passed_over)


def _share(text: str) -> Fraction:
    """Returns the tolerance. Raises: UsageError: where it is no share from 0 to 1."""
    share = read_share(text)
    if share is None:
        expected = "a share such as 1% or 0.01"
        raise UsageError(Diagnostic("bad-option", f"--tolerance must be {expected}, not {quote(text)}", None, expected))
    return share


def _points(texts: Sequence[str]) -> dict[str, Fraction]:
    """Returns the points of each quantity. Raises: UsageError: where it is none, or not so many points."""
    worth: dict[str, Fraction] = {}
    for part in ",".join(texts).split(",") if texts else ():
        name, _, number = part.partition("=")
        check_quantity(name.strip())
        value = read_decimal(number)
        if value is None:
            expected = "QUANTITY=POINTS, such as params=2"
            message = f"--points must be {expected}, not {quote(part)}"
            raise UsageError(Diagnostic("bad-option", message, None, expected))
        worth[name.strip()] = value
    return worth
