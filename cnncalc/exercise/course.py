"""A course's exercises in a folder: what `cnncalc exercise` writes and `cnncalc check --exercise` reads again.

`exercise.json` has every student's spec, questions and key; it is for the teacher alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from cnncalc.analysis.report import Json
from cnncalc.errors import Diagnostic, Source, Span, SpecError, UsageError, quote
from cnncalc.exercise.making import make_exercise
from cnncalc.exercise.questions import TOPICS, Choice, Exercise, Question, Topic
from cnncalc.exercise.template import Template
from cnncalc.spec.source_text import read_source

SCHEMA: Final = "cnncalc.exercise/1"
FILE: Final = "exercise.json"


@dataclass(frozen=True, slots=True)
class Course:
    """The exercises of all students, and what they were drawn from."""

    seed: int
    level: int
    exercises: tuple[Exercise, ...]

    def to_dict(self) -> Json:
        """Returns the JSON object of `exercise.json`."""
        return {
            "schema": SCHEMA,
            "seed": self.seed,
            "level": self.level,
            "exercises": [
                {
                    "student": exercise.student,
                    "title": exercise.title,
                    "spec": exercise.spec,
                    "net": [list(line) for line in exercise.net],
                    "questions": [question.to_dict() for question in exercise.questions],
                }
                for exercise in self.exercises
            ],
        }


def make_course(
    template: Template, seed: int, level: int, students: Sequence[str], topics: Sequence[Topic], title: str
) -> Course:
    """Draws an exercise for each student. Raises: SpecError; UsageError: see `make_exercise`."""
    exercises = (make_exercise(template, seed, student, level, topics, title) for student in students)
    return Course(seed, level, tuple(exercises))


def read_topics(text: str) -> tuple[Topic, ...]:
    """Reads the topics of `--topics`. Raises: UsageError: if one is none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    topics = tuple(topic for topic in TOPICS if topic in names)
    unknown = [name for name in names if name not in get_args(Topic)]
    if unknown or not topics:
        message = f"there is no topic {quote(unknown[0])}" if unknown else "--topics must name a topic"
        raise UsageError(Diagnostic("bad-option", message, None, ", ".join(TOPICS)))
    return topics


def read_course(folder: str) -> Course:
    """Reads the exercises of a folder. Raises: SpecError: if there are none, or they were changed."""
    source = read_source(Path(folder) / FILE)
    try:
        stored = json.loads(source.text)
        if stored["schema"] != SCHEMA:
            raise ValueError
        exercises = tuple(
            Exercise(
                each["student"], each["title"], each["spec"], tuple(map(tuple, each["net"])),
                tuple(map(_question, each["questions"])),
            )
            for each in stored["exercises"]
        )  # fmt: skip
        return Course(stored["seed"], stored["level"], exercises)
    except (ValueError, KeyError, TypeError, RecursionError):
        message = f"{quote(source.file)} is not what `cnncalc exercise` wrote"
        hint = "the same `cnncalc exercise` with the same --seed writes it again"
        raise SpecError(Diagnostic("damaged-exercise", message, Span(Source(source.file)), suggestion=hint)) from None


def _question(stored: dict[str, object]) -> Question:
    answer = stored["answer"]
    choices = stored["choices"]
    table = stored["table"]
    assert isinstance(choices, list)
    assert isinstance(table, list)
    values = {
        **stored,
        "answer": tuple(answer) if isinstance(answer, list) else answer,
        "choices": tuple(Choice(**choice) for choice in choices),
        "table": tuple(map(tuple, table)),
    }
    return Question(**values)  # type: ignore[arg-type]
