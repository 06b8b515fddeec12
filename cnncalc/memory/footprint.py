"""How much memory a net takes: its parameters, what training keeps for the backward pass, the peak of inference.

Training keeps what `cnncalc.profile.saved_for_backward` says of every layer that a gradient passes through; a
tensor that several layers keep is there once. Not counted are what an operation needs for itself while it runs, the
gradients of activations on their way back, and what a framework and its libraries take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.memory_figures import (
    NO_GRADIENTS,
    LayerMemory,
    Memory,
    Optimizer,
    Peak,
    Precision,
    Setting,
    TorchinfoEstimate,
)
from cnncalc.analysis.opened import analysis_inside
from cnncalc.analysis.report import Report
from cnncalc.formula import Symbol, formula
from cnncalc.layers.base import Layer
from cnncalc.layers.normalization import GroupNormalization
from cnncalc.layers.saved import Saved
from cnncalc.layers.sources import Parameter
from cnncalc.memory.liveness import Program, Step, alive_over_time, best_order, peak
from cnncalc.profile.counters import symbols
from cnncalc.profile.saved_for_backward import entries, hands_on, is_view
from cnncalc.tensor import total

BYTES: Final[dict[Precision, int]] = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
"""Bytes of one number."""
SLOTS: Final[dict[Optimizer, int]] = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers that an optimiser keeps for each trainable parameter: a velocity; Adam's two moments."""

PARAMETERS: Final = "params*bytes"
GRADIENTS: Final = "trainable*bytes"
OPTIMIZER_STATE: Final = "slots*trainable*bytes"
TENSOR: Final = "batch*instances*prod(y)*bytes"
"""The output of a layer that makes one."""


def memory(analysis: Analysis, setting: Setting) -> tuple[Memory, list[LayerMemory]]:
    """Returns the memory of a net that was analysed, and of each of its nodes."""
    return Calculation(analysis, setting).result()


def with_memory(report: Report, analysis: Analysis, setting: Setting) -> Report:
    """Returns the report with the memory of each layer and of the whole."""
    whole, rows = memory(analysis, setting)
    return with_counted_memory(report, whole, rows)


def with_counted_memory(report: Report, whole: Memory, rows: Sequence[LayerMemory]) -> Report:
    """Returns the report with memory that was counted already."""
    return replace(
        report,
        layers=[replace(row, memory=own) for row, own in zip(report.layers, rows, strict=True)],
        totals=replace(report.totals, memory=whole),
    )


class Calculation:
    """How a net's memory comes about."""

    def __init__(self, analysis: Analysis, setting: Setting) -> None:
        self.analysis, self.setting = analysis, setting
        self.nodes, self.layers, self.figures = analysis.expansion.nodes, analysis.layers, analysis.figures
        self.bytes = BYTES[setting.dtype]
        self.trains = setting.dtype not in NO_GRADIENTS
        self.tensors = [self._tensor(index) for index in range(len(self.nodes))]
        self.made = self._makers(hands_on)
        nodes = range(len(self.nodes))
        self.params = total([self._own(index, self.figures[index].params.value) for index in nodes])
        self.trainable = total([self._trained(index) for index in nodes]) if self.trains else None
        self.gradient: list[bool] = []
        """Whether a gradient passes through each node; empty before `rows`, and where nothing is trained."""
        self.kept_inputs: dict[int, tuple[int, ...]] = {}
        """The nodes whose tensors a node keeps because it reads them, or a view of them."""
        self.kept_tensors: set[int] = set()
        """The nodes whose whole tensors are kept."""

    def result(self) -> tuple[Memory, list[LayerMemory]]:
        """Returns the memory of the net and of each of its nodes."""
        rows = self.rows()
        slots = SLOTS[self.setting.optimizer]
        whole = Memory(
            dtype=self.setting.dtype,
            batch=self.setting.batch,
            optimizer=self.setting.optimizer,
            parameters=total(row.parameters for row in rows),
            gradients=_bytes(GRADIENTS, trainable=self.trainable, bytes=self.bytes),
            optimizer_state=_bytes(OPTIMIZER_STATE, slots=slots, trainable=self.trainable, bytes=self.bytes),
            kept=total(row.kept for row in rows),
            peak=self._peak(),
            torchinfo=self._torchinfo(),
        )
        return whole, rows

    def rows(self) -> list[LayerMemory]:
        """Returns the memory of each node."""
        params = [self._own(index, self.figures[index].params.value) for index in range(len(self.nodes))]
        parameters = [_bytes(PARAMETERS, params=own, bytes=self.bytes) for own in params]
        outputs = [self.tensors[index] if maker == index else 0 for index, maker in enumerate(self.made)]
        kept = self._kept() if self.trains else [None] * len(self.nodes)
        return [LayerMemory(*row) for row in zip(parameters, outputs, kept, strict=True)]

    # Weights ----------------------------------------------------------------------------------------------------

    def _own(self, index: int, value: int | None) -> int | None:
        """Returns a number of weights, 0 where they are another node's."""
        return value if self.nodes[index].owner is None else 0

    def _trained(self, index: int) -> int | None:
        return 0 if self.nodes[index].frozen else self._own(index, self.figures[index].trainable_params.value)

    # Tensors ----------------------------------------------------------------------------------------------------

    def _tensor(self, index: int) -> int | None:
        if isinstance(self.layers[index], Parameter):
            return 0  # it is among the parameters, and there once for the whole batch
        output = self.figures[index].output
        batch = self.setting.batch
        return _bytes(TENSOR, y=output.shape, instances=output.instances, batch=batch, bytes=self.bytes)

    def _makers(self, passes_on: Callable[[Layer], bool]) -> list[int]:
        """Returns the node whose tensor each node's output is: its own, or that of the node whose output it hands
        on.
        """
        makers: list[int] = []
        for index, (node, layer) in enumerate(zip(self.nodes, self.layers, strict=True)):
            makers.append(makers[node.inputs[0]] if node.inputs and passes_on(layer) else index)
        return makers

    # Training ---------------------------------------------------------------------------------------------------

    def _kept(self) -> list[int | None]:
        """Returns the bytes that each node adds to what the backward pass needs; a tensor counts where it is made."""
        makers = self._makers(is_view)
        gradient = self.gradient = []
        whole = self.kept_tensors = set()
        kept: list[int | None] = []
        known: dict[int, tuple[list[Saved], int | None]] = {}
        for index, node in enumerate(self.nodes):
            made = self.figures[index]
            owner = index if node.owner is None else node.owner
            trained = bool(made.trainable_params.value) and not self.nodes[owner].frozen
            gradient.append(trained or any(gradient[source] for source in node.inputs))
            kept.append(0)
            if not gradient[index]:
                continue
            if id(made) not in known:
                known[id(made)] = self._saved(index)
            table, kept[index] = known[id(made)]
            if table[0].inputs and (trained or not table[0].if_trained):
                self.kept_inputs[index] = tuple(makers[source] for source in node.inputs)
                whole.update(self.kept_inputs[index])
            if table[-1].output:
                whole.add(makers[index])
        for index in whole:
            kept[index] = total((kept[index], self.tensors[index]))
        return kept

    def _saved(self, index: int) -> tuple[list[Saved], int | None]:
        """Returns what a node's layer saves, and the bytes of it beside whole tensors."""
        inside = analysis_inside(self.analysis, index)
        if inside is None:
            table = entries(self.layers[index])
            return table, self._beside(index, table)
        model = Calculation(inside, self.setting)
        kept = total(model._kept())
        [result] = inside.expansion.outputs
        ends = {0, model._makers(is_view)[result]}
        own = [model.tensors[tensor] for tensor in ends & model.kept_tensors]
        frames = self.figures[index].output.shape[0]
        beside = None if None in (kept, frames, *own) else (frames or 0) * ((kept or 0) - (total(own) or 0))
        return [Saved(inputs=0 in model.kept_tensors, output=max(ends) in model.kept_tensors)], beside

    def _beside(self, index: int, table: Sequence[Saved]) -> int | None:
        """Returns the bytes that a node's layer keeps beside whole tensors."""
        layer, made, inputs = self.layers[index], self.figures[index], self.nodes[index].inputs
        x = self.figures[inputs[0]].output.shape if inputs else made.output.shape
        found = symbols(layer, made, x)
        if isinstance(layer, GroupNormalization):
            found["normalized_groups"] = found["C"] if layer.groups == -1 else layer.groups
        amounts: list[int | None] = [0 if entry.known else None for entry in table]
        for position, entry in enumerate(table):
            # What an activation reads that is fused into a layer is a tensor of nobody's.
            between = " + prod(y)" if position and entry.inputs else ""
            per_sample = f"{self.bytes}*({entry.numbers}{between}) + {entry.bytes}"
            text = f"{self.setting.batch}*instances*({per_sample}) + {self.bytes}*({entry.per_batch})"
            amounts.append(formula(text).integer(found))
        return total(amounts)

    # Inference --------------------------------------------------------------------------------------------------

    def _peak(self) -> Peak:
        sizes = [size for size in self.tensors if size is not None]
        if len(sizes) < len(self.tensors):
            return Peak(None, None, (), None, False)
        program, nodes = self._program(sizes)
        listed, best = peak(program), best_order(program)
        return Peak(
            listed=listed.size,
            layer=None if listed.step is None else self.nodes[nodes[listed.step]].name,
            tensors=tuple(self.nodes[tensor].name for tensor in listed.alive),
            best=best.size,
            best_is_proven=best.proven,
        )

    def alive(self) -> list[int | None]:
        """Returns what is alive at inference while each node is computed, in the listed order, in bytes.

        A node that makes no tensor has what the node before it has; `None` if a size is not known.
        """
        sizes = [size for size in self.tensors if size is not None]
        if len(sizes) < len(self.tensors):
            return [None] * len(self.tensors)
        program, nodes = self._program(sizes)
        amounts = dict(zip(nodes, alive_over_time(program, range(len(nodes))), strict=True))
        alive: list[int | None] = []
        now = sum(sizes[index] for index in program.inputs)
        for index in range(len(self.nodes)):
            now = amounts.get(index, now)
            alive.append(now)
        return alive

    def _program(self, sizes: Sequence[int]) -> tuple[Program, list[int]]:
        """Returns the net as steps, and each step's node."""
        made, expansion = self.made, self.analysis.expansion
        nodes = [index for index, node in enumerate(self.nodes) if node.inputs and made[index] == index]
        steps = [
            Step(tuple(dict.fromkeys(made[source] for source in self.nodes[index].inputs)), index) for index in nodes
        ]
        outputs = frozenset(made[index] for index in expansion.outputs)
        there = frozenset(index for index, node in enumerate(self.nodes) if not node.inputs)
        return Program(sizes, steps, there, outputs), nodes

    def _torchinfo(self) -> TorchinfoEstimate:
        learned = [made.trainable_params.value for made in self.figures]
        params = total([self._own(index, value) for index, value in enumerate(learned)])
        return TorchinfoEstimate(
            inputs=total([self.tensors[index] for index in self.analysis.expansion.inputs]),
            passes=total([self.tensors[index] for index, value in enumerate(learned) if value for _ in range(2)]),
            parameters=_bytes(PARAMETERS, params=params, bytes=self.bytes),
        )


def _bytes(text: str, **found: Symbol) -> int | None:
    return formula(text).integer(found)
