"""A function as a module of PyTorch: what its constructor makes, and what `forward` computes."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.program.expressions import constant, named
from cnncalc.exporting.program.names import Names, identifier
from cnncalc.exporting.program.programs import Program
from cnncalc.exporting.program.steps import Function
from cnncalc.exporting.program.text import WIDTH, statement
from cnncalc.exporting.program.variables import name_variables
from cnncalc.exporting.torch.calls import LAST
from cnncalc.exporting.torch.chains import Chain, Lines, Mark, filled
from cnncalc.exporting.torch.modules import MODULE_ATTRIBUTES
from cnncalc.exporting.torch.steps import Steps
from cnncalc.tensor import Shape


class ModuleWriter:
    """Writes the module of one function."""

    def __init__(self, analysis: Analysis, program: Program, function: Function, names: Names, steps: Steps) -> None:
        self.analysis, self.program, self.function = analysis, program, function
        self.names = Names([*names.taken, "i"])
        self.attributes = Names(MODULE_ATTRIBUTES)
        self.chains: list[Chain] = []
        self.steps = steps
        self.locals = "", ""
        """Names for lists of modules in the constructor."""

    def text(self) -> list[str]:
        """Writes the class."""
        function = self.function
        parameters = (
            [] if function is self.program.main else [each for each in function.parameters.values() if each.used]
        )
        for parameter in parameters:
            parameter.name = self.names.take(identifier(parameter.spec_name, "parameter"))
        for value in self.steps.inputs:
            self.steps.add_channels(value)
        name_variables(function, self.names, self.steps.outputs, lambda step: (), self.steps.inputs)
        for value, parameter in zip(self.steps.inputs, self.steps.in_channels, strict=True):
            name = value.variable.name
            self.steps.layouts[name] = self.steps.given_layouts[value] = self.steps.preferred_layout(value)
            self.steps.channels[name] = named(parameter)
            if function is self.program.main:
                self.steps.channels[name] = constant(parameter.values[0])
            else:
                parameter.name = self.names.take("in_channels" if value is self.steps.inputs[0] else f"{name}_channels")
        self.steps.defaults = {
            each: self.steps.resolved(each.default) for each in parameters if each.default is not None
        }
        self.steps.count_reads(function.steps)
        body = self.steps.lines(function.steps)
        self._name_chains(body)
        self.locals = self.names.take("rest"), self.names.take("modules")
        definitions = self._definitions(body, 2)
        computed = []
        for parameter in function.computed_parameters if parameters else []:
            assert parameter.default is not None
            line = f"{parameter.name} = {self.steps.defaults[parameter].text()}"
            if parameter.given:
                computed += [f"        if {parameter.name} is None:", *statement(line, 3)]
            else:
                computed += statement(line, 2)
        forward = self._forward(body, 2)
        returned = ", ".join(value.variable.name for value in self.steps.outputs)
        if forward and forward[-1].startswith(f"        {returned} = "):
            forward[-1] = forward[-1].replace(f"{returned} =", "return", 1)
        elif len(returned) < WIDTH - len("        return "):
            forward.append(f"        return {returned}")
        else:
            forward += statement(f"return ({returned})", 2)
        keep = [f"        self.{name} = {name}" for name in self.steps.kept]
        signature = ["self", *(each.name for each in self.steps.in_channels if each.is_written)]
        for parameter in function.used_parameters if parameters else []:
            default = (
                "" if parameter.default is None else f"={'None' if parameter.is_computed else parameter.default.text()}"
            )
            signature.append(parameter.name + default)
        reads = ", ".join(["self", *(value.variable.name for value in self.steps.inputs)])
        is_sequential = self._is_sequential(body)
        constructor = [
            f"class {function.name}(nn.{'Sequential' if is_sequential else 'Module'}):",
            *statement(f"def __init__({', '.join(signature)}):", 1),
            "        super().__init__()",
            *computed,
            *keep,
            *definitions,
        ]
        if is_sequential:
            return constructor
        return [
            *constructor,
            "",
            *statement(f"def forward({reads}):", 1),
            *forward,
        ]

    def _name_chains(self, lines: Lines) -> None:
        for entry in lines.entries:
            if isinstance(entry, tuple):
                self._name_chains(entry[1])
            elif isinstance(entry, Chain) and not entry.attribute:
                hint = entry.hint
                if not entry.base and hint in ("x", ""):
                    hint = "layers" if not entry.is_single else _kind_name(entry.elements[0].text)
                entry.attribute = self.attributes.take(identifier(hint, "layer"))
                self.chains.append(entry)

    def _definitions(self, lines: Lines, depth: int) -> list[str]:
        text: list[str] = []
        for entry in lines.entries:
            if isinstance(entry, tuple):
                inside = self._definitions(entry[1], depth + 1)
                text += [*statement(f"if {entry[0].text()}:", depth), *inside] if inside else []
            elif isinstance(entry, Chain) and entry not in self.steps.same_as:
                text += entry.definition(depth, *self.locals)
        return text

    def _forward(self, lines: Lines, depth: int) -> list[str]:
        text: list[str] = []
        waiting = ""
        for entry in lines.entries:
            if isinstance(entry, Chain):
                variable, _, expression = waiting.partition(" = ")
                is_read = entry.inputs == (variable,) == (entry.target,) and entry.call == "{m}({0})"
                called = self._applied(entry, expression) if is_read else ""
                if called and len(called) + 4 * depth <= WIDTH - len("return"):
                    text[-1:] = statement(called, depth)
                    waiting = ""
                    continue
            waiting = ""
            if isinstance(entry, str):
                text += (written := statement(entry, depth))
                waiting = entry if len(written) == 1 else ""
            elif isinstance(entry, tuple):
                text += statement(f"if {self.steps.in_forward(entry[0]).text()}:", depth)
                text += self._forward(entry[1], depth + 1) or ["    " * (depth + 1) + "pass"]
            else:
                text += statement(self._applied(entry), depth)
        return text

    def _applied(self, chain: Chain, read: str = "") -> str:
        """Writes the application of a chain; `read` is what it reads, if that is no variable."""
        attribute = self.steps.same_as.get(chain, chain).attribute
        called = filled(chain.call, (read,) if read else chain.inputs).replace("{m}", f"self.{attribute}")
        return f"{chain.target} = {called}"

    def _is_sequential(self, lines: Lines) -> bool:
        """Tells whether the modules are applied in the order in which they are made, and nothing else is done."""
        running = self.steps.inputs[0].variable.name
        for entry in lines.entries:
            if not isinstance(entry, Chain) or entry.is_alone or entry.source != running or entry in self.steps.same_as:
                return False
            running = entry.target
        return (
            len(self.steps.inputs) == 1 == len(self.steps.outputs)
            and bool(lines.entries)
            and (running == self.steps.outputs[0].variable.name)
        )

    def places(self, use: int) -> Iterator[tuple[str, Mark]]:
        """Lists the path of each module that stands for a layer or a block."""
        for chain in self.chains:
            yield from chain.places(use)

    def shown_shape(self, node: int) -> Shape:
        """Returns the shape of what a node computes, as it is laid out."""
        shape = self.analysis.figures[node].output.shape
        layout = next(
            (writer.node_layouts[node] for writer in self.steps.others.values() if node in writer.node_layouts), LAST
        )
        return _moved(shape, layout)

    def laid_out(self, shape: Shape, variable: str) -> Shape:
        """Returns an input's shape as it is laid out."""
        return _moved(
            shape, self.steps.input_layouts[[value.variable.name for value in self.steps.inputs].index(variable)]
        )


def _moved(shape: Shape, layout: int) -> Shape:
    if layout == LAST or len(shape) < 2:
        return shape
    *spatial, channels = shape
    spatial.insert(layout - 1, channels)
    return tuple(spatial)


def _kind_name(text: str) -> str:
    """Makes a name of a module: `nn.ReLU()` becomes `relu`."""
    return text.partition("(")[0].rpartition(".")[2].lower()
