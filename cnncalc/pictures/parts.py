"""What is drawn of a net: its layers, in frames for its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Report, Row
from cnncalc.layers.base import Layer
from cnncalc.layers.registry import is_kind, layer_class
from cnncalc.pictures.arguments import short_arguments

State = Literal["computed", "culprit", "unknown"]
"""Whether a layer's figures are known: they are not for the one that does not fit, and for all that follow it."""


@dataclass(slots=True, eq=False)
class LayerPart:
    """A layer, or a whole block as one box. `key` is its place in the net; `inputs` are keys of what it reads.

    `own_name` is without the names of the blocks around it. `names` and `rows` have an entry for each copy of a
    repeated block that is drawn once; there are no rows of what was not computed.
    """

    key: int
    own_name: str
    kind: str
    family: str
    arguments: str
    names: list[str]
    rows: list[Row]
    inputs: tuple[int, ...]
    state: State = "computed"
    remarks: tuple[str, ...] = ()
    """Lines that stand under the others in its box."""
    mark: str = ""
    """A class for its colours, beside that of its family."""
    reads: list[int] = field(default_factory=list)
    makes: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def first(self) -> int:
        return self.key


@dataclass(slots=True, eq=False)
class FramePart:
    """A block: `first` and `last` are the keys of its first and its last layer.

    `copies` are the names of the repeated blocks that it stands for, `names` those of all blocks, in the copies of the
    blocks around it too. `reads` are the keys of layers outside that it
    reads, `makes` those of layers inside that are read outside.
    """

    name: str
    own_name: str
    first: int
    last: int
    parts: list[Part]
    copies: list[str]
    names: list[str]
    reads: list[int] = field(default_factory=list)
    makes: list[int] = field(default_factory=list)


Part = LayerPart | FramePart


def leaves(part: Part) -> Iterator[LayerPart]:
    """Yields the layers of a part, in their order."""
    pending: list[Part] = [part]
    while pending:
        one = pending.pop()
        if isinstance(one, LayerPart):
            yield one
        else:
            pending.extend(reversed(one.parts))


def frames(frame: FramePart) -> Iterator[FramePart]:
    """Yields a frame, and those within it."""
    pending = [frame]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(inner for inner in reversed(one.parts) if isinstance(inner, FramePart))


def net_parts(analysis: Analysis, report: Report) -> FramePart:
    """Takes a net apart into layers and blocks; the frame around all has no name. `report` has each layer's figures."""
    nodes = analysis.expansion.nodes
    computed = len(analysis.figures)
    net = FramePart("", "", 0, len(nodes) - 1, [], [""], [""])
    open_frames = [net]
    for key, node in enumerate(nodes):
        path = node.instance.path
        depth = 0
        while depth < min(len(path), len(open_frames) - 1) and open_frames[depth + 1].own_name == path[depth]:
            depth += 1
        del open_frames[depth + 1 :]
        for length in range(depth + 1, len(path) + 1):
            name = "/".join(path[:length])
            frame = FramePart(name, path[length - 1], key, key, [], [name], [name])
            open_frames[-1].parts.append(frame)
            open_frames.append(frame)
        for frame in open_frames:
            frame.last = key
        is_known = key < computed
        layer = analysis.layers[key] if is_known else node.layer
        culprit = report.error is not None and key == computed
        open_frames[-1].parts.append(
            LayerPart(
                key=key,
                own_name=node.name.removeprefix(node.instance.prefix),
                kind=node.kind,
                family=layer_class(node.kind).family if is_kind(node.kind) else "input",
                arguments=short_arguments(layer) if isinstance(layer, Layer) else "",
                names=[node.name],
                rows=[report.layers[key]] if is_known else [],
                inputs=node.inputs,
                state="computed" if is_known else "culprit" if culprit else "unknown",
            )
        )
    return net


def connect(net: FramePart, stands_for: Sequence[int]) -> None:
    """Says for every part what it reads of others and what others read of it.

    `stands_for` has for each layer the key of the one that is drawn for it.
    """
    places = {part.key: (part, around) for part, around in _with_frames(net, ())}
    for key, (part, _) in places.items():
        part.reads = list(dict.fromkeys(stands_for[source] for source in part.inputs if stands_for[source] != key))
        part.makes = [key]
    for key, (part, around) in places.items():
        for source in part.reads:
            for frame in reversed(around):
                if frame.first <= source <= frame.last:
                    break
                if source not in frame.reads:
                    frame.reads.append(source)
            for frame in reversed(places[source][1]):
                if frame.first <= key <= frame.last:
                    break
                if source not in frame.makes:
                    frame.makes.append(source)


def _with_frames(frame: FramePart, around: tuple[FramePart, ...]) -> Iterator[tuple[LayerPart, tuple[FramePart, ...]]]:
    """Yields every layer with the frames around it, the outermost first."""
    own = (*around, frame)
    for part in frame.parts:
        if isinstance(part, LayerPart):
            yield part, own
        else:
            yield from _with_frames(part, own)
