"""What a student with a misconception computes differently, as data: all other arithmetic stays right."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cnncalc.analysis.report import Convention
from cnncalc.layers.family import Family

InputReading = Literal[
    "map before the last pooling", "map after one more pooling", "channels of the map", "positions of the map",
    "what dropout leaves", "first branch only", "last branch only", "all convolutions of the branches",
]  # fmt: skip
"""A tensor that a layer is taken to read in place of its own input."""
FieldReading = Literal[
    "a neighbour's", "cut at the border", "its area", "one side of its middle", "the effective stride",
    "the layers in reverse", "height and width exchanged",
]  # fmt: skip
"""What is given in place of the right receptive field; a neighbour is the window layer before or behind."""
LengthRule = Literal["valid", "same", "padded", "ceil"]
"""The rule of a window layer's output length: its padding (`padded`: an explicit one), or `ceil_mode`."""
Text = str
"""The text of a formula, as `cnncalc.formula` reads it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """Formulas and arguments that are changed. Texts are formulas over the layer's symbols.

    A symbol with one value per axis is `k`, and its entries are `k_1`, `k_2`; a count's formula may read the right
    figures `params`, `neurons`, `macs`, `ops` and `trainable_params`.
    """

    families: frozenset[Family] = frozenset()
    """The families of layers that are changed; empty: all that have what is changed."""
    kinds: frozenset[str] = frozenset()
    """The kinds that are changed; empty: all."""
    arguments: Mapping[str, object] = dataclasses.field(default_factory=dict)
    """Arguments of the layer, as written in a spec."""
    input: InputReading | None = None
    lengths: Mapping[LengthRule, Text] = dataclasses.field(default_factory=dict)
    channels: Text | None = None
    """The number of output channels."""
    shape: tuple[Text, ...] = ()
    """The whole output shape."""
    axes: str = ""
    """The order in which a map's sizes are written: `HWC` is right."""
    symbols: Mapping[str, Text] = dataclasses.field(default_factory=dict)
    """What a symbol of the weights' and MACs' formulas, or of a window of the receptive field, is taken for."""
    weights: Mapping[str, Text] = dataclasses.field(default_factory=dict)
    """A weight tensor's number of elements, by its name."""
    counts: Mapping[str, Text] = dataclasses.field(default_factory=dict)
    """A figure: `params`, `trainable_params`, `neurons`, `macs`, `ops` or `flops`."""
    first_field: Text = ""
    """The receptive field of the first window, over k, k_eff, s, d and p (the padding in front); the right one is
    `k_eff`."""
    later_field: Text = ""
    """That of every later window, over these and RF (so far), S (strides from the second window on), T (all strides)
    and b (the stride of the window before)."""
    pooling_field: Text = ""
    """That of a pooling, if it differs from `later_field`."""
    once_per_block: bool = False
    """Of the windows of one block, the first alone is counted."""
    blocks: Literal["added", "multiplied"] | None = None
    """The fields of the parts between poolings are put together so."""
    field: FieldReading | None = None
    convention: Convention | None = None
    """The convention of the right answer; `None`: both."""
    other_convention: bool = False
    """The figure is the other convention's."""
    total: Literal["one layer left out", "shared weights again", "a branch left out", "a branch twice"] | None = None
    """What goes wrong in a sum over the layers."""

    def __add__(self, other: Change) -> Change | None:
        """Makes both changes at once; `None` if both change the same, or one is not about a layer's own figures."""
        if not self.of_layer or not other.of_layer:
            return None
        for mine, theirs in ((self.families, other.families), (self.kinds, other.kinds)):
            if mine and theirs and not mine & theirs:
                return None
        merged: dict[str, object] = {}
        for item in dataclasses.fields(self):
            this, that = getattr(self, item.name), getattr(other, item.name)
            if isinstance(this, frozenset):
                merged[item.name] = this & that if this and that else this | that
            elif isinstance(this, Mapping):
                if this.keys() & that.keys():
                    return None
                merged[item.name] = {**this, **that}
            elif this and that:
                return None
            else:
                merged[item.name] = this or that
        return Change(**merged)  # type: ignore[arg-type]

    @property
    def shows_from_the_start(self) -> bool:
        """Whether who makes the mistake in a receptive field has no earlier field right."""
        return self.field == "a neighbour's" or self.first_field in ("k_eff - 1", "k_eff + 1")

    @property
    def of_layer(self) -> bool:
        """Whether it changes a layer's own figures: neither a field along the net, nor a sum, nor the convention."""
        return not any((self.other_convention, self.field, self.later_field, self.blocks, self.total))


NO_CHANGE = Change()
