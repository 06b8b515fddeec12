"""The operations that a net's outputs need, each behind those that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.convert.channels_first.operations import Operation, TensorGraph
from cnncalc.convert.graph import ReadingProblem
from cnncalc.errors import quote


def read_names(operation: Operation) -> Iterator[str]:
    """Yields the tensors that an operation reads, those of its branches among them."""
    yield from (name for name in operation.inputs if name)
    for body in operation.bodies.values():
        inner = {name for other in body.operations for name in other.outputs} | set(body.constants) | set(body.inputs)
        for other in body.operations:
            yield from (name for name in read_names(other) if name not in inner)
        yield from (name for name in body.outputs if name not in inner)


def needed_operations(graph: TensorGraph) -> list[Operation]:
    """Sorts the operations that the outputs need. Raises: ReadingProblem: on a cycle, or on two with one output."""
    maker: dict[str, Operation] = {}
    for operation in graph.operations:
        for name in operation.outputs:
            if name in maker:
                raise operation.problem("damaged-file", f"it is the second that makes {quote(name)}")
            if name:
                maker[name] = operation
    reads = {id(operation): list(read_names(operation)) for operation in graph.operations}
    ordered: list[Operation] = []
    state: dict[int, bool] = {}  # False: waits for what it reads; True: in order
    stack = [maker[name] for name in reversed(graph.outputs) if name in maker]
    while stack:
        operation = stack[-1]
        key = id(operation)
        if key not in state:
            state[key] = False
            waiting = [maker[name] for name in reversed(reads[key]) if name in maker and not state.get(id(maker[name]))]
            for other in waiting:
                if state.get(id(other)) is False:
                    raise _cycle(other)
            stack += waiting
        else:
            stack.pop()
            if not state[key]:
                state[key] = True
                ordered.append(operation)
    return _as_written(graph, ordered)


def _as_written(graph: TensorGraph, ordered: Sequence[Operation]) -> list[Operation]:
    """Returns the file's own order, if it is one; else the one that was found."""
    needed = {id(operation) for operation in ordered}
    written = [operation for operation in graph.operations if id(operation) in needed]
    made: set[str] = {name for operation in ordered for name in operation.outputs}
    for operation in written:
        if any(name in made for name in read_names(operation)):
            return list(ordered)
        made.difference_update(operation.outputs)
    return written


def _cycle(operation: Operation) -> ReadingProblem:
    return operation.problem("graph-cycle", "it waits for its own output")


def readers_of(operations: Sequence[Operation]) -> Mapping[str, list[Operation]]:
    """Returns the operations that read each tensor."""
    readers: dict[str, list[Operation]] = {}
    for operation in operations:
        for name in read_names(operation):
            readers.setdefault(name, []).append(operation)
    return readers


def containers_of(operations: Sequence[Operation]) -> frozenset[tuple[str, ...]]:
    """Returns the paths of modules that hold other modules."""
    return frozenset(operation.path[:depth] for operation in operations for depth in range(len(operation.path)))
