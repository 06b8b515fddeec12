"""An explanation as LaTeX, formulas as mathematics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cnncalc.explaining.explanation import Explanation, LayerExplanation, Part, Section
from cnncalc.render.explanation_words import part_title, section_title, steps_latex, telling_lines
from cnncalc.render.latex import escaped
from cnncalc.render.numbers import extent

LATEX_PACKAGES: Final = "% \\usepackage[T1]{fontenc}, \\usepackage{amsmath}\n"
"""What a document needs that takes up the LaTeX of an explanation."""


def render_latex(explanation: Explanation) -> str:
    """Returns a fragment with a section for each layer; it needs the package amsmath."""
    lines: list[str] = []
    for layer in explanation.layers:
        lines += _layer(layer)
    if explanation.totals:
        lines += [rf"\section*{{Totals of {escaped(explanation.name)}}}", *_sections(explanation.totals)]
    return LATEX_PACKAGES + "\n".join(lines) + "\n"


def _layer(layer: LayerExplanation) -> Iterator[str]:
    yield rf"\section*{{{escaped(layer.name)} ({escaped(layer.kind)})}}"
    about = [*layer.chain]
    if layer.inputs:
        about.append("reads " + ", ".join(f"{name}: {extent(shape)}" for name, shape in layer.inputs))
    if about:
        yield escaped("; ".join(about)) + "."
    yield from _sections(layer.sections)


def _sections(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        yield rf"\subsection*{{{escaped(section_title(section))}}}"
        several = len(section.parts) > 1
        for part in section.parts:
            title = part_title(part)
            if several and title:
                basis = f" ({part.basis})" if part.basis and part.convention else ""
                alone = escaped(part.remarks[0]) if not telling_lines(part) and len(part.remarks) == 1 else ""
                yield rf"\paragraph{{{escaped(title + basis)}}} {alone}".rstrip()
                if alone:
                    continue
            yield from _part(part)
        if section.difference:
            yield rf"\paragraph{{Why they differ:}} {escaped(section.difference)}."


def _part(part: Part) -> Iterator[str]:
    lines = telling_lines(part)
    if lines:
        yield r"\begin{align*}"
        yield " \\\\\n".join(_equation(line.subject, steps_latex(line)) for line in lines)
        yield r"\end{align*}"
    if part.given or part.remarks:
        yield r"\begin{itemize}"
        for given in part.given:
            derivation = f" = {given.derivation}".replace("*", r" \cdot ") if given.derivation else ""
            value = rf"\text{{{given.value}}}" if any(map(str.isalpha, given.value)) else given.value
            yield rf"\item ${given.latex} = {value}{derivation}$: {escaped(given.origin)}"
        for remark in part.remarks:
            yield rf"\item {escaped(remark)}"
        yield r"\end{itemize}"


def _equation(subject: str, steps: Sequence[str]) -> str:
    """Returns one formula; the equal signs below each other."""
    first, *rest = [rf"\text{{{escaped(subject)}}}", *steps] if subject else steps
    return f"{first} &= " + " = ".join(rest) if rest else f"&{first}"
