"""A picture as a page of HTML, as PNG and as PDF."""

from __future__ import annotations

from html import escape
from typing import Final, Literal

from cnncalc.optional_packages import optional_package
from cnncalc.pictures.svg import FONT
from cnncalc.render.text import safe

_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{name}</title>
<style>
body {{ margin: 0; }}
svg {{ display: block; margin: auto; }}
</style>
</head>
<body>
{picture}</body>
</html>
"""
_FONTS: Final = f"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', {FONT}"
"""A generic name means no font to Typst: these are what it usually means."""
_DOCUMENT: Final = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("net.svg")\n'
_RESOLUTION: Final = 144
"""Of a PNG, in pixels for 72 of the picture's units."""


def html_page(picture: str, name: str) -> str:
    """Puts an SVG into a page that needs nothing else."""
    return _PAGE.format(name=escape(safe(name)), picture=picture)


def converted(picture: str, format: Literal["png", "pdf"]) -> bytes:
    """Makes PNG or PDF of an SVG, whose theme must not be `auto`. Raises: UsageError: if Typst is not installed."""
    typst = optional_package("typst", f"draw --format {format}")
    files = {
        "main.typ": _DOCUMENT,
        "net.svg": picture.replace(f"font-family: {FONT}", f"font-family: {_FONTS}").encode(),
    }
    data: bytes = typst.compile(files, format=format, ppi=_RESOLUTION if format == "png" else None)
    return data
