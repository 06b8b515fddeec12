"""A net as a program of PyTorch: a module for each block, and one for the net."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.program.expressions import constant, literal
from cnncalc.exporting.program.names import Names, camel_case, identifier
from cnncalc.exporting.program.programs import Program, write_program
from cnncalc.exporting.program.steps import Function
from cnncalc.exporting.program.text import one_line, statement
from cnncalc.exporting.refusals import Refusals
from cnncalc.exporting.torch.activations import ACTIVATIONS
from cnncalc.exporting.torch.chains import Mark
from cnncalc.exporting.torch.functions import ModuleWriter
from cnncalc.exporting.torch.helpers import HELPERS, identity
from cnncalc.exporting.torch.kinds import why_identity
from cnncalc.exporting.torch.steps import Steps
from cnncalc.layers import registry
from cnncalc.tensor import Shape


def torch_program(analysis: Analysis) -> str:
    """Writes the program. Raises: SpecError: if PyTorch lacks a layer."""
    refusals = Refusals("PyTorch")
    refusals.note_further_outputs(analysis.expansion.nodes)
    refusals.stop()
    return write_program(analysis, False, lambda program: _Writer(analysis, program).text())


class _Writer:
    def __init__(self, analysis: Analysis, program: Program) -> None:
        self.analysis = analysis
        self.program = program
        self.refusals = Refusals("PyTorch")
        self.needed: set[str] = set()
        kinds = [kind for kind in registry.kinds() if why_identity(kind)]
        self.names = Names(["torch", "nn", "ops", "FIGURES", "ACTIVATIONS", "net", "self", *HELPERS, *kinds])
        self.classes: dict[int, ModuleWriter] = {}
        self.steps: dict[int, Steps] = {}

    def text(self) -> str:
        """Writes the whole program."""
        program = self.program
        for parameter in program.constants:
            parameter.name = self.names.take(identifier(parameter.spec_name, "var").upper())
        name = one_line(self.analysis.expansion.document.name)
        program.main.name = self.names.take(camel_case(identifier(name, "net")))
        for function in program.functions:
            function.name = self.names.take(camel_case(identifier(function.spec_name, "block")))
        parts = [self._class(function) for function in program.functions]
        parts.append(self._class(program.main))
        self.refusals.stop()
        main = self.classes[id(program.main)]
        frozen = self._frozen()
        if frozen:
            places = [place for place, line in enumerate(parts[-1]) if line.startswith("    def forward")]
            start = places[0] if places else len(parts[-1]) + 1
            lines = [
                *statement(f"frozen = {literal(tuple(frozen))}", 2),
                "        for name, parameter in self.named_parameters():",
                "            if name.startswith(frozen):",
                "                parameter.requires_grad_(False)",
                *([""] if places else []),
            ]
            parts[-1][start - 1 : start] = lines
        helpers = [HELPERS[helper].strip("\n") for helper in HELPERS if helper in self.needed]
        helpers += [identity(kind, why).strip("\n") for kind in sorted(self.needed) if (why := self._why(kind))]
        head = f'"""{name} in PyTorch, written by cnncalc."""\n\n'
        head += "import torch\nfrom torch import nn"
        head += "\nfrom torchvision import ops" if "whole_map" in self.needed else ""
        constants = [f"{each.name} = {(each.default or constant(None)).text()}" for each in program.constants]
        if "ACTIVATIONS" in self.needed:
            constants.append(self._activations())
        head += "\n\n" + "\n".join(constants) if constants else ""
        body = ["\n".join(lines) for lines in parts]
        return "\n\n\n".join([head, *helpers, *body, self._figures(main)]) + "\n"

    def _why(self, kind: str) -> str | None:
        return why_identity(kind) if registry.is_kind(kind) else None

    def _activations(self) -> str:
        names = {
            str(parameter.value(use))
            for function in [*self.program.functions]
            for parameter in function.parameters.values()
            if parameter.used
            for use in range(len(parameter.values))
            if isinstance(parameter.value(use), str)
        }
        names |= {
            str(parameter.default.constant)
            for function in self.program.functions
            for parameter in function.parameters.values()
            if parameter.default is not None and isinstance(parameter.default.constant, str)
        }
        known = [name for name in ACTIVATIONS if name in names and "(" not in ACTIVATIONS[name]]
        return "\n".join(
            statement(f"ACTIVATIONS = {{{', '.join(f'{literal(name)}: {ACTIVATIONS[name]}' for name in known)}}}", 0)
        )

    def _class(self, function: Function) -> list[str]:
        steps = Steps(self.analysis, self.program, function, self.needed, self.refusals, self.steps)
        self.steps[id(function)] = steps
        writer = ModuleWriter(self.analysis, self.program, function, self.names, steps)
        self.classes[id(function)] = writer
        return writer.text()

    # Figures ----------------------------------------------------------------------------------------------------

    def _paths(self) -> Iterator[tuple[str, Mark]]:
        """Lists the path of every module that stands for a layer."""

        def inside(writer: ModuleWriter, use: int, prefix: str) -> Iterator[tuple[str, Mark]]:
            for path, mark in writer.places(use):
                if mark.instance is None:
                    yield prefix + path, mark
                else:
                    function = writer.steps.used[mark.instance]
                    inner = self.classes[id(function)]
                    yield from inside(inner, function.use_of[mark.instance], f"{prefix}{path}.")

        yield from inside(self.classes[id(self.program.main)], 0, "")

    def _frozen(self) -> list[str]:
        """Lists the beginnings of the names of parameters that are frozen though others of their block are not."""
        if not self.program.frozen:
            return []
        nodes = self.analysis.expansion.nodes
        weighted = [(path, mark.node) for path, mark in self._paths() if mark.is_weighted and mark.node is not None]
        frozen = [path for path, node in weighted if node in set(self.program.frozen)]
        others = [
            path + "." for path, node in weighted if not nodes[node].frozen and self.analysis.figures[node].weights
        ]
        found: dict[str, None] = {}
        for path in frozen:
            starts = [path[: match.end()] for match in re.finditer(r"\.", path)] + [path + "."]
            found[next(start for start in starts if not any(other.startswith(start) for other in others))] = None
        return list(found)

    def _figures(self, main: ModuleWriter) -> str:
        rows: list[tuple[int, str, int | None, Shape | None]] = []
        seen: set[int] = set()
        for path, mark in self._paths():
            node = mark.node
            if node is None:
                continue
            made = self.analysis.figures[node]
            shape = main.shown_shape(node) if mark.is_last else None
            for writer in self.classes.values():
                shape = shape if node not in writer.steps.unseen else None
            params = made.params.value if mark.is_weighted else 0
            if mark.is_weighted and node in seen:
                continue
            seen.add(node)
            rows.append((node, path, params, shape))
        lines = ["FIGURES = [  # of each module: its name, its parameters, its output shape"]
        lines += [
            f"    ({literal(path)}, {params}, {literal(shape)}),"
            for _, path, params, shape in sorted(rows, key=lambda row: row[0])
        ]
        inputs = [self.analysis.figures[node].output.shape for node in self.analysis.expansion.inputs]
        shown = [
            main.laid_out(shape, value.variable.name) for shape, value in zip(inputs, self.program.inputs, strict=True)
        ]
        tensors = ", ".join(f"torch.zeros({', '.join(map(str, (2, *shape)))})" for shape in shown)
        is_known = all(None not in shape for shape in inputs)
        check = _CHECK if is_known else _CHECK_PARAMETERS
        return (
            "\n".join([*lines, "]"])
            + "\n\n\n"
            + check.strip("\n").replace("NET", self.program.main.name).replace("TENSORS", tensors)
        )


_CHECK = """
if __name__ == "__main__":
    with torch.device("meta"):  # where tensors have a shape and nothing is computed
        net = NET().eval()
        inputs = [TENSORS]
    shapes = {name: [] for name, _ in net.named_modules()}
    for name, module in net.named_modules():
        module.register_forward_hook(lambda *a, made=shapes[name]: made.append(a[2]))
    net(*inputs)
    state = {k: v for k, v in net.state_dict().items() if "num_batches" not in k}
    for name, parameters, shape in FIGURES:
        inside = [v.numel() for k, v in state.items() if f"{k}.".startswith(f"{name}.")]
        assert sum(inside) == parameters, name
        assert shape is None or shapes[name][0].shape[1:] == shape, name
    total = sum(v.numel() for v in state.values())
    print(f"{total:,} parameters, every layer as expected")
"""

_CHECK_PARAMETERS = """
if __name__ == "__main__":
    net = NET().eval()
    state = {k: v for k, v in net.state_dict().items() if "num_batches" not in k}
    for name, parameters, _ in FIGURES:
        inside = [v.numel() for k, v in state.items() if f"{k}.".startswith(f"{name}.")]
        assert sum(inside) == parameters, name
    total = sum(v.numel() for v in state.values())
    print(f"{total:,} parameters, every layer as expected")
"""
