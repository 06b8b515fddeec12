"""A net as its feature maps: boxes to scale, channels as depth, each window projected from map to map.

It is the manner of the papers' figures. Maps follow each other from left to right; where they become smaller and then
larger again, as in a U-Net, those of one size stand in one row, which makes the U.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Report
from cnncalc.layers.base import Layer
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.windows import WindowLayer
from cnncalc.pictures import svg
from cnncalc.pictures.colours import Theme, family_class, style_sheet
from cnncalc.pictures.graph import parts_of, totals_line
from cnncalc.pictures.labels import SMALL, TEXT, Options
from cnncalc.pictures.parts import LayerPart, leaves
from cnncalc.pictures.svg import Point
from cnncalc.pictures.text_width import fitted, text_width
from cnncalc.render.text import safe
from cnncalc.tensor import Shape, Size, shape_text

_MARGIN: Final = 20.0
_HEADING: Final = 44.0
_GAP: Final = 26.0
"""Between two maps, which leaves room for the window's projection."""
_SLANT: Final = (0.34, -0.24)
"""Where a unit of width goes in the picture: to the right and up."""
_UNKNOWN: Final = 16
"""What a size that is not known is drawn as."""
_ROW: Final = 66.0
"""The height of a row besides its maps: for the texts above and below, and for the lines of skip connections."""
_ABOVE: Final = 32.0
"""The part of it that is above the maps."""
_SMALLEST: Final = 0.12
"""What a window takes of a side at least, so that it is seen."""
_GROWS: Final = 1.5
"""A map that is so many times as large as the one before it stands in a row further up; a smaller one further down."""
_RULES: Final = """\
.cnncalc .volume > .side {stroke: $ink; stroke-width: 0.6; stroke-opacity: 0.6}
.cnncalc .volume > .shade {fill: $ink; fill-opacity: 0.1; stroke: none}
.cnncalc .window {fill: $error; fill-opacity: 0.25; stroke: $error; stroke-width: 0.8}
.cnncalc .ray {fill: none; stroke: $error; stroke-width: 0.6; stroke-opacity: 0.7}
.cnncalc .fan {fill: none; stroke: $faint; stroke-width: 0.6; stroke-dasharray: 3 2}
.cnncalc .skip {fill: none; stroke: $edge; stroke-width: 2.5; stroke-opacity: 0.6}
"""


@dataclass(slots=True, eq=False)
class _Volume:
    """A map: the layer that makes it, its row and its place; `skips` are the maps that it reads besides."""

    layer: LayerPart
    shape: Shape
    row: int = 0
    x: float = 0
    y: float = 0
    window: str = ""
    """The size of the window, and its stride, as the text that is shown."""
    skips: list[_Volume] = field(default_factory=list)

    @property
    def thickness(self) -> float:
        """From left to right: the channels. A vector is a bar, as high as it is long."""
        return 9.0 if len(self.shape) == 1 else 3 + 3 * _log(self.shape[-1])

    @property
    def height(self) -> float:
        return 6 + 13 * _log(self.shape[-1] if len(self.shape) == 1 else self.shape[-3 if len(self.shape) > 2 else 0])

    @property
    def depth(self) -> Point:
        """How the width runs to the back, to the right and up."""
        width = 6 + 13 * _log(self.shape[-2] if len(self.shape) > 2 else 1)
        return _SLANT[0] * width, _SLANT[1] * width

    @property
    def size(self) -> float:
        """The spatial size that says how far down it stands."""
        return 1 if len(self.shape) == 1 else self.shape[0] or _UNKNOWN

    @property
    def right(self) -> float:
        return self.x + self.thickness + self.depth[0]

    def on_side(self, down: float, back: float) -> Point:
        """Returns a point of the side that faces the next map, from its upper front corner on, as shares of its
        sizes.
        """
        return self.x + self.thickness + back * self.depth[0], self.y + down * self.height + back * self.depth[1]


def draw_volumes(report: Report, analysis: Analysis, theme: Theme = "auto") -> str:
    """Draws the maps along the longest way from an input to the last output, those of repeated blocks once."""
    layers = list(leaves(parts_of(report, analysis, Options())))
    volumes = _volumes(layers)
    for volume in volumes:
        volume.window = _window(analysis.layers[volume.layer.key])
    goes_up = any(two.size >= _GROWS * one.size for one, two in pairwise(volumes))
    width, height = _place(volumes, by_size=goes_up)
    name = fitted(safe(report.name), max(width, 400), 16, bold=True)
    below = fitted(totals_line(report), max(width, 400), TEXT)
    width = max(width, text_width(name, 16, bold=True), text_width(below, TEXT)) + 2 * _MARGIN
    content = [
        svg.rectangle(0, 0, width, height + _HEADING + 2 * _MARGIN, "page"),
        svg.text(name, _MARGIN, _MARGIN + 15, "heading"),
        svg.text(below, _MARGIN, _MARGIN + 32, "error" if report.error else "small"),
        svg.group(
            _content(volumes, analysis), transform=f"translate({svg.number(_MARGIN)} {svg.number(_MARGIN + _HEADING)})"
        ),
    ]
    description = f"The feature maps of {report.name} as boxes from left to right: {totals_line(report)}."
    style = style_sheet(theme, _RULES)
    return svg.document(width, height + _HEADING + 2 * _MARGIN, report.name, description, style, content)


def _window(layer: Layer) -> str:
    if not isinstance(layer, WindowLayer):
        return ""
    kernel, strides, _, _ = layer.window()
    stride = "" if {*strides} == {1} else f" /{strides[0] if len({*strides}) == 1 else 'x'.join(map(str, strides))}"
    return "x".join(map(str, kernel)) + stride


def _log(size: Size) -> float:
    return math.log2((size or _UNKNOWN) + 1)


# Which maps ---------------------------------------------------------------------------------------------------------


def _volumes(layers: Sequence[LayerPart]) -> list[_Volume]:
    """Returns the maps on the longest way, without those that only change values; they stand for the layers behind
    them.
    """
    by_key = {layer.key: layer for layer in layers if layer.rows}
    depth: dict[int, int] = {}
    for layer in by_key.values():
        depth[layer.key] = 1 + max((depth[key] for key in layer.reads), default=0)
    way: list[LayerPart] = []
    key: int | None = max(depth, key=lambda one: (depth[one], -one), default=None)
    while key is not None:
        way.append(by_key[key])
        key = max(by_key[key].reads, key=lambda one: depth[one], default=None)
    volumes: list[_Volume] = []
    shown: dict[int, _Volume] = {}
    before: Shape = ()
    for layer in reversed(way):
        shape = layer.rows[0].output_shape
        if not volumes or _is_shown(layer, shape, before):
            volumes.append(_Volume(layer, shape))
            others = [_shown_source(source, shown, by_key) for source in layer.reads if source not in shown]
            read = [shown[source] for source in layer.reads if source in shown]
            volumes[-1].skips = [other for other in [*others, *read] if other is not None and other not in volumes[-2:]]
        shown[layer.key] = volumes[-1]
        before = shape
    return volumes


def _is_shown(layer: LayerPart, shape: Shape, before: Shape) -> bool:
    return layer.family not in ("flatten", "merge") and (
        shape != before or layer.family in ("convolution", "pooling", "dense", "locally connected")
    )


def _shown_source(key: int, shown: dict[int, _Volume], layers: dict[int, LayerPart]) -> _Volume | None:
    """Returns the map on the way from which something beside it comes, through layers that read one thing each."""
    while key not in shown:
        reads = layers[key].reads
        if len(reads) != 1:
            return None
        (key,) = reads
    return shown[key]


# Where --------------------------------------------------------------------------------------------------------------


def _place(volumes: Sequence[_Volume], by_size: bool) -> tuple[float, float]:
    """Gives every map its place: the width and the height of all."""
    row = 0
    for before, volume in zip([volumes[0], *volumes], volumes, strict=False):
        if by_size and volume.size * _GROWS <= before.size:
            row += 1
        elif by_size and volume.size >= _GROWS * before.size:
            row -= 1
        volume.row = row
    highest = min(volume.row for volume in volumes)
    rows = max(volume.row for volume in volumes) - highest + 1
    heights = [
        max((volume.height - volume.depth[1] for volume in volumes if volume.row - highest == index), default=0.0)
        for index in range(rows)
    ]
    x = 0.0
    for before, volume in zip([volumes[0], *volumes], volumes, strict=False):
        room = max(text_width(line, SMALL) for line in _texts(volume)) + 8
        own = volume.thickness + volume.depth[0]
        if before is not volume:
            x += _GAP if before.row == volume.row else _GAP / 2
        volume.x = x + max(room - own, 0) / 2
        index = volume.row - highest
        base = sum(heights[:index]) + heights[index] + index * _ROW + _ABOVE
        volume.y = base - (heights[index] + volume.depth[1] - volume.height) / 2 - volume.height
        x += max(room, own)
    return x, sum(heights) + rows * _ROW


def _texts(volume: _Volume) -> tuple[str, str, str]:
    """Returns what stands above a map, in the papers' manner, and in two lines below it: the operation and its
    window.
    """
    *sizes, channels = volume.shape
    above = f"{'?' if channels is None else channels}@{shape_text(tuple(sizes))}" if sizes else shape_text(volume.shape)
    kind = "input" if volume.layer.family == "input" else volume.layer.kind
    return above, kind, volume.window


# Drawing ------------------------------------------------------------------------------------------------------------


def _content(volumes: Sequence[_Volume], analysis: Analysis) -> Iterator[str]:
    for volume in volumes:
        yield from (_skip(source, volume, volumes) for source in volume.skips)
    yield from map(_volume, volumes)
    for before, volume in pairwise(volumes):
        yield from _projection(before, volume, analysis) if before.row == volume.row else [_step(before, volume)]


def _volume(volume: _Volume) -> str:
    x, y, width, height = volume.x, volume.y, volume.thickness, volume.height
    right, up = volume.depth
    front = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    top = [(x, y), (x + right, y + up), (x + width + right, y + up), (x + width, y)]
    side = [(x + width, y), (x + width + right, y + up), (x + width + right, y + up + height), (x + width, y + height)]
    above, *below = _texts(volume)
    middle = (x + volume.right) / 2
    layer = volume.layer
    faces = [svg.polygon(face, "box side") for face in (front, top, side)]
    content = [
        svg.title(f"{layer.name}\n{layer.kind}: {layer.arguments}\n{shape_text(volume.shape)}"),
        *faces,
        svg.polygon(side, "shade"),
        svg.text(above, middle, y + up - 6, "small", "middle"),
        *(svg.text(line, middle, y + height + 13 + 12 * index, "small", "middle") for index, line in enumerate(below)),
    ]
    return svg.group(content, class_=f"volume {family_class(layer.family)}", data_layer=layer.name)


def _projection(before: _Volume, volume: _Volume, analysis: Analysis) -> Iterator[str]:
    """Yields what a position of a map reads of the one before it: a window, or all of it."""
    layer = analysis.layers[volume.layer.key]
    middle = (volume.x, volume.y + volume.height / 2)
    if len(volume.shape) == 1:
        edge = 0 if len(before.shape) == 1 else 1
        ends = [(volume.x, volume.y), (volume.x, volume.y + volume.height)]
        for upper_or_lower, end in enumerate(ends):
            yield svg.polyline([before.on_side(upper_or_lower, edge), end], "fan")
    elif isinstance(layer, WindowLayer) and not isinstance(layer, ConvTranspose) and len(before.shape) == 3:
        down, back = (
            min(max(size / (length or _UNKNOWN), _SMALLEST), 1.0)
            for size, length in zip(layer.window()[0], before.shape[:-1], strict=True)
        )
        y, z = (1 - down) / 2, (1 - back) / 2
        corners = [before.on_side(u, v) for u, v in ((y, z), (y, z + back), (y + down, z + back), (y + down, z))]
        yield svg.polygon(corners, "window")
        yield from (svg.polyline([corner, middle], "ray") for corner in corners)
    else:
        yield _arrow([(before.right + 2, middle[1]), (volume.x - 2, middle[1])])


def _step(before: _Volume, volume: _Volume) -> str:
    """Returns the arrow from one row to the next."""
    start = (before.x + before.right) / 2, before.y + before.height + 30
    corner, end = (start[0], volume.y + volume.height / 2), (volume.x - 3, volume.y + volume.height / 2)
    if volume.row < before.row:
        start = (before.right + 2, before.y + before.height / 2)
        corner = (volume.x + volume.thickness / 2, start[1])
        end = (corner[0], volume.y + volume.height + 30)
    return _arrow([start, corner, end])


def _skip(source: _Volume, volume: _Volume, volumes: Sequence[_Volume]) -> str:
    """Returns the arrow of a skip connection, above the maps that stand between the two."""
    between = [one for one in volumes if one.row in (source.row, volume.row) and source.x <= one.x <= volume.x]
    high = min(one.y + one.depth[1] for one in between) - 20
    start, end = source.y + source.height / 3, volume.y + volume.height / 3
    text = text_width(_texts(source)[0], SMALL)
    left, right = max(source.right + 8, (source.x + source.right + text) / 2 + 4), volume.x - 10
    points = [(source.right + 1, start), (left, start), (left, high), (right, high), (right, end), (volume.x - 2, end)]
    return _arrow(points, "skip")


def _arrow(points: Sequence[Point], class_: str = "edge") -> str:
    (x, y), (u, v) = points[-2:]
    across, down = (math.copysign(1, u - x), 0) if abs(u - x) > abs(v - y) else (0, math.copysign(1, v - y))
    tip = [
        (u, v),
        (u - 7 * across - 4 * down, v - 7 * down - 4 * across),
        (u - 7 * across + 4 * down, v - 7 * down + 4 * across),
    ]
    return svg.polyline([*points[:-1], (u - 5 * across, v - 5 * down)], class_) + svg.polygon(tip, "tip")
