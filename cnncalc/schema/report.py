"""The JSON Schema of a report: `cnncalc summary --format json`."""

from __future__ import annotations

from cnncalc.analysis.report import SCHEMA
from cnncalc.memory.figures import OPTIMIZERS, PRECISIONS
from cnncalc.schema.arguments import Schema


def schema() -> Schema:
    """An object whose keys are always all there, `error` and what is there only where it was asked for apart."""
    return {
        "title": "A report of cnncalc",
        **_record(
            {
                "schema": {"const": SCHEMA},
                "name": _TEXT,
                "convention": {"enum": ["notes", "exact"]},
                "inputs": _list_of(_TEXT),
                "outputs": _list_of(_TEXT),
                "layers": _list_of({"$ref": "#/definitions/layer"}),
                "totals": {"$ref": "#/definitions/totals"},
                "warnings": _list_of(_TEXT),
                "error": {
                    **_DIAGNOSTIC,
                    "description": "where a shape did not work out: the layers are those before it",
                },
            },
            optional=("error",),
        ),
        "definitions": {"layer": _LAYER, "totals": _TOTALS},
    }


def _record(properties: Schema, optional: tuple[str, ...] = (), description: str | None = None) -> Schema:
    record: Schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }
    return record if description is None else {"description": description, **record}


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema, description: str | None = None) -> Schema:
    form: Schema = {"anyOf": [schema, {"type": "null"}]}
    return form if description is None else {"description": description, **form}


_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_EXTENT = _or_null(_list_of({"type": "integer", "minimum": 1}), "one length per spatial axis of the input")
_BASIS: Schema = {"enum": ["documented", "extension"]}

_SHARED: Schema = {
    "neurons": _or_null(_COUNT),
    "params": _or_null(_COUNT),
    "trainable_params": _or_null(_COUNT),
    "non_trainable_params": _or_null(_COUNT),
}
_CHOSEN: Schema = {
    "receptive_field": _EXTENT,
    "ops": _or_null(_COUNT, "those of the chosen convention; in exact the multiply-accumulates"),
}

_COUNTERS: Schema = {
    "type": "object",
    "additionalProperties": _or_null(_COUNT),
    "description": "what profilers count, by their names: with --counter",
}

_LAYER = _record(
    {
        "name": _TEXT,
        "type": {"type": "string", "description": "the layer kind; InputLayer; block for a folded block"},
        "path": {**_list_of(_TEXT), "description": "the enclosing block instances, outermost first"},
        "inputs": {**_list_of(_TEXT), "description": "the layers that it reads"},
        "output_shape": {
            **_list_of(_or_null({"type": "integer", "minimum": 1})),
            "description": "channels last, without the batch; null where a size is not known",
        },
        "instances": {"type": "integer", "minimum": 1, "description": "regions behind RoI pooling"},
        **_SHARED,
        "shared_with": _or_null(_TEXT, "the layer that owns the weights"),
        **_CHOSEN,
        "notes": _record(
            {
                "receptive_field": _EXTENT,
                "ops": _or_null(_COUNT),
                "basis": _record({"neurons": _BASIS, "receptive_field": _BASIS, "ops": _BASIS}),
            }
        ),
        "exact": _record(
            {
                "receptive_field": _EXTENT,
                "effective_stride": _or_null(
                    _list_of({"type": ["integer", "string", "null"], "pattern": r"^\d+/\d+$"}),
                    "per axis; a fraction as a string",
                ),
                "offset": _or_null(_list_of({"type": ["integer", "null"]})),
                "macs": _or_null(_COUNT),
                "flops": _or_null(_COUNT),
                "note": _or_null(_TEXT),
            }
        ),
        "counters": _COUNTERS,
        "memory": _record(
            {
                "parameters": _or_null(_COUNT),
                "output": _or_null(_COUNT, "of the tensor that it makes at inference"),
                "kept": _or_null(_COUNT, "of what the backward pass needs"),
            },
            description="bytes: with --memory, --dtype, --batch or --optimizer",
        ),
    },
    optional=("counters", "memory"),
)

_PEAK = _record(
    {
        "listed": _or_null(_COUNT, "in the listed order of the layers"),
        "layer": _or_null(_TEXT, "the layer that runs then"),
        "tensors": {**_list_of(_TEXT), "description": "the layers whose outputs are alive then"},
        "best": _or_null(_COUNT, "in the best order of the layers"),
        "best_is_proven": {"type": "boolean"},
    }
)
_MEMORY = _record(
    {
        "dtype": {"enum": list(PRECISIONS)},
        "batch": {"type": "integer", "minimum": 1},
        "optimizer": {"enum": list(OPTIMIZERS)},
        "parameters": _or_null(_COUNT),
        "gradients": _or_null(_COUNT),
        "optimizer_state": _or_null(_COUNT),
        "kept": _or_null(_COUNT),
        "training": _or_null(_COUNT),
        "peak": _PEAK,
        "inference": _or_null(_COUNT),
        "torchinfo": _record(dict.fromkeys(("inputs", "passes", "parameters", "total"), _or_null(_COUNT))),
    },
    description="bytes: with --memory, --dtype, --batch or --optimizer",
)

_TOTALS = _record(
    {
        **_SHARED,
        **_CHOSEN,
        "notes": _record({"receptive_field": _EXTENT, "ops": _or_null(_COUNT)}),
        "exact": _record({"receptive_field": _EXTENT, "macs": _or_null(_COUNT), "flops": _or_null(_COUNT)}),
        "counters": _COUNTERS,
        "memory": _MEMORY,
    },
    optional=("counters", "memory"),
)

_PLACE: Schema = {"type": ["integer", "null"], "minimum": 1}
_DIAGNOSTIC = _record(
    {
        "id": _TEXT,
        "message": _TEXT,
        "file": _or_null(_TEXT),
        "line": _PLACE,
        "column": _PLACE,
        "end_line": _PLACE,
        "end_column": _PLACE,
        "expected": _or_null(_TEXT),
        "found": _or_null(_TEXT),
        "chain": _list_of(_TEXT),
        "suggestion": _or_null(_TEXT),
    }
)
