"""Questions with their keys, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal, get_args

from cnncalc.analysis.report import Json
from cnncalc.exercise.template import Spec
from cnncalc.marking.marks import plain
from cnncalc.marking.quantities import Form, Value

Topic = Literal["shapes", "params", "neurons", "rf", "ops", "inverse"]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
Kind = Literal["direct", "inverse", "find the mistake", "choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a multiple choice: its letter, what it says, and what its student hears.

    `mistake` is the id of the misconception that gives a wrong one.
    """

    letter: str
    text: str
    right: bool
    feedback: str
    mistake: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its id in the sheet, what is asked, and the key.

    `form` says how the answer is written (`text`: a name or a letter). `layer` and `quantity` say what of the net the
    answer is, if it is a figure of it. `working` is how the key comes about, `table` a table that belongs to it.
    """

    id: str
    kind: Kind
    topic: Topic
    text: str
    form: Form | Literal["text"]
    answer: Value | str
    layer: str | None = None
    quantity: str | None = None
    working: str = ""
    choices: tuple[Choice, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()

    def to_dict(self) -> Json:
        """Returns the JSON object."""
        return asdict(self) | {
            "answer": plain(self.answer),
            "choices": [asdict(choice) for choice in self.choices],
            "table": [list(line) for line in self.table],
        }


@dataclass(frozen=True, slots=True)
class Exercise:
    """A student's exercise: the net, as a spec and as lines of a table for people, and the questions about it."""

    student: str
    title: str
    spec: Spec
    net: tuple[tuple[str, ...], ...]
    questions: tuple[Question, ...]
