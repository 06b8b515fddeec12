"""All warnings of a net, in one pass over its nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cnncalc.errors import Span, quote
from cnncalc.expansion.nodes import Node
from cnncalc.warnings import order, whole_net
from cnncalc.warnings.net import Net
from cnncalc.warnings.registry import RULES, RULES_OF_FAMILY
from cnncalc.warnings.warning import Warning

SHOWN_NAMES: Final = 3
"""How many items one warning names."""
SHOWN_UNREAD: Final = 10
"""How many items that nothing reads have a warning each."""

__all__ = ["find_warnings", "order", "whole_net"]


def find_warnings(net: Net) -> Iterator[Warning]:
    """Gives one warning for each rule that finds something; an item is named once, however many copies it has."""
    found: dict[str, dict[int, Node]] = {}
    for index, node in enumerate(net.nodes):
        for rule in RULES_OF_FAMILY.get(net.layers[index].family, ()):
            looks_here = rule.in_models or net.model_around(node.instance) is None
            if looks_here and rule.finder is not None and rule.finder(net, index) and not node.ignores(rule.id):
                found.setdefault(rule.id, {}).setdefault(id_of_item(node), node)
    for id, nodes in found.items():
        yield _warning(id, list(nodes.values()))
    yield from _unread(net)


def id_of_item(node: Node) -> int:
    """Identifies the item that a node is a copy of."""
    return id(node.item or node)


def _warning(id: str, nodes: Sequence[Node]) -> Warning:
    names = ", ".join(_place(node) for node in nodes[:SHOWN_NAMES])
    more = f" and {len(nodes) - SHOWN_NAMES:,} more" if len(nodes) > SHOWN_NAMES else ""
    return Warning(id, f"{names}{more}: {RULES[id].message}", _span(nodes[0]))


def _place(node: Node) -> str:
    span = _span(node)
    return quote(node.name) + (f" (line {span.line})" if span is not None and span.line else "")


def _span(node: Node) -> Span | None:
    """Finds the place of an item; of one in a model, where the file uses that model."""
    span, instance = node.item.span if node.item else None, node.instance
    while instance.outer is not None:
        if instance.identity is not None:
            span = instance.use
        instance = instance.outer
    return span


def _unread(net: Net) -> Iterator[Warning]:
    nodes = [node for node, readers, index in zip(net.nodes, net.readers, range(len(net.nodes)), strict=True)
             if not readers and index not in net.results and not node.ignores("unread")]  # fmt: skip
    for node in nodes[:SHOWN_UNREAD]:
        yield Warning("unread", f"nothing reads {quote(node.name)}, and it is no output", _span(node))
    if len(nodes) > SHOWN_UNREAD:
        yield Warning("unread", f"nothing reads {len(nodes) - SHOWN_UNREAD:,} more items", None)
