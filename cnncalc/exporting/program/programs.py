"""A net as a program: the main function, those that it calls, constants, inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.program.names import identifier
from cnncalc.exporting.program.scopes import Scope, Section
from cnncalc.exporting.program.steps import Function, Key, NotShared, Parameter, Value, Variable
from cnncalc.exporting.program.structure import Builder


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
        builder = Builder(analysis, keeps_unread, written_out, is_flat)
        try:
            return write(_program(builder))
        except NotShared as found:
            if found.keys <= written_out:  # a net can be written without functions
                raise
            written_out |= found.keys


def _program(builder: Builder) -> Program:
    """Makes the main function and all that it calls. Raises: NotShared."""
    expansion = builder.analysis.expansion
    root = next(node.instance for node in builder.net.nodes)
    while root.outer is not None:
        root = root.outer
    main = Function("", [root], None, {}, None)
    section = Section(main, None)
    document = expansion.document
    scope = Scope(section, [root], document, {}, lambda name: builder.words.constant(document, name))
    inputs = []
    for index in expansion.inputs:
        name = builder.net.nodes[index].name
        own = identifier(name, "input")
        value = builder.values.make(section, Variable("x" if len(expansion.inputs) == 1 else own, own), [index])
        builder.names[index] = (id(root), name)
        inputs.append(value)
    builder.steps = main.steps
    main.input = inputs[0] if len(inputs) == 1 else None
    builder.items(document.spec.layers, scope, main.input, (True,), "x")
    outputs = list(expansion.outputs)
    if builder.keeps_unread:
        outputs += [
            index for index, readers in enumerate(builder.net.readers) if not readers and index not in expansion.outputs
        ]
    found = [builder.values.find(scope, [index], None) for index in outputs]
    main.output = found[0]
    names = _full_names(builder)
    if len(set(names.values())) < len(names):
        raise NotShared({*builder.functions})
    return Program(
        main, list(builder.functions.values()), [each for each in builder.words.constants.values() if each.used],
        inputs, found, builder.weights.frozen, names,
    )  # fmt: skip


def _full_names(builder: Builder) -> dict[int, str]:
    prefixes: dict[int, str] = {}

    def prefix(instance: int) -> str:
        if instance not in prefixes:
            known = builder.instance_names.get(instance)
            prefixes[instance] = f"{prefix(known[0])}{known[1]}/" if known is not None else ""
        return prefixes[instance]

    return {node: prefix(instance) + name for node, (instance, name) in builder.names.items()}
