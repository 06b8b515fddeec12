"""`cnncalc draw`: a net as a picture."""

from __future__ import annotations

from os.path import splitext
from typing import Annotated, Literal, cast, get_args

import typer

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.memory_figures import Setting
from cnncalc.analysis.report import Report
from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import FolderOption, Inputs, Spec, Variables, bad_value, read_inputs, read_variables
from cnncalc.cli.output import bytes_to, write, write_bytes
from cnncalc.convert.loading import load_document
from cnncalc.diagnosis.shape_mistakes import shape_mistakes
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.memory.footprint import with_memory
from cnncalc.model import Model
from cnncalc.pictures.colours import Theme
from cnncalc.pictures.dot import write_dot
from cnncalc.pictures.graph import draw_graph, parts_of
from cnncalc.pictures.labels import SHOWN, Options, Shown
from cnncalc.pictures.mermaid import write_mermaid
from cnncalc.pictures.page import converted, html_page
from cnncalc.pictures.tikz import write_tikz

Format = Literal["svg", "html", "png", "pdf", "mmd", "dot", "tex"]
FORMATS = get_args(Format)

PictureFile = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all; - is standard output."),
]
ThemeOption = Annotated[
    Theme, typer.Option("--theme", help="Colours: as the reader's system is set (PNG and PDF: light), or fixed.")
]


def draw(
    context: typer.Context,
    spec: Spec,
    output: PictureFile = None,
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or as SVG.")
    ] = None,
    show: Annotated[
        str | None, typer.Option(metavar="NAME,...", help=f"What boxes show besides, with bars: {', '.join(SHOWN)}.")
    ] = None,
    depth: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="One box for each block at this depth; 1: the outermost.")
    ] = None,
    unfold: Annotated[bool, typer.Option("--unfold", help="Draw each copy of a repeated block.")] = False,
    columns: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Columns; unless told as many as make a page of it.")
    ] = None,
    theme: ThemeOption = "auto",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
) -> int:
    """A net as a picture: a graph of its layers, in frames for its blocks."""
    chosen = format or format_of_picture(output)
    options = Options(read_shown(show), depth, unfold, columns, theme_for(chosen, theme))
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    report, analysis = analyzed(model.expansion, "exact", partial=True)
    if "memory" in options.show and report.error is None:
        report = with_memory(report, analysis, Setting())
    write_picture(output, _drawn(report, analysis, options, chosen))
    errors: ErrorOutput = context.obj
    if report.error is not None:
        errors.report(shape_mistakes(model.expansion, [report.error]))
    return errors.exit_code


def _drawn(report: Report, analysis: Analysis, options: Options, format: Format) -> str | bytes:
    match format:
        case "mmd":
            return write_mermaid(parts_of(report, analysis, options), options.show)
        case "dot":
            return write_dot(parts_of(report, analysis, options), report.name, options.show)
        case "tex":
            return write_tikz(parts_of(report, analysis, options), options)
        case _:
            return as_picture(draw_graph(report, analysis, options), report.name, format)


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


def theme_for(format: Format, wanted: Theme) -> Theme:
    """Chooses light for a format that can't follow what the reader's system is set to."""
    return "light" if wanted == "auto" and format in ("png", "pdf") else wanted


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


def read_shown(text: str | None) -> tuple[Shown, ...]:
    """Reads the names of `--show`. Raises: UsageError: if there is no such figure."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in names:
        if name not in SHOWN:
            raise bad_value("--show", f"some of {', '.join(SHOWN)}", name)
    return tuple(shown for shown in SHOWN if shown in names)
