"""From a graph of operations on tensors to a graph of layers."""

from __future__ import annotations

from typing import Final

from cnncalc.convert.channels_first import (
    activations,
    combining,
    normalization,
    recurrent,
    shaping,
    taking,
    windows,
)  # fmt: skip
from cnncalc.convert.channels_first.activation import Activation, channels_last, order_of
from cnncalc.convert.channels_first.constants import evaluate, merged_sources
from cnncalc.convert.channels_first.graph_order import containers_of, needed_operations, readers_of
from cnncalc.convert.channels_first.operations import Constant, Dims, Operation, TensorGraph
from cnncalc.convert.channels_first.patterns import recognise
from cnncalc.convert.channels_first.translation import UNKNOWN_BATCH, Rule, Translation
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.errors import quote
from cnncalc.tensor import Shape

RULES: Final[dict[str, Rule]] = {
    **windows.RULES,
    **shaping.RULES,
    **taking.RULES,
    **activations.RULES,
    **combining.RULES,
    **normalization.RULES,
    **recurrent.RULES,
}
"""What makes layers of each operation, by its name in ONNX."""


def translate(graph: TensorGraph) -> Graph:
    """Makes layers of a graph's operations. Raises: ReadingProblem: if one can't be said, or sizes do not agree."""
    graph.operations = needed_operations(graph)
    recognise(graph)
    operations = needed_operations(graph)
    first = next(iter(graph.inputs.values()), None)
    if first is None:
        raise ReadingProblem("damaged-file", "the net has no input")
    batch = first[0] if first and first[0] is not None else UNKNOWN_BATCH
    t = Translation(graph, batch, readers_of(operations), containers_of(operations))
    t.values.update(graph.constants)
    read = [name for name in graph.inputs if name in t.readers or name in graph.outputs]
    inputs = {name: add_input(t, name, graph.inputs[name]) for name in read}
    if not inputs:
        raise ReadingProblem("damaged-file", "no output of the net depends on its input")
    run(t, operations)
    if t.folded:
        t.warnings.append(
            f"the exporter has folded batch normalisation into {t.folded} convolution{'s' if t.folded > 1 else ''}: "
            "parameters are those of the folded net, not of the one that was trained"
        )
    if t.lost:
        t.warnings.append(
            f"the exporter has computed tensors from {len(t.lost)} parameters, such as {quote(next(iter(t.lost)))}, "
            "whose sizes the file does not tell: they are not counted"
        )
    outputs: list[str] = []
    for name in graph.outputs:
        value = t.values.get(name)
        if isinstance(value, Activation):
            outputs += [value.layer] if value.layer not in outputs else []
        else:
            t.warnings.append(f"the output {quote(name)} does not depend on the input, and is left out")
    if not t.layers or not outputs:
        raise ReadingProblem("damaged-file", "the net has no layers")
    return Graph(
        graph.name, inputs, t.layers, list(outputs), warnings=[*graph.warnings, *t.warnings], source=graph.source
    )  # fmt: skip


def add_input(t: Translation, name: str, dims: Dims) -> Shape:
    """Makes the value of an input, channels last if it is a map; returns its shape."""
    rank = len(dims)
    has_batch = rank > 1 and (dims[0] is None or dims[0] == t.batch)
    axes = list(range(1 if has_batch else 0, rank))
    sequence = channels_last(rank - 2) if has_batch and rank > 2 and shaping.is_map_first(t, name, rank) else axes
    shape = tuple(dims[axis] for axis in sequence)
    if not shape:
        raise ReadingProblem("unsupported-layer", f"the input {quote(name)} has no axes", place=name)
    t.values[name] = Activation(name, shape, order_of(sequence, rank), 0 if has_batch else None)
    return shape


def run(t: Translation, operations: list[Operation]) -> None:
    """Gives every output of the operations its value."""
    constants = [operation for operation in operations if operation.kind == "Constant" and operation.outputs]
    t.values.update({operation.outputs[0]: constant_of(operation) for operation in constants})
    for operation in operations:
        if id(operation) in t.done or operation.kind == "Constant":
            continue
        if operation.kind == "If":
            branch(t, operation)
        elif not fold(t, operation):
            rule = RULES.get(operation.kind) if "domain" not in operation.attributes else None
            if rule is None:
                found = (t.value(operation, index) for index in range(len(operation.inputs)))
                reads = [value for value in found if isinstance(value, Activation)]
                for index in [k for k, name in enumerate(operation.outputs) if k == 0 or t.is_read(name)]:
                    t.opaque(operation, reads, index)
            else:
                apply(t, operation, rule)


def apply(t: Translation, operation: Operation, rule: Rule) -> None:
    """Runs an operation's rule; inputs that make no sense to it are the file's fault."""
    try:
        rule(t, operation)
    except (IndexError, StopIteration, TypeError, ValueError, ZeroDivisionError) as error:
        raise operation.problem("damaged-file", f"its inputs do not fit it ({error})") from None


def fold(t: Translation, operation: Operation) -> bool:
    """Computes an operation that reads constants, or the sizes of a tensor; whether it was one."""
    values = [t.value(operation, index) for index in range(len(operation.inputs))]
    if operation.kind in ("Shape", "Size") and values and isinstance(values[0], Activation):
        values = [Constant(t.dims(values[0]))]
    if any(isinstance(value, Activation) for value in values):
        return False
    outputs = evaluate(operation, [value for value in values if not isinstance(value, Activation)])
    if outputs is None:
        sizes = [t.graph.declared.get(name) for name in operation.outputs]
        if None in sizes:
            return False
        sources = merged_sources([value for value in values if isinstance(value, Constant)])
        outputs = [Constant(dims, None, sources) for dims in sizes if dims is not None]
    for name, output in zip(operation.outputs, outputs, strict=False):
        if operation.kind == "Identity" and len(output.sources) == 1 and not name.startswith(("/", "onnx::")):
            output.sources = dict.fromkeys([name], sum(output.sources.values()))  # the name that the tensor had
        t.values[name] = output
    return True


def constant_of(operation: Operation) -> Constant:
    """Returns the value of a Constant, in whichever attribute it stands."""
    for name, value in operation.attributes.items():
        if isinstance(value, Constant):
            value.sources = {}
            return value
        if name in ("value_float", "value_int") and isinstance(value, (int, float)):
            return Constant((), [value])
        if name in ("value_floats", "value_ints") and isinstance(value, list):
            return Constant((len(value),), value)
        if name.startswith("value_string"):
            return Constant((), None, is_text=True)
    raise operation.problem("unsupported-layer", "it has no value that can be read")


def branch(t: Translation, operation: Operation) -> None:
    """Takes the branch of an If whose condition is a constant."""
    condition = t.value(operation, 0)
    known = condition.values if isinstance(condition, Constant) else None
    if not known or known[0] is None:
        raise operation.problem("unsupported-layer", "which of its branches runs depends on the input")
    body = operation.bodies.get("then_branch" if known[0] else "else_branch")
    if body is None:
        raise operation.problem("damaged-file", "it has no such branch")
    t.values.update(body.constants)
    run(t, needed_operations(body))
    for index, name in enumerate(body.outputs):
        found = t.values.get(name)
        if found is None:
            raise operation.problem("dangling-reference", f"its branch gives {quote(name)}, which is not there")
        t.result(operation, found, index)
