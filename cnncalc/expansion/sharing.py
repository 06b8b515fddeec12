"""Whose weights an item reuses: those that `share` names, or those of its namesake in a shared block."""

from __future__ import annotations

from typing import Final

from cnncalc.errors import Problem, quote
from cnncalc.expansion.item_options import text
from cnncalc.expansion.occurrence import Occurrence
from cnncalc.expansion.scopes import MISTAKEN, Group, Reference
from cnncalc.spec.placed import Placed

SAME_KIND: Final = "share the weights of an earlier item of the same kind"
SAME_BLOCK: Final = "share with an earlier use of the same block, with the same parameters"


def owner_of(here: Occurrence, name: str, current: int | None) -> tuple[int | None, bool]:
    """Finds the node whose weights a layer reuses, and whether the item itself says so. Raises: Problem."""
    kind, share, group = here.item.kind, here.item.share, here.namespace.share
    if share is not None:
        reference = _shared_reference(here, share, current)
        if reference is MISTAKEN:
            return None, True
        if isinstance(reference, Group):
            message = f"{quote(_share_name(here, share))} is a block, this item is a layer"
            raise _bad_share(here, message, _of_same_kind(here, _share_name(here, share), reference))
        root = _root(here, reference)
        if here.state.nodes[root].kind != kind:
            found = here.state.nodes[root].kind
            raise _bad_share(here, f"{kind} can't share the weights of a {found}", SAME_KIND)
    elif group is not None:
        reference = group.names.get(name, -1)
        if reference is MISTAKEN:
            return None, False
        if isinstance(reference, Group) or reference < 0 or here.state.nodes[reference].kind != kind:
            raise _bad_share(here, f"the shared block has no {kind} called {quote(name)}", SAME_BLOCK)
        root = _root(here, reference)
    else:
        return None, False
    owner = here.state.nodes[root]
    if here.frozen != owner.frozen if here.item.trainable is not None else here.frozen and not owner.frozen:
        raise _frozen_otherwise(here, owner.name)
    return root, share is not None


def shared_group(here: Occurrence, name: str, current: int | None) -> Group | None:
    """Finds the finished block whose weights a block's items reuse, one by one. Raises: Problem."""
    share, group = here.item.share, here.namespace.share
    if share is not None:
        reference = _shared_reference(here, share, current)
    elif group is not None:
        reference = group.names.get(name, -1)
    else:
        return None
    if reference is MISTAKEN:
        return None
    kind = quote(here.item.kind)
    if not isinstance(reference, Group):
        what = f"the shared block has none called {quote(name)}"
        if share is not None:
            what = f"{quote(_share_name(here, share))} is a layer"
        raise _bad_share(here, f"{kind} is a block: it shares the weights of a block, and {what}", SAME_BLOCK)
    if reference.of != here.block_identity():
        raise _bad_share(here, f"{kind} can't share the weights of a {quote(reference.of[-1])}", SAME_BLOCK)
    return reference


def share_all(here: Occurrence, names: dict[str, Reference], group: Group, before: int) -> None:
    """Lets what is left of a model after its cut, the nodes from `before` on, reuse the weights of its namesakes.

    Raises: Problem.
    """
    nodes = here.state.nodes
    pairs = [(names, group.names)]
    while pairs:
        ours, theirs = pairs.pop()
        for name, reference in ours.items():
            namesake = theirs.get(name)
            if isinstance(reference, Group) and isinstance(namesake, Group):
                pairs.append((reference.names, namesake.names))
            elif isinstance(reference, Group) or not isinstance(namesake, int):
                raise _bad_share(here, f"the shared model has no {quote(name)}", SAME_BLOCK)
            elif reference >= before:  # else it is the model's input
                root = _root(here, namesake)
                if nodes[reference].frozen and not nodes[root].frozen:
                    raise _frozen_otherwise(here, nodes[root].name)
                nodes[reference].owner = root


def _root(here: Occurrence, index: int) -> int:
    """Returns the node that owns the weights of a node."""
    owner = here.state.nodes[index].owner
    return index if owner is None else owner


def _share_name(here: Occurrence, share: Placed) -> str:
    name = text(share, here.namespace.bindings, "share")
    assert name is not None
    return name


def _shared_reference(here: Occurrence, share: Placed, current: int | None) -> Reference:
    try:
        return here.reference(_share_name(here, share), current)
    except Problem as problem:
        raise problem.placed(share.span) from None


def _of_same_kind(here: Occurrence, name: str, block: Group) -> str | None:
    """Suggests how to name the first item of the kind in a block."""
    for inner, node in block.names.items():
        if isinstance(node, int) and here.state.nodes[node].kind == here.item.kind:
            return f"share: {name}/{inner}"
    return None


def _frozen_otherwise(here: Occurrence, owner: str) -> Problem:
    message = f"the weights belong to {quote(owner)}: say there what is trainable"
    return _bad_share(here, message, "leave trainable out here")


def _bad_share(here: Occurrence, message: str, suggestion: str | None = None) -> Problem:
    share = here.item.share
    return Problem("bad-share", message, suggestion=suggestion).placed(share.span if share else here.item.span)
