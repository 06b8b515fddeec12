"""A net as a program of Keras 3: a function for each block, and one that builds the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.keras.calls import KerasCall
from cnncalc.exporting.keras.helpers import HELPERS
from cnncalc.exporting.keras.kinds import LACKING, LAYERS, OPERATIONS, native
from cnncalc.exporting.program.calls import Lacking
from cnncalc.exporting.program.expressions import Code, call, combined, constant, literal
from cnncalc.exporting.program.names import Names, identifier
from cnncalc.exporting.program.programs import Program, write_program
from cnncalc.exporting.program.steps import (
    Function,
    IfStep,
    Index,
    LayerStep,
    LoopStep,
    Name,
    NotShared,
    Step,
    UseStep,
)
from cnncalc.exporting.program.text import one_line, statement
from cnncalc.exporting.program.variables import name_variables
from cnncalc.exporting.refusals import Refusals
from cnncalc.tensor import Shape

_SEPARATORS = ("_", ".", "-", "__", "--")
"""What stands between the names of a block and of a layer in it: the first that keeps names apart."""
_OPERATION_NAMES = re.compile(
    r"(get_item|mean|max|min|sum|expand_dims|squeeze|stack|matmul|einsum|swapaxes|true_divide|divide|normalize|pad)(_\d+)?"
)
"""The names that Keras itself gives to operations on tensors."""


def keras_program(analysis: Analysis) -> str:
    """Writes the program. Raises: SpecError: if Keras lacks a layer."""
    refusals = Refusals("Keras")
    refusals.note_further_outputs(analysis.expansion.nodes)
    refusals.stop()
    return write_program(analysis, True, lambda program: KerasWriter(analysis, program).text())


class KerasWriter:
    """Writes a program, or single statements of it."""

    def __init__(self, analysis: Analysis, program: Program) -> None:
        self.analysis = analysis
        self.program = program
        self.refusals = Refusals("Keras")
        self.needed: set[str] = set()
        self.names = Names(["keras", "layers", "ops", "build_model", "FIGURES", "FROZEN", "name", *HELPERS])
        self.separator = self._separator()
        self.has_operations = any(node.kind in OPERATIONS for node in analysis.expansion.nodes)
        self.loops: dict[int, str] = {}
        self.checks: dict[int, list[tuple[str, int | None, Shape | None]]] = {}
        """Of each node: names of layers, with what each one's parameters and shape have to be."""
        self.function = program.main

    def _separator(self) -> str:
        names = self.program.names.values()
        for separator in _SEPARATORS:
            if len({name.replace("/", separator) for name in names}) == len(names):
                return separator
        raise NotShared({each.key for each in self.program.functions if each.key is not None})

    def text(self) -> str:
        """Writes the whole program."""
        program = self.program
        for parameter in program.constants:
            parameter.name = self.names.take(identifier(parameter.spec_name, "var").upper())
        for function in program.functions:
            function.name = self.names.take(identifier(function.spec_name, "block"))
        functions = [self._function(function) for function in program.functions]
        main = self._main()
        self.refusals.stop()
        body = "\n\n\n".join("\n".join(lines) for lines in (*functions, main))
        helpers = [HELPERS[name].strip("\n") for name in HELPERS if name in self.needed]
        imports = ["import keras", self._imports(body, helpers)]
        name = one_line(self.analysis.expansion.document.name)
        parts = [f'"""{name} in Keras, written by cnncalc."""', "\n".join(imports)]
        text = "\n\n".join(parts)
        if program.constants:
            text += "\n\n" + "\n".join(
                f"{each.name} = {(each.default or constant(None)).text()}" for each in program.constants
            )
        return "\n\n\n".join([text, *helpers, body, *self._figures()]) + "\n"

    def _imports(self, body: str, helpers: Sequence[str]) -> str:
        text = body + "".join(helpers)
        used = [name for name in ("layers", "ops") if re.search(rf"\b{name}\.", text)]
        return f"from keras import {', '.join(used)}" if used else ""

    # Functions --------------------------------------------------------------------------------------------------

    def _function(self, function: Function) -> list[str]:
        self.function = function
        names = Names([*self.names.taken, "i", "j", "k"])
        for parameter in function.parameters.values():
            if parameter.used:
                parameter.name = names.take(identifier(parameter.spec_name, "parameter"))
        assert function.output is not None
        assert function.input is not None
        name_variables(function, names, [function.output], self._codes)
        signature = [function.input.variable.name, *(value.variable.name for value in function.tensors.values())]
        for parameter in function.used_parameters:
            default = (
                "" if parameter.default is None else f"={'None' if parameter.is_computed else parameter.default.text()}"
            )
            signature.append(parameter.name + default)
        lines = statement(f"def {function.name}({', '.join([*signature, '*', 'name'])}):", 0)
        for parameter in function.computed_parameters:
            assert parameter.default is not None
            line = f"{parameter.name} = {parameter.default.text()}"
            if parameter.given:
                lines += [f"    if {parameter.name} is None:", *statement(line, 2)]
            else:
                lines += statement(line, 1)
        *first, last = function.steps
        output = function.output.variable.name
        if isinstance(last, (LayerStep, UseStep)) and last.target.variable.name == output:
            lines += self._steps(first, 1)
            statements = self.statements(last) if isinstance(last, LayerStep) else [self._use(last)]
            statements[-1:] = [text.replace(f"{output} =", "return", 1) for text in statements[-1:]]
            return [*lines, *(line for text in statements for line in statement(text, 1))]
        lines += self._steps(function.steps, 1)
        return [*lines, f"    return {output}"]

    def _main(self) -> list[str]:
        program = self.program
        self.name_main()
        lines = ["def build_model():", '    """Builds the net."""']
        for node, value in zip(self.analysis.expansion.inputs, program.inputs, strict=True):
            shape = self.analysis.figures[node].output.shape
            name = self.program.names[node].replace("/", self.separator)
            lines += statement(f"{value.variable.name} = keras.Input({literal(tuple(shape))}, name={literal(name)})", 1)
        lines += self._steps(program.main.steps, 1)
        inputs, outputs = (
            values[0].variable.name if len(values) == 1 else f"[{', '.join(value.variable.name for value in values)}]"
            for values in (program.inputs, program.outputs)
        )
        build = call("keras.Model", [inputs, outputs], [("name", literal(self.title()))])
        frozen = self._frozen()
        if not frozen:
            return [*lines, *statement(f"return {build}", 1)]
        lines += statement(f"model = {build}", 1)
        lines += statement(f"frozen = {literal(tuple(frozen))}", 1)
        lines += ["    for layer in model.layers:", "        if layer.name.startswith(frozen):"]
        return [*lines, "            layer.trainable = False", "    return model"]

    def name_main(self) -> None:
        """Gives the variables of the main function their names."""
        program = self.program
        self.function = program.main
        if len(program.inputs) == 1:
            program.inputs[0].variable.own = "inputs"
        names = Names([*self.names.taken, "i", "j", "k"])
        name_variables(program.main, names, [*program.inputs, *program.outputs], self._codes, program.inputs)

    def title(self) -> str:
        """Makes a name of the net's that Keras takes for a model."""
        return re.sub(r"[^A-Za-z0-9_.-]+", "_", self.analysis.expansion.document.name).strip("_") or "model"

    def _frozen(self) -> list[str]:
        """Lists the beginnings of the names of layers that are frozen though others of their block are not."""
        frozen = {*self.program.frozen}
        others = [
            self.exported(node)
            for node in self.program.names
            if self.analysis.figures[node].weights and not self.analysis.expansion.nodes[node].frozen
        ]
        found: dict[str, None] = {}
        for node in sorted(frozen):
            name = self.program.names[node]
            places = [place for place, character in enumerate(name) if character == "/"]
            starts = [start for place in places for start in (re.sub(r"\d+$", "", name[:place]), name[: place + 1])]
            for start in [*starts, name]:
                exported = start.replace("/", self.separator)
                if not any(other.startswith(exported) for other in others):
                    found[exported] = None
                    break
            else:
                raise NotShared({each.key for each in self.program.functions if each.key is not None})
        return list(found)

    def exported(self, node: int) -> str:
        """Names the layer of a node."""
        return self._safe(self.program.names[node].replace("/", self.separator))

    def _safe(self, name: str) -> str:
        """Changes a name that Keras may give to an operation by itself."""
        return f"{name}_" if self.has_operations and _OPERATION_NAMES.fullmatch(name) else name

    # Steps ------------------------------------------------------------------------------------------------------

    def _codes(self, step: Step) -> Iterator[Code]:
        if isinstance(step, (LayerStep, UseStep)):
            yield from step.arguments.values()
        elif isinstance(step, IfStep):
            yield step.condition
        elif isinstance(step, LoopStep):
            yield step.stop

    def _steps(self, steps: Sequence[Step], depth: int) -> list[str]:
        lines: list[str] = []
        for step in steps:
            if isinstance(step, LayerStep):
                for text in self.statements(step):
                    lines += statement(text, depth)
            elif isinstance(step, UseStep):
                lines += statement(self._use(step), depth)
            elif isinstance(step, IfStep):
                lines += statement(f"if {step.condition.text()}:", depth)
                lines += self._steps(step.steps, depth + 1) or ["    " * (depth + 1) + "pass"]
            elif isinstance(step, LoopStep):
                lines += self._loop(step, depth)
            elif step.target.variable.name != step.source.variable.name:
                lines.append("    " * depth + f"{step.target.variable.name} = {step.source.variable.name}")
        return lines

    def _loop(self, step: LoopStep, depth: int) -> list[str]:
        """Writes a loop, or the copies one by one if they do not come to the same lines."""
        variable = self.loops[step.loop] = "ijk"[min(len(self.loops), 2)]
        bodies = [self._steps(steps, depth + 1) for steps in step.copies]
        del self.loops[step.loop]
        if all(body == bodies[0] for body in bodies):
            stop = combined("+", step.stop, constant(1)).text()
            return [*statement(f"for {variable} in range({step.start}, {stop}):", depth), *bodies[0]]
        if self.function.key is not None:
            raise NotShared({self.function.key})
        return [line for steps in step.copies for line in self._steps(steps, depth)]

    def statements(self, step: LayerStep) -> list[str]:
        """Writes a layer; nothing if Keras lacks it, which is noted."""
        nodes = [node for node in step.target.nodes if node is not None]
        if step.is_shared and not step.layer_variable:
            step.layer_variable = self.names.take(f"{step.target.variable.own}_layer")
        some_input = next((value.variable.name for value in self.program.inputs), "")
        made = KerasCall(step, self.function, self._name(step.name), self.needed, some_input)
        try:
            if step.kind in LACKING:
                raise Lacking(LACKING[step.kind])
            if step.kind == "Parameter" and self.function.key is not None:
                assert self.function.input is not None
                made = KerasCall(
                    step, self.function, self._name(step.name), self.needed, self.function.input.variable.name
                )
            if step.owner is not None and not self._is_same_layer(step, step.owner):
                raise Lacking("it shares weights with a layer of other arguments, and Keras shares layers")
            OPERATIONS.get(step.kind, LAYERS.get(step.kind, native))(made)
        except Lacking as lacking:
            for node in nodes:
                self.refusals.note(self.analysis.expansion.nodes[node], str(lacking))
            return []
        self._check(step, nodes, made)
        return made.statements

    def _is_same_layer(self, step: LayerStep, owner: LayerStep) -> bool:
        """Tells whether two layers have the same arguments."""
        ours, theirs = step.some_layer, owner.some_layer
        return all(getattr(ours, name) == getattr(theirs, name) for name in type(ours).arguments())

    def _check(self, step: LayerStep, nodes: Sequence[int], written: KerasCall) -> None:
        """Notes what the program asserts of the layers of a step."""
        if step.kind in OPERATIONS or step.owner is not None:
            return
        for node in nodes:
            made, name = self.analysis.figures[node], self.exported(node)
            params, shape = made.params.value, made.output.shape
            if written.shape_suffix:
                self.checks[node] = [(name, params, None), (name + written.shape_suffix, 0, shape)]
            else:
                self.checks[node] = [(name, params, shape if written.shows_shape else None)]

    def _use(self, step: UseStep) -> str:
        positional = [value.variable.name for value in step.inputs]
        keywords = []
        for parameter in step.function.used_parameters:
            code = step.arguments.get(parameter.spec_name)
            if code is None:
                continue
            if parameter.default is None:
                positional.append(code.text())
            else:
                keywords.append((parameter.name, code.text()))
        keywords.append(("name", self._name(step.name)))
        return f"{step.target.variable.name} = {call(step.function.name, positional, keywords)}"

    def _name(self, name: Name) -> str:
        """Writes a name as Python: a text, or one with the numbers of copies and the block's name in braces."""
        parts = [] if self.function.key is None else ["{name}", self.separator]
        is_fixed = self.function.key is None
        for part in name:
            if isinstance(part, Index) and part.loop in self.loops:
                parts.append(f"{{{self.loops[part.loop]}}}")
                is_fixed = False
            else:
                parts.append(str(part.number) if isinstance(part, Index) else part.replace("/", self.separator))
        return literal(self._safe("".join(parts))) if is_fixed else f'f"{"".join(parts)}"'

    # Figures ----------------------------------------------------------------------------------------------------

    def _figures(self) -> list[str]:
        rows = [row for node in sorted(self.checks) for row in self.checks[node]]
        lines = ["FIGURES = [  # of each layer: its name, its parameters, its output shape"]
        lines += [f"    ({literal(name)}, {params}, {literal(shape)})," for name, params, shape in rows]
        return ["\n".join([*lines, "]"]) + "\n\n" + _CHECK.strip("\n")]


_CHECK = """
if __name__ == "__main__":
    model = build_model()
    for name, parameters, shape in FIGURES:
        layer = model.get_layer(name)
        assert layer.count_params() == parameters, name
        assert shape is None or layer.output.shape[1:] == shape, name
    print(f"{model.name}: {model.count_params():,} parameters, every layer as expected")
"""
