"""The figures of a whole net: one pass over its nodes, linear in their number, both conventions at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from cnncalc.analysis.counts import LayerCounts
from cnncalc.analysis.long_numbers import check_strides
from cnncalc.analysis.net_counts import Known, NetCounts
from cnncalc.analysis.report import ExactFigures, Extent, NotesFigures, Report, Row, no_totals
from cnncalc.conventions import notes
from cnncalc.diagnosis.misfits import diagnose
from cnncalc.diagnosis.shape_mistakes import shape_mistakes
from cnncalc.errors import Diagnostic, Problem, SpecError, quote
from cnncalc.expansion.nodes import Expansion, Node
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import Merge
from cnncalc.receptive_fields.field import CONSTANT, Absent, Field, State, Undefined, start
from cnncalc.receptive_fields.reach import Pointwise
from cnncalc.receptive_fields.tracker import Tracker
from cnncalc.receptive_fields.whole_maps import is_constant
from cnncalc.spec.values import Value
from cnncalc.tensor import Shape, Tensor
from cnncalc.warnings.find import find_warnings
from cnncalc.warnings.net import Net
from cnncalc.warnings.warning import Warning

SHOWN_NAMES = 3
"""How many layers a warning names."""
Seen = tuple[Extent, tuple[Fraction | None, ...] | None, tuple[int | None, ...] | None, str | None]
"""Of a field: size, effective stride, offset, and a note."""

if TYPE_CHECKING:
    from cnncalc.analysis.unknown_lengths import Length


class Analysis(NetCounts):
    """The state of the pass: per node its figures and fields. After `run` everything can be asked about."""

    def __init__(
        self,
        expansion: Expansion,
        convention: str = "notes",
        known: Known | None = None,
        variables: Mapping[int, Value] | None = None,
    ) -> None:
        super().__init__(expansion, convention, known, variables)
        self.fields: list[State] = []
        self.notes_fields: list[notes.State] = []
        self.alignment_notes: list[str | None] = []
        self.tracker = Tracker()
        self._input_axes: dict[int, tuple[int | None, ...]] = {}
        self._unknown_lengths: dict[int, list[Length | None]] = {}
        self._seen_fields: dict[int, Seen] = {}
        self._rows: list[Row] = []

    def count(self, node: Node) -> None:
        """Computes the next node and its fields. Raises: Problem: if it does not fit."""
        super().count(node)
        try:
            self._follow(len(self.figures) - 1, node)
        except Problem:
            self.figures.pop()  # `diagnose` is about the node behind the last one that fits
            self.layers.pop()
            raise

    def diagnose(self, problem: Problem) -> Diagnostic:
        """Returns the diagnostic of the node at which `run` stopped."""
        node = self.expansion.nodes[len(self.figures)]
        try:
            culprit = node.layer if isinstance(node.layer, Layer) else self.late(node.layer)
        except Problem:
            culprit = None
        return diagnose(problem, self.expansion, self.layers, [made.output for made in self.figures], culprit)

    def _follow(self, index: int, node: Node) -> None:
        """Finds the receptive fields behind a node. Raises: Problem: if they are too large to be written."""
        layer, made = self.layers[index], self.figures[index]
        inputs = tuple([self.figures[source].output for source in node.inputs])
        note: str | None = None
        field: State
        notes_field: notes.State
        if isinstance(layer, InputLayer):
            field, notes_field = start(index, layer.shape), notes.start(layer.shape)
            self._input_axes[index] = layer.shape[:-1]
        elif len(inputs) == 1 and isinstance(made.reach, Pointwise) and not layer.merges:
            # Most layers of a net: they hand on what was seen.
            field, notes_field = self.fields[node.inputs[0]], self.notes_fields[node.inputs[0]]
        else:
            field, note = self._field(node, layer, made, inputs)
            notes_field = self._notes_state(node, layer, made, field)
            check_strides(field, notes_field)
        if None in made.output.shape:
            self._remember_unknown(index, layer, inputs, made.output.shape)
        self.fields.append(field)
        self.notes_fields.append(notes_field)
        self.alignment_notes.append(note)

    def _field(self, node: Node, layer: Layer, made: LayerCounts, inputs: Sequence[Tensor]) -> tuple[State, str | None]:
        if not node.inputs:
            return CONSTANT, None
        if isinstance(layer, Merge):
            return self._merged_field(node, layer, made, [tensor.shape for tensor in inputs])
        state, lengths = self.fields[node.inputs[0]], self._unknown_lengths.get(node.inputs[0])
        return self.tracker.through(state, made.reach, inputs[0].shape, made.output.shape, lengths), None

    def _merged_field(
        self, node: Node, layer: Merge, made: LayerCounts, shapes: Sequence[Shape]
    ) -> tuple[State, str | None]:
        """Returns the field where several tensors meet: each is first read in the way in which the layer reads it."""
        y = made.output.shape
        states = [self.fields[index] for index in node.inputs]
        alone = sum(not is_constant(state) for state in states) == 1
        operands = tuple(layer.operands(shapes, y, alone))
        names = [self.expansion.nodes[index].name for index in node.inputs]
        lengths = [self._unknown_lengths.get(index) for index in node.inputs]
        return self.tracker.meet(states, shapes, operands, made.reach, y, names, layer.side_by_side, lengths)

    def _remember_unknown(self, index: int, layer: Layer, inputs: Sequence[Tensor], y: Shape) -> None:
        """Tells the spatial sizes of an output apart that are unknown."""
        if None not in y[:-1]:
            return
        from cnncalc.analysis.unknown_lengths import unknown_lengths  # start-up time counts

        sources = self.expansion.nodes[index].inputs
        own: list[Length | None] = [((index, axis), 0) if size is None else None for axis, size in enumerate(y[:-1])]
        if sources:
            known = [self._unknown_lengths.get(source, []) for source in sources]
            own = unknown_lengths(layer, known, [tensor.shape for tensor in inputs], y)
        self._unknown_lengths[index] = own

    def _notes_state(self, node: Node, layer: Layer, made: LayerCounts, field: State) -> notes.State:
        if isinstance(field, Absent):
            return notes.CONSTANT if is_constant(field) else None
        if len(node.inputs) == 1:
            state = self.notes_fields[node.inputs[0]]
        else:
            state = notes.merge(self._notes_operands(node, layer, made))
        return notes.through(state, layer, made.reach, made.output.shape, self.convention)

    def _notes_operands(self, node: Node, layer: Layer, made: LayerCounts) -> list[notes.State]:
        """Returns the running values of several inputs, each along the axes that it has where they meet."""
        states = [self.notes_fields[index] for index in node.inputs]
        if not isinstance(layer, Merge):
            return states
        shapes = [self.figures[index].output.shape for index in node.inputs]
        operands = layer.operands(shapes, made.output.shape, False)
        return [
            notes.through(state, layer, reach, size, self.convention)
            for state, (reach, size) in zip(states, operands, strict=True)
        ]

    # Rows -------------------------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """Returns a row for every node that was computed; made once."""
        if len(self._rows) < len(self.figures):
            self._rows = [self.row(index) for index in range(len(self.figures))]
        return self._rows

    def _notes(self, index: int) -> NotesFigures:
        field, layer, made = self.notes_fields[index], self.layers[index], self.figures[index]
        carried = None if field is None else field.size
        own = carried if layer.merges or notes.counts_window(layer, made.reach) else None
        return NotesFigures(own, made.ops.value, made.basis, carried)

    def _exact(self, index: int) -> ExactFigures:
        made, alignment = self.figures[index], self.alignment_notes[index]
        size, stride, offset, note = self._seen(self.fields[index])
        if alignment is not None or made.flops.text is None:
            why = self.layers[index].uncounted
            uncounted = f"its {_uncounted(made)} are not counted: {why}" if made.flops.text is None else None
            note = "; ".join(part for part in (alignment, note, uncounted) if part) or None
        return ExactFigures(size, stride, offset, made.macs.value, made.flops.value, note)

    def _seen(self, field: State) -> Seen:
        """Returns what a row says of a field; found once for all the layers that hand the field on as it is."""
        seen = self._seen_fields.get(id(field))
        if seen is None:
            seen = self._seen_fields[id(field)] = self._describe(field)
        return seen

    def _describe(self, field: State) -> Seen:
        if not isinstance(field, Field):
            return None, None, None, field.reason
        size = field.size
        if size is None:
            return None, None, None, "no input position reaches it"
        note = None
        for extent, whole in zip(size, self._input_axes[field.source], strict=True):
            if whole and extent > whole:
                note = "larger than the input"
        return size, field.effective_stride, field.offset, note

    def _fields_of_outputs(self) -> tuple[Extent, Extent]:
        outputs = self.expansion.outputs
        carried = notes.merge([self.notes_fields[index] for index in outputs]) if outputs else None
        return carried.size if carried is not None else None, self._largest_field(outputs)

    def _largest_field(self, outputs: Sequence[int]) -> tuple[int, ...] | None:
        """Returns the largest over the outputs, axis by axis; unknown where that of an output is."""
        sizes = [field.size if isinstance(field := self.fields[index], Field) else None for index in outputs]
        known = [size for size in sizes if size is not None]
        if not known or len(known) < len(sizes) or len({len(size) for size in known}) > 1:
            return None
        return tuple(max(axis) for axis in zip(*known, strict=True))

    # Warnings -----------------------------------------------------------------------------------------------------

    def warnings(self) -> tuple[Warning, ...]:
        """Returns what works out and may still be a mistake, and what the totals leave out, without what the spec
        ignores.
        """
        net = Net(self.expansion, self.layers, [made.output for made in self.figures], self._covers_input)
        ignored = self.expansion.document.spec.ignore
        return tuple(
            each
            for each in (*self._from_reading(), *find_warnings(net), *self._not_counted())
            if each.id not in ignored
        )

    def _from_reading(self) -> Iterator[Warning]:
        for message in self.expansion.document.warnings:
            yield Warning("not-read", message)
        for message in self.expansion.warnings:
            yield Warning("defaults-end-at-model", message)

    def _covers_input(self, index: int) -> bool | None:
        field = self.fields[index]
        size = field.size if isinstance(field, Field) else None
        if size is None or not isinstance(field, Field):
            return None
        whole = self._input_axes[field.source]
        return all(length is None or extent >= length for extent, length in zip(size, whole, strict=True))

    def _not_counted(self) -> Iterator[Warning]:
        uncounted: dict[tuple[str, str], list[str]] = {}
        for node, layer, made in zip(self.expansion.nodes, self.layers, self.figures, strict=False):
            if made.flops.text is None and not node.ignores("not-counted"):
                uncounted.setdefault((_uncounted(made), layer.uncounted), []).append(node.name)
        for (what, why), names in uncounted.items():
            message = f"the {what} of {_some(names)} are not counted: {why}; the totals are without them"
            yield Warning("not-counted", message)


def _uncounted(made: LayerCounts) -> str:
    """Names what of a layer is not counted."""
    return "operations" if made.macs.text is None else "FLOPs"


def _some(names: Sequence[str]) -> str:
    """Lists the first names, and says how many more there are."""
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(map(quote, names[:SHOWN_NAMES])) + more


def analyze(expansion: Expansion, convention: str, partial: bool = False) -> Report:
    """Returns the report of an expansion. Raises: SpecError: as `analyzed`."""
    return analyzed(expansion, convention, partial)[0]


def analyzed(expansion: Expansion, convention: str, partial: bool = False) -> tuple[Report, Analysis]:
    """Returns the report, and the figures behind it.

    Raises: SpecError: if a shape does not fit, with every such mistake; if `partial`, the report has the rows before
        the first one and its `error` instead.
    """
    analysis = Analysis(expansion, convention)
    nodes = expansion.nodes
    names = {"inputs": tuple(nodes[i].name for i in expansion.inputs)}
    names["outputs"] = tuple(nodes[i].name for i in expansion.outputs)
    chain = all(node.inputs == (index - 1,) for index, node in enumerate(nodes) if index)
    try:
        analysis.run()
    except Problem as problem:
        culprit = nodes[len(analysis.figures)]
        diagnostic = analysis.diagnose(problem)
        if not partial:
            raise SpecError(shape_mistakes(expansion, [diagnostic])) from None
        report = Report(
            name=expansion.document.name, convention=convention, inputs=names["inputs"], outputs=names["outputs"],
            layers=analysis.rows(), totals=no_totals(convention), error=diagnostic,
            culprit=(culprit.name, culprit.kind), is_chain=chain,
        )  # fmt: skip
        return report, analysis
    rows = analysis.rows()
    report = Report(
        name=expansion.document.name, convention=convention, inputs=names["inputs"], outputs=names["outputs"],
        layers=rows, totals=analysis.totals(), warnings=analysis.warnings(), is_chain=chain,
    )  # fmt: skip
    return report, analysis


__all__ = ["Analysis", "Undefined", "analyze", "analyzed"]
