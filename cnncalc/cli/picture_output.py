"""The formats of pictures, and where they go: for all commands that draw."""

from __future__ import annotations

from os.path import splitext
from typing import Final, Literal, cast, get_args

from cnncalc.cli.options import bad_value
from cnncalc.cli.output import bytes_to, write, write_bytes
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.pictures.colours import Theme
from cnncalc.pictures.page import converted, html_page

Format = Literal["svg", "html", "png", "pdf", "mmd", "dot", "tex"]
FORMATS: Final = get_args(Format)
DRAWN: Final = ("svg", "html", "png", "pdf")
"""Those that show a picture as it is; the others are of other programs, which draw themselves."""


def format_of_picture(file: str | None) -> Format:
    """Chooses the format that a file's ending says; SVG without a file. Raises: UsageError: if it says none."""
    if file is None or file == "-":
        return "svg"
    ending = splitext(file)[1].lower().removeprefix(".")
    if ending not in FORMATS:
        message = f"the file's ending says no format that pictures have: {', '.join(FORMATS)}"
        hint = f"{splitext(file)[0]}.svg, or --format svg"
        raise UsageError(Diagnostic("bad-option", message, found=ending or "no ending", suggestion=hint))
    return cast(Format, ending)


def drawn_format(option: str, file: str) -> Format:
    """Chooses the format of a picture that no other program draws. Raises: UsageError: if it is not such a one."""
    format = format_of_picture(file)
    if format not in DRAWN:
        raise bad_value(option, f"a file that ends in {', '.join(DRAWN)}", file)
    return format


def theme_for(format: Format, wanted: Theme) -> Theme:
    """Chooses light for a format that can't follow what the reader's system is set to."""
    return "light" if wanted == "auto" and format in ("png", "pdf") else wanted


def as_picture(picture: str, name: str, format: Format) -> str | bytes:
    """Writes an SVG in one of the formats that show it as it is. Raises: UsageError: if a package is missing."""
    if format == "html":
        return html_page(picture, name)
    return converted(picture, format) if format in ("png", "pdf") else picture


def write_picture(file: str | None, data: str | bytes) -> None:
    """Writes a picture to a file, or to standard output for none and for `-`. Raises: UsageError."""
    if file is not None and file != "-":
        with bytes_to(file) as write_to_file:
            write_to_file(data.encode() if isinstance(data, str) else data)
    elif isinstance(data, str):
        write(data)
    else:
        write_bytes(data)
