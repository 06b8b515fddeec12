"""Receptive fields by a changed recurrence: each window along the net adds what a formula gives."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Convention
from cnncalc.conventions import notes
from cnncalc.formula import Number, Symbol, formula
from cnncalc.receptive_fields.reach import PerAxis, TransposedWindow, Window

RIGHT_FIRST = "k_eff"
RIGHT_LATER: dict[Convention, str] = {"notes": "RF + (k_eff - 1)*S", "exact": "RF + (k_eff - 1)*T/s"}
"""What is right for windows in a row, over the symbols of `Change.later_field`."""

Sizes = tuple[Number, ...] | None


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis so far: the field, the strides from the second window on, and all strides; no field, no window yet."""

    size: Number | None
    later_strides: int
    all_strides: int


_START = _Axis(None, 1, 1)
_State = tuple[_Axis, ...] | None


class Recurrences:
    """The running receptive field of every layer of one net, for any pair of formulas; computed once for each."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._states: dict[tuple[str, str], list[_State]] = {}

    def size(self, index: int, first: str, later: str) -> Sizes:
        """Computes the running field of a layer by the formulas, used from the input on."""
        state = self._all(first, later)[index]
        sizes = [] if state is None else [axis.size for axis in state if axis.size is not None]
        return tuple(sizes) if state and len(sizes) == len(state) else None

    def step(self, index: int, first: str, later: str, previous: Sizes) -> Sizes:
        """Computes the field of a layer from the field before it: the formulas are used for this layer only."""
        windows, before = self._windows(index), self._before(index, first, later)
        if windows is None or before is None or previous is None or len(previous) != len(before) != len(windows):
            return None
        axes = [
            _behind(axis if axis.size is None else _Axis(size, axis.later_strides, axis.all_strides), w, first, later)
            for axis, size, w in zip(before, previous, windows, strict=True)
        ]
        return tuple(axis.size for axis in axes if axis.size is not None)

    def _all(self, first: str, later: str) -> list[_State]:
        states = self._states.get((first, later))
        if states is None:
            states = self._states[first, later] = []
            for index in range(len(self.analysis.figures)):
                states.append(self._through(index, first, later))
        return states

    def _through(self, index: int, first: str, later: str) -> _State:
        node = self.analysis.expansion.nodes[index]
        if not node.inputs:
            return (_START,) * (len(self.analysis.figures[index].output.shape) - 1)
        before, windows = self._before(index, first, later), self._windows(index)
        if windows is None or before is None:
            return before
        if len(windows) != len(before):
            return None
        return tuple(_behind(axis, window, first, later) for axis, window in zip(before, windows, strict=True))

    def _before(self, index: int, first: str, later: str) -> _State:
        """Finds the state that a layer reads; of several, axis by axis, the one with the largest field."""
        states = self._all(first, later)
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


def _reached(axis: _Axis) -> tuple[Number, int]:
    return axis.size or 0, axis.all_strides


def _behind(axis: _Axis, window: Window | TransposedWindow, first: str, later: str) -> _Axis:
    strides = axis.all_strides * window.stride
    symbols: dict[str, Symbol] = {
        "k": window.kernel,
        "k_eff": window.effective_kernel,
        "s": window.stride,
        "T": strides,
    }
    if axis.size is None:
        return _Axis(_value(first, symbols), 1, strides)
    later_strides = axis.later_strides * window.stride
    return _Axis(_value(later, symbols | {"RF": axis.size, "S": later_strides}), later_strides, strides)


def _value(text: str, symbols: dict[str, Symbol]) -> Number:
    value = formula(text).evaluate(symbols)
    assert value is not None, "windows and strides are known"
    return value
