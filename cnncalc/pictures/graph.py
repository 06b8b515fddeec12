"""A net as a graph: a box for each layer, from top to bottom, in frames for its blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Report
from cnncalc.expansion.expander import deep_recursion
from cnncalc.pictures import svg
from cnncalc.pictures.colours import FAMILIES, family_class, style_sheet
from cnncalc.pictures.folding import fold_depth, fold_repeats
from cnncalc.pictures.gaps import Line
from cnncalc.pictures.labels import (
    BAR,
    DEFAULTS,
    INSET,
    LINE,
    ROUND,
    SIGNS,
    SMALL,
    TEXT,
    Labels,
    Options,
    badge_of,
    figure,
    frame_name,
    is_round,
    shape_of,
)  # fmt: skip
from cnncalc.pictures.parts import FramePart, LayerPart, connect, leaves, net_parts
from cnncalc.pictures.placing import TITLE, Box, Layout, Placer, layers_of
from cnncalc.pictures.text_width import fitted, text_width
from cnncalc.render.fold import fold
from cnncalc.render.numbers import grouped
from cnncalc.render.text import safe

_MARGIN = 20.0
_HEADING = 44.0
_LEAST = 240.0
"""The least width of a picture."""


def draw_graph(report: Report, analysis: Analysis, options: Options = DEFAULTS) -> str:
    """Draws a net as SVG. Every layer's group has its full name as `data-layer`.

    If a block is drawn once for several alike, `data-copies` of a layer lists the names of all, one a line. A report
    that ends at an error is drawn with what follows the culprit. Memory is drawn if the report has it.
    """
    graph = Graph(report, options, parts_of(report, analysis, options))
    description = f"The layers of {report.name} as a graph from top to bottom: {totals_line(report)}."
    content = [svg.rectangle(0, 0, graph.width, graph.height, "page"), *graph.content()]
    return svg.document(graph.width, graph.height, report.name, description, style_sheet(options.theme), content)


Marks = Mapping[str, tuple[str, tuple[str, ...]]]
"""For layers by their names: a class for their colours, and further lines in their boxes."""


def parts_of(report: Report, analysis: Analysis, options: Options = DEFAULTS, marks: Marks | None = None) -> FramePart:
    """Takes a net apart into what is drawn of it: repeats once, unless they are to be spelled out."""
    net = net_parts(analysis, report)
    with deep_recursion():
        for part in leaves(net):
            part.mark, part.remarks = (marks or {}).get(part.name, ("", ()))
        layers = len(analysis.expansion.nodes)
        stands_for = list(range(layers)) if options.unfold else fold_repeats(net, layers)
        if options.depth is not None:
            rows = {row.name: row for row in fold(report, options.depth).layers}
            fold_depth(net, options.depth, rows, stands_for)
        connect(net, stands_for)
    return net


def placed(net: FramePart, options: Options) -> tuple[Labels, Layout]:
    """Finds the place of everything, and the texts that stand in it. Raises: UsageError: if it is too tangled."""
    labels = Labels(list(leaves(net)), options.show)
    with deep_recursion():
        return labels, Placer(labels.measure, labels.heading).place(net, options.columns)


def totals_line(report: Report) -> str:
    """Returns what stands under the net's name: its totals, or why there are none."""
    if report.error is not None:
        return safe(f"stopped by an error: {report.error.message}")
    layers, totals = len(report.layers) - len(report.inputs), report.totals
    return f"{grouped(layers)} layers, {grouped(totals.params)} parameters, {grouped(totals.exact.macs)} MACs"


class Graph:
    """A graph with its heading above and its legend below, as the content of an SVG of its size."""

    def __init__(self, report: Report, options: Options, net: FramePart, lines: Sequence[str] = ()) -> None:
        """Takes `lines` that stand under the heading, besides the totals."""
        self.report = report
        self.layers = list(leaves(net))
        self.labels, self.layout = placed(net, options)
        width = max(self.layout.width, _LEAST)
        self.title = fitted(safe(report.name), max(width, 400), 16, bold=True)
        self.lines = [fitted(safe(line), max(width, 400), TEXT) for line in (totals_line(report), *lines)]
        width = max(width, text_width(self.title, 16, bold=True), *(text_width(line, TEXT) for line in self.lines))
        self.legend = list(self._legend(width))
        self.top = _MARGIN + _HEADING + LINE * len(lines)
        self.width = width + 2 * _MARGIN
        self.height = self.top + self.layout.height + 14 + 20 * (self.legend[-1][0] + 1 if self.legend else 0) + _MARGIN

    def content(self) -> Iterator[str]:
        """Yields everything but the ground."""
        yield svg.text(self.title, _MARGIN, _MARGIN + 15, "heading")
        for index, line in enumerate(self.lines):
            yield svg.text(line, _MARGIN, _MARGIN + 32 + LINE * index, "error" if self.report.error else "small")
        move = f"translate({svg.number(_MARGIN)} {svg.number(self.top)})"
        yield svg.group(self._content(), transform=move)
        below = self.top + self.layout.height + 14
        for row, x, family in self.legend:
            yield _legend_entry(family, _MARGIN + x, below + 20 * row)

    def _content(self) -> Iterator[str]:
        layers = {layer.key: layer for layer in self.layers}
        boxes = {box.part.first: box for box in layers_of(self.layout)}
        for box in self.layout.boxes:
            if isinstance(box.part, FramePart):
                yield _frame(box, box.part)
        for line in self.layout.lines:
            yield _line(line, layers[line.key], None if line.target is None else boxes[line.target.key])
        for box in layers_of(self.layout):
            if isinstance(box.part, LayerPart):
                yield self._layer(box, box.part)

    def _layer(self, box: Box, layer: LayerPart) -> str:
        content = [svg.title(self._tooltip(layer))]
        content += self._round(box, layer) if is_round(layer) else self._lines(box, layer)
        state = layer.state if layer.state != "computed" else layer.mark
        copies = "\n".join(layer.names) if len(layer.names) > 1 else None
        class_ = f"layer {family_class(layer.family)} {state}".rstrip()
        return svg.group(content, class_=class_, data_layer=layer.name, data_copies=copies)

    def _round(self, box: Box, layer: LayerPart) -> Iterator[str]:
        yield svg.element("circle", cx=box.axis, cy=box.y + ROUND, r=ROUND - 0.5, class_="box")
        yield svg.text(SIGNS[layer.kind], box.axis, box.y + ROUND + 4, "sign", "middle")
        for index, line in enumerate(self.labels.beside(layer)):
            yield svg.text(line, box.axis + ROUND + 6, box.y + 10 + 12 * index, "small")

    def _lines(self, box: Box, layer: LayerPart) -> Iterator[str]:
        left, right = box.x + INSET, box.x + box.width - INSET
        yield svg.rectangle(box.x, box.y, box.width, box.height, "box", 4)
        kind, arguments = self.labels.first_line(layer)
        name, shape = self.labels.second_line(layer)
        yield svg.text(kind, left, box.y + 16, "kind")
        if arguments:
            yield svg.text(arguments, right, box.y + 16, "arguments", "end")
        yield svg.text(name, left, box.y + 30, "small")
        yield svg.text(shape, right, box.y + 30, "small", "end")
        for index, what in enumerate(self.labels.show):
            y = box.y + 30 + LINE * (index + 1)
            yield svg.text(self.labels.further_line(layer, what), left, y, "small")
            share = self.labels.share(layer, what)
            if share is not None:
                yield svg.rectangle(right - BAR, y - 7, BAR, 6, "track")
                if share:
                    yield svg.rectangle(right - BAR, y - 7, max(BAR * share, 0.5), 6, "share")
        above = box.y + 30 + LINE * len(self.labels.show)
        for index, remark in enumerate(layer.remarks, 1):
            yield svg.text(fitted(safe(remark), box.width - 2 * INSET, SMALL), left, above + LINE * index, "small")

    def _tooltip(self, layer: LayerPart) -> str:
        arguments = f": {layer.arguments}" if layer.arguments else ""
        lines = [layer.name, f"{layer.kind}{arguments}", shape_of(layer)]
        if len(layer.names) > 1:
            lines[0] = f"{layer.names[0]} to {layer.names[-1]}: {len(layer.names)} copies"
        if layer.rows:
            lines += [figure(layer, what) for what in ("params", "macs", "rf")]
        if layer.state == "culprit" and self.report.error is not None:
            lines.append(self.report.error.message)
        return "\n".join(lines)

    def _legend(self, room: float) -> Iterator[tuple[int, float, str]]:
        """Yields the families that are drawn, or the marks if there are any, each with its row and its x."""
        marks = {layer.mark for layer in self.layers} - {""}
        used = marks or {layer.family for layer in self.layers if not is_round(layer)}
        row, x = 0, 0.0
        for entry in (*FAMILIES, *sorted(marks)):
            if entry in used:
                width = 36 + text_width(entry, SMALL)
                if x and x + width > room:
                    row, x = row + 1, 0.0
                yield row, x, entry
                x += width


def _legend_entry(family: str, x: float, y: float) -> str:
    content = [svg.rectangle(x, y, 16, 12, "box", 3), svg.text(family, x + 22, y + 10, "small")]
    return svg.group(content, class_=family_class(family))


def _frame(box: Box, frame: FramePart) -> str:
    content = [
        svg.title(frame.name if len(frame.copies) == 1 else f"{frame.copies[0]} to {frame.copies[-1]}"),
        svg.rectangle(box.x, box.y, box.width, box.height, "frame", 6),
        svg.text(frame_name(frame), box.x + 10, box.y + TITLE - 6, "frame-name"),
    ]
    if len(frame.copies) > 1:
        width = text_width(badge_of(frame), TEXT, bold=True) + 12
        x = box.x + box.width - width - 8
        content.append(svg.rectangle(x, box.y + 5, width, 16, "badge", 8))
        content.append(svg.text(badge_of(frame), x + width / 2, box.y + 17, "badge-text", "middle"))
    return svg.group(content, class_="block-frame", data_block=frame.name)


def _line(line: Line, source: LayerPart, target: Box | None) -> str:
    """Returns a piece of a line, with a tip if it ends at a layer."""
    unknown = source.state != "computed" or (line.target is not None and line.target.state == "unknown")
    class_ = "edge unknown" if unknown else "edge"
    if line.target is None or target is None:
        return svg.polyline(line.points, class_, data_from=source.name)
    x, y = line.points[-1]
    if is_round(line.target):
        y += ROUND - math.sqrt(max(ROUND**2 - (x - target.axis) ** 2, 0))
    drawn = svg.polyline([*line.points[:-1], (x, y - 4)], class_, data_from=source.name, data_to=line.target.name)
    return drawn + svg.polygon([(x, y), (x - 3.5, y - 7), (x + 3.5, y - 7)], "tip")
