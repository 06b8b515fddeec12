"""`cnncalc export`: a net as a program of Keras or PyTorch, as a file that others read, or as the text of a graph."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cnncalc.cli.options import FolderOption, Inputs, OutputFile, Spec, Variables, read_inputs, read_variables
from cnncalc.cli.output import bytes_to, output_to, write_bytes
from cnncalc.convert.loading import load_document
from cnncalc.exporting.formats import WRITERS, write_onnx
from cnncalc.exporting.onnx.model import Weights
from cnncalc.model import Model

Target = Literal["keras", "torch", "keras-json", "onnx", "mermaid", "dot"]


def export(
    spec: Spec,
    to: Annotated[Target, typer.Option("--to", help="What the net becomes.")],
    weights: Annotated[
        Weights, typer.Option("--weights", help="Of ONNX: weights left out, or zeros in their place.")
    ] = "none",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """Writes a net as something that other programs run, read or draw."""
    model = Model(load_document(spec, folder), inputs=read_inputs(inputs), variables=read_variables(variables))
    if to == "onnx":
        _write_bytes(write_onnx(model, weights), output)
        return 0
    text = WRITERS[to](model)
    with output_to(output) as write:
        write(text)
    return 0


def _write_bytes(data: bytes, output: str | None) -> None:
    if output is None:
        write_bytes(data)
        return
    with bytes_to(output) as write:
        write(data)
