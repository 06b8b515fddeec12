"""The JSON Schema of an answer sheet in YAML or JSON."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.marking.quantities import Quantity, all_quantities
from cnncalc.marking.records import GIVEN, KEYS
from cnncalc.schema.arguments import Schema

_ANSWER: Schema = {
    "description": "a number, a shape as 28x28x6 or (28, 28, 6), or nothing yet",
    "anyOf": [
        {"type": ["string", "number", "null"]},
        {"type": "array", "items": {"type": ["string", "number", "null"]}},
    ],
}


def schema() -> Schema:
    """Returns a mapping from layers, by name or by number, to their answers; or a list with an entry per layer, in
    order.
    """
    quantities = tuple(all_quantities().values())
    layer, entries = {"$ref": "#/definitions/layer"}, {"$ref": "#/definitions/entries"}
    return {
        "title": "Answers for cnncalc check",
        "anyOf": [
            {
                "type": "object",
                "properties": {"totals": {"$ref": "#/definitions/totals"}, "layers": {"anyOf": [layer, entries]}},
                "additionalProperties": layer,
                "description": "layers by name or by number; 1 is the first item after the inputs",
            },
            entries,
        ],
        "definitions": {
            "answer": _ANSWER,
            "layer": _record(quantities, GIVEN),
            "entries": {"type": "array", "items": _record(quantities, (*GIVEN, *KEYS))},
            "totals": _record([quantity for quantity in quantities if quantity.has_total], ()),
        },
    }


def _record(quantities: Sequence[Quantity], given: Sequence[str]) -> Schema:
    """Returns the answers for one layer, those of one convention together if the sheet likes; nothing where all are
    blank.
    """
    answer = {"$ref": "#/definitions/answer"}
    properties: Schema = {name: {"type": ["string", "number", "null"]} for name in given}
    properties |= {quantity.name: answer for quantity in quantities}
    for convention in ("notes", "exact"):
        own = [quantity.name for quantity in quantities if quantity.name.startswith(f"{convention}.")]
        properties[convention] = {
            "type": ["object", "null"],
            "properties": {name.removeprefix(f"{convention}."): answer for name in own},
            "additionalProperties": False,
        }
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
