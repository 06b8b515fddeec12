"""Explanations as text, Markdown, LaTeX and JSON. Nothing here computes; every text ends in a newline."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final, Literal

from cnncalc.explaining.explanation import Explanation
from cnncalc.render.explanation_json import explanation_json
from cnncalc.render.explanation_latex import LATEX_PACKAGES, render_latex
from cnncalc.render.explanation_markdown import render_markdown
from cnncalc.render.explanation_text import render_text
from cnncalc.render.terminal import Terminal

ExplanationFormat = Literal["text", "markdown", "json", "latex"]

_BETWEEN_LAYERS: Final = {"text": "\n\n", "markdown": "\n", "latex": ""}


def render_explanation(format: ExplanationFormat, explanation: Explanation, terminal: Terminal | None = None) -> str:
    """Writes an explanation in one of the formats; as text it is drawn for a terminal if there is one."""
    return "".join(explanation_pieces(format, explanation, terminal))


def explanation_pieces(
    format: ExplanationFormat, explanation: Explanation, terminal: Terminal | None = None
) -> Iterator[str]:
    """Writes an explanation layer by layer, so that a long net takes no more memory than a short one."""
    if format == "json":
        yield from explanation_json(explanation)
        return
    alone = (Explanation(explanation.name, (layer,)) for layer in explanation.layers)
    totals = [Explanation(explanation.name, (), explanation.totals)] if explanation.totals else []
    for position, part in enumerate(chain(alone, totals)):
        if position:
            yield _BETWEEN_LAYERS[format]
        if format == "text":
            yield render_text(part, terminal)
        elif format == "markdown":
            yield render_markdown(part)
        else:
            yield render_latex(part).removeprefix(LATEX_PACKAGES if position else "")
