"""Sizes that are not known, told apart: two maps that are equally long, whatever the input's size is, say so.

Where a size is unknown, `same` padding is unknown too, and branches may only meet where it is the same on both.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.layers.base import Layer, Term
from cnncalc.layers.output_terms import output_terms
from cnncalc.layers.reshaping import Permute
from cnncalc.layers.resizing import Cropping, ZeroPadding
from cnncalc.layers.windows import PADDED_LENGTH, SAME_LENGTH, VALID_LENGTH, WindowLayer
from cnncalc.tensor import Shape

Length = tuple[object, int]
"""An unknown length: something that stands for a number, and what is added to it."""


class Made:
    """A number that a rule makes of another one: equal to what the same rules make of the same number.

    Chains of them are as long as a net is deep, too long to recurse. So every one knows its hash, and those that were
    found to be equal share what they are made of, so that nobody compares it again.
    """

    __slots__ = ("_hash", "rule", "source")

    def __init__(self, source: object, *rule: object) -> None:
        self.source, self.rule = source, rule
        self._hash = hash((source, rule))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Made):
            return NotImplemented
        ours: object = self
        theirs: object = other
        while isinstance(ours, Made) and isinstance(theirs, Made) and ours is not theirs:
            if ours._hash != theirs._hash or ours.rule != theirs.rule:
                return False
            ours, theirs = ours.source, theirs.source
        if ours is not theirs and (isinstance(ours, Made) or isinstance(theirs, Made) or ours != theirs):
            return False
        other.source = self.source
        return True


def unknown_lengths(
    layer: Layer, inputs: Sequence[Sequence[Length | None]], shapes: Sequence[Shape], y: Shape
) -> list[Length | None]:
    """Returns what is known of each spatial size of the output `y`; `None` where it is a number.

    `inputs` is the same of everything that the layer reads, `shapes` their shapes. What no rule knows is a length of
    its own.
    """
    lengths: list[Length | None] = []
    terms = output_terms(layer, shapes)
    for axis, size in enumerate(y[:-1]):
        source = layer.dims[axis] - 1 if isinstance(layer, Permute) else axis
        known = next((own[source] for own in inputs if source < len(own) and own[source] is not None), None)
        if size is not None:
            lengths.append(None)
        else:
            lengths.append((object(), 0) if known is None else _behind(layer, known, terms[axis]))
    return lengths


def _behind(layer: Layer, length: Length, term: Term) -> Length:
    """Returns the length that a term makes of one."""
    number, added = length
    if term.text == "N":
        return length
    if any(isinstance(value, tuple) for value in term.symbols.values()):
        return object(), 0  # a product or a sum of several sizes
    symbols = {name: value for name, value in term.symbols.items() if isinstance(value, int)}
    if isinstance(layer, WindowLayer) and term.text in (VALID_LENGTH, PADDED_LENGTH, SAME_LENGTH):
        # ceil(N/s) is floor((N - 1)/s) + 1
        window = symbols["before"] + symbols["after"] - symbols["k_eff"] if "k_eff" in symbols else -1
        turns, rest = divmod(added + window, symbols["s"])
        return (number, turns + 1) if symbols["s"] == 1 else (Made(number, rest, symbols["s"]), turns + 1)
    if isinstance(layer, (ZeroPadding, Cropping)):
        more = symbols.get("before", 0) + symbols.get("after", 0)
        return number, added + more - symbols.get("crop_before", 0) - symbols.get("crop_after", 0)
    if len(symbols) < len(term.symbols) - 1:
        return object(), 0  # it depends on more than one size
    return Made(number, added, term.text, tuple(sorted(symbols.items()))), 0
