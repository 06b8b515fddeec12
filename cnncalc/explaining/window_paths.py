"""The path behind a running value of the notes' receptive field: which windows gave it, and what they leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.conventions import notes
from cnncalc.receptive_fields.field import Field
from cnncalc.receptive_fields.reach import (
    Adaptive,
    Everything,
    PerAxis,
    Pointwise,
    Resample,
    SameAxis,
    Shift,
    TransposedWindow,
    WholeAxis,
    Window,
)
from cnncalc.tensor import Shape

MOST_STRIDES: Final = 12
"""Strides of a product that are written out."""


@dataclass(frozen=True, slots=True)
class Step:
    """A window of a path with a stride other than 1, and the one before it."""

    node: int
    stride: int
    before: Step | None


@dataclass(frozen=True, slots=True)
class WindowPath:
    """A path on one axis: its first window, how many came later, and those of them with strides other than 1.

    `unnoticed` is a layer that changes the exact receptive field but not the notes'; `wider` a merge whose inputs see
    more together than any of them alone; `spread` a transposed convolution.
    """

    first: int | None = None
    first_stride: int = 1
    later: int = 0
    steps: Step | None = None
    unnoticed: int | None = None
    wider: int | None = None
    spread: int | None = None

    def strided(self) -> Iterator[Step]:
        """Yields the later windows with strides other than 1, the last one first."""
        step = self.steps
        while step is not None:
            yield step
            step = step.before


class WindowPaths:
    """The paths to all layers of a net, found in one pass: one per axis of the input, in the input's order."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.of_node: list[tuple[WindowPath, ...]] = []
        for index in range(len(analysis.figures)):
            self.of_node.append(self._behind(index))

    def into(self, index: int) -> tuple[WindowPath, ...]:
        """Returns the paths to what a layer reads; of a merge, on each axis, the one to the input whose value it
        carries on.
        """
        sources = self.analysis.expansion.nodes[index].inputs
        if len(sources) == 1:
            return self.of_node[sources[0]]
        fields = [self.analysis.notes_fields[source] for source in sources]
        merged = notes.merge(fields)
        if merged is None:
            return ()
        return tuple(
            self._carried(axis, running, list(zip(sources, fields, strict=True)))
            for axis, running in enumerate(merged.axes)
        )

    def _carried(
        self, axis: int, running: notes.Running | None, inputs: Sequence[tuple[int, notes.State]]
    ) -> WindowPath:
        """Returns the path of the input whose running value goes on, with what goes unnoticed on the others."""
        reached = [(source, field) for source, field in inputs if field is not None and field.axes]
        source = next(source for source, field in reached if field.axes[axis] is running)
        path = self.of_node[source][axis]
        for other, _ in reached:
            beside = self.of_node[other][axis]
            path = _with(path, beside.unnoticed, beside.wider, beside.spread)
        return path

    def _behind(self, index: int) -> tuple[WindowPath, ...]:
        analysis = self.analysis
        field = analysis.notes_fields[index]
        if field is None:
            return ()
        node, made, layer = analysis.expansion.nodes[index], analysis.figures[index], analysis.layers[index]
        if not node.inputs:
            return (WindowPath(),) * len(field.axes)
        paths = list(self.into(index))
        if not paths or (isinstance(made.reach, Pointwise) and not layer.merges):
            return tuple(paths)
        if layer.merges and self._is_wider(index):
            paths = [_with(path, wider=index) for path in paths]
        if isinstance(made.reach, Everything) and len(self._input_shape(index)) > 1:
            return tuple(_with(path, unnoticed=index) for path in paths)
        if not isinstance(made.reach, PerAxis):
            return tuple(paths)
        counts = notes.counts_window(layer, made.reach)
        for axis, reach in enumerate(made.reach.axes):
            if axis >= len(field.layout):
                break
            target = field.layout[axis]
            if target is None:
                continue
            path = paths[target]
            match reach:
                case Window() | TransposedWindow() if counts:
                    if isinstance(reach, TransposedWindow):
                        path = _with(path, spread=index)
                    paths[target] = self._window(path, index, reach.stride)
                case Resample() | Adaptive() | WholeAxis() | TransposedWindow() | Window():
                    paths[target] = _with(path, unnoticed=index)
                case Shift() | SameAxis():
                    pass
        return tuple(paths)

    def _input_shape(self, index: int) -> Shape:
        return self.analysis.figures[self.analysis.expansion.nodes[index].inputs[0]].output.shape

    def _window(self, path: WindowPath, index: int, stride: int) -> WindowPath:
        if path.first is None:
            return replace(path, first=index, first_stride=stride)
        steps = path.steps if stride == 1 else Step(index, stride, path.steps)
        return replace(path, later=path.later + 1, steps=steps)

    def _is_wider(self, index: int) -> bool:
        field = self.analysis.fields[index]
        sources = [self.analysis.fields[source] for source in self.analysis.expansion.nodes[index].inputs]
        if not isinstance(field, Field) or field.size is None:
            return False
        sizes = [source.size for source in sources if isinstance(source, Field) and source.size is not None]
        return any(size > max(others) for size, *others in zip(field.size, *sizes, strict=True) if others)


def _with(
    path: WindowPath, unnoticed: int | None = None, wider: int | None = None, spread: int | None = None
) -> WindowPath:
    """Returns the path with what was found first of each sort."""
    return replace(
        path,
        unnoticed=unnoticed if path.unnoticed is None else path.unnoticed,
        wider=wider if path.wider is None else path.wider,
        spread=spread if path.spread is None else path.spread,
    )
