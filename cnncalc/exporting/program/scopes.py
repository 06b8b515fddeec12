"""The lists of items of a function while its steps are made, and the tensors that it has so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cnncalc.analysis.analyze import Analysis
from cnncalc.expansion.nodes import Instance
from cnncalc.exporting.program.expressions import Code
from cnncalc.exporting.program.names import identifier
from cnncalc.exporting.program.steps import Function, Key, LayerStep, Name, NotShared, Value, Variable
from cnncalc.exporting.program.survey import Survey
from cnncalc.spec.document import Arguments, Document
from cnncalc.tensor import Shape


@dataclass(eq=False)
class Section:
    """What is known while the steps of one function are made."""

    function: Function
    key: Key | None
    values: dict[tuple[int, int], list[Value]] = field(default_factory=dict)
    owners: dict[tuple[int, int], LayerStep] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Scope:
    """A list of items in a section: of the function itself, or of a block that is written out in it."""

    section: Section
    instances: Sequence[Instance | None]
    document: Document
    defaults: Mapping[str, Arguments]
    lookup: Callable[[str], Code | None]
    prefix: Name = ()
    windows: Sequence[tuple[int, int]] | None = None
    """Of each use, the nodes between which the items stand: those of one copy of a merge with branches."""

    def not_shared(self) -> NotShared:
        """Gives up the function that the list belongs to."""
        key = self.section.key
        assert key is not None, "the main function has one use, in which everything is known"
        return NotShared({key})


class Values:
    """Makes the values of functions, and finds them by the nodes that they hold."""

    def __init__(self, analysis: Analysis, net: Survey) -> None:
        self.analysis, self.net = analysis, net

    def make(self, section: Section, variable: Variable, nodes: Sequence[int | None], is_copy: bool = False) -> Value:
        """Makes the value of a variable that holds these nodes, one for each use."""
        shapes: tuple[Shape | None, ...] = tuple(
            None if node is None else self.analysis.figures[node].output.shape for node in nodes
        )
        value = variable.holds = Value(variable, tuple(nodes), shapes, is_copy)
        for use, node in enumerate(nodes):
            if node is not None:
                section.values.setdefault((use, node), []).append(value)
        return value

    def find(self, scope: Scope, wanted: Sequence[int | None], current: Value | None, written: str = "") -> Value:
        """Finds the value that holds these nodes, one for each use. Raises: NotShared: if there is none."""
        uses = [use for use, node in enumerate(wanted) if node is not None]

        def holds(value: Value) -> bool:
            return value.is_current and all(value.nodes[use] == wanted[use] for use in uses)

        if current is not None and holds(current):
            return current
        section = scope.section
        some = wanted[uses[0]]
        assert some is not None
        for value in reversed(section.values.get((uses[0], some), [])):
            if holds(value):
                return value
        if written.startswith("$") and written[1:] in section.function.parameters and len(uses) == len(wanted):
            parameter = written[1:]
            value = self.make(
                section, Variable(identifier(parameter, "tensor"), identifier(parameter, "tensor")), wanted
            )
            section.function.tensors[parameter] = value
            return value
        inside: set[Key] = set()
        for use in uses:
            node = wanted[use]
            if node is not None and (use, node) not in section.values:
                inside |= self.net.keys_of(self.net.nodes[node].instance) - self.net.keys_of(
                    section.function.instances[use]
                )
        inside -= self.net.written_out
        if section.key is not None and not inside:
            inside = {section.key}
        raise NotShared(inside)
