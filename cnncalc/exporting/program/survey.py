"""What a net looks like from its blocks: what each item became in each use, who reads what, whose weights are whose."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis.analyze import Analysis
from cnncalc.expansion.nodes import Instance, Node
from cnncalc.exporting.program.steps import Key
from cnncalc.spec.document import Document
from cnncalc.spec.values import Bindings

Member = int | Instance
"""What an item became: a node, or an instance of a block."""


class Survey:
    """A net's nodes and instances, to be asked about. `written_out`: blocks that no function stands for."""

    def __init__(self, analysis: Analysis, written_out: set[Key]) -> None:
        self.nodes: list[Node] = analysis.expansion.nodes
        self.outputs = analysis.expansion.outputs
        self.written_out = written_out
        self.instances: dict[Key, list[Instance]] = {}
        self.members: dict[tuple[int, int], list[Member]] = {}
        self.spans: dict[int, tuple[int, int]] = {}
        """Of each instance, its first node and its last."""
        self.readers: list[list[int]] = [[] for _ in self.nodes]
        self.owners = {node.owner for node in self.nodes if node.owner is not None}
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                self.readers[source].append(index)
            if node.item is None:
                continue
            self.members.setdefault((id(node.instance), id(node.item)), []).append(index)
            instance: Instance | None = node.instance
            while instance is not None and instance.outer is not None:
                first, _ = self.spans.get(id(instance), (index, index))
                if id(instance) not in self.spans:
                    self.members.setdefault((id(instance.outer), id(instance.item)), []).append(instance)
                    if (key := key_of(instance)) is not None and not instance.is_cut:
                        self.instances.setdefault(key, []).append(instance)
                self.spans[id(instance)] = (first, index)
                instance = instance.outer

    def span(self, member: Member) -> tuple[int, int]:
        """Finds the first node and the last of what an item became."""
        return (member, member) if isinstance(member, int) else self.spans[id(member)]

    def is_chain(self, copies: Sequence[Member]) -> bool:
        """Tells whether nothing else reads the copies than each the one before it, and whether none shares weights."""
        spans = [self.span(copy) for copy in copies]
        outputs = {*self.outputs}
        for number, (first, last) in enumerate(spans):
            out = copies[number] if isinstance(copies[number], int) else copies[number].output  # type: ignore[union-attr]
            following = spans[number + 1] if number + 1 < len(spans) else None
            for node in range(first, last + 1):
                if node in self.owners or self.nodes[node].owner is not None:
                    return False
                outside = [reader for reader in self.readers[node] if not first <= reader <= last]
                if node != out and (outside or not self.readers[node] or node in outputs):
                    return False
                is_elsewhere = following is not None and any(
                    not following[0] <= reader <= following[1] for reader in outside
                )
                if node == out and following is not None and (not outside or node in outputs or is_elsewhere):
                    return False
            if following is not None and isinstance(out, int) and not first <= out <= last:
                return False
        return True

    def reuses_weights(self, instance: Instance | None) -> bool:
        """Tells whether layers of a block reuse the weights of another use of it."""
        if instance is None:
            return False
        first, last = self.spans[id(instance)]
        inside = self.nodes[first : last + 1]
        return any(node.owner is not None and not node.owner_written for node in inside)

    def keys_of(self, instance: Instance) -> set[Key]:
        """Lists the blocks around an instance that functions could stand for."""
        keys = set()
        each: Instance | None = instance
        while each is not None:
            if (key := key_of(each)) is not None and not each.is_cut:
                keys.add(key)
            each = each.outer
        return keys - self.written_out

    def bindings_of(self, document: Document) -> Bindings:
        """Finds the values of a spec's vars."""
        for node in self.nodes:
            instance: Instance | None = node.instance
            while instance is not None:
                if instance.document is not None and instance.document.identity == document.identity:
                    assert instance.bindings is not None
                    return instance.bindings
                instance = instance.outer
        raise AssertionError("a spec whose vars are read has items")


def key_of(instance: Instance) -> Key | None:
    """Names the block that an instance is a use of; None for a model."""
    if instance.identity is not None or instance.document is None:
        return None
    return instance.document.identity, instance.kind
