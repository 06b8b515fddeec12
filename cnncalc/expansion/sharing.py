"""Whose weights an item reuses: those that `share` names, or those of its namesake in a shared block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import Problem, SpecError, quote
from cnncalc.expansion.item_options import text
from cnncalc.expansion.nodes import Instance
from cnncalc.expansion.scopes import LOST, Group, Namespace, Reference, Scope
from cnncalc.spec.document import Document, Item, Written
from cnncalc.spec.values import ScopedText

if TYPE_CHECKING:
    from cnncalc.expansion.expander import Expander

SAME_KIND: Final = "share the weights of an earlier item of the same kind"
SAME_BLOCK: Final = "share with an earlier use of the same block, with the same parameters"


class SharedWeights:
    """The part of an item's builder that finds the owners of its weights."""

    expander: Expander
    item: Item
    document: Document
    model: Document | None
    scope: Scope
    namespace: Namespace
    instance: Instance
    frozen: bool

    def place_of(self, name: str, current: int | None) -> tuple[Scope, int | None]:
        """Where a name is looked up, and what `prev` is there: here, or where it was passed as a parameter."""
        if isinstance(name, ScopedText) and isinstance(name.place, tuple):
            scope, current = name.place
            return scope, current
        return self.scope, current

    def owner(self, name: str, current: int | None) -> tuple[int | None, bool]:
        """The node whose weights this one reuses, and whether the item itself says so."""
        nodes = self.expander.nodes
        share = self.item.share
        if share is not None:
            reference = self.shared_reference(share, current)
            if reference is LOST:
                return None, True
            if isinstance(reference, Group):
                message = f"{quote(self.share_name(share))} is a block, this item is a layer"
                raise self.bad_share(message, self.of_same_kind(self.share_name(share), reference))
            owner = nodes[reference].owner
            root = reference if owner is None else owner
            if nodes[root].kind != self.item.kind:
                raise self.bad_share(f"{self.item.kind} can't share the weights of a {nodes[root].kind}", SAME_KIND)
            self.check_frozen(root)
            return root, True
        if self.namespace.share is None:
            return None, False
        reference = self.namespace.share.names.get(name, -1)
        if reference is LOST:
            return None, False
        if isinstance(reference, Group) or reference < 0 or nodes[reference].kind != self.item.kind:
            raise self.bad_share(f"the shared block has no {self.item.kind} called {quote(name)}", SAME_BLOCK)
        owner = nodes[reference].owner
        root = reference if owner is None else owner
        self.check_frozen(root)
        return root, False

    def check_frozen(self, root: int) -> None:
        """What is trainable is said where the weights belong. Raises: SpecError: where it is said otherwise here."""
        owner = self.expander.nodes[root]
        differs = self.frozen != owner.frozen if self.item.trainable is not None else self.frozen and not owner.frozen
        if differs:
            message = f"the weights belong to {quote(owner.name)}: say there what is trainable"
            raise self.bad_share(message, "leave trainable out here")

    def share_name(self, share: Written) -> str:
        name = text(share, self.namespace.bindings, "share")
        assert name is not None
        return name

    def shared_reference(self, share: Written, current: int | None) -> Reference:
        name = self.share_name(share)
        scope, current = self.place_of(name, current)
        try:
            return scope.reference(name, current)
        except Problem as problem:
            raise SpecError(problem.at(share.span, self.instance.chain())) from None

    def of_same_kind(self, name: str, block: Group) -> str | None:
        """How to name the first item of the kind in a block."""
        for inner, node in block.names.items():
            if isinstance(node, int) and self.expander.nodes[node].kind == self.item.kind:
                return f"share: {name}/{inner}"
        return None

    def bad_share(self, message: str, suggestion: str | None = None) -> SpecError:
        share = self.item.share
        span = share.span if share else self.item.span
        return SpecError(Problem("bad-share", message, suggestion=suggestion).at(span, self.instance.chain()))

    def shared_group(self, name: str, current: int | None) -> Group | None:
        """The finished block whose weights a block's items reuse, one by one."""
        if self.item.share is not None:
            reference = self.shared_reference(self.item.share, current)
        elif self.namespace.share is not None:
            reference = self.namespace.share.names.get(name, -1)
        else:
            return None
        if reference is LOST:
            return None
        if not isinstance(reference, Group):
            what = f"{quote(self.item.kind)} is a block: it shares the weights of a block"
            if self.item.share is not None:
                raise self.bad_share(f"{what}, and {quote(self.share_name(self.item.share))} is a layer", SAME_BLOCK)
            raise self.bad_share(f"{what}, and the shared block has none called {quote(name)}", SAME_BLOCK)
        if reference.of != self.block_identity():
            theirs = quote(reference.of[-1])
            raise self.bad_share(f"{quote(self.item.kind)} can't share the weights of a {theirs}", SAME_BLOCK)
        return reference

    def block_identity(self) -> tuple[str, ...]:
        """Which block or model the item is a use of."""
        if self.model is not None:
            return (self.model.identity,)
        return (self.document.identity, self.item.kind)

    def share_all(self, names: dict[str, Reference], group: Group, before: int) -> None:
        """What is left of a model after its cut, the nodes from `before` on, reuses the weights of its namesakes."""
        nodes = self.expander.nodes
        pairs = [(names, group.names)]
        while pairs:
            ours, theirs = pairs.pop()
            for name, reference in ours.items():
                namesake = theirs.get(name)
                if isinstance(reference, Group) and isinstance(namesake, Group):
                    pairs.append((reference.names, namesake.names))
                elif isinstance(reference, Group) or not isinstance(namesake, int):
                    raise self.bad_share(f"the shared model has no {quote(name)}", SAME_BLOCK)
                elif reference >= before:  # else it is the model's input
                    root = nodes[namesake].owner
                    root = namesake if root is None else root
                    if nodes[reference].frozen and not nodes[root].frozen:
                        message = f"the weights belong to {quote(nodes[root].name)}: say there what is trainable"
                        raise self.bad_share(message, "leave trainable out here")
                    nodes[reference].owner = root
