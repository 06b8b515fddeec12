"""`cnncalc export`: a net as a program of Keras or PyTorch, as a file that they read, or as the text of a graph."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cnncalc.cli.options import FolderOption, Inputs, OutputFile, Spec, Variables, read_inputs, read_variables
from cnncalc.cli.output import output_to
from cnncalc.convert.loading import load_document
from cnncalc.exporting.formats import WRITERS
from cnncalc.model import Model

Target = Literal["keras", "torch", "keras-json", "mermaid", "dot"]


def export(
    spec: Spec,
    to: Annotated[Target, typer.Option("--to", help="What the net becomes.")],
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """Writes a net as something that other programs run, read or draw."""
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    text = WRITERS[to](model)
    with output_to(output) as write:
        write(text)
    return 0
