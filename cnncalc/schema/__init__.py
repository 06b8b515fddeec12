"""JSON Schemas (draft 7, which editors know) of what cnncalc reads and writes."""

from __future__ import annotations

from importlib import import_module
from typing import Final, Literal

from cnncalc.schema.arguments import Schema

Name = Literal["spec", "report", "answers"]
NAMES: Final[tuple[Name, ...]] = ("spec", "report", "answers")


def schema(name: Name) -> Schema:
    """Returns the JSON Schema of spec files, of reports as JSON, or of answer sheets in YAML and JSON."""
    made: Schema = import_module(f"cnncalc.schema.{name}").schema()
    return {"$schema": "http://json-schema.org/draft-07/schema#", **made}
