"""Reads a picture back: its boxes, its texts, and the segments of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


class Rectangle(NamedTuple):
    """A box with its name."""

    x: float
    y: float
    width: float
    height: float
    name: str

    def meets(self, other: Rectangle) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: Rectangle) -> bool:
        return (
            self.x <= other.x
            and other.x + other.width <= self.x + self.width
            and self.y <= other.y
            and other.y + other.height <= self.y + self.height
        )


def numbers(element: ElementTree.Element, *names: str) -> list[float]:
    return [float(element.get(name, "0")) for name in names]


def layer_boxes(picture: ElementTree.Element) -> Iterator[Rectangle]:
    """The box or the sign of every layer."""
    for group in picture.iter(f"{SVG}g"):
        name = group.get("data-layer")
        if name is None:
            continue
        box = group.find(f"{SVG}rect[@class='box']")
        if box is not None:
            yield Rectangle(*numbers(box, "x", "y", "width", "height"), name)
        circle = group.find(f"{SVG}circle")
        if circle is not None:
            x, y, radius = numbers(circle, "cx", "cy", "r")
            yield Rectangle(x - radius, y - radius, 2 * radius, 2 * radius, name)


def insides(picture: ElementTree.Element) -> Iterator[Rectangle]:
    """What no line may enter: boxes without their borders, and the squares within round signs."""
    for box in layer_boxes(picture):
        is_round = box.width == box.height
        margin = box.width * (1 - 0.5**0.5) / 2 + 0.5 if is_round else 1
        yield Rectangle(box.x + margin, box.y + margin, box.width - 2 * margin, box.height - 2 * margin, box.name)


def frames(picture: ElementTree.Element) -> Iterator[Rectangle]:
    """The frames of blocks."""
    for group in picture.iter(f"{SVG}g"):
        name = group.get("data-block")
        frame = group.find(f"{SVG}rect[@class='frame']")
        if name is not None and frame is not None:
            yield Rectangle(*numbers(frame, "x", "y", "width", "height"), name)


def segments(picture: ElementTree.Element) -> Iterator[Rectangle]:
    """The straight pieces of every line, as rectangles without a width or without a height."""
    for path in picture.iter(f"{SVG}path"):
        if not path.get("class", "").startswith("edge"):
            continue
        points = [tuple(map(float, point.split(","))) for point in corners(path.get("d", ""))]
        for (x, y), (u, v) in pairwise(points):
            assert abs(x - u) < 0.02 or abs(y - v) < 0.02, "lines are upright or level"
            yield Rectangle(min(x, u), min(y, v), abs(x - u), abs(y - v), path.get("data-from", ""))


def corners(path: str) -> list[str]:
    """The points that a path goes through: where a corner is rounded, the corner."""
    return re.findall(r"[MQ]([^LQ ]+)", path) + re.findall(r"L([^LQ]+)$", path)
