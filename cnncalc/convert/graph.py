"""A net as plain data, between the reader of a format and the writer of specs.

A reader is a module of this package with a function `read(path: Path) -> Graph`, and an entry in `formats.FORMATS`.
It fills a `Graph` with `GraphLayer`s:

- kinds and arguments are those of the spec language, channels-last, without the batch. Values are plain: integers,
  floats, fractions, texts, booleans, None and lists of them. Defaults and long forms such as `[3, 3]` may stand:
  the writer shortens them.
- names are the file's own, whatever characters they have; the writer makes them legal. They are unique in their graph.
- layers may come in any order; `spec_items` sorts them and refuses cycles and names of nothing.
- a layer has one output; what has several is several layers, such as two Slices of one input. Only the states of a
  recurrent layer are `outputs` of it.
- a part that is used as one (a model in a model) is a `Block`: a layer whose kind is the block's name uses it.
- `shape` and `params`, if the file declares them, are checked against what cnncalc computes.
- an operation without a kind is `Opaque` with the declared shape, and a line in `Graph.warnings`; what can't be read is
  a `ReadingProblem` that names the layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cnncalc.errors import Problem
from cnncalc.tensor import Shape

Reference = str | tuple[str, int]
"""The name of a layer or an input; of several outputs of a block or a layer the name and the index, from 0."""


@dataclass(slots=True)
class GraphLayer:
    """A layer, or the use of a block.

    `share` names the layer whose weights it reuses; `place` is what a diagnostic calls it, its name unless told;
    `params` counts shared weights as if they were its own. `repeat` and `first` are those of the spec language.
    """

    name: str
    kind: str
    arguments: dict[str, object] = field(default_factory=dict)
    inputs: list[Reference] = field(default_factory=list)
    trainable: bool = True
    share: str | None = None
    shape: Shape | None = None
    params: int | None = None
    place: str = ""
    repeat: int = 1
    first: dict[str, object] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    """What the outputs of a layer behind the first are called, such as `state_h`."""


@dataclass(slots=True)
class Block:
    """Layers that are used as one. `inputs` are the names by which its layers call what its user reads.

    `params` are parameters with their defaults, as in a spec.
    """

    inputs: list[str]
    layers: list[GraphLayer]
    outputs: list[Reference]
    params: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Graph:
    """A net: its inputs by name, its layers, the names of its outputs, and its blocks by name."""

    name: str
    inputs: Mapping[str, Shape]
    layers: list[GraphLayer]
    outputs: list[Reference]
    blocks: dict[str, Block] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    source: str = ""
    """Where the net comes from, in a few words: `Keras 3.3.0`."""


class ReadingProblem(Problem):
    """Something that a reader can't read. `place` names the layer or node; empty: the file as a whole."""

    def __init__(
        self,
        id: str,
        message: str,
        *,
        place: str = "",
        expected: str | None = None,
        found: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(id, message, expected=expected, found=found, suggestion=suggestion)
        self.place = place


MAX_LAYERS: Final = 100_000
"""Layers of a file: what a few seconds read."""


def check_number(layers: int) -> None:
    """Raises: ReadingProblem: a file has more layers than can be read soon."""
    if layers > MAX_LAYERS:
        raise ReadingProblem(
            "too-many-layers", f"the file has {layers:,} layers", expected=f"at most {MAX_LAYERS:,}",
            suggestion="is this the right file? The largest published networks have a few thousand",
        )  # fmt: skip
