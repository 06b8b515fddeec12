"""An explanation as Markdown, formulas as code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.explaining.explanation import Explanation, LayerExplanation, Part, Section
from cnncalc.render.explanation_words import part_title, section_title, steps, telling_lines
from cnncalc.render.markdown import escaped
from cnncalc.render.numbers import extent


def render_markdown(explanation: Explanation) -> str:
    """Returns a heading for each layer and one for each quantity."""
    blocks = [line for layer in explanation.layers for line in _layer(layer)]
    if explanation.totals:
        blocks += [f"## Totals of {escaped(explanation.name)}", *_sections(explanation.totals)]
    return "\n\n".join(blocks) + "\n"


def _layer(layer: LayerExplanation) -> Iterator[str]:
    yield f"## {escaped(layer.name)} ({escaped(layer.kind)})"
    about = [*layer.chain]
    if layer.inputs:
        about.append("reads " + ", ".join(f"{name}: {extent(shape)}" for name, shape in layer.inputs))
    if about:
        yield "; ".join(map(escaped, about)) + "."
    yield from _sections(layer.sections)


def _sections(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        yield f"### {section_title(section)}"
        several = len(section.parts) > 1
        for part in section.parts:
            title = part_title(part)
            basis = f" ({part.basis})" if part.basis and part.convention else ""
            yield from _part(part, f"**{title}**{basis}" if several and title else "")
        if section.difference:
            yield f"**Why they differ:** {escaped(section.difference)}."


def _part(part: Part, title: str) -> Iterator[str]:
    lines = []
    for line in telling_lines(part):
        subject = [line.subject] if line.subject else []
        *formulas, value = steps(line)
        lines.append("- " + " = ".join([*subject, *(f"`{text}`" for text in formulas), value]))
    if title and not lines and len(part.remarks) == 1:
        yield f"{title}: {escaped(part.remarks[0])}"
        return
    lines += [f"- {escaped(remark)}" for remark in part.remarks]
    if title:
        yield title
    if lines:
        yield "\n".join(lines)
    if part.given:
        rows = ["| symbol | value | where from |", "|:---|:---|:---|"]
        for given in part.given:
            derivation = f" = `{given.derivation}`" if given.derivation else ""
            rows.append(f"| `{given.symbol}` | {given.value}{derivation} | {escaped(given.origin)} |")
        yield "\n".join(rows)
