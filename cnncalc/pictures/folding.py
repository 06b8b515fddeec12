"""What is left out of a picture: all but the first of repeated blocks that are alike, and the insides of deep ones."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from cnncalc.analysis.report import Row
from cnncalc.pictures.parts import FramePart, LayerPart, Part, frames, leaves

BLOCK: Final = "block"
"""The kind, and the family, of a box that stands for a whole block."""


def fold_repeats(net: FramePart, layers: int) -> list[int]:
    """Draws blocks that follow each other and are alike once; says for each layer which one is drawn for it.

    Blocks are alike if their layers are, with the same arguments and reading the same of each other; shapes may
    differ. Each must read the one before it and nothing else.
    """
    last_reader = list(range(layers))
    for part in leaves(net):
        for source in part.inputs:
            last_reader[source] = max(last_reader[source], part.key)
    stands_for = list(range(layers))
    _Folder(last_reader, stands_for).fold(net)
    for key, other in enumerate(stands_for):  # a copy's stand-in may have one itself, which comes before it
        stands_for[key] = stands_for[other]
    return stands_for


class _Folder:
    def __init__(self, last_reader: Sequence[int], stands_for: list[int]) -> None:
        self.last_reader = last_reader
        self.stands_for = stands_for
        self.alike: dict[Hashable, int] = {}
        """A number for each structure."""

    def fold(self, frame: FramePart) -> None:
        kept: list[Part] = []
        structure: int | None = None
        for part in frame.parts:
            if isinstance(part, LayerPart):
                kept.append(part)
                continue
            self.fold(part)
            own, before = self._structure(part), kept[-1] if kept else None
            if isinstance(before, FramePart) and own == structure and self._follows(part, before):
                self._join(before, part)
            else:
                kept.append(part)
            structure = own
        frame.parts = kept

    def _structure(self, frame: FramePart) -> int:
        """Returns a number that alike blocks have in common."""
        outside: dict[int, int] = {}
        entries: list[Hashable] = []
        for part in leaves(frame):
            reads = tuple(
                source - frame.first if source >= frame.first else -1 - outside.setdefault(source, len(outside))
                for source in part.inputs
            )
            kind = (part.kind, part.family, part.arguments, part.state, part.mark, part.remarks, len(part.names))
            entries.append((part.key - frame.first, *kind, reads))
        return self.alike.setdefault((frame.last - frame.first, *entries), len(self.alike))

    def _follows(self, frame: FramePart, before: FramePart) -> bool:
        """Says whether a block reads one layer of the block before it, which nothing else reads, and nothing else."""
        size = frame.last - frame.first + 1
        start = frame.first - size  # of the last copy
        if start < before.first:
            return False
        outside = {source for part in leaves(frame) for source in part.inputs if source < frame.first}
        read = [key for key in range(start, frame.first) if self.last_reader[key] >= frame.first]
        return outside == {*read} and len(read) == 1 and self.last_reader[read[0]] <= frame.last

    def _join(self, kept: FramePart, copy: FramePart) -> None:
        """Adds a copy's layers to those that are drawn."""
        kept.copies.append(copy.name)
        for key in range(copy.first, copy.last + 1):
            self.stands_for[key] = kept.first + key - copy.first
        for around, copied in zip(frames(kept), frames(copy), strict=True):
            around.names += copied.names
        for drawn, other in zip(leaves(kept), leaves(copy), strict=True):
            drawn.names += other.names
            drawn.rows += other.rows


def fold_depth(net: FramePart, depth: int, rows: Mapping[str, Row], stands_for: list[int]) -> None:
    """Draws each block at a nesting depth (1: the outermost) as one box, whose figures are those of its row.

    A block with the layer that does not fit stays open.
    """
    _close(net, depth, rows, stands_for)
    for key, other in enumerate(stands_for):
        stands_for[key] = stands_for[other]


def _close(frame: FramePart, depth: int, rows: Mapping[str, Row], stands_for: list[int]) -> None:
    for index, part in enumerate(frame.parts):
        if isinstance(part, LayerPart):
            continue
        inner = list(leaves(part))
        if depth > 1 or any(layer.state == "culprit" for layer in inner):
            _close(part, depth - 1, rows, stands_for)
            continue
        frame.parts[index] = _as_one(part, inner, rows)
        for key in range(part.first, part.last + 1):
            stands_for[key] = part.first


def _as_one(frame: FramePart, inner: Sequence[LayerPart], rows: Mapping[str, Row]) -> LayerPart:
    inputs = dict.fromkeys(source for layer in inner for source in layer.inputs if source < frame.first)
    return LayerPart(
        key=frame.first,
        own_name=frame.own_name,
        kind=BLOCK,
        family=BLOCK,
        arguments=f"{frame.last - frame.first + 1} layers",
        names=frame.names,
        rows=[rows[name] for name in frame.names if name in rows],
        inputs=tuple(inputs),
        state=inner[0].state,
    )
