"""The parts of a spec as its YAML text, in the manner of the shipped specs: one item a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from cnncalc.convert.spec_items import SpecBlock, SpecItem, SpecParts
from cnncalc.layers import registry
from cnncalc.spec.yaml_scalars import NumberTooLongError, resolve

_PLAIN = re.compile(r"[A-Za-z0-9_$(][A-Za-z0-9_$()./*+<>= -]*")


def spec_text(parts: SpecParts) -> str:
    """Writes a spec."""
    return "\n".join(_lines(parts)) + "\n"


def _lines(parts: SpecParts) -> Iterator[str]:
    yield f"name: {flow(parts.name)}"
    if parts.source:
        yield f"source: {flow(parts.source)}"
    yield f"input: {flow(parts.input)}"
    if parts.blocks:
        yield "blocks:"
        for name, block in parts.blocks.items():
            yield f"  {name}:"
            if block.params:
                yield f"    params: {flow(block.params)}"
            yield "    layers:"
            yield from (f"      - {_item(item, parts.blocks)}" for item in block.layers)
    yield "layers:"
    yield from (f"  - {_item(item, parts.blocks)}" for item in parts.layers)
    if parts.outputs is not None:
        yield f"outputs: {flow(parts.outputs)}"


def _item(item: SpecItem, blocks: dict[str, SpecBlock]) -> str:
    if not item.options:
        return item.kind
    if len(item.options) == 1:
        [(name, value)] = item.options.items()
        if name == _primary(item.kind, blocks) and value is not None and not isinstance(value, dict):
            return f"{item.kind}: {flow(value)}"
    return f"{item.kind}: {flow(item.options)}"


def _primary(kind: str, blocks: dict[str, SpecBlock]) -> str | None:
    """Names the argument that a bare value stands for."""
    if kind in blocks:
        return next(iter(blocks[kind].params), None)
    layer = registry.layer_class(kind)
    return None if layer.merges else layer.primary


def flow(value: object) -> str:
    """Writes a value in one line: `{filters: 64, kernel_size: [1, 7]}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(name)}: {flow(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, float):
        words = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
        return words.get(repr(value), repr(value))
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    try:
        is_plain = _PLAIN.fullmatch(text) and text == text.strip() and resolve(text) == text
    except NumberTooLongError:
        is_plain = False
    return text if is_plain else json.dumps(text, ensure_ascii=not text.isprintable())
