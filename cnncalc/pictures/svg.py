"""Writes the elements of an SVG file: names stay text, whatever is in them, and nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, Literal

from cnncalc.render.text import safe

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

FONT: Final = "sans-serif"
_CORNER: Final = 4.0
"""The radius of a line's corners."""


def number(value: float) -> str:
    """Writes a coordinate in the shortest way, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(tag: str, content: str | None = None, /, **attributes: object) -> str:
    """Writes an element with its content, which is written already; `class_` is `class`, `data_layer` `data-layer`.

    Attributes that are `None` are left out.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}/>" if content is None else f"<{tag}{written}>{content}</{tag}>"


def _attribute(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    lines = str(value).split("\n")
    return "&#10;".join(escape(safe(line)) for line in lines)


def text(content: str, x: float, y: float, class_: str, anchor: Anchor = "start", **attributes: object) -> str:
    """Writes a line of text whose baseline begins, has its middle, or ends at a point."""
    ends = None if anchor == "start" else anchor
    return element("text", escape(safe(content)), x=x, y=y, class_=class_, text_anchor=ends, **attributes)


def rectangle(x: float, y: float, width: float, height: float, class_: str, radius: float = 0) -> str:
    """Writes a rectangle, with round corners if there is a radius."""
    return element("rect", x=x, y=y, width=width, height=height, rx=radius or None, class_=class_)


def title(content: str) -> str:
    """Writes what a reader is shown who rests on an element; a line end stays one."""
    return element("title", "\n".join(escape(safe(line)) for line in content.split("\n")))


def polyline(points: Sequence[Point], class_: str, **attributes: object) -> str:
    """Writes a line through points, its corners rounded: `M`, `L` to each corner, `Q` around it."""
    parts = [f"M{_point(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        parts.append(f"L{_point(_towards(corner, before))}Q{_point(corner)} {_point(_towards(corner, after))}")
    parts.append(f"L{_point(points[-1])}")
    return element("path", d="".join(parts), class_=class_, **attributes)


def polygon(points: Iterable[Point], class_: str) -> str:
    """Writes a filled shape through points."""
    return element("polygon", points=" ".join(map(_point, points)), class_=class_)


def group(content: Iterable[str], **attributes: object) -> str:
    """Writes elements as a group."""
    return element("g", "".join(content), **attributes)


def document(width: float, height: float, name: str, description: str, style: str, content: Iterable[str]) -> str:
    """Writes a whole SVG document, which may also stand inside HTML; `style` are the rules of its style sheet."""
    head = (
        f"{title(name)}\n{element('desc', escape(safe(description)))}\n{element('style', escape(style, quote=False))}\n"
    )
    size = {"width": number(width), "height": number(height), "viewBox": f"0 0 {number(width)} {number(height)}"}
    lines = "\n".join(content)
    return (
        element("svg", f"\n{head}{lines}\n", xmlns="http://www.w3.org/2000/svg", **size, class_="cnncalc", role="img")
        + "\n"
    )


def _point(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"


def _towards(corner: Point, other: Point) -> Point:
    """Returns the point on the way from a corner to another point at which the rounding begins."""
    (x, y), (u, v) = corner, other
    length = abs(u - x) + abs(v - y)
    share = min(_CORNER, length / 2) / length if length else 0
    return x + share * (u - x), y + share * (v - y)
