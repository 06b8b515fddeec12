"""Where the symbols of a layer's formulas come from: its arguments, the tensors that it reads, figures above."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis.analyze import Analysis
from cnncalc.errors import shorten
from cnncalc.explaining.explanation import Given
from cnncalc.explaining.lines import given, some
from cnncalc.formula import Formula, Symbol, Symbols, formula
from cnncalc.formula_text import in_numbers
from cnncalc.layers.base import Layer
from cnncalc.layers.reshaping import Permute
from cnncalc.layers.validation import default_text, default_value
from cnncalc.layers.vocabulary import MEANINGS, argument_of, parts
from cnncalc.layers.windows import WindowLayer
from cnncalc.receptive_fields.reach import EXTENT
from cnncalc.tensor import Tensor, axis_names

SHOWN_NAME = 100
"""How much of a layer's name is repeated, in characters: blocks inside each other make long ones."""

_ABOVE = {"neurons", "params", "macs"}


def size_names(rank: int) -> tuple[str, ...]:
    """Returns what the sizes of a shape are called: the spatial axes, then the channels; `size` of a vector."""
    return ("size",) if rank == 1 else (*axis_names(rank - 1), "channels")


class Origins:
    """What one layer's symbols stand for, in words."""

    def __init__(self, analysis: Analysis, index: int, input_names: Sequence[str] | None = None) -> None:
        self.analysis = analysis
        self.index = index
        self.node = analysis.expansion.nodes[index]
        self.layer: Layer = analysis.layers[index]
        self.inputs: list[Tensor] = [analysis.figures[source].output for source in self.node.inputs]
        self.input_names = list(map(self.name, self.node.inputs)) if input_names is None else input_names

    def name(self, index: int) -> str:
        """Returns a layer's name; that of a node by its index."""
        return shorten(self.analysis.expansion.nodes[index].name, SHOWN_NAME)

    @property
    def input_name(self) -> str:
        """The tensor that is read; of a merge the first, which its formulas read."""
        return self.input_names[0] if self.input_names else self.name(self.index)

    def of_formula(self, rule: Formula, symbols: Symbols) -> list[Given]:
        """Returns every symbol of a formula of the whole layer."""
        found = [given(name, symbols[name], self.origin(name, symbols[name])) for name in rule.names]
        return [entry for entry in found if entry.symbol]  # a vector of no entries is not written either

    def of_axis(self, rule: Formula, symbols: Symbols, axes: Sequence[int], names: str) -> list[Given]:
        """Returns every symbol of a formula of some axes, whose names are `names` and whose symbols are equal."""
        return [entry for name in rule.names for entry in self.on_axis(name, symbols[name], axes[0], names)]

    def origin(self, name: str, value: Symbol) -> str:
        """Says where a symbol of the whole layer comes from."""
        argument = self.argument_of(name)
        if argument is not None:
            return self.argument(argument)
        rank = len(self.inputs[0].shape) if self.inputs else 0
        match name:
            case "C":
                axis = getattr(self.layer, "axis", -1)
                where = "channels" if axis in (-1, (-1,)) or not isinstance(axis, int) else f"size on axis {axis}"
                return f"{where} of {self.input_name}"
            case "n_in":
                return f"{size_names(rank)[-1]} of {self.input_name}"
            case "x":
                return f"shape of {self.input_name}"
            case "inp" | "pos":
                return f"positions of {self.input_name}"
            case "y" | "out":
                return "output shape, as above"
            case "F":
                return "channels of the output, as above"
            case "inputs":
                return f"inputs: {some(self.input_names)}"
            case _ if name in _ABOVE:
                of_one = " of one region" if self.analysis.figures[self.index].output.instances > 1 else ""
                return MEANINGS[name] + (of_one if name != "params" else "")
            case _:
                return MEANINGS[name]

    def on_axis(self, name: str, value: Symbol, axis: int, names: str) -> list[Given]:
        """Returns a symbol of one axis, or of several that are alike; of a merge that joins its inputs one for each
        input.
        """
        if name in ("N", "C"):
            return [given(name, value, self.size_of_input(axis, names))]
        if name == "joined" and isinstance(value, tuple):
            entries = zip(parts(name, len(value)), value, self.input_names, strict=True)
            return [given(symbol, size, f"{names} of {input_name}") for symbol, size, input_name in entries]
        if name == "k_eff" and isinstance(self.layer, WindowLayer):
            return [self.effective_kernel(axis)]
        if name in ("before", "after") and isinstance(self.layer, WindowLayer):
            return [given(name, value, self.padding(axis))]
        return [given(name, value, self.origin(name, value))]

    def size_of_input(self, axis: int, names: str) -> str:
        """Returns which size of the input becomes that of an output axis."""
        if len(self.inputs) > 1:
            return f"{names} of its inputs"
        rank = len(self.inputs[0].shape)
        if isinstance(self.layer, Permute):
            return f"{size_names(rank)[self.layer.dims[axis] - 1]} of {self.input_name}"
        if rank != len(self.analysis.figures[self.index].output.shape):
            return f"size of {self.input_name}"
        return f"{names} of {self.input_name}"

    def effective_kernel(self, axis: int) -> Given:
        """Returns the effective kernel size of a layer with windows."""
        assert isinstance(self.layer, WindowLayer)
        kernel, _, dilation, _ = self.layer.window()
        value = self.layer.effective_kernel(axis)
        size = self.argument(self.argument_of("k") or "kernel_size")
        if dilation[axis] == 1:
            return given("k_eff", value, size)
        symbols = {"k": kernel[axis], "d": dilation[axis]}
        of_dilation = self.argument("dilation_rate")
        origin = f"{EXTENT.text} with k = {kernel[axis]} ({size}) and d = {dilation[axis]} ({of_dilation})"
        return given("k_eff", value, origin, in_numbers(EXTENT, symbols))

    def padding(self, axis: int) -> str:
        """Returns what the padding of a layer with windows adds on an axis."""
        assert isinstance(self.layer, WindowLayer)
        padding = self.layer.window()[3]
        written = self.argument("padding")
        if padding not in ("same", "causal"):
            return written
        term = self.layer.total_term(axis, self.inputs[0].shape[axis])
        rule = formula(term.text)
        half = "all of it before" if padding == "causal" else "the smaller half before"
        total = rule.evaluate(term.symbols)
        shown = "?" if total is None else str(total)
        numbers = in_numbers(rule, term.symbols)
        return f"{written}: {rule.text} = {numbers} = {shown} in all, {half}"

    # Arguments --------------------------------------------------------------------------------------------------

    def argument_of(self, name: str) -> str | None:
        """Returns the argument of this layer that a symbol stands for."""
        return argument_of(name, type(self.layer))

    def written(self) -> object:
        """Returns what `argument` reads of the item: the same for items with the same arguments."""
        item = self.node.item
        if item is None:
            return None
        return tuple(
            [
                (name, placed.text if isinstance(placed.value, str) else None)
                for own in (item.arguments, item.first)
                for name, placed in own.items()
            ]
        )

    def argument(self, name: str) -> str:
        """Returns an argument and how it got its value: written on the item, computed there, by default."""
        item = self.node.item
        written = [] if item is None else [own[name] for own in (item.arguments, item.first) if name in own]
        if len(written) > 1:
            return name  # the first copy has another than the others
        if written:
            # A number is its own text; what is computed from parameters, or a word such as `same`, says more.
            return f"{name}: {shorten(written[0].text)}" if isinstance(written[0].value, str) else name
        field = self.layer.arguments()[name]
        if not field.is_required() and getattr(self.layer, name) == default_value(type(self.layer), name):
            default = default_text(field).removeprefix("null: ").strip('"')
            return f"{name}, by default {default}"
        value = getattr(self.layer, name)
        return f"{name}{f': {value}' if isinstance(value, str) else ''}, from the spec's defaults"
