"""The JSON Schema of a report (`cnncalc summary --format json`): pydantic makes it of models of `FIGURES`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema

from cnncalc.analysis.figures import FIGURES, Figure, Form, total_figures
from cnncalc.analysis.memory_figures import Optimizer, Precision
from cnncalc.analysis.report import SCHEMA
from cnncalc.conventions.convention import CONVENTIONS, Basis
from cnncalc.schema.arguments import Schema

Count = Annotated[int, Field(ge=0)] | None
Positive = Annotated[int, Field(ge=1)]
Ratio = Annotated[str, Field(pattern=r"^\d+/\d+$")]

_TYPES: Final[dict[Form, Any]] = {
    "name": str,
    "text": str | None,
    "names": list[str],
    "basis": Basis,
    "shape": list[Positive | None],
    "number": Positive,
    "count": Count,
    "sizes": list[Positive] | None,
    "strides": list[int | Ratio | None] | None,
    "offsets": list[int | None] | None,
}
"""What a figure is in JSON, by its form."""


class _Closed(BaseModel):
    """An object whose keys are always all there, those apart that have a default."""

    model_config = ConfigDict(extra="forbid")


class LayerMemory(_Closed):
    """Bytes: with --memory, --dtype, --batch or --optimizer."""

    parameters: Count
    output: Count = Field(description="of the tensor that it makes at inference")
    kept: Count = Field(description="of what the backward pass needs")


class Peak(_Closed):
    """The most that is alive at once at inference."""

    listed: Count = Field(description="in the listed order of the layers")
    layer: str | None = Field(description="the layer that runs then")
    tensors: list[str] = Field(description="the layers whose outputs are alive then")
    best: Count = Field(description="in the best order of the layers")
    best_is_proven: bool


class Torchinfo(_Closed):
    """What torchinfo prints."""

    inputs: Count
    passes: Count
    parameters: Count
    total: Count


class Memory(_Closed):
    """Bytes: with --memory, --dtype, --batch or --optimizer."""

    dtype: Precision
    batch: Positive
    optimizer: Optimizer
    parameters: Count
    gradients: Count
    optimizer_state: Count
    kept: Count
    training: Count
    peak: Peak
    inference: Count
    torchinfo: Torchinfo


class Diagnostic(_Closed):
    """Where a shape did not work out: the layers are those before it."""

    id: str
    message: str
    file: str | None
    line: Positive | None
    column: Positive | None
    end_line: Positive | None
    end_column: Positive | None
    expected: str | None
    found: str | None
    chain: list[str]
    suggestion: str | None


def schema() -> Schema:
    """Gives the schema with a key for each figure; `error`, counters and memory need not be there."""
    layer = _model("layer", FIGURES.values(), memory=LayerMemory)
    totals = _model("totals", total_figures(), memory=Memory)
    fields: dict[str, Any] = {
        "schema_": (Literal[SCHEMA], Field(alias="schema")),  # pydantic has a method of that name
        "name": (str, ...),
        "convention": (Literal[tuple(CONVENTIONS)], ...),
        "inputs": (list[str], ...),
        "outputs": (list[str], ...),
        "layers": (list[layer], ...),  # type: ignore[valid-type]
        "totals": (totals, ...),
        "warnings": (list[str], ...),
        "error": (Diagnostic, Field(default_factory=dict)),
    }
    report = create_model("A report of cnncalc", __base__=_Closed, **fields)
    made = TypeAdapter(report).json_schema(ref_template="#/definitions/{model}", schema_generator=_WithoutTitles)
    definitions = made.pop("$defs")
    return {"title": "A report of cnncalc", **made, "definitions": definitions}


def _model(name: str, figures: Iterable[Figure], memory: type[BaseModel]) -> type[BaseModel]:
    """Returns the model of a layer or of the totals, with what is there only if it was asked for."""
    fields = _fields(name, list(figures), "")
    fields["counters"] = (
        dict[str, Count],
        Field(default_factory=dict, description="what profilers count, by their names: with --counter"),
    )
    fields["memory"] = (memory, Field(default_factory=dict))
    return create_model(name, __base__=_Closed, **fields)


def _fields(name: str, figures: list[Figure], group: str) -> dict[str, Any]:
    """Returns the keys of an object; figures whose keys begin alike are an object of their own."""
    fields: dict[str, Any] = {}
    for figure in figures:
        key, dot, _ = figure.key.removeprefix(group).partition(".")
        if not dot:
            fields[key] = (_TYPES[figure.form], Field(description=figure.description or None))
        elif key not in fields:
            inner = [one for one in figures if one.key.startswith(f"{group}{key}.")]
            own = f"{name}_{key}"
            fields[key] = (create_model(own, __base__=_Closed, **_fields(own, inner, f"{group}{key}.")), ...)
    return fields


class _WithoutTitles(GenerateJsonSchema):
    """Leaves out the titles that would only repeat the keys."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False
