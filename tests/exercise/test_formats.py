"""Exercises in the formats of learning platforms, against their schemas and grammars; LaTeX compiles.

Neither IMS nor Moodle lets its schema be had from a package, so that `schemas/` has the documented part that is used.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import xmlschema

from cnncalc.exercise.questions import Exercise
from cnncalc.render.exercise_qti import qti_package
from cnncalc.render.exercise_quiz import gift, moodle_xml
from tests.command_line import run
from tests.exercise.test_exercises import course

SCHEMAS = Path(__file__).with_name("schemas")


@cache
def exercises() -> tuple[Exercise, ...]:
    """One of every level."""
    return tuple(course(level, count=1).exercises[0] for level in range(1, 6))


def schema(name: str) -> xmlschema.XMLSchemaBase:
    return xmlschema.XMLSchema11(SCHEMAS / name)


def test_moodle_xml_is_valid() -> None:
    """https://docs.moodle.org/en/Moodle_XML_format"""
    text = moodle_xml(exercises())
    schema("moodle_quiz.xsd").validate(text)
    right = re.findall(r'<question type="multichoice">.*?</question>', text, re.DOTALL)
    assert [each.count('fraction="100"') for each in right] == [1] * 5
    assert len(re.findall(r"\{1:SHORTANSWER:(?:=[\d,. &#x27;]+~?)+\}", text)) >= 3 * 5  # a shape of each level


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('type="cloze"', 'type="puzzle"'), ('fraction="100"', 'fraction="all"'), ("<usecase>0</usecase>", "")],
)
def test_what_is_no_moodle_xml_is_not_valid(right: str, wrong: str) -> None:
    text = moodle_xml(exercises())
    assert right in text
    assert not schema("moodle_quiz.xsd").is_valid(text.replace(right, wrong))


def test_qti_is_a_package_of_valid_items() -> None:
    """IMS QTI 2.1, https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html"""
    item = schema("qti_item.xsd")
    with zipfile.ZipFile(io.BytesIO(qti_package(exercises()))) as archive:
        manifest = archive.read("imsmanifest.xml").decode()
        schema("content_package.xsd").validate(manifest)
        listed = re.findall(r'<resource [^>]*href="([^"]+)"', manifest)
        assert sorted(archive.namelist()) == sorted(["imsmanifest.xml", *listed])
        assert len(listed) == 9 * 5
        for name in listed:
            item.validate(archive.read(name).decode())


def test_what_is_no_qti_is_not_valid() -> None:
    with zipfile.ZipFile(io.BytesIO(qti_package(exercises()))) as archive:
        text = archive.read("s001_q7.xml").decode()
    item = schema("qti_item.xsd")
    assert item.is_valid(text)
    assert not item.is_valid(text.replace('responseIdentifier="RESPONSE"', 'responseIdentifier="OTHER"'))
    assert not item.is_valid(text.replace("simpleChoice", "choice"))


# GIFT, https://docs.moodle.org/en/GIFT_format: a text in which ~ = # { } : are escaped, unless they mean something.
TEXT = r"(?:\\[~=#{}:\\]|[^~=#{}:\\])+"
CATEGORY = re.compile(r"\$CATEGORY: .+")
QUESTION = re.compile(rf"::{TEXT}::\[html\]{TEXT}\{{\s*(?P<answers>(?:[=~]{TEXT}(?:\#{TEXT})?)+)(?:\#\#\#\#{TEXT})?\}}")


def answers(block: str) -> Iterator[str]:
    """The signs before the answers of a question."""
    match = QUESTION.fullmatch(block)
    assert match, block
    yield from re.findall(rf"([=~]){TEXT}(?:\#{TEXT})?", match["answers"])


def test_gift_follows_its_grammar() -> None:
    blocks = [block.strip() for block in gift(exercises()).split("\n\n") if block.strip()]
    questions = [block for block in blocks if not CATEGORY.fullmatch(block)]
    assert len(blocks) - len(questions) == 5
    signs = ["".join(answers(block)) for block in questions]
    assert sum("~" in each for each in signs) == 5
    assert all(each.count("=") == 1 and len(each) == 4 for each in signs if "~" in each)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs a TeX")
def test_latex_compiles(tmp_path: Path) -> None:
    run("cnncalc exercise --level 5 --seed 3 --format latex -o homework", tmp_path)
    command = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "student01.tex"]
    subprocess.run(command, cwd=tmp_path / "homework/sheets", check=True, capture_output=True)
