"""`cnncalc rf`: the exact receptive field of one layer."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

import typer

from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    OutputFile,
    Spec,
    Variables,
    bad_value,
    chosen_format,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import output_to
from cnncalc.cli.picture_output import as_picture, drawn_format, theme_for, write_picture
from cnncalc.convert.loading import load_document
from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.explaining.field_report import FieldReport
from cnncalc.explaining.field_report import rf as field_report
from cnncalc.model import Model
from cnncalc.pictures.field import draw_fields
from cnncalc.render.field_report import render_field, render_field_json
from cnncalc.render.terminal import terminal_of

Format = Literal["text", "json"]


MAX_PHOTO_BYTES: Final = 32 * 1024 * 1024
"""A photo goes into the picture as it is."""


def rf(
    spec: Spec,
    layers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LAYER", help="A layer's name or number; without it, the last one with a receptive field."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="Y,X", help="What one output position sees, exact and inside the input.")
    ] = None,
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or text.")
    ] = None,
    draw: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Draw it over the input, of several LAYERs together: .svg, .html, .png, .pdf."
        ),
    ] = None,
    image: Annotated[
        str | None, typer.Option(metavar="FILE", help="With --draw: a photo, PNG or JPEG, that stands for the input.")
    ] = None,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """The exact receptive field: size, effective stride, offset, and what each output position sees of the input."""
    format = chosen_format(format, output, get_args(Format), "text")
    position = None if at is None else read_position(at)
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    if draw is not None:
        wanted: Sequence[str | None] = layers or [None]
        reports = [field_report(model, layer, position) for layer in wanted]
        _draw(reports, draw, image)
        return 0
    if len(layers or ()) > 1 or image is not None:
        what = "several layers are" if image is None else "--image is"
        raise UsageError(Diagnostic("bad-option", f"{what} for --draw", suggestion="--draw fields.svg"))
    report = field_report(model, layers[0] if layers else None, position)
    terminal = terminal_of(sys.stdout) if output is None else None
    with output_to(output) as write:
        write(render_field_json(report) if format == "json" else render_field(report, terminal))
    return 0


def _draw(reports: Sequence[FieldReport], file: str, image: str | None) -> None:
    """Draws fields into a file. Raises: UsageError."""
    format = drawn_format("--draw", file)
    photo = None if image is None else _photo(image)
    picture = draw_fields(reports, photo, theme_for(format, "auto"))
    write_picture(file, as_picture(picture, reports[0].layer, format))


def _photo(name: str) -> bytes:
    """Reads a photo. Raises: UsageError: if it is no ordinary file, is too large or cannot be read."""
    try:
        if not Path(name).is_file():
            raise UsageError(
                Diagnostic("file-not-found", f"there is no photo {quote(name)}", suggestion="--image p.png")
            )
        if (size := Path(name).stat().st_size) > MAX_PHOTO_BYTES:
            expected, found = f"at most {MAX_PHOTO_BYTES:,} bytes", f"{size:,}"
            raise UsageError(Diagnostic("file-too-large", f"{quote(name)} is too large", None, expected, found))
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(Diagnostic("file-not-readable", f"{quote(name)} cannot be read: {error}")) from None


def read_position(text: str) -> tuple[int, ...]:
    """Reads `3,4`, `(3, 4)` or `3x4` as numbers. Raises: UsageError: `bad-option`."""
    parts = re.split(r"\s*[,x]\s*", text.strip().strip("()[]").strip())
    if all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        return tuple(map(int, parts))
    raise bad_value("--at", "whole numbers that count from 0, such as 3,4", text)
