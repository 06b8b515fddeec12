"""What a result of the Python API shows: as text to `print`, as HTML in a notebook. Imported at its first showing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from itertools import chain

from cnncalc.analysis.report import Report
from cnncalc.comparing.comparison import Comparison
from cnncalc.counting import Tallies
from cnncalc.explaining.explanation import Explanation
from cnncalc.explaining.field_report import FieldReport
from cnncalc.marking.marks import Marks
from cnncalc.reconciling.search import Reconciliation
from cnncalc.render.comparison import comparison_blocks
from cnncalc.render.counters import counters_blocks
from cnncalc.render.document import Block, line, plain_text
from cnncalc.render.explanation_text import explanation_blocks
from cnncalc.render.field_report import field_blocks
from cnncalc.render.formats import render
from cnncalc.render.html import render_html
from cnncalc.render.html_blocks import html_of
from cnncalc.render.marks_table import marks_blocks
from cnncalc.render.reconciliation import reconciliation_blocks
from cnncalc.results import Result


def as_text(result: Result) -> str:
    """Writes a result as its command does into a pipe."""
    text = render("table", [("", result)]) if isinstance(result, Report) else plain_text(blocks(result))
    return text.removesuffix("\n")


def as_html(result: Result) -> str:
    """Writes a result as HTML that stands by itself in a page."""
    return render_html(result) if isinstance(result, Report) else html_of(blocks(result))


@singledispatch
def blocks(result: Result) -> Iterable[Block]:
    """Shows a result as lines and tables."""
    raise NotImplementedError(f"nothing shows a {type(result).__name__}")


blocks.register(Comparison, comparison_blocks)
blocks.register(FieldReport, field_blocks)
blocks.register(Marks, marks_blocks)
blocks.register(Reconciliation, reconciliation_blocks)
blocks.register(Tallies, counters_blocks)


@blocks.register
def _(explanation: Explanation) -> Iterable[Block]:
    layers = (
        chain([line(), line()] if place else [], part) for place, part in enumerate(explanation_blocks(explanation))
    )
    return chain.from_iterable(layers)
