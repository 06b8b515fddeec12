"""A marked sheet for a terminal: a tick or a cross, the student's figure, the right one, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from cnncalc.marking.marks import Mark, Marks, Reason, Status
from cnncalc.render.answer_values import points, shown
from cnncalc.render.text import Style, display_width, elide, pad, paint, safe

SIGNS: Final[dict[Status, str]] = {"right": "✓", "follows": "→", "wrong": "✗", "blank": "·"}
"""Different in shape, so that nobody needs the colour."""
ASCII_SIGNS: Final[dict[Status, str]] = {"right": "ok", "follows": "->", "wrong": "X", "blank": "."}
_STYLES: Final[dict[Status, Style]] = {"right": "hint", "follows": "warning", "wrong": "error", "blank": "dim"}
_WORDS: Final[dict[Status, str]] = {"right": "right", "follows": "following", "wrong": "wrong", "blank": "blank"}
_ANSWER_WIDTH: Final = 32
_LAYER_WIDTH: Final = 12
_GUESSES: Final = 3
"""How many of the mistakes that give the same number are shown."""
_CONVENTIONS: Final = {
    "notes": "by the notes' formulas",
    "exact": "by the exact definitions",
    "either": "by the notes' formulas or the exact definitions",
}


def render_marks(
    marks: Marks, *, hints: bool = False, width: int | None = None, color: bool = False, ascii_only: bool = False
) -> str:
    """The table of a marked sheet. `hints` leaves the right figures out; without a width nothing is wrapped."""
    signs = ASCII_SIGNS if ascii_only else SIGNS
    heading = ["", "Layer", "Question", "Yours", *([] if hints else ["Right"])]
    rows = [_row(mark, signs, hints) for mark in marks.marks]
    widths = [max(map(display_width, column)) for column in zip(heading, *rows, strict=True)]
    if width is not None:
        excess = sum(widths) + 2 * (len(widths) - 1) - width
        widths[1] = max(widths[1] - max(excess, 0), min(_LAYER_WIDTH, widths[1]))
    rule = sum(widths) + 2 * (len(widths) - 1)

    lines = [paint(f"{safe(marks.model)}: {safe(marks.sheet)}", "bold", color), paint("_" * rule, "dim", color)]
    lines += [_line(heading, widths), paint("=" * rule, "dim", color)]
    margin = " " * (widths[0] + 2)
    for mark, cells in zip(marks.marks, rows, strict=True):
        cells[1] = elide(cells[1], widths[1])
        line = _line(cells, widths)
        sign = cells[0]
        lines.append(paint(sign, _STYLES[mark.status], color) + line[len(sign) :])
        for text in explain(mark):
            lines += _wrapped(text, width, margin)
    lines += [paint("=" * rule, "dim", color), *_summary(marks, signs)]
    return "\n".join(lines) + "\n"


def _row(mark: Mark, signs: dict[Status, str], hints: bool) -> list[str]:
    answer = "" if mark.answer is None else elide(safe(mark.answer), _ANSWER_WIDTH)
    cells = [signs[mark.status], mark.layer, mark.quantity, answer]
    if hints:
        return cells
    also = f" or {shown(mark.also_right)}" if mark.also_right is not None else ""
    return [*cells, f"{shown(mark.expected)}{also}"]


def _line(cells: list[str], widths: list[int]) -> str:
    return "  ".join(pad(cell, width, "left") for cell, width in zip(cells, widths, strict=True)).rstrip()


def explain(mark: Mark) -> Iterator[str]:
    """What stands below a mark."""
    if mark.status == "follows":
        yield f"right, as it follows from your {mark.follows_from_quantity} of {mark.follows_from}"
    elif mark.problem is not None:
        yield f"{safe(mark.problem.message)}; expected: {mark.problem.expected}"
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
        yield from (_reason(reason, mark) for reason in mark.reasons)


def _reason(reason: Reason, mark: Mark) -> str:
    where = "" if reason.layer == mark.layer else f" ({reason.layer})"
    return f"{reason.text}{where} [{reason.id}]"


def _wrapped(text: str, width: int | None, margin: str) -> list[str]:
    if width is None:
        return [margin + text]
    deeper = margin + ("  " if text.startswith("- ") else "")
    return textwrap.wrap(
        text, max(width, len(margin) + 20), initial_indent=margin, subsequent_indent=deeper, break_on_hyphens=False
    )


def _summary(marks: Marks, signs: dict[Status, str]) -> Iterator[str]:
    share = f" ({float(100 * marks.points / marks.max_points):.1f}%)" if marks.max_points else ""
    yield f"Points: {points(marks.points)} of {points(marks.max_points)}{share}"
    counts = ((status, marks.count(status)) for status in signs)
    yield ", ".join(f"{signs[status]} {count} {_WORDS[status]}" for status, count in counts if count) or "No answers."
    yield f"Receptive fields and operations {_CONVENTIONS[marks.convention]}."
