"""An explanation as plain text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from cnncalc.explain.explanation import Explanation, Given, LayerExplanation, Part, Section
from cnncalc.render.explanation import part_title, section_title, steps, telling_lines
from cnncalc.render.numbers import extent
from cnncalc.render.text import paint, safe

WIDTH = 110


def render_text(explanation: Explanation, color: bool = False) -> str:
    """Layer by layer; an empty line between quantities, two between layers."""
    layers = ["\n".join(_layer(layer, color)) for layer in explanation.layers]
    if explanation.totals:
        title = paint(f"Totals of {safe(explanation.name)}", "bold", color)
        layers.append("\n".join([title, *_sections(explanation.totals, color)]))
    return "\n\n\n".join(layers) + "\n"


def _layer(layer: LayerExplanation, color: bool) -> Iterator[str]:
    yield paint(safe(f"{layer.name} ({layer.kind})"), "bold", color)
    for link in layer.chain:
        yield f"  {safe(link)}"
    if layer.inputs:
        yield "  reads " + ", ".join(f"{safe(name)}: {extent(shape)}" for name, shape in layer.inputs)
    yield from _sections(layer.sections, color)


def _sections(sections: Sequence[Section], color: bool) -> Iterator[str]:
    for section in sections:
        yield ""
        yield paint(section_title(section), "hint", color)
        several = len(section.parts) > 1
        for part in section.parts:
            title = part_title(part) + (f" ({part.basis})" if part.basis and part.convention else "")
            if not several or not title:
                yield from _part(part, "  ")
            elif part.given or len(telling_lines(part)) + len(part.remarks) > 1:
                yield f"  {title}:"
                yield from _part(part, "    ")
            else:
                lines = [" = ".join(steps(line)) for line in telling_lines(part)]
                yield from _wrapped(f"{title}: {'; '.join([*lines, *map(safe, part.remarks)])}", "  ")
        if section.difference:
            yield from _wrapped(f"Why they differ: {section.difference}.", "  ")


def _part(part: Part, margin: str) -> Iterator[str]:
    for line in telling_lines(part):
        subject = [line.subject] if line.subject else []
        yield margin + " = ".join([*subject, *steps(line)])
    yield from _givens(part.given, margin + "  ")
    for remark in part.remarks:
        yield from _wrapped(safe(remark), margin)


def _givens(given: Sequence[Given], margin: str) -> Iterator[str]:
    values = [" = ".join(filter(None, (entry.symbol, entry.value, entry.derivation))) for entry in given]
    room = min(max(map(len, values), default=0), 32)
    for value, entry in zip(values, given, strict=True):
        yield from _wrapped(f"{value:<{room}}  {safe(entry.origin)}", margin, margin + " " * (room + 2))


def _wrapped(text: str, margin: str, deeper: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=margin, subsequent_indent=deeper or margin + "  ", break_long_words=False,
        break_on_hyphens=False, drop_whitespace=True,
    )  # fmt: skip
