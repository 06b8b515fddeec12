"""The graph of operations while calls of PyTorch's operators are translated into it."""

from __future__ import annotations

import math
from collections.abc import Callable

from cnncalc.convert.channels_first.operations import Constant, Dims, Operation, Scalar, TensorGraph
from cnncalc.convert.graph import ReadingProblem
from cnncalc.convert.torch.program import Call, Name, Program
from cnncalc.errors import quote


class Builder:
    """The graph of operations while calls are translated."""

    def __init__(self, program: Program) -> None:
        self.program = program
        names = program.targets
        self.graph = TensorGraph(
            program.name, {}, [names.get(name, name) for name in program.outputs], [], {},
            parameters=frozenset(program.parameters), source=program.source,
        )  # fmt: skip
        for name, target in names.items():
            dims = program.dims.get(name, ())
            sources = {target: math.prod(size or 0 for size in dims)} if target in program.parameters else {}
            self.graph.constants[target] = Constant(dims, None, sources)
        self.names = dict(names)
        self.fresh = 0

    def named(self, name: str) -> str:
        """Returns the name of a tensor in the graph: that of the module's parameter, or its own."""
        return self.names.get(name, name)

    def constant(self, values: list[Scalar], dims: Dims | None = None) -> str:
        """Adds a small constant; returns its name."""
        name = self.new_name("constant")
        self.graph.constants[name] = Constant((len(values),) if dims is None else dims, values)
        return name

    def new_name(self, text: str) -> str:
        """Makes a name that no tensor of the program has."""
        self.fresh += 1
        return f"{text} {self.fresh}"

    def dims(self, name: str) -> Dims:
        """Returns the sizes of a tensor. Raises: ReadingProblem: if the file does not tell them."""
        found = self.program.dims.get(name)
        if found is None:
            raise ReadingProblem("damaged-file", f"the file does not say of what shape {quote(name)} is", place=name)
        return found

    def add(
        self, call: Call, kind: str, inputs: list[str], outputs: list[str] | None = None, /, **attributes: object
    ) -> str:
        """Adds an operation; returns the name of its first output, which is the call's unless told."""
        made = call.outputs if outputs is None else outputs
        place = f"{'.'.join(call.path)} {call.target}".strip()
        known = [self.named(name) for name in inputs]
        while known and not known[-1]:
            known.pop()
        self.graph.operations.append(Operation(kind, known, list(made), attributes, call.path, call.place or place))
        return made[0] if made else ""

    def step(self, call: Call, kind: str, inputs: list[str], **attributes: object) -> str:
        """Adds an operation whose output is none of the call's; returns its name."""
        return self.add(call, kind, inputs, [self.new_name(call.place)], **attributes)

    def scalar(self, call: Call, name: str) -> str:
        """Returns an argument that is a tensor, or a number, which becomes a constant."""
        found = call.arguments.get(name)
        if isinstance(found, Name):
            return found.name
        if isinstance(found, (int, float)):
            return self.constant([found], ())
        raise call.problem(f"its argument {name} is {quote(str(found))}")


Translator = Callable[[Builder, Call], None]
