"""The exact receptive field of a layer: three formulas behind windows, words where no closed formula gives it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cnncalc.analysis.report import Row
from cnncalc.explaining.explanation import Given, Line, Part
from cnncalc.explaining.lines import bare_number, extent, given, line, of_inputs, together, unique
from cnncalc.explaining.origins import Origins
from cnncalc.explaining.reach_words import PRODUCT_IN_WORDS, axis_in_words, reach_in_words
from cnncalc.formula import Symbols
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import Merge
from cnncalc.layers.products import Product
from cnncalc.receptive_fields.field import Absent, Axis, Field, Fixed, Sliding, Undefined, boxes_of
from cnncalc.receptive_fields.reach import (
    AxisReach,
    Everything,
    Flattened,
    PerAxis,
    Pointwise,
    SameAxis,
    Shift,
    WholeAxis,
    Window,
)
from cnncalc.receptive_fields.sliding import OFFSET, SIZE, STRIDE
from cnncalc.tensor import axis_names

MOST_RUNS = 6
"""Boxes of different positions that are written out."""


def exact_part(origins: Origins, row: Row) -> Part:
    """Returns the figure as it is."""
    index = origins.index
    state = origins.analysis.fields[index]
    lines: list[Line] = []
    explained: list[Given] = []
    remarks: list[str] = []
    if isinstance(origins.layer, InputLayer):
        remarks.append("each position sees itself" if isinstance(state, Field) else "there is no spatial axis")
    elif isinstance(state, Absent):
        remarks.append(f"not defined: {state.reason or 'the input has no spatial axis'}")
    elif isinstance(state, Undefined):
        remarks.append(_undefined(origins, state))
    elif len(origins.node.inputs) > 1:
        explained, remarks = _merged(origins, state)
    else:
        before = origins.analysis.fields[origins.node.inputs[0]]
        assert not isinstance(before, Absent), "a field comes from a field"
        lines, explained, remarks = _through(origins, before, state)
    if isinstance(state, Field):
        remarks += _placed(row, state, bool(lines))
    return Part("receptive_field", "exact", row.exact.receptive_field, tuple(lines), unique(explained), tuple(remarks))


# One input ------------------------------------------------------------------------------------------------------


Found = tuple[list[Line], list[Given], list[str]]
"""Lines, their symbols, and remarks."""


def _through(origins: Origins, before: Field | Undefined, state: Field) -> Found:
    reach = origins.analysis.figures[origins.index].reach
    name = origins.input_name
    if isinstance(before, Undefined):
        return [], [], [f"{name} has no box ({before.reason}), but what reads all of it sees the hull of all its boxes"]
    if before.size is None:
        return [], [], [f"no input position reaches {name}"]
    if isinstance(reach, PerAxis) and before.layout:
        return _per_axis(origins, before, state, reach)
    if isinstance(reach, Pointwise):
        return [], [], [f"each position sees what the same position of {name} sees: {extent(before.size)}"]
    if all(isinstance(axis, Fixed) and axis.is_seen_whole for axis in before.axes):
        spans = [_span(axis.first, axis.last) for axis in before.axes if isinstance(axis, Fixed)]
        return [], [], [f"every element of {name} sees {together(spans)} already, and so does every one here"]
    remarks = [reach_in_words(reach)]
    if isinstance(reach, (Everything, Flattened)):
        remarks += _whole_map(origins, before)
    return [], [], remarks


def _per_axis(origins: Origins, before: Field, state: Field, reach: PerAxis) -> Found:
    names = axis_names(len(before.axes))
    alike: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    for position, axis_reach in enumerate(reach.axes):
        target = before.layout[position]
        if target is None:  # a new axis, along which no input lies
            continue
        parts = tuple(part[target] for part in (*before.parts, *state.parts))
        alike.setdefault((axis_reach, len(before.parts), parts), []).append((position, target))
    lines: list[Line] = []
    explained: list[Given] = []
    remarks: list[str] = []
    for pairs in alike.values():
        position, target = pairs[0]
        axis_reach = reach.axes[position]
        subject = together(sorted((names[axis] for _, axis in pairs), key=names.index))
        only = len(alike) == 1
        symbols = _window_symbols(before, target, axis_reach)
        if symbols is not None:
            for what, rule in (("size", SIZE), ("effective stride", STRIDE), ("offset", OFFSET)):
                lines.append(line(what if only else f"{what}, {subject}", rule, symbols))
            explained += _window_given(origins, position, subject, axis_reach, symbols)
        else:
            words = _axis_words(origins, before.axes[target], state, target, axis_reach)
            remarks += [word if only else f"{subject}: {word}" for word in words]
    return lines, explained, remarks


def _window_symbols(before: Field, target: int, reach: AxisReach) -> Symbols | None:
    """Returns what the three formulas read, where they are what computes: behind windows alone, and with known
    padding.
    """
    axis = before.axes[target]
    window = Window(1, 1, 1, reach.before) if isinstance(reach, Shift) else reach
    if not isinstance(axis, Sliding) or not isinstance(window, Window) or before.more:
        return None
    if axis.period > 1 or axis.origin or axis.first[0] is None or window.before is None:
        return None
    return {
        "r": axis.size, "k_eff": window.effective_kernel, "j": axis.shift,
        "s": window.stride, "a": axis.first[0], "before": window.before,
    }  # fmt: skip


def _window_given(origins: Origins, position: int, subject: str, reach: AxisReach, symbols: Symbols) -> list[Given]:
    name = origins.input_name
    explained = [
        given("r", symbols["r"], f"receptive field of {name}"),
        given("j", symbols["j"], f"effective stride of {name}"),
        given("a", symbols["a"], f"where the box of position 0 of {name} begins"),
    ]
    if isinstance(reach, Shift):
        argument = "cropping" if "cropping" in origins.layer.arguments() else "padding"
        cut = ", cut off instead of added" if argument == "cropping" else ""
        return [
            *explained,
            given("k_eff", 1, "each position reads one"),
            given("s", 1, "each position reads the next one"),
            given("before", symbols["before"], origins.argument(argument) + cut),
        ]
    for name in ("k_eff", "s", "before"):
        explained += origins.on_axis(name, symbols[name], position, subject)
    return explained


def _axis_words(origins: Origins, before: Axis, state: Field, target: int, reach: AxisReach) -> list[str]:
    """Returns an axis that no closed formula gives."""
    name = origins.input_name
    axis = state.axes[target]
    if isinstance(reach, SameAxis):
        return [axis_in_words(reach)]
    if isinstance(before, Fixed):
        return [f"every position of {name} sees {_span(before.first, before.last)} already"]
    words = [axis_in_words(reach)]
    if isinstance(reach, WholeAxis) and isinstance(axis, Fixed):
        return [*words, f"that is {_span(axis.first, axis.last)}"]
    if isinstance(axis, Sliding):
        words.append(_phases(axis))
    if state.more:
        words.append("branches leave holes, so that not every position sees every branch: the largest box counts")
    return words


def _phases(axis: Sliding) -> str:
    """Returns what the positions see after which everything comes again."""
    if axis.origin:
        return f"the largest box is {axis.size}; where it lies depends on a size that is unknown"
    runs: list[tuple[int, int]] = []  # positions one after the other that see the same
    for p in range(axis.period):
        if runs and (axis.first[p], axis.last[p]) == (axis.first[p - 1], axis.last[p - 1]):
            runs[-1] = (runs[-1][0], p)
        elif len(runs) <= MOST_RUNS:
            runs.append((p, p))
        else:
            break
    seen = [
        f"position {start} sees {_span(axis.first[start], axis.last[start])}"
        if start == end
        else f"positions {start} to {end} see {_span(axis.first[start], axis.last[start])}"
        for start, end in runs[:MOST_RUNS]
    ]
    if axis.period == 1:
        return seen[0]
    more = ", ..." if len(runs) > MOST_RUNS else ""
    again = f"this comes again every {axis.period} positions, {axis.shift} further"
    return f"{', '.join(seen)}{more}; {again}; the largest box is {axis.size}"


def _whole_map(origins: Origins, before: Field) -> list[str]:
    """Returns what all positions of the map see together."""
    shape = origins.inputs[0].shape
    boxes = boxes_of(before, shape)
    if before.size is None or None in boxes:
        return []
    names = axis_names(len(before.axes))
    spans = [f"{name} {_span(*box)}" for name, box in zip(names, boxes, strict=True) if box is not None]
    what = f"{extent(shape[:-1])} positions" if len(shape) > 1 else f"{bare_number(shape[0])} elements"
    return [f"the {what} of {origins.input_name} see together {together(spans)}"]


def _span(first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return "nothing"
    return f"{first} to {last} ({last - first + 1})" if first != last else f"{first}"


# Several inputs -------------------------------------------------------------------------------------------------


def _merged(origins: Origins, state: Field) -> tuple[list[Given], list[str]]:
    """Returns what each branch gives to the hull, and in words what they come to and which one is the largest."""
    sources = origins.node.inputs
    fields = [origins.analysis.fields[source] for source in sources]
    if isinstance(origins.layer, Product):
        return [], [PRODUCT_IN_WORDS]
    if all(field is fields[0] for field in fields):
        return [], [f"all inputs see the same: {extent(state.size or ())}"]
    if state.size is None:
        return [], []
    branches = [
        (name, field) for name, field in zip(origins.input_names, fields, strict=True) if isinstance(field, Field)
    ]
    explained: list[Given] = []
    remarks = ["the hull of what its inputs see at each position"]
    if isinstance(origins.layer, Merge) and origins.layer.side_by_side and any(f.is_in_parts for _, f in branches):
        remarks = ["each element is one of an input's, and sees what that one saw"]
    names = axis_names(len(state.axes))
    alike: dict[tuple[object, ...], list[int]] = {}
    for index in range(len(state.axes)):
        key = tuple(part[index] for _, field in branches if field.axes for part in field.parts)
        alike.setdefault((key, state.axes[index]), []).append(index)
    for indices in alike.values():
        index = indices[0]
        subject = "" if len(alike) == 1 else together([names[i] for i in indices])
        boxes, words = _merged_axis(state, branches, index, subject)
        explained += boxes
        remarks.append(f"{subject}: {words}" if subject else words)
    if origins.analysis.alignment_notes[origins.index]:
        remarks.append(str(origins.analysis.alignment_notes[origins.index]))
    return explained, remarks


def _merged_axis(
    state: Field, branches: Sequence[tuple[str, Field]], index: int, subject: str
) -> tuple[tuple[Given, ...], str]:
    axis = state.axes[index]
    sizes = state.size or ()
    reached = [(name, field, (field.size or ())[index]) for name, field in branches if field.size]
    values, origins = [], []
    for name, field, size in reached:
        own, where = field.axes[index], ""
        if field.shows_parts(index):
            value, where = f"{size}", "each element"
        elif isinstance(own, Fixed) and not isinstance(axis, Sliding):
            value, where = _span(own.first, own.last), "every position"
        elif own.period == 1 and own.offset is not None and not isinstance(axis, Fixed):
            value = _span(own.offset, own.offset + size - 1)
            where = "position 0" if state.layout and axis.period == 1 else ""
        else:
            value, where = f"{size} at most", "a position"
        values.append(value)
        origins.append(", ".join(filter(None, (f"{where} of {name}" if where else name, subject))))
    largest = max(reached, key=lambda entry: entry[2])
    if state.shows_parts(index):
        together_text = f"each element sees {sizes[index]} at most"
    elif isinstance(axis, Fixed):
        together_text = f"beside an input that sees all of its map all positions count: {_span(axis.first, axis.last)}"
    elif axis.period == 1 and axis.offset is not None:
        together_text = f"together {_span(axis.offset, axis.offset + sizes[index] - 1)}"
    else:
        together_text = f"together at most {sizes[index]}"
    whose = f"; the largest is that of {largest[0]}" if len({size for _, _, size in reached}) > 1 else ""
    return of_inputs("box", values, origins), f"{together_text}{whose}"


# What is left to say --------------------------------------------------------------------------------------------


def _undefined(origins: Origins, state: Undefined) -> str:
    """Returns the reason, and where it comes from."""
    sources = [origins.analysis.fields[source] for source in origins.node.inputs]
    inherited = [
        name
        for name, source in zip(origins.input_names, sources, strict=True)
        if isinstance(source, Undefined) and source.reason == state.reason
    ]
    return f"undefined, as for {inherited[0]}: {state.reason}" if inherited else f"undefined: {state.reason}"


def _listed(values: Sequence[int | Fraction | None]) -> str:
    """Returns one number where all axes have the same."""
    return bare_number(values[0]) if len(set(values)) == 1 else ", ".join(map(bare_number, values))


def _placed(row: Row, state: Field, has_lines: bool) -> list[str]:
    """Says effective stride and offset where no line gives them, and how the field compares with the input."""
    remarks = []
    stride, offset = row.exact.effective_stride, row.exact.offset
    if not has_lines and stride is not None and offset is not None:
        remarks.append(f"effective stride {_listed(stride)}; offset {_listed(offset)}")
    if row.exact.note and "larger than the input" in row.exact.note:
        remarks.append("larger than the input: the border cuts it at every position")
    if state.size is None:
        remarks.append("no input position reaches it")
    return remarks
