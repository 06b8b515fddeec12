"""`cnncalc draw`: a net as a picture."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.memory_figures import Setting
from cnncalc.analysis.report import Report
from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import FolderOption, Inputs, Spec, Variables, bad_value, read_inputs, read_variables
from cnncalc.cli.picture_output import DRAWN, Format, as_picture, format_of_picture, theme_for, write_picture
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
from cnncalc.pictures.tikz import write_tikz
from cnncalc.pictures.volumes import draw_volumes

Style = Literal["graph", "volumes"]

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
    style: Annotated[
        Style, typer.Option(help="A graph of the layers, or the feature maps as volumes in the manner of papers.")
    ] = "graph",
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
    """A net as a picture: a graph of its layers in frames for its blocks, or its feature maps as volumes."""
    chosen = format or format_of_picture(output)
    options = Options(read_shown(show), depth, unfold, columns, theme_for(chosen, theme))
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    report, analysis = analyzed(model.expansion, "exact", partial=True)
    if "memory" in options.show and report.error is None:
        report = with_memory(report, analysis, Setting())
    write_picture(output, _drawn(report, analysis, options, style, chosen))
    errors: ErrorOutput = context.obj
    if report.error is not None:
        errors.report(shape_mistakes(model.expansion, [report.error]))
    return errors.exit_code


def _drawn(report: Report, analysis: Analysis, options: Options, style: Style, format: Format) -> str | bytes:
    if style == "volumes":
        if format not in DRAWN:
            hint = f"write {', '.join(DRAWN)}, or leave --style out"
            raise UsageError(Diagnostic("bad-option", f"volumes can't be written as {format}", suggestion=hint))
        return as_picture(draw_volumes(report, analysis, options.theme), report.name, format)
    match format:
        case "mmd":
            return write_mermaid(parts_of(report, analysis, options), options.show)
        case "dot":
            return write_dot(parts_of(report, analysis, options), report.name, options.show)
        case "tex":
            return write_tikz(parts_of(report, analysis, options), options)
        case _:
            return as_picture(draw_graph(report, analysis, options), report.name, format)


def read_shown(text: str | None) -> tuple[Shown, ...]:
    """Reads the names of `--show`. Raises: UsageError: if there is no such figure."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in names:
        if name not in SHOWN:
            raise bad_value("--show", f"some of {', '.join(SHOWN)}", name)
    return tuple(shown for shown in SHOWN if shown in names)
