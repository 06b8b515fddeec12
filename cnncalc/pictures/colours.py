"""The colours of pictures: a family of layers has one, on light ground and on dark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from cnncalc.pictures.svg import FONT

Theme = Literal["auto", "light", "dark"]
"""`auto` is what the reader's system is set to."""


class Colour(NamedTuple):
    """What a box is filled with, and its line."""

    fill: str
    line: str


_LIGHT: Final = {
    "input": Colour("#f1f3f5", "#868e96"), "convolution": Colour("#dbe8fb", "#3b6fb6"),
    "locally connected": Colour("#d3f0f7", "#1c7c94"), "dense": Colour("#dcf2dd", "#3a8a43"),
    "pooling": Colour("#fde3df", "#c4503f"), "global pooling": Colour("#fbd9e3", "#b23a63"),
    "batch normalization": Colour("#efe4fa", "#8557b8"), "normalization": Colour("#e6e3fb", "#6158b8"),
    "activation": Colour("#fdf3cf", "#b08a1b"), "dropout": Colour("#ececec", "#8a8a8a"),
    "flatten": Colour("#f6e7d4", "#a9743a"), "data movement": Colour("#f3ebe2", "#8c7257"),
    "merge": Colour("#ffffff", "#343a40"), "wrapper": Colour("#def3ee", "#2f8472"),
    "block": Colour("#e9edf2", "#5c6b7d"), "other": Colour("#eef3d6", "#7a8a2a"),
}  # fmt: skip
_DARK: Final = {
    "input": Colour("#2b3035", "#adb5bd"), "convolution": Colour("#1d3557", "#7fb0f0"),
    "locally connected": Colour("#12404c", "#6cc7dd"), "dense": Colour("#1c4023", "#7fcf88"),
    "pooling": Colour("#50231d", "#f09a8c"), "global pooling": Colour("#4d1c2f", "#ee8fae"),
    "batch normalization": Colour("#3a2652", "#c5a2ec"), "normalization": Colour("#2a2757", "#aaa3f2"),
    "activation": Colour("#463a10", "#e3c35a"), "dropout": Colour("#343434", "#b5b5b5"),
    "flatten": Colour("#45301a", "#dca96c"), "data movement": Colour("#3a3026", "#c9ad8d"),
    "merge": Colour("#16191d", "#e9ecef"), "wrapper": Colour("#163f37", "#79ccb9"),
    "block": Colour("#2a323c", "#a5b4c5"), "other": Colour("#363d14", "#c2d26b"),
}  # fmt: skip
FAMILIES: Final = tuple(_LIGHT)
"""In the order of a legend; `block` is a whole block as one box."""

_LIGHT_NAMES: Final = {
    "page": "#ffffff", "ink": "#212529", "faint": "#5f6871", "edge": "#495057", "frame": "#f8f9fa",
    "border": "#adb5bd", "bar": "#ced4da", "share": "#3b6fb6", "error": "#d6242f", "error-fill": "#fde2e4",
    "added": "#2b8a3e", "added-fill": "#d3f9d8", "changed": "#b8860b", "changed-fill": "#fff3bf",
}  # fmt: skip
_DARK_NAMES: Final = {
    "page": "#16191d", "ink": "#e9ecef", "faint": "#a9b2bb", "edge": "#9aa4ae", "frame": "#1e2227",
    "border": "#4c555e", "bar": "#3d444b", "share": "#7fb0f0", "error": "#ff6b6b", "error-fill": "#4a1a1d",
    "added": "#69db7c", "added-fill": "#173d20", "changed": "#ffd43b", "changed-fill": "#4a3c0a",
}  # fmt: skip

_RULES: Final = """\
.cnncalc {font-family: FONT}
.cnncalc text {fill: $ink; font-size: 11px}
.cnncalc .page {fill: $page}
.cnncalc .kind, .cnncalc .frame-name, .cnncalc .sign {font-weight: bold}
.cnncalc .heading {font-size: 16px; font-weight: bold}
.cnncalc .small {font-size: 10px; fill: $faint}
.cnncalc .edge {fill: none; stroke: $edge; stroke-width: 1.3}
.cnncalc .tip {fill: $edge}
.cnncalc .frame {fill: $frame; stroke: $border; stroke-dasharray: 3 2}
.cnncalc .track {fill: $bar}
.cnncalc .share {fill: $share}
.cnncalc .box {stroke-width: 1}
.cnncalc .unknown > .box {fill: $page; stroke: $faint; stroke-dasharray: 4 3}
.cnncalc .unknown > text {fill: $faint}
.cnncalc .edge.unknown {stroke-dasharray: 4 3; stroke: $faint}
.cnncalc .culprit > .box, .cnncalc .removed > .box {fill: $error-fill; stroke: $error; stroke-width: 2}
.cnncalc .error {fill: $error}
.cnncalc .inserted > .box {fill: $added-fill; stroke: $added; stroke-width: 2}
.cnncalc .changed > .box {fill: $changed-fill; stroke: $changed; stroke-width: 2}
.cnncalc .unchanged > .box {fill: $frame; stroke: $border}
.cnncalc .unchanged > text {fill: $faint}
.cnncalc .badge {fill: $ink}
.cnncalc .badge-text {fill: $page; font-weight: bold}
"""
"""Rules without variables or functions: programs that make PNG and PDF know no more."""


def light_colour(family: str) -> Colour:
    """Returns a family's colour on light ground."""
    return _LIGHT[family]


def family_class(family: str) -> str:
    """Returns the class of a family's boxes."""
    return family.replace(" ", "-")


def style_sheet(theme: Theme = "auto", further: str = "") -> str:
    """Returns the rules of a picture's style sheet; `further` ones may use the same names of colours (`$ink`)."""
    light = _sheet(_LIGHT, _LIGHT_NAMES, further)
    if theme == "light":
        return light
    dark = _sheet(_DARK, _DARK_NAMES, further)
    return dark if theme == "dark" else f"{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _sheet(families: Mapping[str, Colour], names: Mapping[str, str], further: str) -> str:
    rules = (_RULES + further).replace("FONT", FONT)
    for name in sorted(names, key=len, reverse=True):
        rules = rules.replace(f"${name}", names[name])
    return (
        "".join(
            f".cnncalc .{family_class(family)} > .box {{fill: {colour.fill}; stroke: {colour.line}}}\n"
            for family, colour in families.items()
        )
        + rules
    )
