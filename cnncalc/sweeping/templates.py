"""What the points of a sweep share: a spec is spelled out once for all points that have the same layers.

Which layers there are may depend on vars, never on shapes. A var on which it does not depend stays open while the spec
is expanded, as a `Variable`, and each point gives it a value when the net is counted. Layers that come out alike on
inputs that are alike are counted once for all points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.counts import LayerCounts
from cnncalc.analysis.memory_figures import Setting
from cnncalc.analysis.net_counts import Known, NetCounts
from cnncalc.errors import Problem, SpecError
from cnncalc.expansion.expander import expand
from cnncalc.expansion.nodes import Expansion
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import Concatenate, ElementwiseMerge, Merge
from cnncalc.memory.footprint import memory
from cnncalc.receptive_fields.reach import Everything, PerAxis, Pointwise
from cnncalc.spec.document import Document
from cnncalc.spec.inner_specs import InnerSpecs
from cnncalc.spec.values import Value, ValueNeeded, Variable, key_of
from cnncalc.sweeping.figures import Column
from cnncalc.tensor import Shape

MAX_KNOWN: Final = 100_000
"""Layers that are remembered, and layers of all expansions together: memory does not grow with the points."""
MAX_FIELDS: Final = 2_000
"""Nets of the same layers whose receptive fields are remembered."""

Figures = tuple[object, ...]


class PointError(Exception):
    """A point that does not work out: the error's id, and the layer at which it stops, if one is known."""

    def __init__(self, id: str, layer: str | None) -> None:
        super().__init__(id, layer)
        self.id, self.layer = id, layer


@dataclass(eq=False, slots=True)
class Template:
    """A spec that is spelled out. `fields` remembers figures of receptive fields by what they depend on."""

    expansion: Expansion
    index_of: dict[str, int] = field(default_factory=dict)
    fields: dict[tuple[int, ...], Figures] = field(default_factory=dict)

    def find(self, name: str) -> int | None:
        """Returns the place of a layer of this name; `None` if there is none."""
        if not self.index_of:
            self.index_of.update((node.name, index) for index, node in enumerate(self.expansion.nodes))
        return self.index_of.get(name)


class Templates:
    """Counts points. `columns` are the figures that are wanted; what none of them needs is not computed."""

    def __init__(
        self,
        document: Document,
        columns: Sequence[Column],
        convention: str,
        max_expanded: int,
        inner_specs: InnerSpecs,
        setting: Setting,
    ) -> None:
        self._document, self._convention, self._max_expanded = document, convention, max_expanded
        self._inner_specs, self._setting = inner_specs, setting
        self._columns = tuple(columns)
        self._counted = [column for column in columns if column.part != "memory" and not column.needs_fields]
        self._in_fields = [column for column in columns if column.part != "memory" and column.needs_fields]
        self._in_memory = [column for column in columns if column.part == "memory"]
        self._structural: dict[str, None] = {}
        """The vars on which it depends which layers there are, as far as is known."""
        self._variables: dict[str, Variable] = {}
        self._known = Known()
        self._input_layers: dict[Shape, Layer] = {}
        self._templates: dict[object, Template | SpecError] = {}
        self._nodes = 0
        self._field_keys: dict[LayerCounts, int] = {}
        self._field_numbers: dict[object, int] = {}

    def net(self, values: Mapping[str, Value], inputs: Mapping[str, Shape]) -> NetCounts:
        """Counts the net of a point. Raises: PointError: if it does not work out."""
        net = NetCounts(*self._prepared(self.template(values, inputs), values, inputs))
        try:
            net.run()
        except Problem as problem:
            raise PointError(problem.id, net.expansion.nodes[len(net.figures)].name) from None
        return net

    def open_var(self, name: str) -> Variable | None:
        """Returns what stands for a var in the expansions; `None` if it depends on the var which layers there are."""
        return self._variables.get(name)

    def _prepared(
        self, template: Template, values: Mapping[str, Value], inputs: Mapping[str, Shape]
    ) -> tuple[Expansion, str, Known, dict[int, Value]]:
        """Gives an expansion the inputs of a point, and what it takes to count it."""
        for index, shape in self._shapes(template.expansion, inputs):
            template.expansion.nodes[index].layer = self._input(shape)
        open_values = {id(variable): values[name] for name, variable in self._variables.items() if name in values}
        return template.expansion, self._convention, self._known, open_values

    def figures(self, values: Mapping[str, Value], inputs: Mapping[str, Shape]) -> dict[str, object]:
        """Computes the figures of a point, by their names. Raises: PointError: if it does not work out."""
        self._forget()
        template = self.template(values, inputs)
        arguments = self._prepared(template, values, inputs)
        net: NetCounts = NetCounts(*arguments)
        found: dict[str, object] = {}
        try:
            net.run()
            found |= _read(self._counted, net, template)
            if self._in_fields:
                key = self._field_key(net)
                if key not in template.fields:
                    net = Analysis(*arguments)
                    net.run()
                    read = _read(self._in_fields, net, template)
                    template.fields[key] = tuple(read[column.name] for column in self._in_fields)
                names = (column.name for column in self._in_fields)
                found |= zip(names, template.fields[key], strict=True)
            if self._in_memory:
                analysis = Analysis(*arguments)
                analysis.run()
                whole, _ = memory(analysis, self._setting)
                found |= {column.name: column.of(whole) for column in self._in_memory}
        except Problem as problem:
            raise PointError(problem.id, template.expansion.nodes[len(net.figures)].name) from None
        return found

    def template(self, values: Mapping[str, Value], inputs: Mapping[str, Shape]) -> Template:
        """Expands the spec for a point, or finds an expansion that fits. Raises: PointError: if the spec is wrong."""
        try:
            return self.expanded(values, inputs)
        except SpecError as error:
            raise PointError(error.diagnostics[0].id, None) from None

    def expanded(self, values: Mapping[str, Value], inputs: Mapping[str, Shape]) -> Template:
        """Returns the same. Raises: SpecError: with all that is wrong."""
        # Only a size that is not known decides whether a shape may stand there.
        unknown = tuple((name, shape) for name, shape in inputs.items() if None in shape)
        while True:
            key = (unknown, tuple(key_of(values[name]) for name in self._structural if name in values))
            found = self._templates.get(key)
            if found is None:
                given = {
                    name: value if name in self._structural else self._variables.setdefault(name, Variable(name))
                    for name, value in values.items()
                }
                try:
                    expansion = expand(
                        self._document, self._inner_specs.load, inputs, given, self._max_expanded, self._known.layers
                    )
                    if expansion.mistakes:
                        raise SpecError(expansion.mistakes)
                    found = Template(expansion)
                    self._nodes += len(expansion.nodes)
                except ValueNeeded as needed:
                    self.fix(needed.names)
                    continue
                except SpecError as error:
                    found = error
                self._templates[key] = found
            if isinstance(found, SpecError):
                raise found
            return found

    def fix(self, names: Sequence[str] | frozenset[str]) -> None:
        """Takes vars for those on which it depends which layers there are."""
        self._structural |= dict.fromkeys(sorted(names))
        self._templates.clear()
        for name in names:
            self._variables.pop(name, None)

    def _forget(self) -> None:
        """Bounds what is remembered."""
        if max(len(self._known.counts), len(self._known.layers), len(self._known.late), self._nodes) > MAX_KNOWN:
            self._known = Known()
            self._input_layers.clear()
            self._field_keys.clear()
            self._field_numbers.clear()
            self._templates.clear()
            self._nodes = 0

    def _shapes(self, expansion: Expansion, inputs: Mapping[str, Shape]) -> list[tuple[int, Shape]]:
        nodes = expansion.nodes
        if "" in inputs and len(expansion.inputs) == 1:
            return [(expansion.inputs[0], inputs[""])]
        return [(index, inputs[nodes[index].name]) for index in expansion.inputs if nodes[index].name in inputs]

    def _input(self, shape: Shape) -> Layer:
        if shape not in self._input_layers:
            self._input_layers[shape] = InputLayer(shape=shape)
        return self._input_layers[shape]

    def _field_key(self, net: NetCounts) -> tuple[int, ...]:
        """Returns what the receptive fields of a net depend on, given which layers there are."""
        keys = self._field_keys
        for index, counts in enumerate(net.figures):
            if counts not in keys:
                inputs = [net.figures[source].output.shape for source in net.expansion.nodes[index].inputs]
                facts = _facts(net.layers[index], counts, inputs)
                keys[counts] = self._field_numbers.setdefault(facts, len(self._field_numbers))
        return tuple(map(keys.__getitem__, net.figures))


def _facts(layer: Layer, counts: LayerCounts, inputs: Sequence[Shape]) -> object:
    """Returns what a layer does to receptive fields: its reach and the sizes of the map.

    The channels matter to layers alone that mix them with axes of the map, or merge tensors in other ways.
    """
    y = counts.output.shape
    if isinstance(layer, (ElementwiseMerge, Concatenate)):
        spatial = tuple((shape[:-1], shape == y) for shape in inputs)
        return layer, counts.reach, spatial, y[:-1]
    if not isinstance(layer, Merge) and isinstance(counts.reach, (PerAxis, Pointwise, Everything)):
        return layer.family, counts.reach, tuple(shape[:-1] for shape in inputs), y[:-1]
    return layer, counts.reach, tuple(inputs), y


def _read(columns: Sequence[Column], net: NetCounts, template: Template) -> dict[str, object]:
    """Reads figures off a net that was counted; a layer that it does not have has none."""
    found: dict[str, object] = {}
    totals = None
    for column in columns:
        if column.part == "net":
            totals = totals or net.totals()
            found[column.name] = column.of(totals)
        elif column.part == "size":
            found[column.name] = len(net.figures) - len(net.expansion.inputs)
        else:
            index = template.find(column.layer)
            found[column.name] = None if index is None else column.of(net.row(index))
    return found
