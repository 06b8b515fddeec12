"""From a spec to the functions and steps of a program that builds the same net.

A block becomes a function with the block's own parameters and expressions. Whatever a step reads and passes on is
looked up by the nodes of the expanded net, for all uses of the block at once, so that nothing is said that is not so.
A block whose uses can't be said by one function is written out where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnncalc.analysis.analyze import Analysis
from cnncalc.expansion.nodes import Instance
from cnncalc.exporting.program.expressions import Code, combined, constant, is_same, named, spelled
from cnncalc.exporting.program.loops import are_alike
from cnncalc.exporting.program.names import identifier
from cnncalc.exporting.program.scopes import Scope, Section, Values
from cnncalc.exporting.program.steps import (
    CopyStep,
    Function,
    IfStep,
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
from cnncalc.exporting.program.survey import Member, Survey, key_of
from cnncalc.exporting.program.weights import Weights
from cnncalc.exporting.program.wording import Uses, Wording
from cnncalc.spec.document import Arguments, Item


class Builder:
    """Makes the functions of a net."""

    def __init__(self, analysis: Analysis, keeps_unread: bool, written_out: set[Key], is_flat: bool) -> None:
        self.analysis = analysis
        self.keeps_unread = keeps_unread
        self.is_flat = is_flat
        self.net = Survey(analysis, written_out)
        self.values = Values(analysis, self.net)
        self.words = Wording(analysis, self.net)
        self.functions: dict[Key, Function] = {}
        self.names: dict[int, tuple[int, str]] = {}
        self.instance_names: dict[int, tuple[int, str]] = {}
        self.weights = Weights(analysis, self.net)
        self.steps: list[Step] = []
        self._is_nested = False
        if is_flat:
            written_out |= {*self.net.instances}

    def items(
        self, items: Sequence[Item], scope: Scope, current: Value | None, alive: Uses, running: str,
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

    def _is_free(self, variable: Variable | None, item: Item, scope: Scope) -> bool:
        """Tells whether nothing behind an item reads what a variable holds now."""
        if variable is None or variable.holds is None or variable.holds.is_copy:
            return True
        outputs = self.analysis.expansion.outputs
        for use, instance in enumerate(scope.instances):
            node = variable.holds.nodes[use]
            if instance is None or node is None:
                continue
            _, last = self.net.span(self._members(item, scope, use)[-1])
            if node in outputs or any(reader > last for reader in self.net.readers[node]):
                return False
        return True

    def _takes_part(self, item: Item, scope: Scope) -> Uses:
        return tuple(bool(self._members(item, scope, use)) for use in range(len(scope.instances)))

    def _members(self, item: Item, scope: Scope, use: int) -> list[Member]:
        """Lists what an item became in one use: nodes, or instances of a block, a copy each."""
        instance = scope.instances[use]
        if instance is None:
            return []
        found = self.net.members.get((id(instance), id(item)), [])
        if scope.windows is None:
            return found
        first, last = scope.windows[use]
        return [member for member in found if first < self.net.span(member)[0] and self.net.span(member)[1] < last]

    def _conditional(
        self, items: Sequence[Item], scope: Scope, current: Value | None, here: Uses, alive: Uses, running: str
    ) -> Value:
        """Makes the steps that some uses leave out: the same variable holds what goes on with them and without."""
        written = next((item.if_ for item in items if any(self._takes_part(item, scope)) and item.if_), None)
        condition = None if written is None else self.words.code(written, scope, None)
        if condition is None or current is None:
            raise scope.not_shared()
        if any(condition.value(use) is not here[use] for use, takes_part in enumerate(alive) if takes_part):
            raise scope.not_shared()
        section = scope.section
        variable = Variable(running, running)
        before = self.values.make(section, variable, current.nodes, is_copy=True)
        outer, self.steps = self.steps, []
        was_nested, self._is_nested = self._is_nested, True
        inside = replace(
            scope,
            instances=[
                instance if takes_part else None for instance, takes_part in zip(scope.instances, here, strict=True)
            ],
        )
        result = self.items(items, inside, before, here, running, variable)
        body, self.steps, self._is_nested = self.steps, outer, was_nested
        assert result is not None
        if result.variable is not variable:
            body.append(CopyStep(self.values.make(section, variable, result.nodes), result))
        self.steps += [CopyStep(before, current), IfStep(condition, body)]
        nodes = [
            new if takes_part else old for new, old, takes_part in zip(result.nodes, current.nodes, here, strict=True)
        ]
        return self.values.make(section, variable, nodes)

    def _item(
        self, item: Item, scope: Scope, current: Value | None, alive: Uses, running: str, variable: Variable | None
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
        is_chain = not self.is_flat and most - start > 1 and all(self.net.is_chain(each[start:]) for each in copies)
        if not is_chain:
            if len({count for count, takes_part in zip(counts, alive, strict=True) if takes_part}) > 1:
                raise scope.not_shared()
            for number in range(start, most):
                members = [each[number] if each else None for each in copies]
                current = self._copy(item, scope, current, alive, running, members, number + 1, variable)
            assert current is not None
            return current
        return self._loop(item, scope, current, running, copies, start, alive, variable)

    def _loop(
        self, item: Item, scope: Scope, current: Value | None, running: str, copies: Sequence[Sequence[Member]],
        start: int, alive: Uses, variable: Variable | None,
    ) -> Value:  # fmt: skip
        """Makes the steps of copies one behind the other: a loop if they are alike."""
        assert current is not None
        section = scope.section
        variable = variable or Variable(running, running)
        entered = value = self.values.make(section, variable, current.nodes, is_copy=True)
        outer, was_nested = self.steps, self._is_nested
        bodies: list[list[Step]] = []
        most = max(map(len, copies))
        for number in range(start, most):
            self.steps, self._is_nested = [], True
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
                self.steps.append(CopyStep(self.values.make(section, variable, made.nodes), made))
            nodes = [
                new if takes_part else old for new, old, takes_part in zip(made.nodes, value.nodes, here, strict=True)
            ]
            value = self.values.make(section, variable, nodes)
            bodies.append(self.steps)
        self.steps, self._is_nested = outer, was_nested
        counts = self.words.code(item.repeat, scope, None) if item.repeat is not None else None
        is_counted = counts is not None and all(
            is_same(counts.value(use), len(each)) for use, each in enumerate(copies) if alive[use]
        )
        is_loop = is_counted and all(are_alike(bodies[0], body, variable, id(item)) for body in bodies[1:])
        if is_loop and counts is not None:
            first = next(each[start] for each in copies if each)
            number = int((self.net.nodes[first].name if isinstance(first, int) else first.name).rpartition("_")[2])
            stop = combined("+", counts, constant(number - start - 1))
            self.steps += [CopyStep(entered, current), LoopStep(id(item), number, stop, bodies[0], bodies)]
        elif len({len(each) for use, each in enumerate(copies) if alive[use]}) > 1:
            raise scope.not_shared()
        else:
            self.steps += [CopyStep(entered, current), *(step for body in bodies for step in body)]
        return value

    def _copy(
        self, item: Item, scope: Scope, current: Value | None, alive: Uses, running: str,
        members: Sequence[Member | None], number: int, variable: Variable | None,
    ) -> Value:  # fmt: skip
        """Makes the steps of one copy of an item; `number` counts the copies from 1, and is 0 for an only one."""
        name = self.words.name(item, scope, members, bool(number))
        if any(isinstance(member, Instance) for member in members):
            instances = [member if isinstance(member, Instance) else None for member in members]
            return self._use(item, scope, current, alive, running, instances, name, number, variable)
        nodes = [member if isinstance(member, int) else None for member in members]
        if item.branches is not None:
            inner = scope if not number else replace(scope, windows=self._windows(item, scope, nodes))
            for branch, items in item.branches.items():
                self.items(items, inner, current, alive, identifier(branch, "branch"))
        some = next(node for node in nodes if node is not None)
        inputs = []
        for place in range(len(self.net.nodes[some].inputs)):
            wanted = [None if node is None else self.net.nodes[node].inputs[place] for node in nodes]
            inputs.append(self.values.find(scope, wanted, current, _from(item, place, number)))
        section = scope.section
        own = identifier(name_text(name).rpartition("/")[2], "layer")
        target = self.values.make(section, variable or Variable(running, own), nodes)
        step = LayerStep(
            target, self.net.nodes[some].kind, name,
            tuple(None if node is None else self.analysis.layers[node] for node in nodes), inputs,
            self.words.arguments(item, scope, nodes, inputs, number == 1), is_named=item.name is not None,
        )  # fmt: skip
        for use, node in enumerate(nodes):
            if node is not None:
                self.names[node] = (id(section.function.instances[use]), name_text(name))
        self.weights.share(step, scope.section, nodes, self._is_nested)
        self.weights.freeze(step, nodes)
        self.steps.append(step)
        return target

    def _windows(self, item: Item, scope: Scope, nodes: Sequence[int | None]) -> list[tuple[int, int]]:
        """Finds the nodes between which the branches of one copy of a merge stand."""
        windows = []
        for use, node in enumerate(nodes):
            earlier = [member for member in self._members(item, scope, use) if isinstance(member, int)]
            before = [member for member in earlier if node is not None and member < node]
            windows.append((max(before, default=-1), node if node is not None else -1))
        return windows

    def _use(
        self, item: Item, scope: Scope, current: Value | None, alive: Uses, running: str,
        instances: Sequence[Instance | None], name: Name, number: int, variable: Variable | None,
    ) -> Value:  # fmt: skip
        """Makes the steps of a block's use, or of a model in the model."""
        section = scope.section
        some = next(instance for instance in instances if instance is not None)
        key = key_of(some)
        starts = [None if instance is None else instance.input for instance in instances]
        start = self.values.find(scope, starts, current, _from(item, 0, number))
        is_shared = item.share is not None or any(map(self.net.reuses_weights, instances))
        if key is not None and is_shared and key not in self.net.written_out:
            raise NotShared({key})
        if key is None or key in self.net.written_out or any(each is not None and each.is_cut for each in instances):
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
            inputs.append(self.values.find(scope, wanted, current, written.text if written is not None else ""))
        arguments: dict[str, Code] = {}
        for parameter in function.parameters.values():
            written = given.get(parameter.spec_name)
            if written is None or not parameter.used:
                continue
            values = [None if use is None else parameter.values[use] for use in uses]
            code = self.words.argument(written, scope, start, values, alive)
            if parameter.default is None or code != parameter.default:
                arguments[parameter.spec_name] = code
                parameter.given = True
        own = identifier(name_text(name).rpartition("/")[2], "block")
        outputs = [None if instance is None else instance.output for instance in instances]
        target = self.values.make(section, variable or Variable(running, own), outputs)
        self.steps.append(UseStep(target, function, name, uses, inputs, arguments, is_named=item.name is not None))
        return target

    def _written_out(
        self, scope: Scope, start: Value, alive: Uses, running: str, instances: Sequence[Instance | None], name: Name,
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
                return self.words.constant(document, parameter)
            known = {repr(spelled(self.words.resolved(value))) for value in values}
            if len(known) > 1:
                raise scope.not_shared()
            return constant(spelled(self.words.resolved(values[0])))

        inner = Scope(
            scope.section, instances, document, block.defaults if block is not None else {}, lookup, (*name, "/")
        )
        items = block.layers if block is not None else document.spec.layers
        self.items(items, inner, start, alive, running, variable)
        outputs = [None if instance is None else instance.output for instance in instances]
        return self.values.find(scope, outputs, None)

    def _function(self, key: Key) -> Function:
        """Finds the function of a block; makes it on its first use."""
        if key in self.functions:
            return self.functions[key]
        instances = self.net.instances[key]
        document = instances[0].document
        assert document is not None
        block = document.spec.blocks[key[1]]
        function = Function(key[1], instances, None, {}, key)
        section = Section(function, key)
        for name, default in block.params.items():
            values = tuple(
                spelled(self.words.resolved(each.bindings.values[name])) for each in instances if each.bindings
            )
            function.parameters[name] = Parameter(name, values)
            if default.value is not None and "$" not in default.text:
                function.parameters[name].default = constant(spelled(default.plain_value()))

        def lookup(name: str) -> Code | None:
            parameter = function.parameters.get(name)
            if parameter is None:
                return self.words.constant(document, name)
            if not parameter.used:
                parameter.used = True
                written = block.params[name]
                if "$" in written.text:
                    parameter.default = self.words.computed(
                        written, lambda other: self.words.looked_up(other, scope, start)
                    )
            return named(parameter)

        scope = Scope(section, instances, document, block.defaults, lookup)
        start = self.values.make(section, Variable("x", "inputs"), [each.input for each in instances])
        function.input = start
        outer, self.steps = self.steps, function.steps
        was_nested, self._is_nested = self._is_nested, False
        function.output = self.items(block.layers, scope, start, (True,) * len(instances), "x")
        self.steps, self._is_nested = outer, was_nested
        assert function.output is not None
        if list(function.output.nodes) != [each.output for each in instances]:
            function.output = self.values.find(scope, [each.output for each in instances], None)
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
                default, value = parameter.default, parameter.values[use]
                if parameter.used and name not in given and not (default and is_same(default.value(use), value)):
                    raise NotShared({key})


def _from(item: Item, place: int, number: int) -> str:
    """Finds what `from` says about one of the tensors that an item reads."""
    if item.from_ is None or number > 1:
        return ""
    if isinstance(item.from_.value, list):
        return item.from_.value[place].text
    return item.from_.text


def _given(item: Item, function: Function, is_first: bool) -> Arguments:
    """Lists the arguments of a block's use by the block's parameters."""
    given = {**item.arguments, **(item.first if is_first else {})}
    first = next(iter(function.parameters), "")
    return {name or first: written for name, written in given.items()}
