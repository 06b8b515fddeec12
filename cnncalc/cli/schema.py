"""`cnncalc schema`: JSON Schemas."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli import output
from cnncalc.render.json_text import indented
from cnncalc.schema import Name
from cnncalc.schema import schema as make_schema


def schema(
    name: Annotated[Name, typer.Argument(help="What the schema is of.")] = "spec",
) -> int:
    """JSON Schema of specs, of reports as JSON, or of answer sheets.

    In an editor that reads YAML with a schema, save `cnncalc schema spec` as spec.schema.json and begin a spec with
    the line `# yaml-language-server: $schema=spec.schema.json`.
    """
    output.write(indented(make_schema(name)) + "\n")
    return 0
