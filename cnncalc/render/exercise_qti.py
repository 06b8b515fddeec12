"""Exercises as a QTI 2.1 package: an XML item per question and a manifest, in a zip file.

IMS Question and Test Interoperability 2.1, https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from html import escape

from cnncalc.exercise.questions import Exercise, Question
from cnncalc.render.exercise_quiz import axes_of, question_html, spellings

_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the package: the same exercises are the same bytes."""


def qti_package(exercises: Sequence[Exercise]) -> bytes:
    """Makes the zip file."""
    items = [
        (f"s{number:03}_{question.id}", _item(f"s{number:03}_{question.id}", exercise, question))
        for number, exercise in enumerate(exercises, 1)
        for question in exercise.questions
    ]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in [("imsmanifest", _manifest([id for id, _ in items])), *items]:
            archive.writestr(zipfile.ZipInfo(f"{name}.xml", _WHEN), text.encode("utf-8"))
    return data.getvalue()


def _manifest(ids: Sequence[str]) -> str:
    lines = [
        _XML, f'<manifest xmlns="{_PACKAGE}" identifier="cnncalc">',
        "<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata>",
        "<organizations/>", "<resources>",
    ]  # fmt: skip
    for id in ids:
        lines.append(f'<resource identifier="{id}" type="imsqti_item_xmlv2p1" href="{id}.xml">')
        lines.append(f'<file href="{id}.xml"/></resource>')
    return "\n".join([*lines, "</resources>", "</manifest>"]) + "\n"


def _item(id: str, exercise: Exercise, question: Question) -> str:
    title = escape(f"{exercise.student} {question.id}", quote=True)
    lines = [
        _XML, f'<assessmentItem xmlns="{_QTI}" identifier="{id}" title="{title}"',
        ' adaptive="false" timeDependent="false">',
        *(_choice_parts(exercise, question) if question.choices else _entry_parts(exercise, question)),
        "</assessmentItem>",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _outcome() -> str:
    return '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def _choice_parts(exercise: Exercise, question: Question) -> Iterator[str]:
    yield '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">'
    yield f"<correctResponse><value>{question.answer}</value></correctResponse></responseDeclaration>"
    yield _outcome()
    yield '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>'
    yield "<itemBody>"
    yield question_html(exercise, question)
    yield '<choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1">'
    for choice in question.choices:
        feedback = f'<feedbackInline outcomeIdentifier="FEEDBACK" identifier="{choice.letter}" showHide="show">'
        yield f'<simpleChoice identifier="{choice.letter}">{escape(choice.text)} {feedback}{escape(choice.feedback)}'
        yield "</feedbackInline></simpleChoice>"
    yield "</choiceInteraction></itemBody>"
    yield "<responseProcessing>"
    yield '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>'
    yield "<responseCondition><responseIf>"
    yield '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
    yield '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf>'
    yield "</responseCondition></responseProcessing>"


def _entry_parts(exercise: Exercise, question: Question) -> Iterator[str]:
    """Yields a text to type per number; every way to type it earns the same share."""
    numbers = axes_of(question)
    wanted = [
        (f"RESPONSE{position}", name, spellings(number)) for position, (name, number) in enumerate(numbers, 1)
    ] or [("RESPONSE1", "", [str(question.answer)])]
    share = 1 / len(wanted)
    for id, _, texts in wanted:
        yield f'<responseDeclaration identifier="{id}" cardinality="single" baseType="string">'
        yield f"<correctResponse><value>{escape(texts[0])}</value></correctResponse>"
        yield '<mapping defaultValue="0">'
        yield from (f'<mapEntry mapKey="{escape(text, quote=True)}" mappedValue="{share}"/>' for text in texts)
        yield "</mapping></responseDeclaration>"
    yield _outcome()
    yield "<itemBody>"
    yield question_html(exercise, question)
    yield "<p>"
    yield from (f'{name} <textEntryInteraction responseIdentifier="{id}"/>' for id, name, _ in wanted)
    yield "</p></itemBody>"
    yield '<responseProcessing><setOutcomeValue identifier="SCORE"><sum>'
    yield from (f'<mapResponse identifier="{id}"/>' for id, _, _ in wanted)
    yield "</sum></setOutcomeValue></responseProcessing>"
