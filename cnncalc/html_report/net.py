"""Everything that a page says of one net, gathered once."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.memory_figures import LayerMemory, Setting
from cnncalc.analysis.report import Report
from cnncalc.counting import Tallies, tally
from cnncalc.diagnosis.shape_mistakes import shape_mistakes
from cnncalc.errors import Diagnostic
from cnncalc.explaining.explanation import LayerExplanation, Section
from cnncalc.explaining.layer import LayerExplainer
from cnncalc.explaining.memory import memory_section, memory_totals
from cnncalc.explaining.totals import explain_totals
from cnncalc.memory.footprint import Calculation, with_counted_memory
from cnncalc.model import Model
from cnncalc.pictures.graph import draw_graph
from cnncalc.profile.profilers import COUNTERS
from cnncalc.records import entity


@entity
class ReportedNet:
    """A net's report with what explains it.

    A net with a shape error has the layers before it, and neither totals nor memory nor profilers' counts.
    """

    report: Report
    analysis: Analysis
    explainer: LayerExplainer
    tallies: Tallies
    calculation: Calculation | None
    memory_rows: list[LayerMemory]
    totals: tuple[Section, ...]
    mistakes: list[Diagnostic]
    """What is wrong with its shapes: the error of the report, and those that have nothing to do with it."""
    picture: str
    """As SVG, repeated blocks once."""

    def explain(self, index: int) -> LayerExplanation:
        """Explains every figure of a layer, its memory last."""
        explained = self.explainer.explain(index)
        if self.calculation is None:
            return explained
        memory = memory_section(self.calculation, index, self.memory_rows[index])
        return replace(explained, sections=(*explained.sections, memory))


def reported_net(model: Model, convention: str = "notes") -> ReportedNet:
    """Analyses a net and counts its memory as profilers do. A shape that does not fit ends up in `report.error`."""
    report, analysis = analyzed(model.expansion, convention, partial=True)
    explainer = LayerExplainer(analysis)
    picture = draw_graph(report, analysis)
    if report.error is not None:
        mistakes = list(shape_mistakes(model.expansion, [report.error]))
        return ReportedNet(report, analysis, explainer, Tallies(report, ()), None, [], (), mistakes, picture)
    calculation = Calculation(analysis, Setting())
    whole, rows = calculation.result()
    tallies = Tallies(report, tuple(tally(analysis, counter) for counter in COUNTERS.values()))
    totals = (*explain_totals(analysis, explainer.rows), *memory_totals(calculation, whole))
    return ReportedNet(
        with_counted_memory(report, whole, rows), analysis, explainer, tallies, calculation, rows, totals, [], picture
    )
