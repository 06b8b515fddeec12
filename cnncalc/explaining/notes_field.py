"""The notes' receptive field of a layer: two formulas where it has a window, the running value elsewhere."""

from __future__ import annotations

from cnncalc.analysis.report import Row
from cnncalc.conventions import notes
from cnncalc.explaining.explanation import Given, Line, Part
from cnncalc.explaining.lines import extent, given, line, of_inputs, some, together, unique
from cnncalc.explaining.origins import Origins
from cnncalc.explaining.window_paths import MOST_STRIDES, Step, WindowPath, WindowPaths
from cnncalc.formula import Formula, Symbols, formula
from cnncalc.layers.input import InputLayer
from cnncalc.layers.windows import WindowLayer
from cnncalc.receptive_fields.field import Absent
from cnncalc.receptive_fields.reach import PerAxis, TransposedWindow, Window
from cnncalc.tensor import axis_names


def notes_part(origins: Origins, row: Row, paths: WindowPaths) -> Part:
    """Returns the figure as the notes give it."""
    analysis, index = origins.analysis, origins.index
    layer, field = origins.layer, analysis.notes_fields[index]
    value, basis = row.notes.receptive_field, row.notes.basis.receptive_field
    reach = analysis.figures[index].reach
    if field is None:
        state = analysis.fields[index]
        why = state.reason if isinstance(state, Absent) else None
        return Part("receptive_field", "notes", None, remarks=(f"not defined: {why or 'there is no spatial axis'}",))
    if isinstance(layer, InputLayer):
        return Part("receptive_field", "notes", None, remarks=("no entry: it begins with the first window",))
    if layer.merges:
        inputs, words = _merged(origins)
        return Part("receptive_field", "notes", value, given=inputs, remarks=(words,), basis=basis)
    if isinstance(reach, PerAxis) and notes.counts_window(layer, reach):
        lines, symbols = _window(origins, reach, paths)
        is_first = all(entry.symbol == "k_eff" for entry in symbols)
        remarks = ("it is the first window; every later one adds to it",) if is_first else ()
        return Part("receptive_field", "notes", value, tuple(lines), unique(symbols), remarks, basis)
    running = "no window has come yet" if field.size is None else f"the running value {extent(field.size)} goes on"
    return Part("receptive_field", "notes", None, remarks=(f"no entry of its own: {running}",), basis=basis)


def _window(origins: Origins, reach: PerAxis, paths: WindowPaths) -> tuple[list[Line], list[Given]]:
    """Returns a line per axis of the input, one for axes that are alike."""
    node = origins.node
    before = origins.analysis.notes_fields[node.inputs[0]]
    assert before is not None
    into = paths.into(origins.index)
    names = axis_names(len(before.axes))
    convention = origins.analysis.convention
    found: dict[tuple[Formula, tuple[object, ...]], list[int]] = {}
    symbols_of: dict[int, Symbols] = {}
    for position, window in enumerate(reach.axes):
        assert isinstance(window, (Window, TransposedWindow))
        target = before.layout[position]
        if target is None:  # a new axis, along which no input lies
            continue
        running = before.axes[target]
        rule = formula(convention.first_window if running is None else convention.later_window)
        symbols_of[position] = {"k_eff": window.effective_kernel}
        if running is not None:
            symbols_of[position] = {
                "RF": running.size, "k_eff": window.effective_kernel, "S": running.strides * window.stride,
            }  # fmt: skip
        found.setdefault((rule, tuple(symbols_of[position].values())), []).append(position)
    lines: list[Line] = []
    explained: list[Given] = []
    for (rule, _), positions in found.items():
        targets = [target for position in positions if (target := before.layout[position]) is not None]
        subject = together(sorted((names[target] for target in targets), key=names.index))
        symbols = symbols_of[positions[0]]
        lines.append(line(subject, rule, symbols))
        for name in rule.names:
            if name == "k_eff" and isinstance(origins.layer, WindowLayer):
                explained.append(origins.effective_kernel(positions[0]))
            elif name == "RF":
                explained.append(given(name, symbols[name], f"receptive field of {origins.input_name}, by the notes"))
            elif name == "S":
                window = reach.axes[positions[0]]
                assert isinstance(window, (Window, TransposedWindow))
                path = into[targets[0]]
                explained.append(_strides(origins, path, window.stride, symbols))
    return lines, explained


def _strides(origins: Origins, path: WindowPath, own: int, symbols: Symbols) -> Given:
    """Returns the product of the strides, factor by factor: `2*1`."""
    steps: list[Step] = []
    for step in path.strided():
        if len(steps) == MOST_STRIDES:
            break
        steps.append(step)
    steps.reverse()
    factors = [*(step.stride for step in steps), own]
    shown = "*".join(map(str, factors)) if 1 < len(factors) <= MOST_STRIDES else None
    names = [*(origins.name(step.node) for step in steps), "this layer"]
    first = "" if path.first is None else f", without that of the first window, {origins.name(path.first)}"
    others = "; the others are 1" if path.later > len(steps) else ""
    return given("S", symbols["S"], f"strides of {some(names)}{first}{others}", shown)


def _merged(origins: Origins) -> tuple[tuple[Given, ...], str]:
    """Returns the value of each input of a merge, and which one it shows."""
    fields = [origins.analysis.notes_fields[source] for source in origins.node.inputs]
    merged = notes.merge(fields)
    if merged is None or merged.size is None:
        return (), "no window has come yet on its inputs"
    sizes = [None if field is None or field.size is None else extent(field.size) for field in fields]
    carried = [
        name
        for field, name in zip(fields, origins.input_names, strict=True)
        if field is not None
        and field.axes
        and all(own is running for own, running in zip(field.axes, merged.axes, strict=True))
    ]
    whose = f", and with it the stride product of {carried[0]}" if carried else ", axis by axis"
    where = [f"receptive field of {name}, by the notes" for name in origins.input_names]
    return of_inputs("RF", [size or "-" for size in sizes], where), f"the largest of them{whose}"
