"""A marked sheet as a page for its student: Markdown or HTML, with all that the marker's table says."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, Literal

from cnncalc.errors import describe
from cnncalc.marking.class_report import Student
from cnncalc.marking.marks import Mark, Marks
from cnncalc.render.answer_values import points, shown
from cnncalc.render.markdown import escaped, table_line
from cnncalc.render.marks_table import SIGNS, explain, summary_lines
from cnncalc.render.text import safe

FeedbackFormat = Literal["markdown", "html"]
SUFFIXES: Final[dict[FeedbackFormat, str]] = {"markdown": ".md", "html": ".html"}
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;width:100%}tr{border-bottom:1px solid #ccc}"
    "th,td{padding:.3em .6em .3em 0;text-align:left;vertical-align:top;overflow-wrap:break-word}"
    ".right td:first-child{color:#176f2c}.wrong td:first-child{color:#b3261e}"
    ".follows td:first-child,.unreadable td:first-child{color:#8a5a00}"
    # On a phone an answer is a few lines: what was asked, what was said, what is right, and why.
    "@media(max-width:40em){table,tbody,tr,td{display:block}th{display:none}"
    "tr{position:relative;padding:.3em 0 .3em 1.6em}"
    "td{padding:0}td:nth-child(2),td:nth-child(3){display:inline;padding-right:.5em}td:first-child{position:absolute;left:0}td:empty{display:none}"
    "td[title]::before{content:attr(title) ': ';color:#666}}"
)
_NAMED_ON_PHONES: Final = ("Your answer", "Right")


def render_feedback(student: Student, format: FeedbackFormat, hints: bool = False) -> str:
    """Writes a student's page; `hints` leaves the right figures out."""
    return (_markdown if format == "markdown" else _html)(student, hints)


def _markdown(student: Student, hints: bool) -> str:
    lines = [f"# {escaped(safe(student.name))}", ""]
    marks = student.marks
    if marks is None:
        return "\n".join([*lines, *(f"- {escaped(text)}" for text in _unread(student))]) + "\n"
    hints = hints or marks.nothing_answered
    lines += [f"{escaped(safe(marks.model))}: {points(marks.points)} of {points(marks.max_points)} points.", ""]
    if not marks.nothing_answered:
        rules = [":---"] * len(_headings(hints))
        table = [_headings(hints), rules, *(_markdown_row(mark, hints) for mark in marks.marks)]
        lines += [*map(table_line, table), ""]
    return "\n".join([*lines, *(f"- {escaped(text)}" for text in _below(student, marks))]) + "\n"


def _markdown_row(mark: Mark, hints: bool) -> list[str]:
    return [escaped(" ".join(cell)) for cell in _cells(mark, hints)]


def _html(student: Student, hints: bool) -> str:
    marks, name = student.marks, escape(safe(student.name))
    lines = [
        "<!DOCTYPE html>", '<html lang="en">',
        f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{name}</title>',
        f"<style>{_STYLE}</style></head>", "<body>", f"<h1>{name}</h1>",
    ]  # fmt: skip
    if marks is None:
        below = _unread(student)
    else:
        hints = hints or marks.nothing_answered
        below = _below(student, marks)
        lines.append(
            f"<p>{escape(safe(marks.model))}: {points(marks.points)} of {points(marks.max_points)} points.</p>"
        )
        if not marks.nothing_answered:
            headings = _headings(hints)
            lines += ["<table>", f"<tr>{''.join(f'<th>{heading}</th>' for heading in headings)}</tr>"]
            lines += [_html_row(mark, headings, hints) for mark in marks.marks]
            lines.append("</table>")
    lines += ["<ul>", *(f"<li>{escape(text)}</li>" for text in below), "</ul>", "</body>", "</html>"]
    return "\n".join(lines) + "\n"


def _html_row(mark: Mark, headings: Sequence[str], hints: bool) -> str:
    cells = []
    for heading, cell in zip(headings, _cells(mark, hints), strict=True):
        title = f' title="{heading}"' if heading in _NAMED_ON_PHONES else ""
        cells.append(f"<td{title}>{'<br>'.join(map(escape, cell))}</td>")
    return f'<tr class="{mark.status}">{"".join(cells)}</tr>'


def _headings(hints: bool) -> list[str]:
    return ["", "Layer", "Question", "Your answer", *([] if hints else ["Right"]), "Why"]


def _cells(mark: Mark, hints: bool) -> list[list[str]]:
    """Lists the lines of each cell."""
    also = f" or {shown(mark.also_right)}" if mark.also_right is not None else ""
    right = [] if hints else [f"{shown(mark.expected)}{also}"]
    texts = [SIGNS[mark.status], mark.layer, mark.quantity, safe(mark.answer or ""), *right]
    return [*([text] for text in texts), list(explain(mark))]


def _below(student: Student, marks: Marks) -> list[str]:
    return [*map(safe, student.notes), *summary_lines(marks, SIGNS)]


def _unread(student: Student) -> list[str]:
    return ["The sheet could not be read:", *(safe(describe(diagnostic)) for diagnostic in student.diagnostics)]
