"""The JSON Schema of a spec, from the arguments that the layer kinds declare.

A list of layers may use the blocks of its own file, whose names a schema can't look up. Three forms of a list keep
misspelt kinds out as far as can be: in a file without blocks, an item is one of the known kinds; if all blocks
start with a small letter, as they mostly do, it is a known kind or starts with a small letter; else it is anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cnncalc.layers import registry
from cnncalc.schema.arguments import EXPRESSION, Schema, argument_schemas, computed
from cnncalc.spec.limits import LIMITS
from cnncalc.spec.names import ITEM_OPTIONS, MAX_NAME_LENGTH, MODEL_ARGUMENTS, NAME, TEXTS, TOP_LEVEL, WARNINGS

_LISTS: Final = ("known_kinds", "small_blocks", "any_blocks")
_SMALL: Final = "^[^A-Z]"


def schema() -> Schema:
    """Returns a mapping with `input` and `layers`."""
    return {
        "title": "A spec of cnncalc",
        "type": "object",
        "required": ["input", "layers"],
        "properties": {
            **dict.fromkeys(TEXTS, _TEXT),
            "input": _INPUT,
            "vars": _named_values(),
            "blocks": {"type": "object"},
            "defaults": _ref("defaults"),
            "layers": {"type": "array", "minItems": 1},
            "outputs": {"type": "array", "minItems": 1, "items": _TEXT},
            "limits": {
                "type": "object",
                "properties": dict.fromkeys(LIMITS, _AMOUNT),
                "additionalProperties": False,
            },
            "ignore": _IGNORED,
        },
        "propertyNames": {"enum": list(TOP_LEVEL)},
        "if": {"required": ["blocks"]},
        "then": {
            "if": {"properties": {"blocks": {"propertyNames": {"pattern": _SMALL}}}},
            "then": _with_items("small_blocks"),
            "else": _with_items("any_blocks"),
        },
        "else": _with_items("known_kinds"),
        "definitions": _definitions(),
    }


def _ref(*path: str) -> Schema:
    return {"$ref": "#/definitions/" + "/".join(path)}


def _with_items(kind_of_list: str) -> Schema:
    return {
        "properties": {
            "layers": {"items": _ref("item", kind_of_list)},
            "blocks": {"additionalProperties": _ref("block", kind_of_list)},
        }
    }


def _definitions() -> Schema:
    plain = [kind for kind in registry.kinds() if not registry.layer_class(kind).merges]
    merges = [kind for kind in registry.kinds() if registry.layer_class(kind).merges]
    return {
        "value": _VALUE,
        "item_options": {"properties": _ITEM_OPTIONS},
        "ignored": {"enum": sorted(registry.IGNORED_ARGUMENTS)},
        "arguments": {kind: _arguments(kind) for kind in registry.kinds()},
        "options": {kind: _options(kind) for kind in plain} | {registry.MODEL: _model()},
        "merge": {name: {kind: _merge(kind, name) for kind in merges} for name in _LISTS},
        "use_of_block": _USE_OF_BLOCK,
        "item": {name: _item(name, plain, merges) for name in _LISTS},
        "block": {name: _block(name) for name in _LISTS},
        "defaults": _defaults(),
    }


# Values ---------------------------------------------------------------------------------------------------------

_AMOUNT: Final[Schema] = {
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[0-9.]"}],
    "description": "a number, or one with a unit: 5M, 512MiB",
}

_TEXT: Final[Schema] = {"type": ["string", "number", "boolean"]}
_VALUE: Final[Schema] = {
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"$ref": "#/definitions/value"}},
    ]
}
_NAME: Final[Schema] = {
    "anyOf": [{"type": "integer"}, {"type": "string", "pattern": rf"^{NAME.pattern}$", "maxLength": MAX_NAME_LENGTH},
              EXPRESSION]
}  # fmt: skip
_CONDITION: Final[Schema] = {
    "anyOf": [{"type": "boolean"}, {"type": "string", "pattern": rf"{EXPRESSION['pattern']}|[<>=]|\b(and|or|not)\b"}]
}
_SIZE: Final[Schema] = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}, EXPRESSION]}
_SHAPES: Final[list[Schema]] = [
    {"type": "integer", "minimum": 1},
    {"type": "array", "minItems": 1, "items": _SIZE},
    {"type": "string", "pattern": rf"x|,|{EXPRESSION['pattern']}"},
]
_INPUT: Final[Schema] = {
    "description": "height x width x channels, as [224, 224, 3] or 224x224x3; 784 for a vector; or inputs by name",
    "anyOf": [*_SHAPES, {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": _SHAPES}}],
}


def _named_values() -> Schema:
    return {
        "type": ["object", "null"],
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "additionalProperties": _ref("value"),
    }


# Kinds ----------------------------------------------------------------------------------------------------------

_IGNORED: Final[Schema] = {
    "description": "warnings that are not wanted, by their ids",
    "anyOf": [{"enum": list(WARNINGS)}, {"type": "array", "items": {"enum": list(WARNINGS)}}],
}
_ITEM_OPTIONS: Final[Schema] = {
    "name": {**_NAME, "description": "what to call it; letters, digits, _ . -"},
    "from": {
        "description": "what it reads in place of the item before; a merge takes a list",
        "anyOf": [_TEXT, {"type": "array", "minItems": 1, "items": _TEXT}],
    },
    "trainable": {**_CONDITION, "description": "false freezes it"},
    "repeat": {**computed({"type": "integer", "minimum": 1}), "description": "so many copies in a chain"},
    "first": {"type": "object", "description": "other arguments for the first copy"},
    "if": {**_CONDITION, "description": "whether the item is there at all"},
    "share": {**_TEXT, "description": "the earlier item whose weights it uses"},
    "ignore": _IGNORED,
}
_USE_OF_BLOCK: Final[Schema] = {
    "description": "a block's parameters, or the first of them",
    "anyOf": [
        {"$ref": "#/definitions/value"},
        {
            "type": "object",
            "allOf": [{"$ref": "#/definitions/item_options"}],
            "properties": {"first": {"type": "object"}},
            "additionalProperties": {"$ref": "#/definitions/value"},
        },
    ],
}


def _description(kind: str) -> str:
    """Returns what a kind does, in one line."""
    return " ".join((registry.layer_class(kind).__doc__ or "").split("\n\n")[0].split())


def _arguments(kind: str) -> Schema:
    """Returns the properties that a kind's arguments are; which of them must be there depends on `defaults`."""
    properties = argument_schemas(registry.layer_class(kind))
    return {"properties": {**properties, "data_format": {"enum": ["channels_last", None]}}}


def _names(kind: str, *others: str) -> Schema:
    """Returns the keys that a kind takes: its arguments, others, and what Keras has and changes no figure."""
    layer = registry.layer_class(kind)
    own = [*layer.arguments(), "data_format", *sorted(layer.ignored), *others]
    return {"anyOf": [{"enum": own}, _ref("ignored")]}


def _mapping(kind: str, *others: str) -> Schema:
    return {"type": "object", "allOf": [_ref("arguments", kind)], "propertyNames": _names(kind, *others)}


def _options(kind: str) -> Schema:
    """Returns what stands behind a kind: nothing, its first argument, or its options."""
    layer = registry.layer_class(kind)
    forms: list[Schema] = [{"type": "null"}]
    if layer.primary in layer.layer_arguments:
        forms.append({"type": "string"})  # a mapping is the options
    elif layer.primary:
        forms.append(_ref("arguments", kind, "properties", layer.primary))
    forms.append(_item_mapping(kind))
    return {"description": _description(kind), "anyOf": forms}


def _item_mapping(kind: str, *others: str) -> Schema:
    mapping = _mapping(kind, *ITEM_OPTIONS, *others)
    return {
        **mapping,
        "allOf": [_ref("arguments", kind), _ref("item_options")],
        "properties": {"first": _mapping(kind)},
    }


def _merge(kind: str, kind_of_list: str) -> Schema:
    """Returns a merge's options: what it reads is under `from` or `branches`."""
    layer = registry.layer_class(kind)
    mapping = _item_mapping(kind, "branches")
    branch: Schema = {"type": "array", "items": _ref("item", kind_of_list)}
    branches: Schema = {"type": "object", "minProperties": 1, "additionalProperties": branch}
    mapping["properties"] = {"first": _mapping(kind), "branches": branches}
    mapping["not"] = {"required": ["from", "branches"]}
    primary = [_ref("arguments", kind, "properties", layer.primary)] if layer.primary else []
    return {"description": _description(kind), "anyOf": [*primary, mapping]}


def _model() -> Schema:
    """Returns a model inside a model."""
    return {
        "description": "the layers of another spec",
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "allOf": [_ref("item_options")],
                "properties": {name: {"type": "string"} for name in MODEL_ARGUMENTS} | {"defaults": _ref("defaults")},
                "propertyNames": {"enum": [*MODEL_ARGUMENTS, *ITEM_OPTIONS]},
            },
        ],
    }


# Lists ----------------------------------------------------------------------------------------------------------


def _item(kind_of_list: str, plain: Sequence[str], merges: Sequence[str]) -> Schema:
    """Returns a kind or a block, alone or with its options."""
    spellings = registry.other_spellings()
    known: Schema = {"enum": [*plain, *merges, registry.MODEL, *spellings]}
    names: dict[str, Schema] = {
        "known_kinds": known,
        "small_blocks": {"anyOf": [known, {"type": "string", "pattern": _SMALL}]},
        "any_blocks": {"type": "string"},
    }
    mapping: Schema = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {kind: _ref("options", kind) for kind in (*plain, registry.MODEL)}
        | {kind: _ref("merge", kind_of_list, kind) for kind in merges}
        | {other: _ref("options", kind) for other, kind in spellings.items() if kind in plain},
        "propertyNames": names[kind_of_list],
        "additionalProperties": _ref("use_of_block"),
    }
    return {"anyOf": [names[kind_of_list], mapping]}


def _block(kind_of_list: str) -> Schema:
    return {
        "type": "object",
        "required": ["layers"],
        "properties": {
            "params": _named_values(),
            "layers": {"type": "array", "minItems": 1, "items": _ref("item", kind_of_list)},
            "defaults": _ref("defaults"),
        },
        "additionalProperties": False,
    }


def _defaults() -> Schema:
    """Arguments by kind."""
    return {
        "type": ["object", "null"],
        "properties": {kind: _with_trainable(_mapping(kind, "trainable")) for kind in registry.kinds()}
        | {other: _ref("defaults", "properties", kind) for other, kind in registry.other_spellings().items()},
        "additionalProperties": False,
    }


def _with_trainable(mapping: Schema) -> Schema:
    return {**mapping, "properties": {"trainable": _CONDITION}}
