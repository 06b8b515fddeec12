"""`cnncalc exercise`: exercises for a class, each student with an own net, and their keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import typer

from cnncalc.cli.pages import file_names, save_files
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.exercise.course import FILE, Course, make_course, read_topics
from cnncalc.exercise.questions import TOPICS
from cnncalc.exercise.template import LEVELS, level_template, read_template, spec_text
from cnncalc.marking.roster import read_roster
from cnncalc.render.exercise_qti import qti_package
from cnncalc.render.exercise_quiz import gift, moodle_xml
from cnncalc.render.exercise_text import exercise_html, exercise_latex, exercise_markdown, exercise_sheet
from cnncalc.render.json_text import indented

Format = Literal["worksheet", "markdown", "html", "latex", "moodle-xml", "gift", "qti", "json"]
_PAGES = {"markdown": (".md", exercise_markdown), "html": (".html", exercise_html), "latex": (".tex", exercise_latex)}


def exercise(
    spec: Annotated[
        str | None,
        typer.Argument(metavar="SPEC", help="A spec or a template; without it, the template of the level."),
    ] = None,
    folder: Annotated[str, typer.Option("-o", "--output", metavar="FOLDER", help="Where the files go.")] = "exercise",
    template: Annotated[str | None, typer.Option(metavar="FILE", help="A spec whose vars have ranges.")] = None,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many exercises, without --students.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    level: Annotated[int, typer.Option(min=1, max=len(LEVELS), help="From one convolution (1) to branches (5).")] = 1,
    topics: Annotated[str, typer.Option(metavar="TOPIC,...", help="What is asked.")] = ",".join(TOPICS),
    students: Annotated[str | None, typer.Option(metavar="CSV", help="The roster: an exercise for each.")] = None,
    format: Annotated[Format, typer.Option(help="How exercises are written.")] = "worksheet",
) -> int:
    """Sets exercises: a fresh net per student, questions about it, the key, and the full working of each answer.

    exercise.json, the specs and the keys are for the teacher; sheets/ is for the students. `cnncalc check --exercise
    FOLDER ANSWERS...` marks what comes back.
    """
    if spec is not None and template is not None:
        raise UsageError(Diagnostic("bad-option", "a SPEC and --template are two nets: leave out one of them"))
    chosen = spec or template
    drawn_from = level_template(level) if chosen is None else read_template(chosen)
    width = max(len(str(count)), 2)
    names = (
        [f"student{number:0{width}}" for number in range(1, count + 1)]
        if students is None
        else read_roster(students).distinct_names()
    )
    course = make_course(drawn_from, seed, level, names, read_topics(topics), "")
    write_course(course, folder, format)
    return 0


def write_course(course: Course, folder: str, format: Format) -> None:
    """Writes all files of a course into a folder, or none. Raises: UsageError: `cannot-write`."""
    save_files(folder, _files(course, format))


def _files(course: Course, format: Format) -> Iterator[tuple[str, bytes]]:
    """Gives the path and the content of each file of a course."""
    yield FILE, (indented(course.to_dict()) + "\n").encode()
    if format == "moodle-xml":
        yield "exercise.xml", moodle_xml(course.exercises).encode()
    elif format == "gift":
        yield "exercise.gift", gift(course.exercises).encode()
    elif format == "qti":
        yield "exercise-qti.zip", qti_package(course.exercises)
    elif format == "json":
        return
    for each, name in zip(course.exercises, file_names([each.student for each in course.exercises]), strict=True):
        yield f"specs/{name}.yaml", spec_text(each.spec).encode()
        yield f"keys/{name}.md", exercise_markdown(each, key=True).encode()
        if format in _PAGES or format == "worksheet":
            yield f"sheets/{name}.yaml", exercise_sheet(each).encode()
        if format in _PAGES:
            suffix, render = _PAGES[format]
            yield f"sheets/{name}{suffix}", render(each).encode()
