"""Exercises as sheets of YAML, and as pages in Markdown, HTML or LaTeX; with the key, for the teacher."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from cnncalc.exercise.questions import Exercise
from cnncalc.render.answer_values import shown
from cnncalc.render.markdown import escaped, table_line
from cnncalc.render.text import safe

_HOW = "Shapes as 14x14x64, numbers as 12345 or 12,345 or 3*3*64, a choice by its letter."
_NET = ("layer", "kind", "arguments", "reads")
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


def exercise_sheet(exercise: Exercise) -> str:
    """Writes the blank sheet to fill in; `cnncalc check --exercise` reads it."""
    lines = [f"# {safe(exercise.title)}: {safe(exercise.student)}", f"# {_HOW}", "#", "# The net:"]
    lines += [f"#   {'  '.join(part for part in line if part)}" for line in exercise.net]
    for question in exercise.questions:
        lines += ["", f"# {question.text}"]
        lines += [f"#   {' '.join(cells)}" for cells in question.table]
        lines += [f"#   {choice.letter}) {choice.text}" for choice in question.choices]
        lines.append(f"{question.id}:")
    return "\n".join(lines) + "\n"


def exercise_markdown(exercise: Exercise, key: bool = False) -> str:
    """Writes the exercise in Markdown; with the `key`, answers and workings stand below the questions."""
    lines = [f"# {escaped(safe(exercise.title))}: {escaped(safe(exercise.student))}", "", _HOW, ""]
    lines += [*_markdown_table([_NET, *exercise.net]), ""]
    for question in exercise.questions:
        lines += [f"**{question.id}.** {escaped(question.text)}", ""]
        if question.table:
            lines += [*_markdown_table(question.table), ""]
        lines += [f"- {choice.letter}) {choice.text}" + _feedback(choice.feedback, key) for choice in question.choices]
        lines += [""] if question.choices else []
        if key:
            working = [shown(question.answer), *question.working.splitlines()]
            lines += [*(f"> {escaped(line)}" for line in working), ""]
    return "\n".join(lines).rstrip() + "\n"


def _feedback(text: str, key: bool) -> str:
    return f" ({escaped(text)})" if key else ""


def _markdown_table(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    first, *rest = lines
    yield table_line(first)
    yield table_line([":---"] * len(first))
    yield from (table_line(map(escaped, line)) for line in rest)


def exercise_html(exercise: Exercise) -> str:
    """Writes the exercise as a page of HTML that needs nothing else."""
    title = escape(f"{safe(exercise.title)}: {safe(exercise.student)}")
    lines = [
        "<!DOCTYPE html>", '<html lang="en">',
        f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>',
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50em;margin:2em auto;padding:0 1em;color:#222}"
        ".table{overflow-x:auto}table{border-collapse:collapse}"
        "th,td{border-bottom:1px solid #ccc;padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
        ".choices{list-style:none;padding:0}"
        ".answer{display:inline-block;min-width:14em;border-bottom:1px solid #222}</style></head>",
        "<body>", f"<h1>{title}</h1>", f"<p>{_HOW}</p>", *_html_table([_NET, *exercise.net]), "<ol>",
    ]  # fmt: skip
    for question in exercise.questions:
        lines += [f"<li><p>{escape(question.text)}</p>", *_html_table(question.table)]
        if question.choices:
            lines += [
                '<ul class="choices">',
                *(f"<li>{choice.letter}) {choice.text}</li>" for choice in question.choices),
                "</ul>",
            ]
        lines.append('<p><span class="answer">&nbsp;</span></p></li>')
    return "\n".join([*lines, "</ol>", "</body>", "</html>"]) + "\n"


def _html_table(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    if lines:
        yield '<div class="table"><table>'
        for number, line in enumerate(lines):
            tag = "td" if number else "th"
            yield f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in line)}</tr>"
        yield "</table></div>"


def exercise_latex(exercise: Exercise) -> str:
    """Writes the exercise as a LaTeX document of the class `article`, with packages that every TeX brings."""
    lines = [
        r"\documentclass[a4paper]{article}", r"\usepackage[utf8]{inputenc}", r"\usepackage[margin=2cm]{geometry}",
        r"\usepackage{array}", r"\newcolumntype{L}[1]{>{\raggedright\arraybackslash}p{#1}}",
        r"\setlength{\parindent}{0pt}",
        r"\begin{document}",
        rf"\section*{{{_latex(exercise.title)}: {_latex(exercise.student)}}}", _latex(_HOW), r"\medskip", "",
        *_latex_table([_NET, *exercise.net], "L{3.2cm}L{4.2cm}L{5cm}L{3.2cm}"), r"\begin{enumerate}",
    ]  # fmt: skip
    for question in exercise.questions:
        lines.append(rf"\item {_latex(question.text)}")
        if question.table:
            lines += ["", r"\smallskip", *_latex_table(question.table, "ll")]
        lines += ["", *(rf"({choice.letter}) {_latex(choice.text)} \quad" for choice in question.choices)]
        lines += ["", r"\smallskip Answer: \hrulefill"]
    return "\n".join([*lines, r"\end{enumerate}", r"\end{document}"]) + "\n"


def _latex_table(lines: Sequence[Sequence[str]], columns: str) -> Iterator[str]:
    yield rf"\begin{{tabular}}{{{columns}}}"
    for number, line in enumerate(lines):
        yield " & ".join(map(_latex, line)) + r" \\" + ("" if number else r" \hline \noalign{\smallskip}")
    yield r"\end{tabular}"
    yield ""


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in safe(text))
