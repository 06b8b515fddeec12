"""A net as a graph: a box for each layer, from top to bottom, in frames for its blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, Literal, NamedTuple, get_args

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Report, Row
from cnncalc.pictures import svg
from cnncalc.pictures.colours import FAMILIES, Theme, family_class, style_sheet
from cnncalc.pictures.folding import fold_depth, fold_repeats
from cnncalc.pictures.gaps import Line
from cnncalc.pictures.parts import FramePart, LayerPart, connect, leaves, net_parts
from cnncalc.pictures.placing import TITLE, Box, Heading, Layout, Placer, Size, layers_of
from cnncalc.pictures.text_width import fitted, text_width
from cnncalc.render.fold import fold
from cnncalc.render.numbers import byte_size, extent, grouped
from cnncalc.render.text import safe
from cnncalc.tensor import Shape, shape_text, total

Shown = Literal["params", "macs", "rf", "memory"]
"""What `--show` adds to a box; memory is that of the layer's output."""
SHOWN: Final = get_args(Shown)

_TEXT: Final = 11.0
_SMALL: Final = 10.0
_LINE: Final = 14.0
_WIDEST: Final = 300.0
"""Of a text in a box; longer ones are shortened."""
_MARGIN: Final = 20.0
_ROUND: Final = 13.0
"""The radius of a merge's sign."""
_SIGNS: Final = {
    "Add": "+", "Concatenate": "C", "Multiply": "×", "Subtract": "−", "Divide": "÷", "Average": "avg",
    "Maximum": "max", "Minimum": "min",
}  # fmt: skip


class Options(NamedTuple):
    """What a picture shows: further figures, blocks folded at a depth, repeats spelled out, columns, colours."""

    show: tuple[Shown, ...] = ()
    depth: int | None = None
    unfold: bool = False
    columns: int | None = None
    theme: Theme = "auto"


DEFAULTS: Final = Options()


def draw_graph(report: Report, analysis: Analysis, options: Options = DEFAULTS) -> str:
    """Draws a net as SVG. Every layer's group has its full name as `data-layer`.

    If a block is drawn once for several alike, `data-copies` of a layer lists the names of all, one a line.

    A report that ends at an error is drawn with what follows the culprit. Memory is drawn if the report has it.
    """
    net = parts_of(report, analysis, options)
    return _Drawing(report, options, net).svg()


def parts_of(report: Report, analysis: Analysis, options: Options = DEFAULTS) -> FramePart:
    """Takes a net apart into what is drawn of it: repeats once, unless they are to be spelled out."""
    net = net_parts(analysis, report)
    layers = len(analysis.expansion.nodes)
    stands_for = list(range(layers)) if options.unfold else fold_repeats(net, layers)
    if options.depth is not None:
        rows = {row.name: row for row in fold(report, options.depth).layers}
        fold_depth(net, options.depth, rows, stands_for)
    connect(net, stands_for)
    return net


class _Drawing:
    def __init__(self, report: Report, options: Options, net: FramePart) -> None:
        self.report = report
        self.options = options
        self.net = net
        self.layers = list(leaves(net))
        self.boxes_width = max((self._text_width(layer) for layer in self.layers if not _is_round(layer)), default=60)
        self.largest = {what: self._largest(what) for what in options.show}

    def svg(self) -> str:
        layout = Placer(self._measure, self._heading).place(self.net, self.options.columns)
        heading = 44.0
        legend = list(self._legend(max(layout.width, 240)))
        rows = max((row for row, _, _ in legend), default=-1) + 1
        width = max(layout.width, 240, text_width(self._title(), 16, bold=True), text_width(self._totals(), _TEXT))
        height = heading + layout.height + 14 + 20 * rows
        x, y = _MARGIN, _MARGIN + heading
        content = [
            svg.rectangle(0, 0, width + 2 * _MARGIN, height + 2 * _MARGIN, "page"),
            svg.text(self._title(), _MARGIN, _MARGIN + 15, "heading"),
            svg.text(self._totals(), _MARGIN, _MARGIN + 32, "error" if self.report.error else "small"),
            svg.group(self._content(layout), transform=f"translate({svg.number(x)} {svg.number(y)})"),
            svg.group(
                (
                    self._legend_entry(family, _MARGIN + dx, y + layout.height + 14 + 20 * row)
                    for row, dx, family in legend
                ),
                class_="legend",
            ),
        ]
        return svg.document(
            width + 2 * _MARGIN, height + 2 * _MARGIN, self.report.name, self._description(),
            style_sheet(self.options.theme), content,
        )  # fmt: skip

    def _content(self, layout: Layout) -> Iterator[str]:
        by_key = {layer.key: layer for layer in self.layers}
        for box in layout.boxes:
            if isinstance(box.part, FramePart):
                yield self._frame(box, box.part)
        boxes = {box.part.first: box for box in layers_of(layout)}
        for line in layout.lines:
            yield _line(line, by_key[line.key], None if line.target is None else boxes[line.target.key])
        for box in layers_of(layout):
            if isinstance(box.part, LayerPart):
                yield self._layer(box, box.part)

    # Boxes ----------------------------------------------------------------------------------------------------------

    def _measure(self, layer: LayerPart) -> Size:
        if _is_round(layer):
            label = max(text_width(text, _SMALL) for text in self._label(layer))
            return Size(2 * _ROUND + 6 + label, max(2 * _ROUND, _LINE * len(self._label(layer))), _ROUND)
        height = 2 * _LINE + 10 + _LINE * len(self.options.show)
        return Size(self.boxes_width, height, self.boxes_width / 2)

    def _text_width(self, layer: LayerPart) -> float:
        first = text_width(layer.kind, _TEXT, bold=True) + 8 + text_width(safe(layer.arguments), _TEXT)
        second = text_width(safe(layer.own_name), _SMALL) + 14 + text_width(_shape(layer), _SMALL)
        shown = [text_width(self._figure(layer, what), _SMALL) + 50 for what in self.options.show]
        return min(max(first, second, *shown, 90.0), _WIDEST) + 16

    def _label(self, layer: LayerPart) -> list[str]:
        """What stands beside a merge's sign."""
        lines = [fitted(safe(layer.own_name), 150, _SMALL), fitted(_shape(layer), 150, _SMALL)]
        return [*lines, *(self._figure(layer, what) for what in self.options.show if what == "rf")]

    def _layer(self, box: Box, layer: LayerPart) -> str:
        content = [svg.title(self._tooltip(layer))]
        content += self._round(box, layer) if _is_round(layer) else self._lines(box, layer)
        state = "" if layer.state == "computed" else f" {layer.state}"
        copies = "\n".join(layer.names) if len(layer.names) > 1 else None
        return svg.group(
            content, class_=f"layer {family_class(layer.family)}{state}", data_layer=layer.name, data_copies=copies
        )

    def _round(self, box: Box, layer: LayerPart) -> Iterator[str]:
        sign = _SIGNS[layer.kind]
        yield svg.element("circle", cx=box.axis, cy=box.y + _ROUND, r=_ROUND - 0.5, class_="box")
        yield svg.text(sign, box.axis, box.y + _ROUND + 4, "sign", "middle")
        for index, text in enumerate(self._label(layer)):
            yield svg.text(text, box.axis + _ROUND + 6, box.y + 10 + 12 * index, "small")

    def _lines(self, box: Box, layer: LayerPart) -> Iterator[str]:
        left, right = box.x + 8, box.x + box.width - 8
        room = box.width - 16
        yield svg.rectangle(box.x, box.y, box.width, box.height, "box", 4)
        kind = fitted(layer.kind, room, _TEXT, bold=True)
        used = text_width(kind, _TEXT, bold=True)
        arguments = fitted(safe(layer.arguments), room - used - 8, _TEXT)
        yield svg.text(kind, left, box.y + 16, "kind")
        if arguments:
            yield svg.text(arguments, right, box.y + 16, "arguments", "end")
        shape = fitted(_shape(layer), room * 0.6, _SMALL)
        name = fitted(safe(layer.own_name), room - 14 - text_width(shape, _SMALL), _SMALL)
        yield svg.text(name, left, box.y + 30, "small")
        yield svg.text(shape, right, box.y + 30, "small", "end")
        for index, what in enumerate(self.options.show):
            y = box.y + 30 + _LINE * (index + 1)
            yield svg.text(self._figure(layer, what), left, y, "small")
            share = self._share(layer, what)
            if share is not None:
                yield svg.rectangle(right - 40, y - 7, 40, 6, "track")
                if share:
                    yield svg.rectangle(right - 40, y - 7, max(40.0 * share, 0.5), 6, "share")

    def _tooltip(self, layer: LayerPart) -> str:
        arguments = f": {layer.arguments}" if layer.arguments else ""
        lines = [layer.name, f"{layer.kind}{arguments}", _shape(layer)]
        if len(layer.names) > 1:
            lines[0] = f"{layer.names[0]} to {layer.names[-1]}: {len(layer.names)} copies"
        if layer.rows:
            lines += [self._figure(layer, what) for what in ("params", "macs", "rf")]
        if layer.state == "culprit" and self.report.error is not None:
            lines.append(self.report.error.message)
        return "\n".join(lines)

    # Frames ---------------------------------------------------------------------------------------------------------

    def _heading(self, frame: FramePart) -> Heading:
        badge = text_width(_badge(frame), _TEXT, bold=True) + 12 if len(frame.copies) > 1 else 0
        return Heading(text_width(_frame_name(frame), _TEXT, bold=True), badge)

    def _frame(self, box: Box, frame: FramePart) -> str:
        content = [
            svg.title(frame.name if len(frame.copies) == 1 else f"{frame.copies[0]} to {frame.copies[-1]}"),
            svg.rectangle(box.x, box.y, box.width, box.height, "frame", 6),
            svg.text(_frame_name(frame), box.x + 10, box.y + TITLE - 5, "frame-name"),
        ]
        if len(frame.copies) > 1:
            width = text_width(_badge(frame), _TEXT, bold=True) + 12
            x = box.x + box.width - width - 8
            content.append(svg.rectangle(x, box.y + 5, width, 16, "badge", 8))
            content.append(svg.text(_badge(frame), x + width / 2, box.y + 17, "badge-text", "middle"))
        return svg.group(content, class_="block-frame", data_block=frame.name)

    # Figures --------------------------------------------------------------------------------------------------------

    def _figure(self, layer: LayerPart, what: Shown) -> str:
        """A figure with its name: of copies one for all if they are alike, else the first and the last."""
        if what == "rf":
            return f"rf {_range([extent(row.exact.receptive_field) for row in layer.rows])}"
        values = [_value(row, what) for row in layer.rows]
        texts = [byte_size(value) if what == "memory" and value is not None else grouped(value) for value in values]
        times = f"{len(texts)} × " if len(texts) > 1 and len({*texts}) == 1 else ""
        return f"{what} {times}{_range(texts)}"

    def _largest(self, what: Shown) -> int:
        return max((_sum(layer, what) or 0 for layer in self.layers), default=0)

    def _share(self, layer: LayerPart, what: Shown) -> float | None:
        """A figure as a share of the largest in the picture; `None` if there is none to show."""
        value = None if what == "rf" else _sum(layer, what)
        return None if value is None or not self.largest[what] else float(Fraction(value, self.largest[what]))

    # Around ---------------------------------------------------------------------------------------------------------

    def _title(self) -> str:
        return fitted(safe(self.report.name), 600, 16, bold=True)

    def _totals(self) -> str:
        if self.report.error is not None:
            return fitted(safe(f"stopped by an error: {self.report.error.message}"), 900, _TEXT)
        totals = self.report.totals
        layers = len(self.report.layers) - len(self.report.inputs)
        return f"{grouped(layers)} layers, {grouped(totals.params)} parameters, {grouped(totals.exact.macs)} MACs"

    def _description(self) -> str:
        return f"The layers of {self.report.name} as a graph from top to bottom: {self._totals()}."

    def _legend(self, room: float) -> Iterator[tuple[int, float, str]]:
        """The families that are drawn, each with its row and its x."""
        used = {layer.family for layer in self.layers if not _is_round(layer)}
        row, x = 0, 0.0
        for family in FAMILIES:
            if family in used:
                width = 24 + text_width(family, _SMALL) + 12
                if x and x + width > room:
                    row, x = row + 1, 0.0
                yield row, x, family
                x += width

    def _legend_entry(self, family: str, x: float, y: float) -> str:
        return svg.group(
            [svg.rectangle(x, y, 16, 12, "box", 3), svg.text(family, x + 22, y + 10, "small")],
            class_=family_class(family),
        )


def _is_round(layer: LayerPart) -> bool:
    return layer.kind in _SIGNS


def _line(line: Line, source: LayerPart, target: Box | None) -> str:
    """A piece of a line, with a tip if it ends at a layer."""
    unknown = source.state != "computed" or (line.target is not None and line.target.state == "unknown")
    class_ = "edge unknown" if unknown else "edge"
    if line.target is None or target is None:
        return svg.polyline(line.points, class_, data_from=source.name)
    x, y = line.points[-1]
    if _is_round(line.target):
        y += _ROUND - math.sqrt(max(_ROUND**2 - (x - target.axis) ** 2, 0))
    drawn = svg.polyline([*line.points[:-1], (x, y - 4)], class_, data_from=source.name, data_to=line.target.name)
    return drawn + svg.polygon([(x, y), (x - 3.5, y - 7), (x + 3.5, y - 7)], "tip")


def _frame_name(frame: FramePart) -> str:
    """A block's own name, or that of the first and the last of its copies."""
    name = fitted(safe(frame.own_name), 180, _TEXT, bold=True)
    if len(frame.copies) == 1:
        return name
    last = fitted(safe(frame.copies[-1].removeprefix(frame.name.removesuffix(frame.own_name))), 90, _TEXT, bold=True)
    return f"{fitted(name, 90, _TEXT, bold=True)} … {last}"


def _badge(frame: FramePart) -> str:
    return f"× {grouped(len(frame.copies))}"


def _shape(layer: LayerPart) -> str:
    """The output's shape; of copies with different ones the first and the last size on each axis."""
    if not layer.rows:
        return "?"
    shapes = [row.output_shape for row in layer.rows]
    instances = layer.rows[0].instances
    many = f"{instances} × " if instances > 1 else ""
    return many + _shapes(shapes[0], shapes[-1])


def _shapes(first: Shape, last: Shape) -> str:
    if first == last:
        return shape_text(first)
    if len(first) != len(last):
        return f"{shape_text(first)} … {shape_text(last)}"
    sizes = ("?" if one is None else str(one) for one in first)
    others = ("?" if one is None else str(one) for one in last)
    return "x".join(one if one == other else f"{one}…{other}" for one, other in zip(sizes, others, strict=True))


def _range(texts: Sequence[str]) -> str:
    if not texts:
        return "?"
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]} … {texts[-1]}"


def _value(row: Row, what: Shown) -> int | None:
    if what == "memory":
        return None if row.memory is None else row.memory.output
    return row.params if what == "params" else row.exact.macs


def _sum(layer: LayerPart, what: Shown) -> int | None:
    return total(_value(row, what) for row in layer.rows) if what != "rf" and layer.rows else None
