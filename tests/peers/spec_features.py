"""What random specs make use of: kinds with their arguments, and parts of the language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.peers.keras_networks import Block, Computed, Document, Item, Name, Row, Spelled
from tests.peers.spec_text import flow

Feature = tuple[str, str]
"""What a spec makes use of: a kind with one of its arguments, or a part of the language."""


def features(document: Document, inner: Document, rows: Sequence[Row]) -> Iterator[Feature]:
    """What a spec makes use of, with what it comes to; `inner` is the model in it."""
    for row in rows:
        yield row.kind, ""
        yield from ((row.kind, argument) for argument in row.arguments)
    yield from _features_of(document.items, document.blocks)
    if any(row.name.startswith("inner") for row in rows):
        yield from _features_of(inner.items, inner.blocks)
    parts = {"vars": document.variables, "defaults": document.defaults, "outputs": document.outputs}
    yield from (("spec", part) for part, value in parts.items() if value)
    if len(document.inputs) > 1:
        yield "spec", "several inputs"
    if any(None in row.shape for row in rows):
        yield "spec", "unknown sizes"
    if any(row.instances > 1 and row.kind != "RoIAlign" for row in rows):
        yield "spec", "regions"


def _features_of(items: Iterable[Item], blocks: Mapping[str, Block]) -> Iterator[Feature]:
    for item in items:
        what = "block" if item.kind in blocks else item.kind if item.kind == "Model" else "layer"
        if what == "block":
            block = blocks[item.kind]
            yield from _features_of(block.items, blocks)
            yield "block", "of a block" if any(inner.kind in blocks for inner in block.items) else "used"
            if block.defaults:
                yield "block", "defaults"
        if what == "Model":
            yield from (("Model", argument) for argument in item.arguments)
        options = {
            "name": item.name, "from": item.sources, "repeat": item.repeat, "first": item.first, "share": item.share,
            "branches": item.branches, "bare value": item.bare,
        }  # fmt: skip
        yield from ((what, option) for option, value in options.items() if value)
        if item.trainable is not None:
            yield what, f"trainable: {flow(item.trainable)}"
        if item.condition is not None:
            yield what, "if"
        for branch in (item.branches or {}).values():
            yield from _features_of(branch, blocks)
            if not branch:
                yield "layer", "empty branch"
        for value in (*item.arguments.values(), *item.first.values()):
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, Computed):
                    yield "value", "$in_channels" if "$in_channels" in entry else "$" if "$" in entry else "arithmetic"
                if isinstance(entry, Spelled):
                    yield "value", "3x3" if "x" in entry else "(3, 3)"
                if isinstance(entry, Name) and what == "block":
                    yield "value", "name as a parameter"
