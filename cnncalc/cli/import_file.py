"""`cnncalc import`: a file of another format becomes a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnncalc.cli.options import OutputFile
from cnncalc.cli.output import output_to
from cnncalc.convert.formats import format_of
from cnncalc.convert.importing import import_file as read_file
from cnncalc.convert.importing import parts_to_write
from cnncalc.convert.spec_text import spec_text
from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.spec.source_text import read_source


def import_file(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A .keras, .h5, .json, .onnx, .pt2, .cfg, .prototxt, .yaml, .py or .ipynb file."
        ),
    ],
    output: OutputFile = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What the net is called in the spec.")] = None,
    flat: Annotated[bool, typer.Option("--flat", help="Write every layer, without looking for blocks.")] = False,
) -> int:
    """Writes the spec of a net that was saved by Keras, PyTorch or another framework. No weight is read."""
    format = format_of(Path(file))
    if format is None:
        read_source(Path(file))
        hint = f"cnncalc summary {file}"
        message = f"{quote(file)} is no file of another format: is it a spec already?"
        raise UsageError(Diagnostic("no-architecture", message, suggestion=hint))
    parts = parts_to_write(read_file(file, format), flat)
    parts.name = parts.name if name is None else name
    with output_to(output) as write:
        write(spec_text(parts))
    return 0
