"""The JSON Schema of layers' arguments: what may be written in a spec, with all its forms, and expressions."""

from __future__ import annotations

from typing import Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from cnncalc.layers.arguments import before_and_after, listed, margin_per_axis, one_per_axis, pair_per_axis
from cnncalc.layers.base import Layer
from cnncalc.layers.validation import default_text

Schema = dict[str, object]
"""A JSON Schema."""

EXPRESSION: Final[Schema] = {"type": "string", "pattern": r"[$*/+%(-]"}
"""A value that is computed: a text with a parameter or an operator in it."""
_SIZES: Final[Schema] = {"type": "string", "pattern": r"^\(?\s*\d+(\s*[x,]\s*\d+)*\s*\)?$"}


def computed(schema: Schema) -> Schema:
    """Allows a value, or the expression that computes it."""
    return {"anyOf": [schema, EXPRESSION]}


def argument_schemas(layer: type[Layer]) -> dict[str, Schema]:
    """Returns the JSON Schema of each argument of a layer kind."""
    layer.model_rebuild()
    properties = _Generator(layer.rank).generate(layer.__pydantic_core_schema__)["properties"]
    return {
        name: {"description": f"{field.description} ({default_text(field)})", **computed(properties[name])}
        for name, field in layer.arguments().items()
    }


class _Generator(GenerateJsonSchema):
    """Adds the forms which the validators of `cnncalc.layers.arguments` read: `3`, `[3, 5]` and `3x5` for two axes."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.rank = rank

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        reader = schema["function"]["function"]
        if reader is before_and_after:
            amount = computed(inner["prefixItems"][0])
            return {"anyOf": [amount, _list_of(amount, 2)]}
        if reader in (pair_per_axis, margin_per_axis):
            amount, pair = inner["items"]["anyOf"]
            forms = [amount, _list_of(inner["items"], self.rank)]
            return {"anyOf": [*forms, pair] if reader is margin_per_axis and self.rank == 1 else forms}
        if reader is one_per_axis:
            return {"anyOf": [inner["items"], _list_of(computed(inner["items"]), self.rank), _SIZES]}
        if reader is listed:
            return {"anyOf": [inner["items"], {**inner, "items": computed(inner["items"])}, {"type": "string"}]}
        return inner

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])  # the default stands in the description

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def _list_of(entry: Schema, length: int) -> Schema:
    return {"type": "array", "items": entry, "minItems": length, "maxItems": length}
