"""Receptive fields by a changed recurrence: each window along the net adds what a formula gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Final

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Convention
from cnncalc.conventions import notes
from cnncalc.formula import Number, Symbol, formula
from cnncalc.layers.family import Family
from cnncalc.receptive_fields.reach import PerAxis, TransposedWindow, Window

RIGHT_FIRST = "k_eff"
RIGHT_LATER: dict[Convention, str] = {"notes": "RF + (k_eff - 1)*S", "exact": "RF + (k_eff - 1)*T/s"}
"""What is right for windows in a row, over the symbols of `Change.later_field`."""

MAX_KEPT: Final = 20_000
"""Fields that are remembered: a class that gets every layer wrong in its own way must not fill the memory."""

MAX_PATH: Final = 200
"""Windows in a row that are counted anew for a single wrong answer; nobody adds up more of them by hand."""

Sizes = tuple[Number, ...] | None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Formulas of a receptive field, as `Change` has them: of the first window, of later ones, of poolings.

    `symbols` are what symbols of a window are taken for, if its layer is of one of the `families`, or of any if empty.
    """

    first: str
    later: str
    pooling: str = ""
    once_per_block: bool = False
    symbols: tuple[tuple[str, str], ...] = ()
    families: frozenset[Family] = frozenset()

    def formula_of(self, family: Family) -> str:
        """Returns the formula of a later window."""
        return self.pooling if family == "pooling" and self.pooling else self.later

    def symbols_of(self, window: Window | TransposedWindow, family: Family) -> dict[str, Number]:
        """Returns the symbols of one window."""
        symbols: dict[str, Number] = {
            "k": window.kernel, "k_eff": window.effective_kernel, "s": window.stride, "d": window.dilation,
            "p": window.before or 0,
        }  # fmt: skip
        if not self.families or family in self.families:
            return symbols | {name: _value(text, symbols) for name, text in self.symbols}
        return symbols


RIGHT: dict[Convention, FieldRule] = {name: FieldRule(RIGHT_FIRST, later) for name, later in RIGHT_LATER.items()}


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis so far: the field, the strides from the second window on, and all strides; no field, no window yet."""

    size: Number | None
    later_strides: Number
    all_strides: Number
    last_stride: Number = 1


_START = _Axis(None, 1, 1)
_State = tuple[_Axis, ...] | None


class Recurrences:
    """The running receptive field of every layer of one net, by any rule; computed once for each."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._states: dict[FieldRule, list[_State]] = {}
        self._steps: dict[tuple[int, FieldRule, Sizes], Sizes] = {}

    def size(self, index: int, rule: FieldRule) -> Sizes:
        """Computes the running field of a layer by a rule, used from the input on."""
        return _sizes(self._all(rule)[index])

    def step(self, index: int, rule: FieldRule, previous: Sizes) -> Sizes:
        """Computes the field of a layer from the field before it: the rule is used for this layer only."""
        key = (index, rule, previous)
        if key not in self._steps:
            if len(self._steps) > MAX_KEPT:
                self._steps.clear()
            self._steps[key] = self._step(index, rule, previous)
        return self._steps[key]

    def _step(self, index: int, rule: FieldRule, previous: Sizes) -> Sizes:
        windows, before = self._windows(index), self._before(index, rule)
        if windows is None or before is None or previous is None or not len(previous) == len(before) == len(windows):
            return None
        family = self.analysis.layers[index].family
        axes = [
            _behind(axis if axis.size is None else replace(axis, size=size), window, rule, family)
            for axis, size, window in zip(before, previous, windows, strict=True)
        ]
        return _sizes(tuple(axes))

    def of_blocks(self, index: int, multiplied: bool) -> Sizes:
        """Puts together the fields of the parts of the net between poolings, each seen for itself: a sum or a product.

        Each part ends with its pooling. `None` without a single path of windows from the input, or with one part.
        """
        parts: list[list[int]] = [[]]
        for layer in self._path(index):
            if self.analysis.layers[layer].family == "pooling" and parts[-1]:
                parts.append([])
            parts[-1].append(layer)
        if len(parts) < 2:
            return None
        fields = [self._along(part[::-1], RIGHT["exact"]) for part in parts]
        if None in fields:
            return None
        per_axis = zip(*(field for field in fields if field is not None), strict=True)
        return tuple(prod(sizes) if multiplied else sum(sizes) for sizes in per_axis)

    def in_reverse(self, index: int, rule: FieldRule) -> Sizes:
        """Computes the field of the layers up to this one as if the net had them in reverse order."""
        return self._along(self._path(index), rule)

    def _path(self, index: int) -> list[int]:
        """Lists the window layers from a layer back to the input; none if several paths lead there, or a long one."""
        path: list[int] = []
        while inputs := self.analysis.expansion.nodes[index].inputs:
            if len(inputs) > 1 or len(path) == MAX_PATH:
                return []
            if self._windows(index) is not None:
                path.append(index)
            index = inputs[0]
        return path

    def _along(self, path: Sequence[int], rule: FieldRule) -> Sizes:
        """Computes the field of window layers in a row, as if the first one stood at the input."""
        state: tuple[_Axis, ...] | None = None
        for index in path:
            windows = self._windows(index) or ()
            before = state or (_START,) * len(windows)
            if len(windows) != len(before):
                return None
            family = self.analysis.layers[index].family
            state = tuple(_behind(axis, window, rule, family) for axis, window in zip(before, windows, strict=True))
        return _sizes(state)

    def up_to_the_window_before(self, index: int) -> Iterator[int]:
        """Lists the layers before this one up to the first with a window, along a single path."""
        nodes = self.analysis.expansion.nodes
        while len(nodes[index].inputs) == 1:
            index = nodes[index].inputs[0]
            yield index
            if self._windows(index) is not None:
                return

    def neighbours(self, index: int) -> Iterator[int]:
        """Lists the window layers next to a layer along a plain chain: the one before it, and the one behind."""
        count = len(self.analysis.figures)
        for step, end in ((-1, -1), (1, count)):
            at = index + step
            while at != end and self._windows(at) is None:
                at += step
            if at != end:
                yield at

    def _all(self, rule: FieldRule) -> list[_State]:
        states = self._states.get(rule)
        if states is None:
            states = self._states[rule] = []
            for index in range(len(self.analysis.figures)):
                states.append(self._through(index, rule))
        return states

    def _through(self, index: int, rule: FieldRule) -> _State:
        node = self.analysis.expansion.nodes[index]
        if not node.inputs:
            return (_START,) * (len(self.analysis.figures[index].output.shape) - 1)
        before, windows = self._before(index, rule), self._windows(index)
        if windows is None or before is None or (rule.once_per_block and not self._is_first_in_block(index)):
            return before
        if len(windows) != len(before):
            return None
        family = self.analysis.layers[index].family
        return tuple(_behind(axis, window, rule, family) for axis, window in zip(before, windows, strict=True))

    def _is_first_in_block(self, index: int) -> bool:
        """Says whether no earlier layer of the same block is a convolution of the same window."""
        nodes = self.analysis.expansion.nodes
        block = nodes[index].instance
        if block.outer is None:
            return True
        at = index - 1
        while at >= 0 and nodes[at].instance is block:
            if self._windows(at) == self._windows(index):
                return False
            at -= 1
        return True

    def _before(self, index: int, rule: FieldRule) -> _State:
        """Finds the state that a layer reads; of several, axis by axis, the one with the largest field."""
        states = self._all(rule)
        read = [states[source] for source in self.analysis.expansion.nodes[index].inputs]
        known = [state for state in read if state is not None]
        if len(known) < len(read) or len({len(state) for state in known}) != 1:
            return None
        return tuple(max(axes, key=_reached) for axes in zip(*known, strict=True))

    def _windows(self, index: int) -> tuple[Window | TransposedWindow, ...] | None:
        reach = self.analysis.figures[index].reach
        if not notes.counts_window(self.analysis.layers[index], reach) or not isinstance(reach, PerAxis):
            return None
        return tuple(axis for axis in reach.axes if isinstance(axis, (Window, TransposedWindow)))


def _sizes(state: _State) -> Sizes:
    sizes = [] if state is None else [axis.size for axis in state if axis.size is not None]
    return tuple(sizes) if state and len(sizes) == len(state) else None


def _reached(axis: _Axis) -> tuple[Number, Number]:
    return axis.size or 0, axis.all_strides


def _behind(axis: _Axis, window: Window | TransposedWindow, rule: FieldRule, family: Family) -> _Axis:
    own = rule.symbols_of(window, family)
    stride = own["s"]
    strides = axis.all_strides * stride
    symbols: dict[str, Symbol] = {**own, "T": strides, "b": axis.last_stride}
    if axis.size is None:
        return _Axis(_value(rule.first, symbols), 1, strides, stride)
    later_strides = axis.later_strides * stride
    size = _value(rule.formula_of(family), symbols | {"RF": axis.size, "S": later_strides})
    return _Axis(size, later_strides, strides, stride)


def _value(text: str, symbols: Mapping[str, Symbol]) -> Number:
    value = formula(text).evaluate(symbols)
    assert value is not None, "windows and strides are known"
    return value
