"""Questions of public courses with their official answers, each with its source: all are marked right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnncalc

QUESTIONS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("homework.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question["id"]))
def test_the_official_answers_are_right(question: dict[str, Any]) -> None:
    marks = cnncalc.check(cnncalc.from_dict(question["spec"]), question["answers"], convention="exact")
    assert len(marks.marks) == sum(len(answers) for answers in question["answers"].values())
    wrong = [f"{mark.layer}: {mark.quantity}: {mark.answer}" for mark in marks.marks if mark.status != "right"]
    assert not wrong
    assert marks.points == marks.max_points == len(marks.marks)


def test_there_are_enough_of_them_and_each_says_where_it_is_from() -> None:
    assert len({question["id"] for question in QUESTIONS}) >= 10
    assert all(question["source"] and question["answers"] for question in QUESTIONS)


@pytest.mark.parametrize(
    ("id", "layer", "answer", "mistake"),
    [
        # The wrong choices that the exams themselves offer.
        ("sfsu_csc671_q25", "conv", "112x112x1", "plus-one-forgotten"),
        ("deeplearningai_conv", "conv", 7500, "bias-forgotten"),
        ("deeplearningai_conv", "conv", 2600, "input-channels-left-out"),
        ("deeplearningai_strided", "conv", "29x29x16", "input-channels-kept"),
        ("deeplearningai_pool", "pool", "16x16x8", "pooling-changes-channels"),
        ("deeplearningai_dense", "dense", 27_000_000, "bias-forgotten"),
        ("deeplearningai_dense", "dense", 27_000_001, "one-bias-in-all"),
        ("deeplearningai_dense", "dense", 9_000_100, "flatten-without-channels"),
    ],
)
def test_the_distractors_of_multiple_choice_questions_are_usual_mistakes(
    id: str, layer: str, answer: object, mistake: str
) -> None:
    question = next(question for question in QUESTIONS if question["id"] == id)
    (quantity,) = question["answers"][layer]
    marks = cnncalc.check(cnncalc.from_dict(question["spec"]), {layer: {quantity: answer}})
    assert marks.marks[0].reasons[0].id == mistake
