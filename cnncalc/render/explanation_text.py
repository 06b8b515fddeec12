"""An explanation as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cnncalc.explaining.explanation import Explanation, Given, LayerExplanation, Part, Section
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.explanation_words import part_title, section_title, steps, telling_lines
from cnncalc.render.numbers import extent
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe

WIDTH: Final = 110
"""How wide the words of plain text are; formulas are never broken."""
_SYMBOLS: Final = 32
"""How wide the column of symbols and their values is, at most."""


def render_text(explanation: Explanation, terminal: Terminal | None = None) -> str:
    """Writes an explanation layer by layer; an empty line between quantities, two between layers."""
    return "\n\n".join(draw(blocks, terminal) for blocks in explanation_blocks(explanation))


def explanation_blocks(explanation: Explanation) -> Iterator[Iterator[Block]]:
    """Shows each layer by itself, then the totals."""
    yield from map(_layer, explanation.layers)
    if explanation.totals:
        yield _totals(explanation)


def _totals(explanation: Explanation) -> Iterator[Block]:
    yield line((f"Totals of {safe(explanation.name)}", "bold"))
    yield from _sections(explanation.totals)


def _layer(layer: LayerExplanation) -> Iterator[Block]:
    yield line((safe(layer.name), "bold"), (safe(f" ({layer.kind})"), "hint"))
    for link in layer.chain:
        yield line((safe(link), "dim"), indent="  ")
    if layer.inputs:
        yield line("reads " + ", ".join(f"{safe(name)}: {extent(shape)}" for name, shape in layer.inputs), indent="  ")
    yield from _sections(layer.sections)


def _sections(sections: Sequence[Section]) -> Iterator[Block]:
    for section in sections:
        yield line()
        title, colon, value = section_title(section).partition(": ")
        yield line((title + colon, "bold"), (value, "number"))
        several = len(section.parts) > 1
        for part in section.parts:
            title = part_title(part) + (f" ({part.basis})" if part.basis and part.convention else "")
            if not several or not title:
                yield from _part(part, "  ")
            elif part.given or len(telling_lines(part)) + len(part.remarks) > 1:
                yield line((f"{title}:", "hint"), indent="  ")
                yield from _part(part, "    ")
            else:
                lines = [" = ".join(steps(entry)) for entry in telling_lines(part)]
                yield _words("  ", (f"{title}:", "hint"), f" {'; '.join([*lines, *map(safe, part.remarks)])}")
        if section.difference:
            yield _words("  ", ("Why they differ:", "warning"), f" {section.difference}.")


def _part(part: Part, margin: str) -> Iterator[Block]:
    lines = telling_lines(part)
    for entry in lines:
        subject = [f"{entry.subject} = "] if entry.subject else []
        *formulas, value = steps(entry)
        yield line(*subject, *(f"{formula} = " for formula in formulas), (value, "number"), indent=margin)
    yield from _givens(part.given, margin + "  " if lines else margin)
    for remark in part.remarks:
        yield _words(margin, safe(remark))


def _givens(given: Sequence[Given], margin: str) -> Iterator[Block]:
    values = [" = ".join(filter(None, (entry.symbol, entry.value, entry.derivation))) for entry in given]
    room = min(max(map(len, values), default=0), _SYMBOLS)
    for value, entry in zip(values, given, strict=True):
        hang = margin + " " * (room + 2)
        yield line(f"{value:<{room}}  ", (safe(entry.origin), "dim"), indent=margin, hang=hang, plain_width=WIDTH)


def _words(margin: str, *parts: str | tuple[str, str]) -> Block:
    return line(*parts, indent=margin, hang=margin + "  ", plain_width=WIDTH)
