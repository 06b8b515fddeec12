"""A marked sheet for people: a tick or a cross, the student's figure, the right one, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnncalc.errors import describe
from cnncalc.marking.marks import Mark, Marks, Reason, Status
from cnncalc.render.answer_values import points, shown
from cnncalc.render.document import Block, Style, line
from cnncalc.render.drawing import draw
from cnncalc.render.grid import Grid, grid_of, widest
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import elide, safe

SIGNS: Final[dict[Status, str]] = {"right": "✓", "follows": "→", "wrong": "✗", "blank": "·", "unreadable": "?"}
"""Different in shape, so that nobody needs the colour."""
ASCII_SIGNS: Final[dict[Status, str]] = {"right": "ok", "follows": "->", "wrong": "X", "blank": ".", "unreadable": "?"}
_STYLES: Final[dict[Status, Style]] = {
    "right": "right", "follows": "warning", "wrong": "error", "blank": "dim", "unreadable": "warning",
}  # fmt: skip
_WORDS: Final[dict[Status, str]] = {
    "right": "right", "follows": "following", "wrong": "wrong", "blank": "blank", "unreadable": "unreadable",
}  # fmt: skip
_ANSWER_WIDTH: Final = 32
_GUESSES: Final = 3
"""How many of the mistakes that give the same number are shown."""
_CONVENTIONS: Final = {
    "notes": "by the notes' formulas",
    "exact": "by the exact definitions",
    "either": "by the notes' formulas or the exact definitions",
}


def render_marks(marks: Marks, *, hints: bool = False, terminal: Terminal | None = None) -> str:
    """Writes the table of a marked sheet; `hints` leaves the right figures out."""
    signs = SIGNS if terminal is None or terminal.can_show("".join(SIGNS.values())) else ASCII_SIGNS
    return draw(marks_blocks(marks, signs, hints), terminal)


def marks_blocks(marks: Marks, signs: dict[Status, str] = SIGNS, hints: bool = False) -> Iterator[Block]:
    """Shows a marked sheet as a table, the points below it."""
    yield line((f"{safe(marks.model)}: {safe(marks.sheet)}", "bold"))
    if marks.nothing_answered:
        yield line("Nothing is answered.")
        return
    headings = ["", "Layer", "Question", "Yours", *([] if hints else ["Right"])]
    rows = [_row(mark, signs, hints) for mark in marks.marks]
    grid = grid_of(headings, rows, "l" * len(headings), folds=[1, 3])
    first = grid.columns[0]._replace(tails=[(0, _STYLES[mark.status]) for mark in marks.marks])
    margin = " " * (widest(first) + 2)
    notes = {
        index: [(margin + text, "dim" if mark.status == "follows" else "") for text in explain(mark)]
        for index, mark in enumerate(marks.marks)
    }
    yield Grid([first, *grid.columns[1:]], notes=notes)
    yield from map(line, summary_lines(marks, signs))


def _row(mark: Mark, signs: dict[Status, str], hints: bool) -> list[str]:
    answer = "" if mark.answer is None else elide(safe(mark.answer), _ANSWER_WIDTH)
    cells = [signs[mark.status], mark.layer, mark.quantity, answer]
    if hints:
        return cells
    also = f" or {shown(mark.also_right)}" if mark.also_right is not None else ""
    return [*cells, f"{shown(mark.expected)}{also}"]


def explain(mark: Mark) -> Iterator[str]:
    """Yields what stands below a mark."""
    if mark.status == "follows":
        yield f"right, as it follows from your {mark.follows_from_quantity} of {mark.follows_from}"
    elif mark.problem is not None:
        expected = f"; expected: {mark.problem.expected}" if mark.problem.expected else ""
        yield f"{safe(mark.problem.message)}{expected}"
        if mark.status == "unreadable":
            yield "To be looked at: this is not counted as wrong."
    elif mark.status == "wrong" and not mark.reasons:
        yield "No usual mistake gives this."
    elif mark.guess:
        yield f"A guess, {len(mark.reasons)} mistakes give this:"
        yield from (f"- {_reason(reason, mark)}" for reason in mark.reasons[:_GUESSES])
        if len(mark.reasons) > _GUESSES:
            yield f"- and {len(mark.reasons) - _GUESSES} more"
    elif len(mark.reasons) > 1:
        yield "A guess, two mistakes at once give this:"
        yield from (f"- {_reason(reason, mark)}" for reason in mark.reasons)
    else:
        yield from (f"A guess: {_reason(reason, mark)}" for reason in mark.reasons)


def _reason(reason: Reason, mark: Mark) -> str:
    where = "" if reason.layer == mark.layer else f" ({reason.layer})"
    return f"{reason.text}{where} [{reason.id}]"


def summary_lines(marks: Marks, signs: dict[Status, str]) -> Iterator[str]:
    """Says in lines what stands below the marks: points, counts, whose questions and formulas, what was not read."""
    share = f" ({float(100 * marks.points / marks.max_points):.1f}%)" if marks.max_points else ""
    yield f"Points: {points(marks.points)} of {points(marks.max_points)}{share}"
    counts = ((status, marks.count(status)) for status in signs)
    yield ", ".join(f"{signs[status]} {count} {_WORDS[status]}" for status, count in counts if count) or "No answers."
    yield f"Questions: {marks.questions}."
    yield f"Receptive fields and operations {_CONVENTIONS[marks.convention]}."
    yield from (f"Note: {safe(note)}." for note in marks.notes)
    yield from (f"Not read: {safe(describe(diagnostic))}" for diagnostic in marks.unread)
