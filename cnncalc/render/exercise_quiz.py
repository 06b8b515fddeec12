"""Exercises as quizzes of learning platforms: Moodle XML and GIFT.

https://docs.moodle.org/en/Moodle_XML_format and https://docs.moodle.org/en/GIFT_format. Numbers are accepted with and
without separators; shapes are asked axis by axis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from cnncalc.exercise.questions import Exercise, Question

_AXES = {1: ("length",), 2: ("height", "width"), 3: ("height", "width", "channels")}


def axes_of(question: Question) -> list[tuple[str, int]]:
    """Lists the numbers that are asked, each with what it is called: one, or one per axis of a shape."""
    answer = question.answer
    if isinstance(answer, tuple):
        sizes = [size for size in answer if isinstance(size, int)]
        names = _AXES.get(len(sizes)) or tuple(f"axis {number}" for number in range(1, len(sizes) + 1))
        return list(zip(names, sizes, strict=True))
    return [("", answer)] if isinstance(answer, int) else []


def spellings(number: int) -> list[str]:
    """Lists how a number may be typed: 61706, 61,706, 61 706, 61.706, 61'706."""
    plain = str(number)
    grouped = f"{number:,}"
    return list(dict.fromkeys([plain, *(grouped.replace(",", sign) for sign in (",", " ", ".", "'"))]))


def question_html(exercise: Exercise, question: Question) -> str:
    """Writes the net, the question, and the table that belongs to it, as HTML that is XML as well."""
    table = _table(question.table) if question.table else ""
    return f"{_table(exercise.net)}<p>{escape(question.text)}</p>{table}"


def _table(lines: Sequence[Sequence[str]]) -> str:
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in line) for line in lines)
    return f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def moodle_xml(exercises: Sequence[Exercise]) -> str:
    """Writes one file for Moodle, with a category per student."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    for exercise in exercises:
        category = escape(f"$course$/top/{_one_line(exercise.title)}/{_one_line(exercise.student)}")
        lines.append(f'<question type="category"><category><text>{category}</text></category></question>')
        for question in exercise.questions:
            lines += _moodle_question(exercise, question)
    return "\n".join([*lines, "</quiz>"]) + "\n"


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("/", "-"))


def _moodle_question(exercise: Exercise, question: Question) -> Iterator[str]:
    numbers = axes_of(question)
    kind = "multichoice" if question.choices else "cloze" if len(numbers) > 1 else "shortanswer"
    text = question_html(exercise, question)
    if kind == "cloze":
        fields = (f"{name} {{1:SHORTANSWER:{_cloze_answers(size)}}}" for name, size in numbers)
        text += f"<p>{', '.join(fields)}</p>"
    yield f'<question type="{kind}">'
    yield f"<name><text>{escape(f'{exercise.student} {question.id}')}</text></name>"
    yield f'<questiontext format="html"><text>{escape(text)}</text></questiontext>'
    feedback = "<br>".join(map(escape, question.working.splitlines()))
    yield f'<generalfeedback format="html"><text>{escape(feedback)}</text></generalfeedback>'
    if kind != "cloze":
        yield "<defaultgrade>1</defaultgrade>"
    if kind == "shortanswer":
        yield "<usecase>0</usecase>"
        for text in spellings(numbers[0][1]) if numbers else [str(question.answer)]:
            yield f'<answer fraction="100" format="moodle_auto_format"><text>{escape(text)}</text></answer>'
    if kind == "multichoice":
        yield "<single>true</single><shuffleanswers>true</shuffleanswers><answernumbering>abc</answernumbering>"
        for choice in question.choices:
            yield f'<answer fraction="{100 if choice.right else 0}" format="html"><text>{escape(choice.text)}</text>'
            yield f'<feedback format="html"><text>{escape(escape(choice.feedback))}</text></feedback></answer>'
    yield "</question>"


def _cloze_answers(number: int) -> str:
    return "~".join(f"={text}" for text in spellings(number))


def gift(exercises: Sequence[Exercise]) -> str:
    """Writes one text in GIFT, with a category per student; a shape is one question per axis."""
    lines = []
    for exercise in exercises:
        lines += [f"$CATEGORY: {_one_line(exercise.title)}/{_one_line(exercise.student)}", ""]
        for question in exercise.questions:
            lines += _gift_question(exercise, question)
    return "\n".join(lines)


def _gift_question(exercise: Exercise, question: Question) -> Iterator[str]:
    text = "[html]" + _gift(question_html(exercise, question))
    name = _gift(f"{exercise.student} {question.id}")
    # An empty feedback is none: the signs in front of it would be one mistake.
    working = f"####{_gift('; '.join(question.working.splitlines()))}" if question.working else ""
    if question.choices:
        yield f"::{name}::{text}{{"
        for choice in question.choices:
            yield f"{'=' if choice.right else '~'}{_gift(choice.text)}#{_gift(choice.feedback)}"
        yield f"{working}}}\n"
        return
    numbers = axes_of(question)
    asked = [(axis, spellings(number)) for axis, number in numbers] or [("", [str(question.answer)])]
    for axis, answers in asked:
        about = f" {axis}" if axis else ""
        ask = f" ({axis})" if axis else ""
        yield f"::{name}{about}::{text}{ask}{{{' '.join(f'={_gift(answer)}' for answer in answers)}{working}}}\n"


def _gift(text: str) -> str:
    """Escapes what has a meaning in GIFT: ~ = # { } : and the backslash."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text)
