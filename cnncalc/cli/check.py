"""`cnncalc check`: marks answers, of one student or of a class."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Literal

import typer

from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    MaxExpanded,
    OutputFile,
    Spec,
    Variables,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import output_to, write
from cnncalc.cli.progress import watched
from cnncalc.convert.loading import load_document
from cnncalc.errors import AnswersError, Diagnostic, UsageError, quote
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.marking.answers import STANDARD_INPUT, read_sheet_file
from cnncalc.marking.class_report import Student, class_report, mark_file
from cnncalc.marking.marker import Marker, Options, check_quantity
from cnncalc.marking.misconceptions import CATALOGUE
from cnncalc.marking.quantities import Marking
from cnncalc.marking.sheet_files import find_sheets, no_sheets
from cnncalc.model import Model
from cnncalc.numbers_as_written import read_decimal, read_share
from cnncalc.render.class_table import render_class
from cnncalc.render.gradescope import gradescope, gradescope_class
from cnncalc.render.json_text import indented
from cnncalc.render.marks_csv import render_class_csv, render_marks_csv
from cnncalc.render.marks_table import render_marks
from cnncalc.render.terminal import terminal_of

Format = Literal["table", "json", "csv", "gradescope"]


def _list_misconceptions(asked: bool) -> None:
    if asked:
        widest = max(len(misconception.id) for misconception in CATALOGUE)
        for misconception in CATALOGUE:
            write(f"{misconception.id.ljust(widest)}  {misconception.text}\n")
        raise typer.Exit


def check(
    context: typer.Context,
    spec: Spec,
    answers: Annotated[
        list[str],
        typer.Argument(metavar="ANSWERS...", help="Sheets (YAML, JSON, CSV, Markdown), folders of sheets, or -."),
    ],
    format: Annotated[Format, typer.Option(help="How it is written.")] = "table",
    convention: Annotated[Marking, typer.Option(help="Whose receptive fields and operations are right.")] = "notes",
    tolerance: Annotated[
        str, typer.Option(metavar="SHARE", help="How far counts may be off, as 1% or 0.01; then 61.7K is an answer.")
    ] = "0",
    points: Annotated[
        list[str] | None,
        typer.Option(metavar="QUANTITY=POINTS", help="What an answer is worth, 1 unless given: params=2,ops=0.5."),
    ] = None,
    ask: Annotated[
        str | None,
        typer.Option(metavar="QUANTITY,...", help="Mark these only, for every layer: what is missing is blank."),
    ] = None,
    hints: Annotated[bool, typer.Option("--hints", help="Do not show the right figures.")] = False,
    no_follow_through: Annotated[
        bool, typer.Option("--no-follow-through", help="No credit for what is right given an earlier mistake.")
    ] = False,
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
) -> int:
    """Marks answers, and says why a wrong one is wrong; several sheets or a folder: a class.

    Exit code 1 where an answer is wrong, 2 where a sheet can't be read.
    """
    options = Options(
        convention=convention,
        tolerance=_share(tolerance),
        points=_points(points or ()),
        follow_through=not no_follow_through,
        ask=read_quantities(ask) if ask is not None else (),
    )
    if spec == STANDARD_INPUT and STANDARD_INPUT in answers:
        raise UsageError(Diagnostic("bad-option", "the spec and the answers can't both come from standard input"))
    model = Model(
        load_document(spec, folder),
        inputs=read_inputs(inputs),
        variables=read_variables(variables),
        max_expanded=max_expanded,
    )
    marker = Marker(model, options)
    view = _View(format, hints, to_terminal=output is None)
    errors: ErrorOutput = context.obj
    if len(answers) == 1 and not os.path.isdir(answers[0]):
        students = [_only_student(marker, answers[0], format, errors)]
        text = view.one(students[0])
    else:
        sheets, passed_over = find_sheets(answers)
        if not sheets:
            raise no_sheets(answers)
        with watched((mark_file(marker, sheet) for sheet in sheets), len(sheets), shown=True) as marked:
            students = list(marked)
        text = view.several(marker, students, passed_over)
    with output_to(output) as write_text:
        write_text(text)
    for student in students:
        if student.diagnostics:
            errors.report(student.diagnostics)
    wrong = any(student.marks is not None and not student.marks.all_right for student in students)
    return errors.exit_code or int(wrong)


def _only_student(marker: Marker, path: str, format: Format, errors: ErrorOutput) -> Student:
    """The one student. Raises: AnswersError: where the sheet can't be read and the format has no place to say so."""
    try:
        sheet = read_sheet_file(path, marker.net.layers)
    except AnswersError as error:
        if format != "gradescope":
            raise
        return Student(path, path, None, error.diagnostics)
    return Student(sheet.name, path, marker.mark(sheet))


class _View:
    """How marks are written: the format, whether right figures are shown, and the terminal if there is one."""

    def __init__(self, format: Format, hints: bool, to_terminal: bool) -> None:
        self.format: Format = format
        self.hints = hints
        self.terminal = terminal_of(sys.stdout) if to_terminal else None

    def one(self, student: Student) -> str:
        """A student's marks."""
        match self.format, student.marks:
            case "gradescope", _:
                return indented(gradescope(student, self.hints)) + "\n"
            case _, None:
                return ""
            case "json", marks:
                return indented(marks.to_dict(self.hints)) + "\n"
            case "csv", marks:
                return render_marks_csv(marks, self.hints)
            case _, marks:
                return render_marks(marks, hints=self.hints, terminal=self.terminal)

    def several(self, marker: Marker, students: Sequence[Student], passed_over: Sequence[str]) -> str:
        """A class."""
        match self.format:
            case "gradescope":
                return indented(gradescope_class(students, self.hints)) + "\n"
            case "csv":
                return render_class_csv(students)
        report = class_report(marker, students, passed_over)
        if self.format == "json":
            return indented(report.to_dict(self.hints)) + "\n"
        return render_class(report, self.terminal)


def read_quantities(text: str) -> tuple[str, ...]:
    """The names of `--ask`. Raises: UsageError: where one is none."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        check_quantity(name)
    if not names:
        raise UsageError(Diagnostic("bad-option", "--ask must name a quantity", None, "such as output_shape,params"))
    return names


def _share(text: str) -> Fraction:
    """The tolerance. Raises: UsageError: where it is no share from 0 to 1."""
    share = read_share(text)
    if share is None:
        expected = "a share such as 1% or 0.01"
        raise UsageError(Diagnostic("bad-option", f"--tolerance must be {expected}, not {quote(text)}", None, expected))
    return share


def _points(texts: Sequence[str]) -> dict[str, Fraction]:
    """The points of each quantity. Raises: UsageError: where it is none, or not so many points."""
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
