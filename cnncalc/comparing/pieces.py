"""A net as what is compared: one piece per layer, and one for every activation inside a layer.

So a net means the same however it is written: `Conv2D: {activation: relu}` is a Conv2D and a ReLU, `padding: same` is
the padding that it comes to, an argument that is left out is its default, and axes of size 1 make no difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Json, Row
from cnncalc.layers.activation import ActivationLayer
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.validation import default_value
from cnncalc.layers.windows import WindowLayer
from cnncalc.tensor import Shape, shape_text

ACTIVATION: Final = "Activation"
"""The kind of every piece that is an activation, whether a layer of its own or a part of one."""
NOTATION: Final = frozenset({"activation", "keepdims"})
"""Arguments that are no difference: they stand in a piece of their own, or only add axes of size 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What is compared: `arguments` in the form in which they are shown, `row` the layer that it is or belongs to.

    `reads` are pieces of the same net by their index.
    """

    kind: str
    name: str
    arguments: Mapping[str, str]
    row: Row
    reads: tuple[int, ...]
    fused: bool = False
    pads_same: bool = False
    """Whether its padding is written as `same`: what that comes to follows from the input."""

    @property
    def size(self) -> Shape:
        """The output's sizes but for those that are 1."""
        return tuple(size for size in self.row.output_shape if size != 1)

    @property
    def params(self) -> int | None:
        return 0 if self.fused else self.row.params

    @property
    def macs(self) -> int | None:
        return 0 if self.fused else self.row.exact.macs

    def to_dict(self) -> Json:
        return {
            "name": self.name,
            "fused": self.fused,
            "arguments": dict(self.arguments),
            "output_shape": list(self.row.output_shape),
            "params": self.params,
            "macs": self.macs,
        }

    def exactly(self) -> Hashable:
        """Returns a key that is equal if nothing differs but the name."""
        return self.kind, tuple(self.arguments.items()), self.size, self.params

    def about(self) -> Hashable:
        """Returns a key that is equal if the kind, the window and the number of channels are the same."""
        window = self.arguments.get("kernel_size") or self.arguments.get("pool_size")
        return self.kind, self.row.output_shape[-1], window

    def roughly(self) -> Hashable:
        """Returns a key that is equal if the kind is the same."""
        return self.kind


def pieces(analysis: Analysis, rows: Sequence[Row]) -> list[Piece]:
    """Takes an analysed net apart into pieces, in the order of its layers."""
    found: list[Piece] = []
    last: list[int] = []
    nodes = analysis.expansion.nodes
    for index, (node, layer, row) in enumerate(zip(nodes, analysis.layers, rows, strict=True)):
        x = analysis.figures[node.inputs[0]].output.shape if node.inputs else row.output_shape
        reads = tuple(last[source] for source in node.inputs)
        is_activation = isinstance(layer, ActivationLayer) and not analysis.figures[index].weights
        arguments = _arguments(layer, x)
        if node.frozen and analysis.figures[index].trainable_params.value:
            arguments["trainable"] = "false"
        if row.shared_with is not None:
            arguments["share"] = row.shared_with
        pads_same = isinstance(layer, WindowLayer) and layer.window()[3] == "same"
        kind = ACTIVATION if is_activation else layer.kind
        found.append(Piece(kind, node.name, arguments, row, reads, pads_same=pads_same))
        fused = getattr(layer, "activation", "linear")
        if fused != "linear" and not isinstance(layer, ActivationLayer):
            own = (len(found) - 1,)
            found.append(Piece(ACTIVATION, node.name, {"activation": fused}, row, own, fused=True))
        last.append(len(found) - 1)
    return found


def _arguments(layer: Layer, x: Shape) -> dict[str, str]:
    if isinstance(layer, InputLayer):
        return {"shape": shape_text(layer.shape)}
    is_activation = isinstance(layer, ActivationLayer)
    shown = {"activation": layer.function()} if isinstance(layer, ActivationLayer) else {}
    for name, field in layer.arguments().items():
        value = getattr(layer, name)
        # Of an activation's arguments only those are shown that are not their defaults.
        is_default = is_activation and not field.is_required() and value == default_value(type(layer), name)
        if name not in NOTATION and not is_default:
            shown[name] = _shown(value, layer.rank)
    if isinstance(layer, WindowLayer):
        _, strides, _, padding = layer.window()
        shown["strides"] = _shown(strides, layer.rank)
        if not isinstance(layer, ConvTranspose):
            pads = tuple(layer.pads(axis, length) for axis, length in enumerate(x[:-1]))
            shown["padding"] = str(padding) if any(None in pair for pair in pads) else _shown(pads, layer.rank)
    return shown


def _shown(value: object, rank: int) -> str:
    """Writes a value as in a spec, in the shortest way if it is the same on all axes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, tuple):
        return str(value)
    entries = [_pair(entry) for entry in value]
    if entries and len(entries) in (1, rank) and len(set(entries)) == 1:
        return entries[0]
    plain = entries and all(isinstance(entry, int) for entry in value)
    return "x".join(entries) if plain else f"[{', '.join(entries)}]"


def _pair(entry: object) -> str:
    """Writes the two ends of one axis, as one number if they are the same; anything else as it is."""
    if not isinstance(entry, tuple):
        return str(entry)
    return str(entry[0]) if len(set(entry)) == 1 else f"[{', '.join(map(str, entry))}]"
