"""Explanations as text, Markdown, LaTeX and JSON. Nothing here computes; every text ends in a newline."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final, Literal

from cnncalc.explain.explanation import SCHEMA, Explanation, Line, Part, Section, Value
from cnncalc.render.json_text import indented
from cnncalc.render.numbers import extent, grouped
from cnncalc.render.terminal import Terminal

ExplanationFormat = Literal["text", "markdown", "json", "latex"]

LATEX_PACKAGES: Final = "% \\usepackage[T1]{fontenc}, \\usepackage{amsmath}\n"
"""What a document needs that takes up the LaTeX of an explanation."""
_BETWEEN_LAYERS: Final = {"text": "\n\n", "markdown": "\n", "latex": ""}

FIGURES = {
    "output_shape": "",
    "params": "",
    "trainable_params": "trainable",
    "neurons": "",
    "receptive_field": "",
    "ops": "",
    "macs": "MACs",
    "flops": "FLOPs",
    "memory": "",
}
"""What a figure is called beside its section's title."""


def render_explanation(format: ExplanationFormat, explanation: Explanation, terminal: Terminal | None = None) -> str:
    """Writes an explanation in one of the formats; as text it is drawn for a terminal if there is one."""
    match format:
        case "text":
            from cnncalc.render.explanation_text import render_text

            return render_text(explanation, terminal)
        case "markdown":
            from cnncalc.render.explanation_markdown import render_markdown

            return render_markdown(explanation)
        case "latex":
            from cnncalc.render.explanation_latex import render_latex

            return render_latex(explanation)
        case "json":
            return indented(explanation.to_dict()) + "\n"


def explanation_pieces(
    format: ExplanationFormat, explanation: Explanation, terminal: Terminal | None = None
) -> Iterator[str]:
    """Writes an explanation layer by layer, so that a long net takes no more memory than a short one.

    All pieces together are what `render_explanation` gives.
    """
    if format == "json":
        yield from _json_pieces(explanation)
        return
    alone = (Explanation(explanation.name, (layer,)) for layer in explanation.layers)
    totals = [Explanation(explanation.name, (), explanation.totals)] if explanation.totals else []
    for position, part in enumerate(chain(alone, totals)):
        text = render_explanation(format, part, terminal)
        yield _BETWEEN_LAYERS[format] + text.removeprefix(LATEX_PACKAGES) if position else text


def _json_pieces(explanation: Explanation) -> Iterator[str]:
    """Writes what `indented` makes of the whole: an explanation has at least one layer."""
    yield f'{{\n  "schema": {indented(SCHEMA)},\n  "name": {indented(explanation.name)},\n  "layers": ['
    separator = "\n    "
    for layer in explanation.layers:
        yield separator + indented(layer.to_dict()).replace("\n", "\n    ")
        separator = ",\n    "
    totals = indented([section.to_dict() for section in explanation.totals]).replace("\n", "\n  ")
    yield f'\n  ],\n  "totals": {totals}\n}}\n'


def value_text(value: Value) -> str:
    """`2,416`, `14x14x6`, `-` for what is not counted or not known."""
    if isinstance(value, tuple):
        return extent(value)
    if value is None or isinstance(value, int):
        return grouped(value)
    return str(value)


def part_title(part: Part) -> str:
    """`notes`, `exact MACs`, `trainable`; empty where the section's title says it all."""
    return " ".join(filter(None, (part.convention, FIGURES.get(part.figure, ""))))


def section_title(section: Section) -> str:
    """`Output shape: 28x28x6`, `Receptive field: notes 15x15, exact 14x14`."""
    shown = []
    for part in section.parts:
        title = part_title(part)
        shown.append(f"{title} {value_text(part.value)}" if title else value_text(part.value))
    return f"{section.title}: {'; '.join(shown)}"


def telling_lines(part: Part) -> list[Line]:
    """Lines that say more than the value, which stands in the title already; all where there is nothing else to say."""
    if not part.remarks:
        return list(part.lines)
    return [line for line in part.lines if line.subject or len(steps(line)) > 1]


def steps(line: Line) -> list[str]:
    """What stands between the equal signs after the subject: formula, numbers, value, each once."""
    return _steps(line.formula, line.numbers, value_text(line.value))


def steps_latex(line: Line) -> list[str]:
    """The same as LaTeX."""
    *formulas, value = _steps(line.formula_latex, line.numbers_latex, value_text(line.value))
    return [*formulas, value.replace(",", "{,}")]


def _steps(formula: str, numbers: str, value: str) -> list[str]:
    shown = [] if formula == numbers else [formula]
    return [*shown, value] if numbers == value.replace(",", "") else [*shown, numbers, value]
