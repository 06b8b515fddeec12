"""A file of another format becomes a spec: its reader, the writer of specs and the check of what comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from cnncalc.analysis.analyze import analyze
from cnncalc.analysis.report import Report
from cnncalc.convert.document import document_of
from cnncalc.convert.folding import folded
from cnncalc.convert.formats import Foreign, Format
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.self_check import check_declared
from cnncalc.convert.short_forms import drop_last_axis
from cnncalc.convert.spec_items import SpecParts, spec_parts
from cnncalc.errors import Diagnostic, Source, Span, SpecError, quote
from cnncalc.expansion.expander import expand
from cnncalc.spec.document import Document
from cnncalc.spec.inner_specs import InnerSpecs


@dataclass(frozen=True)
class Imported:
    """What was read from a file: the graph, the spec that says the same layer by layer, and its document."""

    graph: Graph
    parts: SpecParts
    document: Document
    report: Report

    def report_of(self, parts: SpecParts) -> Report:
        """Analyses other parts of the same net. Raises: SpecError."""
        return report_of(document_of(parts, self.document.source, self.document.identity))


def import_file(file: str, format: Format | Foreign) -> Imported:
    """Reads a file of another format. Raises: SpecError."""
    if isinstance(format, Foreign):
        message = f"{quote(file)} is {format.what}: there is no architecture to read in it"
        raise SpecError(_placed(ReadingProblem("no-architecture", message, suggestion=format.suggestion), file))
    read: Callable[[Path], Graph] = import_module(f"cnncalc.convert.{format.module}").read
    return import_by(lambda: read(Path(file)), file)


def import_by(read: Callable[[], Graph], file: str) -> Imported:
    """Makes the spec of what is read; `file` is where diagnostics say that it comes from. Raises: SpecError."""
    try:
        graph = read()
    except ReadingProblem as problem:
        raise SpecError(_placed(problem, file)) from None
    except RecursionError:
        raise SpecError(_placed(ReadingProblem("damaged-file", f"{quote(file)} is nested too deep"), file)) from None
    return import_graph(replace(graph, name=graph.name or Path(file).stem), file)


def import_graph(graph: Graph, file: str) -> Imported:
    """Makes the spec of a graph. `file` is where diagnostics say that it comes from. Raises: SpecError."""
    try:
        parts = spec_parts(graph)
        document = document_of(parts, Source(file), str(Path(file).resolve()))
        document = replace(document, warnings=tuple(graph.warnings))
        report = report_of(document)
        check_declared(report.layers, parts.layer_of)
    except ReadingProblem as problem:
        raise SpecError(_placed(problem, file)) from None
    return Imported(graph, parts, document, report)


def parts_to_write(imported: Imported, flat: bool) -> SpecParts:
    """Makes the parts of the spec that is written to a file, with blocks unless it is to be flat. Raises: SpecError."""
    shapes = {row.name: row.output_shape for row in imported.report.layers}
    for row in imported.report.layers:
        if row.inputs and row.inputs[0] in shapes and row.name in imported.parts.layer_of:
            drop_last_axis(imported.parts.layer_of[row.name], len(shapes[row.inputs[0]]))
    plain, with_blocks = folded(imported.graph)
    parts = spec_parts(plain)
    if flat or not with_blocks.blocks:
        return parts
    folded_parts = spec_parts(with_blocks)
    same = [
        [(row.type, row.output_shape, row.params, row.trainable_params) for row in report.layers]
        for report in (imported.report_of(parts), imported.report_of(folded_parts))
    ]
    return folded_parts if same[0] == same[1] else parts


def report_of(document: Document) -> Report:
    """Analyses a document; the report ends before a layer whose shape does not fit. Raises: SpecError."""
    expansion = expand(document, InnerSpecs().load)
    if expansion.mistakes:
        raise SpecError(expansion.mistakes)
    return analyze(expansion, "exact", partial=True)


def _placed(problem: ReadingProblem, file: str) -> Diagnostic:
    return problem.at(Span(Source(file), path=problem.place))
