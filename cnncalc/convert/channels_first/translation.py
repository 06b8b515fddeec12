"""Operations become layers: what is known of every tensor while a graph is read from its inputs to its outputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final

from cnncalc.convert.channels_first.activation import Activation, Order, channels_last, order_of
from cnncalc.convert.channels_first.operations import Constant, Dims, Operation, TensorGraph
from cnncalc.convert.graph import GraphLayer
from cnncalc.errors import Problem, Problems, quote
from cnncalc.layers.registry import build, is_kind
from cnncalc.tensor import Shape, Tensor, shape_text

UNKNOWN_BATCH: Final = 1_000_003
"""What a batch of unknown size counts as in arithmetic with sizes: a prime that no other size is a multiple of."""


@dataclass
class Translation:
    """The layers so far, and the value of every tensor: an `Activation` or a `Constant`.

    `batch` is the size of the batch; `readers` are the operations that read each tensor; `owners` are the layers whose
    weights come from each parameter.
    """

    graph: TensorGraph
    batch: int
    readers: Mapping[str, Sequence[Operation]]
    containers: frozenset[tuple[str, ...]]
    """The paths of modules that hold other modules."""
    values: dict[str, Activation | Constant] = field(default_factory=dict)
    layers: list[GraphLayer] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    joined: dict[tuple[tuple[str, ...], int], Activation] = field(default_factory=dict)
    """What was put side by side, by the layers and the axis."""
    done: set[int] = field(default_factory=set)
    """Operations that are part of a layer already, by `id`."""
    lost: dict[str, None] = field(default_factory=dict)
    """Parameters that the exporter has computed other tensors from, so that the file does not tell their sizes."""
    folded: int = 0
    """Convolutions into which the exporter has folded batch normalisations that the file tells nothing of."""
    _names: dict[str, int] = field(default_factory=dict)

    # What an operation reads.

    def value(self, operation: Operation, index: int) -> Activation | Constant | None:
        """Returns what an operation reads at a place; None if nothing. Raises: ReadingProblem: if it is not there."""
        if index >= len(operation.inputs) or not operation.inputs[index]:
            return None
        name = operation.inputs[index]
        found = self.values.get(name)
        if found is None:
            raise operation.problem("dangling-reference", f"it reads {quote(name)}, which is not in the file")
        return found

    def activation(self, operation: Operation, index: int = 0) -> Activation:
        """Returns the tensor at a place. Raises: ReadingProblem: if it is missing, or a constant."""
        found = self.value(operation, index)
        if isinstance(found, Activation):
            return found
        if isinstance(found, Constant) and index == 0 and len(found.dims) > 2 and found.dims[0] == 1:
            sequence = channels_last(len(found.dims) - 2) if len(found.dims) > 3 else list(range(1, len(found.dims)))
            return self.parameter(operation, found, sequence)
        what = "is missing" if found is None else "is a constant"
        raise operation.problem("unsupported-layer", f"its input number {index + 1} {what}")

    def constant(self, operation: Operation, index: int) -> Constant | None:
        """Returns the constant at a place; None if nothing is there. Raises: ReadingProblem: if it depends on the
        input.
        """
        found = self.value(operation, index)
        if isinstance(found, Activation):
            raise operation.problem(
                "unsupported-layer", f"its input number {index + 1} is computed from the net's input"
            )
        return found

    def constants(self, operation: Operation) -> list[Constant | None]:
        """Returns all inputs of an operation, with None for those that depend on the net's input."""
        found = (self.value(operation, index) for index in range(len(operation.inputs)))
        return [value if isinstance(value, Constant) else None for value in found]

    def weight(self, operation: Operation, index: int) -> Constant:
        """Returns the weights at a place. Raises: ReadingProblem: if they are missing or computed from the net's
        input.
        """
        found = self.constant(operation, index)
        if found is None:
            raise operation.problem("unsupported-layer", f"its input number {index + 1} is missing")
        return found

    def kernel_names(self, operation: Operation, index: int) -> list[str]:
        """Returns the name of a kernel, by which it is known again when it is used twice; none for a copy of equal
        entries.
        """
        name = operation.inputs[index]
        if self.graph.merges_equal:  # PyTorch's newer exporter keeps one of several tensors that happen to be equal
            own = [f"{'.'.join(operation.path)}.{kind}" for kind in ("weight", name.rpartition(".")[2])]
            own = [known for known in own if known in (self.graph.parameters or ())]
            if own:
                return own[:1]
        if name in self.graph.constants:
            return [name]
        found = self.values.get(name)
        is_derived = isinstance(found, Constant) and not found.is_copy and len(found.sources) == 1
        return list(found.sources) if is_derived and isinstance(found, Constant) else []

    def dims(self, value: Activation | Constant) -> Dims:
        """Returns the sizes of a tensor as the file has them."""
        return value.dims if isinstance(value, Constant) else value.dims(self.batch)

    def only_reader(self, name: str) -> Operation | None:
        """Returns the one operation that reads a tensor; None if there are several, or the net gives it out."""
        readers = self.readers.get(name, ())
        return readers[0] if len(readers) == 1 and name not in self.graph.outputs else None

    # What it becomes.

    def add(
        self,
        operation: Operation,
        kind: str,
        arguments: Mapping[str, object],
        inputs: Sequence[Activation],
        weights: Iterable[str] = (),
        path: tuple[str, ...] | None = None,
    ) -> tuple[str, Shape]:
        """Adds a layer; returns its name and output shape. `weights` are the names of its parameters in the file.

        Raises: ReadingProblem: if there is no such kind, or if it does not fit its inputs.
        """
        if not is_kind(kind):
            raise operation.problem("unsupported-layer", f"there is no layer {kind}")
        arguments = {name: exact(value) for name, value in arguments.items()}
        try:
            shape = build(kind, arguments).output([Tensor(x.shape) for x in inputs]).shape
        except Problems as problems:
            raise operation.problem("unsupported-layer", str(problems.problems[0])) from None
        except Problem as problem:
            raise operation.problem("unsupported-layer", f"{problem} ({kind})") from None
        name = self.unique_name(operation.path if path is None else path, kind, operation)
        layer = GraphLayer(name, kind, arguments, [x.layer for x in inputs], place=operation.place, shape=shape)
        layer.share = self._share(name, kind, weights, operation.path)
        self.layers.append(layer)
        return name, shape

    def _share(self, name: str, kind: str, weights: Iterable[str], path: tuple[str, ...]) -> str | None:
        """Finds the layer whose weights a layer reuses: those of the same kernel, the first of its weights."""
        kernel = next(iter(weights), "")
        if kernel.startswith("onnx::"):  # what an exporter has computed is one tensor if it happens to be equal
            kernel = f"{kernel} of {'.'.join(path)}"
        owner = self.owners.setdefault(f"{kind} {kernel}", name) if kernel else name
        return owner if owner != name else None

    def unique_name(self, path: tuple[str, ...], kind: str, operation: Operation) -> str:
        """Names a layer after its module; after the module and itself if that holds others too."""
        parts = [part for part in path if part]
        if not parts or path in self.containers:
            parts.append(kind.lower())
        name = ".".join(parts)
        count = self._names.get(name, 0)
        self._names[name] = count + 1
        if not count:
            return name
        return self.unique_name((*parts[:-1], f"{parts[-1]}_{count}"), kind, operation) if parts else name

    def result(self, operation: Operation, value: Activation | Constant, index: int = 0) -> None:
        """Keeps the value of an output. Raises: ReadingProblem: if the file says that it has other sizes."""
        if index >= len(operation.outputs):
            return
        name = operation.outputs[index]
        declared = self.graph.declared.get(name)
        if declared is not None:
            self._check(operation, value, declared)
        self.values[name] = value

    def _check(self, operation: Operation, value: Activation | Constant, declared: Dims) -> None:
        found = self.dims(value)
        agree = len(found) == len(declared) and all(
            size is None or wanted is None or size == wanted or (size % self.batch == 0 and self.batch == UNKNOWN_BATCH)
            for size, wanted in zip(found, declared, strict=True)
        )
        if not agree:
            raise operation.problem(
                "declared-otherwise",
                f"the file says that its output is {shape_text(declared)}, but it is {self.shown(found)}",
            )

    def shown(self, dims: Dims) -> str:
        """Sizes for a message; the unknown batch is a question mark."""
        return shape_text(tuple(None if size and size % UNKNOWN_BATCH == 0 else size for size in dims))

    def layer_result(
        self,
        operation: Operation,
        kind: str,
        arguments: Mapping[str, object],
        x: Activation,
        weights: Iterable[str] = (),
    ) -> None:
        """Adds a layer with one input, the shape's order and rank of which stay, as the operation's output."""
        name, shape = self.add(operation, kind, arguments, [x], weights)
        self.result(operation, Activation(name, shape, x.order, x.batch_axis))

    # How axes are put in order.

    def arrange(self, operation: Operation, x: Activation, sequence: Sequence[int]) -> Activation:
        """Makes a layer have exactly these axes of the file's tensor, in this order, by Permute and Reshape if needed.

        Axes that are left out must have the size 1; those that the layer lacks come in with the size 1.
        """
        if x.sequence() == list(sequence):
            return x
        real = [axis for axis in sequence if x.order[axis] is not None]
        dropped = [axis for axis in x.sequence() if axis not in real]
        if any(x.shape[x.order[axis] or 0] != 1 for axis in dropped):
            raise operation.problem("unsupported-layer", "it regroups the batch with other axes")
        # Axes of size 1 may move without a Permute.
        moved = [axis for axis in real if x.shape[x.order[axis] or 0] != 1]
        if moved != [axis for axis in x.sequence() if axis in moved]:
            before = [*real, *dropped]
            dims = [(x.order[axis] or 0) + 1 for axis in before]
            name, shape = self.add(operation, "Permute", {"dims": dims}, [x], path=(*operation.path, "permute"))
            x = Activation(name, shape, order_of(before, len(x.order)), x.batch_axis)
        target = [1 if x.order[axis] is None else x.shape[x.order[axis] or 0] for axis in sequence]
        return self.reshaped(operation, x, target, order_of(list(sequence), len(x.order)))

    def reshaped(
        self,
        operation: Operation,
        x: Activation,
        target: Sequence[int | None],
        order: Order,
        batch_axis: int | None = -1,
    ) -> Activation:
        """Gives a layer's output other sizes, by Flatten or Reshape if they are others."""
        batch_axis = x.batch_axis if batch_axis == -1 else batch_axis
        target = list(target) or [1]
        if list(x.shape) == target:
            return Activation(x.layer, x.shape, order, batch_axis)
        is_own = operation.kind in ("Reshape", "Flatten", "Squeeze")
        if len(target) == 1 and len(x.shape) > 1:
            path = operation.path if is_own else (*operation.path, "flatten")
            name, shape = self.add(operation, "Flatten", {}, [x], path=path)
        else:
            path = operation.path if is_own else (*operation.path, "reshape")
            sizes = [-1 if size is None else size for size in target]
            name, shape = self.add(operation, "Reshape", {"target_shape": sizes}, [x], path=path)
        return Activation(name, shape, order, batch_axis)

    def map(self, operation: Operation, x: Activation, rank: int) -> Activation:
        """Makes a layer's output a map with `rank` spatial axes, channels last. Raises: ReadingProblem."""
        if len(x.order) != rank + 2:
            raise operation.problem("unsupported-layer", f"it reads a tensor of {self.shown(x.dims(self.batch))}")
        return self.arrange(operation, x, channels_last(rank))

    # What is no layer.

    @cached_property
    def parameters_of(self) -> Mapping[str, Sequence[str]]:
        """The parameters of each module that the file lists and does not hold."""
        found: dict[str, list[str]] = {}
        for name in self.graph.parameters or ():
            if name not in self.graph.constants:
                found.setdefault(name.rpartition(".")[0], []).append(name)
        return found

    def note_lost_parameters(self, operation: Operation) -> None:
        """Notes the parameters of an operation's module, beside kernel and bias, that the file lists and lacks."""
        own = self.parameters_of.get(".".join(operation.path), ())
        self.lost |= dict.fromkeys(name for name in own if not name.endswith((".weight", ".bias")))

    def parameter(self, operation: Operation, constant: Constant, sequence: Sequence[int]) -> Activation:
        """Makes a source of a constant, with these axes of it in this order; the others have the size 1.

        What is computed from parameters, such as rows of a table, is an Opaque layer that reads them.
        """
        sizes = [constant.dims[axis] for axis in sequence]
        order = order_of(list(sequence), len(constant.dims))
        shape = [size for size in sizes if size is not None] or [1]
        names = list(constant.sources)
        if sum(constant.sources.values()) == math.prod(shape) or not names:
            merged = f" of {'.'.join(operation.path)}" if names and names[0].startswith("onnx::") else ""
            source = self._source(operation, names[:1], shape, "".join(names[:1]) + merged)
            known = next((layer.shape for layer in reversed(self.layers) if layer.name == source), None) or tuple(shape)
            return self.reshaped(operation, Activation(source, known, (), None), shape, order)
        parts = [
            Activation(self._source(operation, [name], [size], name), (size,), (0,), None)
            for name, size in constant.sources.items()
        ]
        name, found = self.add(operation, "Opaque", {"output_shape": shape}, parts)
        return Activation(name, found, order, None)

    def _source(self, operation: Operation, names: list[str], shape: Sequence[int], key: str) -> str:
        """Adds a Parameter, or finds the one that is there; one without a name in the file is a constant."""
        known = self.owners.get(f"source {key}") if key else None
        if known is not None:
            return known
        arguments: dict[str, object] = {"shape": list(shape)}
        path = tuple(names[0].split(".")) if names else (*operation.path, "constant")
        name, _ = self.add(operation, "Parameter", arguments, [], names, path=path)
        self.layers[-1].trainable = bool(names)
        if key:
            self.owners[f"source {key}"] = name
        return name

    def own_parameters(self, operation: Operation) -> int:
        """Counts the parameters that an operation reads, apart from those that a layer has counted already."""
        count = 0
        for index in range(len(operation.inputs)):
            value = self.value(operation, index)
            for source, size in value.sources.items() if isinstance(value, Constant) else ():
                if self.owners.setdefault(f"source {source}", operation.place) == operation.place:
                    count += size
        return count

    def is_read(self, name: str) -> bool:
        """Tells whether an operation reads a tensor, or the net gives it out."""
        return bool(self.readers.get(name)) or name in self.graph.outputs

    def opaque_layer(
        self, operation: Operation, shape: Sequence[int | None], inputs: Sequence[Activation], params: int = 0
    ) -> tuple[str, Shape]:
        """Adds an Opaque layer of a known shape, with a warning; returns its name and shape."""
        arguments: dict[str, object] = {"output_shape": list(shape), **({"params": params} if params else {})}
        self.warnings.append(f"{operation.kind} ({operation.place}) is not known: only the shape of its output is")
        return self.add(operation, "Opaque", arguments, inputs)

    def opaque(self, operation: Operation, inputs: Sequence[Activation], index: int = 0) -> None:
        """Makes an Opaque layer of an operation. Raises: ReadingProblem: if its sizes are not declared."""
        name = operation.outputs[index] if index < len(operation.outputs) else ""
        declared = self.graph.declared.get(name)
        if declared is None or None in declared[1:] or not declared:
            raise operation.problem(
                "unsupported-layer",
                "cnncalc has no layer for it, and the file does not say of what shape its output is",
                "onnx.shape_inference.infer_shapes writes the shapes into the file",
            )
        has_batch = declared[0] in (None, self.batch) and any(x.batch_axis is not None for x in inputs)
        sequence = list(range(1 if has_batch else 0, len(declared)))
        own = inputs[0].sequence() if inputs and len(inputs[0].order) == len(declared) else []
        if all(declared[axis] == 1 for axis in sequence if axis not in own):
            sequence = own or sequence
        shape = [declared[axis] or 1 for axis in sequence] or [1]
        params = self.own_parameters(operation) if index == 0 else 0
        layer, found = self.opaque_layer(operation, shape, inputs, params)
        self.result(
            operation, Activation(layer, found, order_of(sequence, len(declared)), 0 if has_batch else None), index
        )


def exact(value: object) -> object:
    """Returns a number as a spec has it: a fraction if it is no integer."""
    return Fraction(repr(value)) if isinstance(value, float) and math.isfinite(value) else value


Rule = Callable[[Translation, Operation], None]
"""What makes layers of an operation; it gives every output of the operation its value."""
