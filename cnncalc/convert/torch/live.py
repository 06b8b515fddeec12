"""Reads a live PyTorch module: torch.export traces it, and the trace is read as a file of torch.export.save is."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from cnncalc.convert.channels_first.translate import translate
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.torch.archive import operator_name
from cnncalc.convert.torch.aten import tensor_graph
from cnncalc.convert.torch.program import Call, Name, Program, module_path

InputShapes = Sequence[int] | Sequence[Sequence[int]]


class Module(Protocol):
    """What is needed of a torch.nn.Module."""

    training: bool

    def eval(self) -> object: ...
    def train(self, mode: bool = True) -> object: ...


class _Spec(Protocol):
    """An entry of an exported program's signature."""

    kind: object
    arg: object
    target: str | None


class _Node(Protocol):
    """A node of torch.fx."""

    op: str
    name: str
    target: object
    args: tuple[object, ...]
    kwargs: dict[str, object]
    meta: dict[str, object]


def read_module(module: Module, input_shape: InputShapes) -> Graph:
    """Reads a module from the trace of one call.

    `input_shape` is the shape of the input as PyTorch has it, without the batch: (3, 224, 224); of several inputs a
    list of shapes. The module is traced for inference; its weights are not looked at.

    Raises: ReadingProblem: if torch.export can't trace it, or if it has what no layer says.
    """
    return translate(tensor_graph(_program(module, input_shape)))


def _program(module: Module, input_shape: InputShapes) -> Program:
    torch = import_module("torch")
    shapes = [input_shape] if all(isinstance(size, int) for size in input_shape) else input_shape
    parameter = next(iter(module.parameters()), None)  # type: ignore[attr-defined]
    device = None if parameter is None else parameter.device
    inputs = tuple(torch.zeros(1, *shape, device=device) for shape in shapes)  # type: ignore[misc]
    was_training = module.training
    module.eval()
    try:
        exported = torch.export.export(module, inputs)
    except (AttributeError, RuntimeError, TypeError, ValueError, KeyError, IndexError) as error:
        message = str(error).strip().partition("\n")[0][:300]
        raise ReadingProblem(
            "unsupported-layer",
            f"torch.export can't trace {type(module).__name__} with inputs of {list(map(list, shapes))}: {message}",  # type: ignore[arg-type]
            expected="a module that torch.export.export(module, inputs) takes, and its input's shape without the batch",
        ) from None
    finally:
        module.train(was_training)
    program = Program(type(module).__name__, source=f"PyTorch {torch.__version__}")
    for spec in exported.graph_signature.input_specs:
        _add_input(program, spec)
    program.outputs = [spec.arg.name for spec in exported.graph_signature.output_specs if hasattr(spec.arg, "name")]
    for node in exported.graph.nodes:
        _add_node(program, node)
    return program


def _add_input(program: Program, spec: _Spec) -> None:
    name = getattr(spec.arg, "name", None)
    if not isinstance(name, str):
        return
    if spec.target is None:
        program.inputs.append(name)
        return
    program.targets[name] = spec.target
    if str(spec.kind).endswith("PARAMETER"):
        program.parameters.add(spec.target)


def _add_node(program: Program, node: _Node) -> None:
    """Reads a node of the graph: the sizes of its output, and the call if it is one."""
    value = node.meta.get("val")
    shape = getattr(value, "shape", None)
    if shape is not None:
        program.dims[node.name] = tuple(map(int, shape))
    if node.op != "call_function":
        return
    target = str(node.target)
    if "getitem" in target:
        _name_output(program, node)
        return
    schema = getattr(node.target, "_schema", None)
    names = [argument.name for argument in schema.arguments] if schema is not None else []
    arguments = {
        (names[place] if place < len(names) else str(place)): _plain(value) for place, value in enumerate(node.args)
    } | {name: _plain(value) for name, value in node.kwargs.items()}
    modules = node.meta.get("nn_module_stack")
    stack = [entry[0] for entry in modules.values()] if isinstance(modules, dict) else []
    outputs = (
        [f"{node.name}[{place}]" for place in range(len(value))] if isinstance(value, (list, tuple)) else [node.name]
    )
    if isinstance(value, (list, tuple)):
        for name, part in zip(outputs, value, strict=True):
            if hasattr(part, "shape"):
                program.dims[name] = tuple(map(int, part.shape))
    program.calls.append(Call(operator_name(target), arguments, outputs, module_path(stack), node.name))


def _name_output(program: Program, node: _Node) -> None:
    """Gives one of several outputs of a call the name by which others read it."""
    source, place = node.args
    old = f"{getattr(source, 'name', '')}[{place}]"
    for call in reversed(program.calls):
        if old in call.outputs:
            call.outputs[call.outputs.index(old)] = node.name
            return


def _plain(value: object) -> object:
    """Returns an argument as plain data: a node of the graph as its name."""
    if hasattr(value, "op") and hasattr(value, "name"):
        return Name(str(value.name))
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value if isinstance(value, (int, float, str)) or value is None else None
