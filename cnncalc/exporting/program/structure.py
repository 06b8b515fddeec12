"""From a spec to the functions and steps of a program that builds the same net.

A block becomes a function with the block's own parameters and expressions. Whatever a step reads and passes on is
looked up by the nodes of the expanded net, for all uses of the block at once, so that nothing is said that is not so.
A block whose uses can't be said by one function is written out where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.expansion.nodes import Instance, Node
from cnncalc.exporting.program.arguments import argument_value, default_of
from cnncalc.exporting.program.expressions import (
    Code,
    combined,
    constant,
    is_same,
    named,
    of_spec,
    plain,
    spelled,
)
from cnncalc.exporting.program.loops import are_alike
from cnncalc.exporting.program.names import identifier
from cnncalc.exporting.program.steps import (
    Channels,
    CopyStep,
    Function,
    IfStep,
    Index,
    Key,
    LayerStep,
    LoopStep,
    Name,
    NotShared,
    Parameter,
    Step,
    UseStep,
    Value,
    Variable,
    name_text,
)
from cnncalc.formula import parse_expression
from cnncalc.layers import registry
from cnncalc.spec.document import Arguments, Document, Item
from cnncalc.spec.names import IN_CHANNELS
from cnncalc.spec.placed import Placed
from cnncalc.spec.values import Bindings, resolve
from cnncalc.tensor import Shape

_Member = int | Instance
"""What an item became: a node, or an instance of a block."""
Uses = tuple[bool, ...]
"""Which uses of the function take part."""


@dataclass(eq=False)
class Program:
    """A net as functions: the main one, those that it calls in the order of their definition, and constants."""

    main: Function
    functions: list[Function]
    constants: list[Parameter]
    inputs: list[Value]
    outputs: list[Value]
    frozen: list[int]
    """Nodes that are frozen though other uses of their block are not."""
    names: Mapping[int, str]
    """What each node is called, with a slash behind the names of blocks."""


def write_program(
    analysis: Analysis, keeps_unread: bool, write: Callable[[Program], str], is_flat: bool = False
) -> str:
    """Writes the program of a net. `keeps_unread`: layers that nothing reads become further outputs.

    Blocks are given up one by one until functions can stand for the rest; without any, every net can be written.
    `is_flat`: every layer is written by itself, without functions and loops.
    """
    written_out: set[Key] = set()
    while True:
        builder = _Builder(analysis, keeps_unread, written_out, is_flat)
        try:
            return write(builder.program())
        except NotShared as found:
            if found.keys <= written_out:  # a net can be written without functions
                raise
            written_out |= found.keys


@dataclass(eq=False)
class _Section:
    """What is known while the steps of one function are made."""

    function: Function
    key: Key | None
    values: dict[tuple[int, int], list[Value]] = field(default_factory=dict)
    owners: dict[tuple[int, int], LayerStep] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(eq=False)
class _Scope:
    """A list of items in a section: of the function itself, or of a block that is written out in it."""

    section: _Section
    instances: Sequence[Instance | None]
    document: Document
    defaults: Mapping[str, Arguments]
    lookup: Callable[[str], Code | None]
    prefix: Name = ()
    windows: Sequence[tuple[int, int]] | None = None
    """Of each use, the nodes between which the items stand: those of one copy of a merge with branches."""


class _Builder:
    def __init__(self, analysis: Analysis, keeps_unread: bool, written_out: set[Key], is_flat: bool) -> None:
        self.analysis = analysis
        self.nodes: list[Node] = analysis.expansion.nodes
        self.keeps_unread = keeps_unread
        self.written_out = written_out
        self.functions: dict[Key, Function] = {}
        self.constants: dict[tuple[str, str], Parameter] = {}
        self.instances: dict[Key, list[Instance]] = {}
        self.members: dict[tuple[int, int], list[_Member]] = {}
        self.spans: dict[int, tuple[int, int]] = {}
        """Of each instance, its first node and its last."""
        self.readers: list[list[int]] = [[] for _ in self.nodes]
        self.owners = {node.owner for node in self.nodes if node.owner is not None}
        self.names: dict[int, tuple[int, str]] = {}
        self.instance_names: dict[int, tuple[int, str]] = {}
        self.frozen: list[int] = []
        self._steps: list[Step] = []
        self._is_nested = False
        self.is_flat = is_flat
        self._survey()
        if is_flat:
            written_out |= {*self.instances}

    def _survey(self) -> None:
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                self.readers[source].append(index)
            if node.item is None:
                continue
            self.members.setdefault((id(node.instance), id(node.item)), []).append(index)
            instance: Instance | None = node.instance
            while instance is not None and instance.outer is not None:
                first, _ = self.spans.get(id(instance), (index, index))
                if id(instance) not in self.spans:
                    self.members.setdefault((id(instance.outer), id(instance.item)), []).append(instance)
                    if (key := _key(instance)) is not None and not instance.is_cut:
                        self.instances.setdefault(key, []).append(instance)
                self.spans[id(instance)] = (first, index)
                instance = instance.outer

    # The program ------------------------------------------------------------------------------------------------

    def program(self) -> Program:
        expansion = self.analysis.expansion
        root = next(node.instance for node in self.nodes)
        while root.outer is not None:
            root = root.outer
        main = Function("", [root], None, {}, None)
        section = _Section(main, None)
        document = expansion.document
        scope = _Scope(section, [root], document, {}, lambda name: self._constant(document, name))
        inputs = []
        for index in expansion.inputs:
            name = self.nodes[index].name
            own = identifier(name, "input")
            value = self._value(section, Variable("x" if len(expansion.inputs) == 1 else own, own), [index])
            self.names[index] = (id(root), name)
            inputs.append(value)
        self._steps = main.steps
        main.input = inputs[0] if len(inputs) == 1 else None
        self._items(document.spec.layers, scope, main.input, (True,), "x")
        outputs = list(expansion.outputs)
        if self.keeps_unread:
            outputs += [
                index for index, readers in enumerate(self.readers) if not readers and index not in expansion.outputs
            ]
        found = [self._find(scope, [index], None) for index in outputs]
        main.output = found[0]
        names = self._full_names()
        if len(set(names.values())) < len(names):
            raise NotShared({*self.functions})
        return Program(
            main, list(self.functions.values()), [each for each in self.constants.values() if each.used],
            inputs, found, self.frozen, names,
        )  # fmt: skip

    def _full_names(self) -> dict[int, str]:
        prefixes: dict[int, str] = {}

        def prefix(instance: int) -> str:
            if instance not in prefixes:
                known = self.instance_names.get(instance)
                prefixes[instance] = f"{prefix(known[0])}{known[1]}/" if known is not None else ""
            return prefixes[instance]

        return {node: prefix(instance) + name for node, (instance, name) in self.names.items()}

    def _constant(self, document: Document, name: str) -> Code | None:
        """Finds a var of a spec: a constant at the top of the program."""
        written = document.spec.vars.get(name)
        if written is None:
            return None
        key = (document.identity, name)
        if key not in self.constants:
            bindings = self._bindings_of(document)
            value = spelled(bindings.vars[name])
            parameter = Parameter(name, (value,), constant(value))
            if "$" in written.text:
                default = self._computed(written, lambda other: self._constant(document, other) or constant(None))
                if default is not None and _checked(default, 0, value):
                    parameter.default = default
            self.constants[key] = parameter
        self.constants[key].used = True
        return named(self.constants[key])

    def _bindings_of(self, document: Document) -> Bindings:
        """Finds the values of a spec's vars."""
        for node in self.nodes:
            instance: Instance | None = node.instance
            while instance is not None:
                if instance.document is not None and instance.document.identity == document.identity:
                    assert instance.bindings is not None
                    return instance.bindings
                instance = instance.outer
        raise AssertionError("a spec whose vars are read has items")

    # Lists of items ---------------------------------------------------------------------------------------------

    def _items(
        self, items: Sequence[Item], scope: _Scope, current: Value | None, alive: Uses, running: str,
        variable: Variable | None = None,
    ) -> Value | None:  # fmt: skip
        """Makes the steps of a list of items and returns the last value; `variable` takes every value of the chain."""
        index = 0
        while index < len(items):
            here = self._takes_part(items[index], scope)
            if not any(here):
                index += 1
            elif here == alive:
                target = variable if self._is_free(variable, items[index], scope) else None
                current = self._item(items[index], scope, current, alive, running, target)
                index += 1
            else:
                end = index + 1
                while end < len(items) and self._takes_part(items[end], scope) in (here, (False,) * len(here)):
                    end += 1
                current = self._conditional(items[index:end], scope, current, here, alive, running)
                index = end
        return current

    def _is_free(self, variable: Variable | None, item: Item, scope: _Scope) -> bool:
        """Tells whether nothing behind an item reads what a variable holds now."""
        if variable is None or variable.holds is None or variable.holds.is_copy:
            return True
        outputs = self.analysis.expansion.outputs
        for use, instance in enumerate(scope.instances):
            node = variable.holds.nodes[use]
            if instance is None or node is None:
                continue
            _, last = self._span(self._members(item, scope, use)[-1])
            if node in outputs or any(reader > last for reader in self.readers[node]):
                return False
        return True

    def _takes_part(self, item: Item, scope: _Scope) -> Uses:
        return tuple(bool(self._members(item, scope, use)) for use in range(len(scope.instances)))

    def _members(self, item: Item, scope: _Scope, use: int) -> list[_Member]:
        """Lists what an item became in one use: nodes, or instances of a block, a copy each."""
        instance = scope.instances[use]
        if instance is None:
            return []
        found = self.members.get((id(instance), id(item)), [])
        if scope.windows is None:
            return found
        first, last = scope.windows[use]
        return [member for member in found if first < self._span(member)[0] and self._span(member)[1] < last]

    def _conditional(
        self, items: Sequence[Item], scope: _Scope, current: Value | None, here: Uses, alive: Uses, running: str
    ) -> Value:
        """Makes the steps that some uses leave out: the same variable holds what goes on with them and without."""
        written = next((item.if_ for item in items if any(self._takes_part(item, scope)) and item.if_), None)
        condition = None if written is None else self._code(written, scope, None)
        if condition is None or current is None:
            raise self._fail(scope)
        if any(condition.value(use) is not here[use] for use, takes_part in enumerate(alive) if takes_part):
            raise self._fail(scope)
        section = scope.section
        variable = Variable(running, running)
        before = self._value(section, variable, current.nodes, is_copy=True)
        outer, self._steps = self._steps, []
        was_nested, self._is_nested = self._is_nested, True
        inside = replace(
            scope,
            instances=[
                instance if takes_part else None for instance, takes_part in zip(scope.instances, here, strict=True)
            ],
        )
        result = self._items(items, inside, before, here, running, variable)
        body, self._steps, self._is_nested = self._steps, outer, was_nested
        assert result is not None
        if result.variable is not variable:
            body.append(CopyStep(self._value(section, variable, result.nodes), result))
        self._steps += [CopyStep(before, current), IfStep(condition, body)]
        nodes = [
            new if takes_part else old for new, old, takes_part in zip(result.nodes, current.nodes, here, strict=True)
        ]
        return self._value(section, variable, nodes)

    def _item(
        self, item: Item, scope: _Scope, current: Value | None, alive: Uses, running: str, variable: Variable | None
    ) -> Value:
        """Makes the steps of an item with its copies."""
        copies = [self._members(item, scope, use) for use in range(len(scope.instances))]
        if item.repeat is None:
            return self._copy(
                item, scope, current, alive, running, [each[0] if each else None for each in copies], 0, variable
            )
        counts = [len(each) for each in copies]
        most = max(counts)
        start = 1 if item.first or item.from_ is not None or current is None else 0
        if start:
            firsts = [each[0] if each else None for each in copies]
            current = self._copy(item, scope, current, alive, running, firsts, 1, variable)
        is_chain = not self.is_flat and most - start > 1 and all(self._is_chain(each[start:]) for each in copies)
        if not is_chain:
            if len({count for count, takes_part in zip(counts, alive, strict=True) if takes_part}) > 1:
                raise self._fail(scope)
            for number in range(start, most):
                members = [each[number] if each else None for each in copies]
                current = self._copy(item, scope, current, alive, running, members, number + 1, variable)
            assert current is not None
            return current
        return self._loop(item, scope, current, running, copies, start, alive, variable)

    def _loop(
        self, item: Item, scope: _Scope, current: Value | None, running: str, copies: Sequence[Sequence[_Member]],
        start: int, alive: Uses, variable: Variable | None,
    ) -> Value:  # fmt: skip
        """Makes the steps of copies one behind the other: a loop if they are alike."""
        assert current is not None
        section = scope.section
        variable = variable or Variable(running, running)
        entered = value = self._value(section, variable, current.nodes, is_copy=True)
        outer, was_nested = self._steps, self._is_nested
        bodies: list[list[Step]] = []
        most = max(map(len, copies))
        for number in range(start, most):
            self._steps, self._is_nested = [], True
            members = [each[number] if number < len(each) else None for each in copies]
            here = tuple(member is not None for member in members)
            inside = replace(
                scope,
                instances=[
                    instance if member is not None else None
                    for instance, member in zip(scope.instances, members, strict=True)
                ],
            )
            made = self._copy(item, inside, value, here, running, members, number + 1, variable)
            if made.variable is not variable:
                self._steps.append(CopyStep(self._value(section, variable, made.nodes), made))
            nodes = [
                new if takes_part else old for new, old, takes_part in zip(made.nodes, value.nodes, here, strict=True)
            ]
            value = self._value(section, variable, nodes)
            bodies.append(self._steps)
        self._steps, self._is_nested = outer, was_nested
        counts = self._code(item.repeat, scope, None) if item.repeat is not None else None
        is_counted = counts is not None and all(
            is_same(counts.value(use), len(each)) for use, each in enumerate(copies) if alive[use]
        )
        is_loop = is_counted and all(are_alike(bodies[0], body, variable, id(item)) for body in bodies[1:])
        if is_loop and counts is not None:
            first = next(each[start] for each in copies if each)
            number = int((self.nodes[first].name if isinstance(first, int) else first.name).rpartition("_")[2])
            stop = combined("+", counts, constant(number - start - 1))
            self._steps += [CopyStep(entered, current), LoopStep(id(item), number, stop, bodies[0], bodies)]
        elif len({len(each) for use, each in enumerate(copies) if alive[use]}) > 1:
            raise self._fail(scope)
        else:
            self._steps += [CopyStep(entered, current), *(step for body in bodies for step in body)]
        return value

    def _is_chain(self, copies: Sequence[_Member]) -> bool:
        """Tells whether nothing else reads the copies than each the one before it, and whether none shares weights."""
        spans = [self._span(copy) for copy in copies]
        outputs = {*self.analysis.expansion.outputs}
        for number, (first, last) in enumerate(spans):
            out = copies[number] if isinstance(copies[number], int) else copies[number].output  # type: ignore[union-attr]
            following = spans[number + 1] if number + 1 < len(spans) else None
            for node in range(first, last + 1):
                if node in self.owners or self.nodes[node].owner is not None:
                    return False
                outside = [reader for reader in self.readers[node] if not first <= reader <= last]
                if node != out and (outside or not self.readers[node] or node in outputs):
                    return False
                is_elsewhere = following is not None and any(
                    not following[0] <= reader <= following[1] for reader in outside
                )
                if node == out and following is not None and (node in outputs or is_elsewhere):
                    return False
            if following is not None and isinstance(out, int) and not first <= out <= last:
                return False
        return True

    def _span(self, member: _Member) -> tuple[int, int]:
        return (member, member) if isinstance(member, int) else self.spans[id(member)]

    # Copies -----------------------------------------------------------------------------------------------------

    def _copy(
        self, item: Item, scope: _Scope, current: Value | None, alive: Uses, running: str,
        members: Sequence[_Member | None], number: int, variable: Variable | None,
    ) -> Value:  # fmt: skip
        """Makes the steps of one copy of an item; `number` counts the copies from 1, and is 0 for an only one."""
        name = self._name(item, scope, members, bool(number))
        if any(isinstance(member, Instance) for member in members):
            instances = [member if isinstance(member, Instance) else None for member in members]
            return self._use(item, scope, current, alive, running, instances, name, number, variable)
        nodes = [member if isinstance(member, int) else None for member in members]
        if item.branches is not None:
            inner = scope if not number else replace(scope, windows=self._windows(item, scope, nodes))
            for branch, items in item.branches.items():
                self._items(items, inner, current, alive, identifier(branch, "branch"))
        some = next(node for node in nodes if node is not None)
        inputs = []
        for place in range(len(self.nodes[some].inputs)):
            wanted = [None if node is None else self.nodes[node].inputs[place] for node in nodes]
            inputs.append(self._find(scope, wanted, current, self._from(item, place, number)))
        section = scope.section
        own = identifier(name_text(name).rpartition("/")[2], "layer")
        target = self._value(section, variable or Variable(running, own), nodes)
        step = LayerStep(
            target, self.nodes[some].kind, name,
            tuple(None if node is None else self.analysis.layers[node] for node in nodes), inputs,
            self._arguments(item, scope, nodes, inputs, number == 1), is_named=item.name is not None,
        )  # fmt: skip
        for use, node in enumerate(nodes):
            if node is not None:
                self.names[node] = (id(section.function.instances[use]), name_text(name))
        self._share(step, scope, nodes)
        self._freeze(step, nodes)
        self._steps.append(step)
        return target

    def _windows(self, item: Item, scope: _Scope, nodes: Sequence[int | None]) -> list[tuple[int, int]]:
        """Finds the nodes between which the branches of one copy of a merge stand."""
        windows = []
        for use, node in enumerate(nodes):
            earlier = [member for member in self._members(item, scope, use) if isinstance(member, int)]
            before = [member for member in earlier if node is not None and member < node]
            windows.append((max(before, default=-1), node if node is not None else -1))
        return windows

    def _use(
        self, item: Item, scope: _Scope, current: Value | None, alive: Uses, running: str,
        instances: Sequence[Instance | None], name: Name, number: int, variable: Variable | None,
    ) -> Value:  # fmt: skip
        """Makes the steps of a block's use, or of a model in the model."""
        section = scope.section
        some = next(instance for instance in instances if instance is not None)
        key = _key(some)
        starts = [None if instance is None else instance.input for instance in instances]
        start = self._find(scope, starts, current, self._from(item, 0, number))
        is_shared = item.share is not None or any(map(self._reuses_weights, instances))
        if key is not None and is_shared and key not in self.written_out:
            raise NotShared({key})
        if key is None or key in self.written_out or any(each is not None and each.is_cut for each in instances):
            return self._written_out(scope, start, alive, running, instances, name, variable)
        function = self._function(key)
        uses = tuple(None if each is None else function.use_of[id(each)] for each in instances)
        for use, instance in enumerate(instances):
            if instance is not None:
                self.instance_names[id(instance)] = (id(section.function.instances[use]), name_text(name))
        inputs = [start]
        given = _given(item, function, number == 1)
        for tensor_name, tensor in function.tensors.items():
            wanted = [None if use is None else tensor.nodes[use] for use in uses]
            written = given.get(tensor_name)
            inputs.append(self._find(scope, wanted, current, written.text if written is not None else ""))
        arguments: dict[str, Code] = {}
        for parameter in function.parameters.values():
            written = given.get(parameter.spec_name)
            if written is None or not parameter.used:
                continue
            values = [None if use is None else parameter.values[use] for use in uses]
            code = self._argument(written, scope, start, values, alive)
            if parameter.default is None or code != parameter.default:
                arguments[parameter.spec_name] = code
                parameter.given = True
        own = identifier(name_text(name).rpartition("/")[2], "block")
        outputs = [None if instance is None else instance.output for instance in instances]
        target = self._value(section, variable or Variable(running, own), outputs)
        self._steps.append(UseStep(target, function, name, uses, inputs, arguments, is_named=item.name is not None))
        return target

    def _reuses_weights(self, instance: Instance | None) -> bool:
        """Tells whether layers of a block reuse the weights of another use of it."""
        if instance is None:
            return False
        first, last = self.spans[id(instance)]
        inside = self.nodes[first : last + 1]
        return any(node.owner is not None and not node.owner_written for node in inside)

    def _written_out(
        self, scope: _Scope, start: Value, alive: Uses, running: str, instances: Sequence[Instance | None], name: Name,
        variable: Variable | None,
    ) -> Value:  # fmt: skip
        """Makes the steps of a block or model where it is used."""
        some = next(instance for instance in instances if instance is not None)
        document = some.document
        assert document is not None
        block = document.spec.blocks.get(some.kind) if some.identity is None else None

        def lookup(parameter: str) -> Code | None:
            bindings = [each.bindings for each in instances if each is not None and each.bindings is not None]
            values = [each.values[parameter] for each in bindings if parameter in each.values]
            if block is None or parameter not in block.params:
                return self._constant(document, parameter)
            known = {repr(spelled(self._resolved(value))) for value in values}
            if len(known) > 1:
                raise self._fail(scope)
            return constant(spelled(self._resolved(values[0])))

        inner = _Scope(
            scope.section, instances, document, block.defaults if block is not None else {}, lookup, (*name, "/")
        )
        items = block.layers if block is not None else document.spec.layers
        self._items(items, inner, start, alive, running, variable)
        outputs = [None if instance is None else instance.output for instance in instances]
        return self._find(scope, outputs, None)

    def _function(self, key: Key) -> Function:
        """Finds the function of a block; makes it on its first use."""
        if key in self.functions:
            return self.functions[key]
        instances = self.instances[key]
        document = instances[0].document
        assert document is not None
        block = document.spec.blocks[key[1]]
        function = Function(key[1], instances, None, {}, key)
        section = _Section(function, key)
        for name, default in block.params.items():
            values = tuple(spelled(self._resolved(each.bindings.values[name])) for each in instances if each.bindings)
            function.parameters[name] = Parameter(name, values)
            if default.value is not None and "$" not in default.text:
                function.parameters[name].default = constant(spelled(default.plain_value()))

        def lookup(name: str) -> Code | None:
            parameter = function.parameters.get(name)
            if parameter is None:
                return self._constant(document, name)
            if not parameter.used:
                parameter.used = True
                written = block.params[name]
                if "$" in written.text:
                    parameter.default = self._computed(written, lambda other: self._looked_up(other, scope, start))
            return named(parameter)

        scope = _Scope(section, instances, document, block.defaults, lookup)
        start = self._value(section, Variable("x", "inputs"), [each.input for each in instances])
        function.input = start
        outer, self._steps = self._steps, function.steps
        was_nested, self._is_nested = self._is_nested, False
        function.output = self._items(block.layers, scope, start, (True,) * len(instances), "x")
        self._steps, self._is_nested = outer, was_nested
        assert function.output is not None
        if list(function.output.nodes) != [each.output for each in instances]:
            function.output = self._find(scope, [each.output for each in instances], None)
        self._check_defaults(function, block.params, key)
        self.functions[key] = function
        return function

    def _check_defaults(self, function: Function, params: Arguments, key: Key) -> None:
        """Refuses a function if a default would come to something else in a use that does not give the parameter."""
        for use, instance in enumerate(function.instances):
            assert instance.item is not None
            is_first = instance.copy is not None and instance.copy[0] == 1
            given = _given(instance.item, function, is_first)
            for name, parameter in function.parameters.items():
                if not parameter.used or name in given:
                    continue
                if parameter.default is None or not is_same(parameter.default.value(use), parameter.values[use]):
                    raise NotShared({key})

    # What a step says ---------------------------------------------------------------------------------------------

    def _name(self, item: Item, scope: _Scope, members: Sequence[_Member | None], is_copy: bool) -> Name:
        """Finds what a layer or block is called in its function: as in the spec if that is the same in all uses."""
        found: dict[str, None] = {}
        for instance, member in zip(scope.instances, members, strict=True):
            if instance is not None and member is not None:
                full = self.nodes[member].name if isinstance(member, int) else member.name
                found[full[len(instance.prefix) :]] = None
        own = next(iter(found))
        taken = scope.section.names
        prefix = name_text(scope.prefix)
        if len(found) > 1:
            if is_copy:
                raise self._fail(scope)
            number, base = 2, own
            while prefix + own in taken:
                own, number = f"{base}_{number}", number + 1
        taken.add(prefix + own)
        if not is_copy:
            return (*scope.prefix, own)
        base, _, number_text = own.rpartition("_")
        return (*scope.prefix, f"{base}_", Index(int(number_text), id(item)))

    def _arguments(
        self, item: Item, scope: _Scope, nodes: Sequence[int | None], inputs: Sequence[Value], is_first: bool
    ) -> dict[str, Code]:
        """Finds the arguments of a layer that are not its defaults, as the spec says them."""
        written = {
            **scope.document.spec.defaults.get(item.kind, {}), **scope.defaults.get(item.kind, {}), **item.arguments,
            **(item.first if is_first else {}),
        }  # fmt: skip
        alive = tuple(node is not None for node in nodes)
        layers = [None if node is None else self.analysis.layers[node] for node in nodes]
        kind = layers[alive.index(True)]
        assert kind is not None
        arguments: dict[str, Code] = {}
        for name in type(kind).arguments():
            values = [None if layer is None else argument_value(layer, name) for layer in layers]
            placed = written.get(name)
            if placed is not None and "$" in _all_text(placed):
                file_default = scope.document.spec.defaults.get(item.kind, {}).get(name)
                own = scope if placed is not file_default else _of_file(scope, self._constant)
                if registry.MODULE_OF[item.kind] in _SIZES_ONLY and (code := self._code(placed, own, None)) is not None:
                    arguments[name] = code
                    continue
                arguments[name] = self._argument(placed, own, inputs[0] if inputs else None, values, alive)
                continue
            known = {repr(value) for value, takes_part in zip(values, alive, strict=True) if takes_part}
            if len(known) > 1:
                raise self._fail(scope)
            value = values[alive.index(True)]
            if placed is not None and registry.MODULE_OF[item.kind] in _SIZES_ONLY:
                arguments[name] = constant(plain(placed.plain_value()))
            elif not is_same(value, default_of(kind, name)):
                arguments[name] = constant(value)
        return arguments

    def _argument(
        self, written: Placed, scope: _Scope, reads: Value | None, values: Sequence[object], alive: Uses
    ) -> Code:
        """Finds the expression of a value as it is written, if it comes to these values, and else the value itself."""
        code = self._code(written, scope, reads) if "$" in _all_text(written) else None
        uses = [use for use, takes_part in enumerate(alive) if takes_part]
        if code is not None:
            for candidate in (code, _with_whole_divisions(code), Code("int", (code,))):
                try:
                    if all(_checked(candidate, use, values[use]) and code.value(use) == values[use] for use in uses):
                        return candidate
                except (TypeError, ValueError, ArithmeticError):
                    continue
        if len({repr(values[use]) for use in uses}) > 1:
            raise self._fail(scope)
        return constant(values[uses[0]])

    def _code(self, written: Placed, scope: _Scope, reads: Value | None) -> Code | None:
        """Makes the expression of a written value; None if it is none of Python's."""
        return self._computed(written, lambda name: self._looked_up(name, scope, reads))

    def _looked_up(self, name: str, scope: _Scope, reads: Value | None) -> Code:
        found = scope.lookup(name)
        if found is None and name == IN_CHANNELS and reads is not None:
            return Code("name", (), None, Channels(reads))
        if found is None:
            raise self._fail(scope)
        return found

    def _computed(self, written: Placed, lookup: Callable[[str], Code]) -> Code | None:
        if isinstance(written.value, list):
            entries = [self._computed(entry, lookup) for entry in written.value]
            known = [entry for entry in entries if entry is not None]
            return Code("tuple", tuple(known)) if len(known) == len(entries) else None
        if not isinstance(written.value, str):
            return None if isinstance(written.value, dict) else constant(spelled(written.value))
        if "$" not in written.value:
            return constant(spelled(written.value))
        return of_spec(parse_expression(written.value), lookup)

    def _resolved(self, value: object) -> object:
        return resolve(value, lambda node: self.analysis.figures[node].output.channels, {})  # type: ignore[arg-type]

    def _share(self, step: LayerStep, scope: _Scope, nodes: Sequence[int | None]) -> None:
        """Notes whose weights a step reuses."""
        section = scope.section
        owners: set[int | None] = set()
        steps: set[LayerStep | None] = set()
        for use, node in enumerate(nodes):
            if node is None:
                continue
            owner = self.nodes[node].owner
            if owner is not None and not self.analysis.figures[owner].weights:
                owner = None
            owners.add(owner)
            steps.add(None if owner is None else section.owners.get((use, owner)))
            if not self._is_nested:
                section.owners[(use, node)] = step
        if owners == {None}:
            return
        (owner_step,) = steps if len(steps) == 1 else (None,)
        if owner_step is None:
            keys = {
                key
                for owner in (*owners, *nodes)
                if owner is not None
                for key in self._keys_of(self.nodes[owner].instance)
            }
            raise NotShared(keys or {section.key} if section.key else keys)
        step.owner = owner_step
        owner_step.is_shared = True

    def _freeze(self, step: LayerStep, nodes: Sequence[int | None]) -> None:
        """Notes whether a step is frozen in all uses; single uses are remembered by their nodes."""
        weighted = [
            node for node in nodes if node is not None and self.analysis.figures[node].weights and step.owner is None
        ]
        frozen = [node for node in weighted if self.nodes[node].frozen]
        if frozen and len(frozen) == len([node for node in nodes if node is not None]):
            step.is_frozen = True
        else:
            self.frozen += frozen

    # Values -------------------------------------------------------------------------------------------------------

    def _value(
        self, section: _Section, variable: Variable, nodes: Sequence[int | None], is_copy: bool = False
    ) -> Value:
        shapes: tuple[Shape | None, ...] = tuple(
            None if node is None else self.analysis.figures[node].output.shape for node in nodes
        )
        value = variable.holds = Value(variable, tuple(nodes), shapes, is_copy)
        for use, node in enumerate(nodes):
            if node is not None:
                section.values.setdefault((use, node), []).append(value)
        return value

    def _find(self, scope: _Scope, wanted: Sequence[int | None], current: Value | None, written: str = "") -> Value:
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
            value = self._value(
                section, Variable(identifier(parameter, "tensor"), identifier(parameter, "tensor")), wanted
            )
            section.function.tensors[parameter] = value
            return value
        inside: set[Key] = set()
        for use in uses:
            node = wanted[use]
            if node is not None and (use, node) not in section.values:
                inside |= self._keys_of(self.nodes[node].instance) - self._keys_of(section.function.instances[use])
        inside -= self.written_out
        if section.key is not None and not inside:
            inside = {section.key}
        raise NotShared(inside)

    def _keys_of(self, instance: Instance) -> set[Key]:
        """Lists the blocks around an instance that functions could stand for."""
        keys = set()
        each: Instance | None = instance
        while each is not None:
            if (key := _key(each)) is not None and not each.is_cut:
                keys.add(key)
            each = each.outer
        return keys - self.written_out

    def _from(self, item: Item, place: int, number: int) -> str:
        """Finds what `from` says about one of the tensors that an item reads."""
        if item.from_ is None or number > 1:
            return ""
        if isinstance(item.from_.value, list):
            return item.from_.value[place].text
        return item.from_.text

    def _fail(self, scope: _Scope) -> NotShared:
        """Gives up the function that a scope belongs to."""
        key = scope.section.key
        assert key is not None, "the main function has one use, in which everything is known"
        return NotShared({key})


def _key(instance: Instance) -> Key | None:
    """Names the block that an instance is a use of; None for a model."""
    if instance.identity is not None or instance.document is None:
        return None
    return instance.document.identity, instance.kind


def _given(item: Item, function: Function, is_first: bool) -> Arguments:
    """Lists the arguments of a block's use by the block's parameters."""
    given = {**item.arguments, **(item.first if is_first else {})}
    first = next(iter(function.parameters), "")
    return {name or first: written for name, written in given.items()}


def _of_file(scope: _Scope, lookup: Callable[[Document, str], Code | None]) -> _Scope:
    """The scope of the file's own defaults, in which a block's parameters mean nothing."""
    document = scope.document
    return _Scope(scope.section, scope.instances, document, {}, lambda name: lookup(document, name), scope.prefix)


def _all_text(written: Placed) -> str:
    """Joins the texts of a value and of all that is in it."""
    if isinstance(written.value, list):
        return " ".join(map(_all_text, written.value))
    if isinstance(written.value, dict):
        return " ".join(map(_all_text, written.value.values()))
    return written.text


_SIZES_ONLY: Final = ("augmentation", "categories", "pointwise", "preprocessing")
"""Families that keep of an array of numbers how large it is: the numbers stand in the spec."""


def _checked(code: Code, use: int, wanted: object) -> bool:
    value = code.value(use)
    return is_same(value, wanted)


def _with_whole_divisions(code: Code) -> Code:
    """Takes `/` for `//`: the check of the value tells whether that is the same."""
    operands = tuple(map(_with_whole_divisions, code.operands))
    return Code("//" if code.head == "/" else code.head, operands, code.constant, code.symbol)
