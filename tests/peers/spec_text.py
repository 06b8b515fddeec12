"""A random spec as text, an item a line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.peers.keras_networks import Document, Item


def spec_text(document: Document) -> str:
    """The YAML of a document, an item a line."""
    lines = [f"name: {document.stem}"]
    shapes = {name: flow(list(shape)) for name, shape in document.inputs.items()}
    lines.append(f"input: {shapes['input'] if list(shapes) == ['input'] else flow_mapping(shapes)}")
    if document.variables:
        lines.append(f"vars: {flow(document.variables)}")
    if document.defaults:
        lines.append(f"defaults: {flow(document.defaults)}")
    if document.blocks:
        lines.append("blocks:")
    for block in document.blocks.values():
        lines += [f"  {block.name}:", f"    params: {flow(block.parameters)}", "    layers:"]
        lines += [f"      - {item_text(item)}" for item in block.items]
        if block.defaults:
            lines.append(f"    defaults: {flow(block.defaults)}")
    lines += ["layers:", *(f"  - {item_text(item)}" for item in document.items)]
    if document.outputs is not None:
        lines.append(f"outputs: {flow(document.outputs)}")
    return "\n".join(lines) + "\n"


def item_text(item: Item) -> str:
    """An item in one line."""
    options = {name: flow(value) for name, value in item.arguments.items()}
    if item.bare:
        return f"{item.kind}: {next(iter(options.values()))}"
    if item.name is not None:
        options["name"] = item.name
    if item.sources:
        options["from"] = item.sources[0] if len(item.sources) == 1 else f"[{', '.join(item.sources)}]"
    for option, value in (("trainable", item.trainable), ("repeat", item.repeat), ("if", item.condition)):
        if value is not None:
            options[option] = flow(value)
    if item.first:
        options["first"] = flow(item.first)
    if item.share is not None:
        options["share"] = item.share
    if item.branches is not None:
        branches = {name: f"[{', '.join(map(item_text, branch))}]" for name, branch in item.branches.items()}
        options["branches"] = flow_mapping(branches)
    return f"{item.kind}: {flow_mapping(options)}" if options else item.kind


def flow(value: object) -> str:
    if isinstance(value, Mapping):
        return flow_mapping({str(name): flow(entry) for name, entry in value.items()})
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    return f'"{text}"' if re.search(r"[,:(]|^[^\w$.-]", text) else text


def flow_mapping(entries: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {text}" for name, text in entries.items()) + "}"
