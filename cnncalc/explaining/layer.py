"""One layer explained: every quantity of its row, from the formulas and fields that gave the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.counts import Quantity
from cnncalc.analysis.figures import added_figures
from cnncalc.analysis.report import Convention, Row
from cnncalc.conventions.convention import Basis
from cnncalc.explaining.differences import field_difference, ops_difference
from cnncalc.explaining.exact_field import exact_part
from cnncalc.explaining.explanation import Figure, Given, LayerExplanation, Line, Part, Section
from cnncalc.explaining.lines import line, some, together, unique
from cnncalc.explaining.notes_field import notes_part
from cnncalc.explaining.origins import Origins, size_names
from cnncalc.explaining.shared_sections import SharedSections, placeholder
from cnncalc.explaining.window_paths import WindowPaths
from cnncalc.formula import formula
from cnncalc.layers import costs
from cnncalc.layers.family import Family
from cnncalc.layers.input import InputLayer
from cnncalc.layers.output_terms import output_terms

_UNCOUNTED: Final[dict[Family, str]] = {
    "input": "an input computes nothing",
    "dropout": "it does nothing at inference",
    "flatten": "it only moves data",
    "data movement": "it only moves data",
}
"""Why the notes' column is empty; the notes do not name any other family without a formula."""

_NONE: Final[dict[Figure, str]] = {
    "neurons": "it adds no neurons",
    "ops": "it computes nothing",
    "macs": "it holds no convolution and no matrix product",
    "flops": "it computes nothing at inference",
}
"""Why a figure is 0 where its formula is."""


class LayerExplainer:
    """Explains the layers of one analysis that has run."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.rows = analysis.rows()
        self.paths = WindowPaths(analysis)
        self._counted: dict[object, SharedSections] = {}

    def explain(self, index: int) -> LayerExplanation:
        """Explains every quantity of the layer of a node."""
        layer = _Layer(self, index)
        key = layer.key()
        if key not in self._counted:
            names = [placeholder(position) for position in range(len(layer.node.inputs))]
            self._counted[key] = SharedSections(_Layer(self, index, names).counted())
        shape, params, neurons, *others = self._counted[key].named(layer.origins.input_names)
        return replace(layer.heading(), sections=(shape, params, neurons, layer.field(), *others))

    def heading(self, index: int) -> LayerExplanation:
        """Gives name, kind, blocks and inputs of the layer of a node, and no sections."""
        return _Layer(self, index).heading()


class _Layer:
    """One node: `names` are what its inputs are called."""

    def __init__(self, explainer: LayerExplainer, index: int, names: Sequence[str] | None = None) -> None:
        self.analysis = explainer.analysis
        self.index = index
        self.row: Row = explainer.rows[index]
        self.paths = explainer.paths
        self.node = self.analysis.expansion.nodes[index]
        self.counts = self.analysis.figures[index]
        self.layer = self.analysis.layers[index]
        self.origins = Origins(self.analysis, index, names)

    def key(self) -> object:
        """Is the same for layers that are counted alike and written alike."""
        return id(self.counts), self.origins.written(), self.row.shared_with, self.frozen()

    def counted(self) -> tuple[Section, ...]:
        """Explains every quantity but the receptive field, which depends on what came before."""
        return (self.shape(), self.params(), self.neurons(), self.ops(), *self.added())

    def heading(self) -> LayerExplanation:
        shapes = [tensor.shape for tensor in self.origins.inputs]
        return LayerExplanation(
            name=self.row.name,
            kind=self.row.type,
            chain=self.node.instance.chain(),
            inputs=tuple(zip(self.row.inputs, shapes, strict=True)),
            sections=(),
        )

    # Shape ------------------------------------------------------------------------------------------------------

    def shape(self) -> Section:
        shape = self.counts.output.shape
        names = size_names(len(shape))
        alike: dict[tuple[object, ...], list[int]] = {}
        terms = output_terms(self.layer, [tensor.shape for tensor in self.origins.inputs])
        for axis, term in enumerate(terms):
            read = tuple(term.symbols[name] for name in formula(term.text).names)
            is_channel = axis == len(shape) - 1
            alike.setdefault((term.text, read, is_channel), []).append(axis)
        lines: list[Line] = []
        explained: list[Given] = []
        for axes in alike.values():
            subject, term = together([names[axis] for axis in axes]), terms[axes[0]]
            rule = formula(term.text)
            lines.append(line(subject, rule, term.symbols))
            explained += self.origins.of_axis(rule, term.symbols, axes, subject)
        remarks = []
        if isinstance(self.layer, InputLayer):
            remarks.append("as the spec, or --input, gives it")
        if self.counts.output.instances != 1:
            remarks.append(f"{self.counts.output.instances:,} of them, one for each region")
        part = Part("output_shape", None, shape, tuple(lines), unique(explained), tuple(remarks))
        return Section("Output shape", (part,))

    # Parameters -------------------------------------------------------------------------------------------------

    def params(self) -> Section:
        weights = self.counts.weights
        if not weights:
            return Section("Parameters", (Part("params", None, 0, remarks=("it has no weights",)),))
        lines = [line(weight.name, formula(weight.text), self.counts.symbols) for weight in weights]
        whole = formula(self.counts.params.text or "0")
        if len(weights) > 1:
            lines.append(line("in all", whole, self.counts.symbols))
        remarks = []
        if self.row.shared_with is not None:
            remarks.append(f"the weights are those of {self.row.shared_with}: totals count them there, once")
        given = unique(self.origins.of_formula(whole, self.counts.symbols))
        params = Part("params", None, self.row.params, tuple(lines), given, tuple(remarks))
        return Section("Parameters", (params, self.trainable()))

    def trainable(self) -> Part:
        """Returns which parameters training changes."""
        frozen = self.frozen()
        if frozen is not None:
            return Part("trainable_params", None, self.row.trainable_params, remarks=(frozen,))
        statistics = [weight.name for weight in self.counts.weights if not weight.trainable]
        trained = [weight.name for weight in self.counts.weights if weight.trainable]
        if not statistics:
            return Part("trainable_params", None, self.row.trainable_params, remarks=("all of them",))
        rule = formula(self.counts.trainable_params.text or "0")
        what = f"training changes {some(trained, 6)}" if trained else "training changes none of them"
        rest = f"not trainable: {self.row.non_trainable_params:,}, {some(statistics, 6)}"
        lines = (line("", rule, self.counts.symbols),)
        explained = unique(self.origins.of_formula(rule, self.counts.symbols))
        return Part("trainable_params", None, self.row.trainable_params, lines, explained, (what, rest))

    def frozen(self) -> str | None:
        """Says why none is trained; `None` where some may be."""
        nodes = self.analysis.expansion.nodes
        holder = self.node if self.node.owner is None else nodes[self.node.owner]
        if not holder.frozen or not self.counts.weights:
            return None
        if holder is not self.node:
            by = f"{holder.name}, whose weights they are, is frozen"
        elif holder.item is not None and holder.item.trainable is not None:
            by = "frozen by trainable: false on this item"
        elif (
            "trainable" in self.analysis.expansion.document.spec.defaults.get(holder.kind, {})
            or not holder.instance.path
        ):
            by = f"frozen by the spec's defaults for {holder.kind}"
        else:
            by = f"frozen by trainable: false, or frozen_until, around it (it stands in {some(holder.instance.path)})"
        return f"{by}: none of the {self.row.params:,} parameters is trained" if self.row.params is not None else by

    # Counts -----------------------------------------------------------------------------------------------------

    def neurons(self) -> Section:
        return Section("Neurons", (self.quantity("neurons", None, self.counts.neurons, self.counts.basis.neurons),))

    def ops(self) -> Section:
        ops = self.quantity("ops", "notes", self.counts.ops, self.counts.basis.ops)
        macs = self.quantity("macs", "exact", self.counts.macs)
        flops = self.quantity("flops", "exact", self.counts.flops)
        return Section("Operations", (ops, macs, flops), ops_difference(self.layer, self.counts))

    def added(self) -> tuple[Section, ...]:
        """Explains the figures that a formula of their own gives."""
        return tuple(
            Section(figure.heading, (self.quantity(figure.key, None, self.counts.added[figure.key]),))
            for figure in added_figures()
        )

    def quantity(
        self, figure: Figure, convention: Convention | None, quantity: Quantity, basis: Basis | None = None
    ) -> Part:
        """Returns a figure of one formula."""
        if quantity.text is None:
            why = _UNCOUNTED.get(self.layer.family, "the notes have no formula for it")
            if figure in ("macs", "flops"):
                why = self.layer.uncounted
            return Part(figure, convention, None, remarks=(f"not counted: {why}",), basis=basis)
        rule = formula(quantity.text)
        remarks = self.elementwise() if figure == "flops" and "prod(y)" in rule.text else ()
        if quantity.text == "0":
            remarks = (_NONE.get(figure, "it has none"),)
        explained = self.origins.of_formula(rule, self.counts.symbols)
        lines = (line("", rule, self.counts.symbols),)
        return Part(figure, convention, quantity.value, lines, unique(explained), remarks, basis)

    def elementwise(self) -> tuple[str, ...]:
        """Returns what a bias and a fused activation add."""
        added = []
        if any(weight.name == "bias" for weight in self.counts.weights):
            added.append(f"{costs.BIAS} per output element for the bias")
        activation = getattr(self.layer, "activation", "linear")
        if self.layer.family != "activation" and activation != "linear":
            added.append(f"{costs.ACTIVATION_COSTS[activation]} per output element for {activation}")
        return tuple(added)

    # Receptive field --------------------------------------------------------------------------------------------

    def field(self) -> Section:
        parts = (notes_part(self.origins, self.row, self.paths), exact_part(self.origins, self.row))
        paths = self.paths.of_node[self.index]
        return Section("Receptive field", parts, field_difference(self.origins, self.row, paths))
