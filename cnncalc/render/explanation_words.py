"""What the texts of an explanation say alike in every format: titles, and which lines are worth showing."""

from __future__ import annotations

from typing import Final

from cnncalc.explaining.explanation import Line, Part, Section, Value
from cnncalc.render.numbers import extent, grouped

FIGURES: Final = {
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


def value_text(value: Value) -> str:
    """Writes `2,416`, `14x14x6`, or `-` for what is not counted or not known."""
    if isinstance(value, tuple):
        return extent(value)
    if value is None or isinstance(value, int):
        return grouped(value)
    return str(value)


def part_title(part: Part) -> str:
    """Writes `notes`, `exact MACs`, `trainable`; nothing if the section's title says it all."""
    return " ".join(filter(None, (part.convention, FIGURES.get(part.figure, ""))))


def section_title(section: Section) -> str:
    """Writes `Output shape: 28x28x6`, `Receptive field: notes 15x15, exact 14x14`."""
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
    """Returns what stands between the equal signs after the subject: formula, numbers, value, each once."""
    return _steps(line.formula, line.numbers, value_text(line.value))


def steps_latex(line: Line) -> list[str]:
    """Returns the same as LaTeX."""
    *formulas, value = _steps(line.formula_latex, line.numbers_latex, value_text(line.value))
    return [*formulas, value.replace(",", "{,}")]


def _steps(formula: str, numbers: str, value: str) -> list[str]:
    shown = [] if formula == numbers else [formula]
    return [*shown, value] if numbers == value.replace(",", "") else [*shown, numbers, value]
