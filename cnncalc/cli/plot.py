"""`cnncalc plot`: how figures grow from layer to layer."""

from __future__ import annotations

import sys
from typing import Annotated, Final, cast

import typer

from cnncalc.analysis.analyze import analyzed
from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    Spec,
    Variables,
    bad_value,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import write
from cnncalc.cli.picture_output import as_picture, drawn_format, theme_for, write_picture
from cnncalc.convert.loading import load_document
from cnncalc.errors import nearest
from cnncalc.model import Model
from cnncalc.plotting.curves import PLOTTED, Plotted, plot_of
from cnncalc.plotting.svg import draw_plot
from cnncalc.plotting.terminal import plot_blocks
from cnncalc.render.drawing import draw
from cnncalc.render.terminal import terminal_of

DEFAULT: Final = "rf,macs,params,memory"
PlotFile = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Draw it into a file: .svg, .html, .png or .pdf; - is SVG."),
]


def plot(
    spec: Spec,
    y: Annotated[str, typer.Option(metavar="NAME,...", help=f"What is plotted: {', '.join(PLOTTED)}.")] = DEFAULT,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: PlotFile = None,
) -> int:
    """How receptive field, operations, parameters and memory grow over the layers, in both conventions."""
    plotted = read_plotted(y)
    format = None if output is None else drawn_format("-o", output)
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    report, analysis = analyzed(model.expansion, "exact")
    shown = plot_of(report, analysis, plotted)
    if format is None:
        terminal = terminal_of(sys.stdout)
        write(draw(plot_blocks(shown, terminal), terminal))
    else:
        picture = draw_plot(shown, theme_for(format, "auto"))
        write_picture(output, as_picture(picture, report.name, format))
    return 0


def read_plotted(text: str) -> list[Plotted]:
    """Reads the names of `--y`. Raises: UsageError: if there is nothing of that name to plot."""
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in PLOTTED:
            raise bad_value("--y", f"some of {', '.join(PLOTTED)}", name, nearest(name, PLOTTED))
    return cast(list[Plotted], names)
