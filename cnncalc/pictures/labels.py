"""What stands in the boxes of a picture, and how large that makes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, Literal, NamedTuple, get_args

from cnncalc.analysis.report import Row
from cnncalc.pictures.colours import Theme
from cnncalc.pictures.parts import FramePart, LayerPart
from cnncalc.pictures.placing import Heading, Size
from cnncalc.pictures.text_width import fitted, text_width
from cnncalc.render.numbers import byte_size, extent, grouped
from cnncalc.render.text import safe
from cnncalc.tensor import Shape, shape_text, total

Shown = Literal["params", "macs", "rf", "memory"]
"""What `--show` adds to a box; memory is that of the layer's output."""
SHOWN: Final = get_args(Shown)

TEXT: Final = 11.0
SMALL: Final = 10.0
LINE: Final = 14.0
"""The height of a line of text."""
ROUND: Final = 13.0
"""The radius of a merge's sign."""
INSET: Final = 8.0
"""Between a box and its texts."""
BAR: Final = 40.0
"""The length of a bar that stands for the largest share."""
_WIDEST: Final = 360.0
"""Of the texts in a box; longer ones are shortened."""
_LABEL: Final = 150.0
"""The same beside a sign."""
SIGNS: Final = {
    "Add": "+", "Concatenate": "C", "Multiply": "×", "Subtract": "−", "Divide": "÷", "Average": "avg",
    "Maximum": "max", "Minimum": "min",
}  # fmt: skip
"""Merges, which are drawn as round signs."""


class Options(NamedTuple):
    """What a picture shows: further figures, blocks folded at a depth, repeats spelled out, columns, colours."""

    show: tuple[Shown, ...] = ()
    depth: int | None = None
    unfold: bool = False
    columns: int | None = None
    theme: Theme = "auto"


DEFAULTS: Final = Options()


class Labels:
    """The texts of layers and frames. All boxes have the width of the widest."""

    def __init__(self, layers: Sequence[LayerPart], show: tuple[Shown, ...]) -> None:
        self.show = show
        self.width = max((self._text_width(layer) for layer in layers if not is_round(layer)), default=60)
        self.largest = {what: max((_sum(layer, what) or 0 for layer in layers), default=0) for what in show}

    def measure(self, layer: LayerPart) -> Size:
        """Returns the size of a layer's box, or of its sign with what stands beside it."""
        if is_round(layer):
            lines = self.beside(layer)
            label = max(text_width(line, SMALL) for line in lines)
            return Size(2 * ROUND + 6 + label, max(2 * ROUND, 12.0 * len(lines)), ROUND)
        return Size(self.width, 2 * LINE + 10 + LINE * (len(self.show) + len(layer.remarks)), self.width / 2)

    def _text_width(self, layer: LayerPart) -> float:
        first = text_width(layer.kind, TEXT, bold=True) + INSET + text_width(safe(layer.arguments), TEXT)
        second = text_width(safe(layer.own_name), SMALL) + 14 + text_width(shape_of(layer), SMALL)
        shown = [text_width(figure(layer, what), SMALL) + BAR + 10 for what in self.show]
        remarks = [text_width(safe(remark), SMALL) for remark in layer.remarks]
        return min(max(first, second, *shown, *remarks, 90.0), _WIDEST) + 2 * INSET

    def first_line(self, layer: LayerPart) -> tuple[str, str]:
        """Writes kind and arguments, shortened if the box is too narrow."""
        room = self.width - 2 * INSET
        kind = fitted(layer.kind, room, TEXT, bold=True)
        return kind, fitted(safe(layer.arguments), room - text_width(kind, TEXT, bold=True) - INSET, TEXT)

    def second_line(self, layer: LayerPart) -> tuple[str, str]:
        """Writes name and output shape, shortened if the box is too narrow."""
        room = self.width - 2 * INSET
        shape = fitted(shape_of(layer), room * 0.6, SMALL)
        return fitted(safe(layer.own_name), room - 14 - text_width(shape, SMALL), SMALL), shape

    def further_line(self, layer: LayerPart, what: Shown) -> str:
        """Returns a figure, shortened if the box is too narrow."""
        return fitted(figure(layer, what), self.width - 2 * INSET - BAR - 10, SMALL)

    def beside(self, layer: LayerPart) -> list[str]:
        """Returns what stands beside a merge's sign: name, output shape, and the receptive field if it is wanted."""
        wanted = [figure(layer, what) for what in self.show if what == "rf"]
        texts = [safe(layer.own_name), shape_of(layer), *wanted, *map(safe, layer.remarks)]
        return [fitted(text, _LABEL, SMALL) for text in texts]

    def share(self, layer: LayerPart, what: Shown) -> float | None:
        """Returns a figure as a share of the largest in the picture; `None` if there is none to show."""
        value = _sum(layer, what)
        return None if value is None or not self.largest[what] else float(Fraction(value, self.largest[what]))

    def heading(self, frame: FramePart) -> Heading:
        """Returns how wide the name of a frame is, and the badge that says how many copies there are."""
        badge = text_width(badge_of(frame), TEXT, bold=True) + 12 if len(frame.copies) > 1 else 0
        return Heading(text_width(frame_name(frame), TEXT, bold=True), badge)


def is_round(layer: LayerPart) -> bool:
    """Says whether a layer is drawn as a round sign."""
    return layer.kind in SIGNS


def figure(layer: LayerPart, what: Shown) -> str:
    """Returns a figure with its name: of copies one for all if they are alike, else the first and the last."""
    if what == "rf":
        return f"rf {_range([extent(row.exact.receptive_field) for row in layer.rows])}"
    values = [_value(row, what) for row in layer.rows]
    texts = [byte_size(value) if what == "memory" and value is not None else grouped(value) for value in values]
    times = f"{len(texts)} × " if len(texts) > 1 and len({*texts}) == 1 else ""
    return f"{what} {times}{_range(texts)}"


def frame_name(frame: FramePart) -> str:
    """Returns a block's own name, and how that of the last of its copies ends: `conv2_2 … 3`."""
    name = safe(frame.own_name)
    if len(frame.copies) == 1:
        return fitted(name, 200, TEXT, bold=True)
    last = safe(frame.copies[-1].removeprefix(frame.name.removesuffix(frame.own_name)))
    ending = last.removeprefix(name[: name.rfind("_") + 1])
    return f"{fitted(name, 140, TEXT, bold=True)} … {fitted(ending, 60, TEXT, bold=True)}"


def badge_of(frame: FramePart) -> str:
    """Returns how many copies a frame stands for."""
    return f"× {grouped(len(frame.copies))}"


def frame_title(frame: FramePart) -> str:
    """Returns a block's name and, of several copies, how many they are."""
    return f"{frame_name(frame)} {badge_of(frame)}" if len(frame.copies) > 1 else frame_name(frame)


def shape_of(layer: LayerPart) -> str:
    """Returns the output's shape; of copies with different ones the first and the last size on each axis."""
    if not layer.rows:
        return "?"
    shapes = [row.output_shape for row in layer.rows]
    instances = layer.rows[0].instances
    many = f"{instances} × " if instances > 1 else ""
    return many + _both(shapes[0], shapes[-1])


def _both(first: Shape, last: Shape) -> str:
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
