"""A net as a TikZ picture for a paper: everything has its place already, so that LaTeX draws what the SVG shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnncalc.pictures.colours import FAMILIES, family_class, light_colour
from cnncalc.pictures.graph import placed
from cnncalc.pictures.labels import INSET, LINE, ROUND, SIGNS, Labels, Options, badge_of, frame_name, is_round
from cnncalc.pictures.parts import FramePart, LayerPart, leaves
from cnncalc.pictures.placing import TITLE, Box, layers_of
from cnncalc.pictures.svg import number
from cnncalc.render.latex import escaped
from cnncalc.render.text import safe

_STATES: Final = {
    "computed": "", "culprit": ", draw=red, fill=red!10, line width=1.6pt", "unknown": ", dashed, fill=white",
}  # fmt: skip
_WRITTEN: Final = {"×": r"$\times$", "…": r"\dots{}", "−": "$-$", "÷": r"$\div$"}


def write_tikz(net: FramePart, options: Options) -> str:
    """Writes a document of one page; the `tikzpicture` in it can be taken into another document."""
    return "\n".join(_lines(net, options)) + "\n"


def _lines(net: FramePart, options: Options) -> Iterator[str]:
    labels, layout = placed(net, options)
    width, height = number(layout.width * 0.75 + 20), number(layout.height * 0.75 + 20)
    yield r"\documentclass{article}"
    yield r"\DeclareTextCommand{\textquotedbl}{OT1}{''}"  # so that the fonts that every LaTeX has are enough
    yield r"\usepackage{tikz}"
    yield rf"\usepackage[paperwidth={width}pt, paperheight={height}pt, margin=10pt]{{geometry}}"
    yield r"\pagestyle{empty}\parindent0pt"
    yield r"\begin{document}"
    used = {layer.family for layer in leaves(net)}
    for family in FAMILIES:
        if family in used:
            for part, colour in zip(("fill", "line"), light_colour(family), strict=True):
                yield rf"\definecolor{{{family_class(family)}-{part}}}{{HTML}}{{{colour[1:].upper()}}}"
    yield r"\sffamily\fontsize{8}{9}\selectfont"
    yield r"\begin{tikzpicture}[x=0.75pt, y=-0.75pt, every node/.style={inner sep=0pt, anchor=base west}]"
    for box in layout.boxes:
        if isinstance(box.part, FramePart):
            yield from _frame(box, box.part)
    for line in layout.lines:
        path = " -- ".join(f"({number(x)}, {number(y)})" for x, y in line.points)
        tip = "" if line.target is None else "-stealth, "
        y_short = "" if line.target is None or not is_round(line.target) else "shorten >=1pt, "
        yield rf"\draw[{tip}{y_short}rounded corners=2pt, black!70] {path};"
    for box in layers_of(layout):
        if isinstance(box.part, LayerPart):
            yield from _layer(box, box.part, labels)
    yield r"\end{tikzpicture}"
    yield r"\end{document}"


def _frame(box: Box, frame: FramePart) -> Iterator[str]:
    yield rf"\draw[rounded corners=4pt, densely dashed, black!40, fill=black!2] {_rectangle(box)};"
    yield _text(box.x + 10, box.y + TITLE - 6, rf"\textbf{{{_escaped(frame_name(frame))}}}")
    if len(frame.copies) > 1:
        yield _text(box.x + box.width - 10, box.y + TITLE - 6, rf"\textbf{{{_escaped(badge_of(frame))}}}", "base east")


def _layer(box: Box, layer: LayerPart, labels: Labels) -> Iterator[str]:
    class_ = family_class(layer.family)
    style = f"fill={class_}-fill, draw={class_}-line{_STATES[layer.state]}"
    if is_round(layer):
        yield rf"\draw[{style}] ({number(box.axis)}, {number(box.y + ROUND)}) circle[radius={number(ROUND * 0.75)}pt];"
        yield _text(box.axis, box.y + ROUND + 4, rf"\textbf{{{_escaped(SIGNS[layer.kind])}}}", "base")
        for index, line in enumerate(labels.beside(layer)):
            yield _text(box.axis + ROUND + 6, box.y + 10 + 12 * index, _small(line))
        return
    yield rf"\draw[rounded corners=3pt, {style}] {_rectangle(box)};"
    left, right = box.x + INSET, box.x + box.width - INSET
    kind, arguments = labels.first_line(layer)
    name, shape = labels.second_line(layer)
    yield _text(left, box.y + 16, rf"\textbf{{{_escaped(kind)}}}")
    yield _text(right, box.y + 16, _escaped(arguments), "base east")
    yield _text(left, box.y + 30, _small(name))
    yield _text(right, box.y + 30, _small(shape), "base east")
    for index, what in enumerate(labels.show):
        yield _text(left, box.y + 30 + LINE * (index + 1), _small(labels.further_line(layer, what)))


def _rectangle(box: Box) -> str:
    corner = f"({number(box.x + box.width)}, {number(box.y + box.height)})"
    return f"({number(box.x)}, {number(box.y)}) rectangle {corner}"


def _text(x: float, y: float, content: str, anchor: str = "base west") -> str:
    place = "" if anchor == "base west" else f"[anchor={anchor}] "
    return rf"\node {place}at ({number(x)}, {number(y)}) {{{content}}};"


def _small(text: str) -> str:
    return rf"{{\fontsize{{7}}{{8}}\selectfont\color{{black!65}}{_escaped(text)}}}"


def _escaped(text: str) -> str:
    """Returns a text without mark-up; of what LaTeX's fonts lack, the number in Unicode."""
    return "".join(
        _WRITTEN.get(letter) or (escaped(letter) if letter.isascii() else f"(U+{ord(letter):04X})")
        for letter in safe(text)
    )
