"""Where branches meet: the receptive field behind a layer that reads several tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import lcm

from cnncalc.receptive_fields.field import CONSTANT, Absent, Axes, Field, Layout, State, Undefined, boxes_of, hulls_of
from cnncalc.receptive_fields.parts import joined
from cnncalc.receptive_fields.sliding import NOTHING, Box, Fixed, Sliding, around, fixed, hull
from cnncalc.receptive_fields.whole_maps import flattened, is_constant, read_boxes, recovered, sees_all, unreadable
from cnncalc.receptive_fields.work import Untraceable, Work
from cnncalc.tensor import Shape


def merge(
    states: Sequence[State],
    shapes: Sequence[Shape],
    output: Shape,
    names: Sequence[str],
    work: Work,
    beside: bool = False,
) -> tuple[State, str | None]:
    """Returns the hull of the fields that meet in a layer, and a note where they are not aligned.

    Element i of vectors that were maps of one shape is one position of all of them, so those maps meet. `beside`:
    whether the layer puts its inputs side by side, so that an element of vectors sees one of them only.
    """
    if all(state is states[0] for state in states) and all(shape == output for shape in shapes):
        return states[0], None
    reached = [index for index, state in enumerate(states) if not is_constant(state)]
    if not reached:
        return CONSTANT, None
    if len(reached) < len(states):
        states, shapes = [states[index] for index in reached], [shapes[index] for index in reached]
        names = [names[index] for index in reached]
    sources = frozenset().union(*({s.source} if not isinstance(s, Absent) else s.sources for s in states))
    if len(sources) > 1:
        return Absent(sources, f"{len(sources)} inputs reach this layer"), None
    if (plain := _hull_of_windows(states, shapes, output)) is not None:
        return plain, None
    try:
        read_boxes(states, work)
        return _met(states, shapes, output, names, work, beside)
    except Untraceable as problem:
        return unreadable(states, problem), None


def _met(
    states: Sequence[State],
    shapes: Sequence[Shape],
    output: Shape,
    names: Sequence[str],
    work: Work,
    beside: bool,
) -> tuple[State, str | None]:
    """Returns the same, where it takes more than windows. Raises: Untraceable: where that is too much."""
    if beside and (vectors := _vectors_side_by_side(states)) is not None:
        return vectors, None
    if not beside and (maps := _flattened_alike(states)) is not None:
        fields_of_maps, map_shape = maps
        state, note = merge(fields_of_maps, [map_shape] * len(states), map_shape, names, work)
        return (flattened(state, map_shape) if isinstance(state, Field) else state), note
    fields: list[Field] = []
    for state, shape in zip(states, shapes, strict=True):
        if isinstance(state, Absent):
            return state, None
        if isinstance(state, Field):
            fields.append(_broadcast(state, shape, output, work))

    def everything() -> tuple[Box, ...]:
        """Returns what all positions of all inputs together see."""
        pairs = zip(states, shapes, strict=True)
        seen = [boxes_of(s, shape) if isinstance(s, Field) else s.boxes for s, shape in pairs]  # type: ignore[union-attr]
        return hulls_of([boxes for boxes in seen if boxes])

    if (reason := _reason(states)) is not None:
        undefined = Undefined(states[0].source, reason, everything())  # type: ignore[union-attr]
        # Beside a branch that sees all of its map everything counts, boxes or no boxes.
        return (recovered(undefined) if any(map(sees_all, fields)) else undefined), None
    try:
        return _merged(fields, everything, names, work)
    except Untraceable as problem:
        return Undefined(fields[0].source, str(problem), everything()), None


def _merged(
    fields: Sequence[Field], everything: Callable[[], Sequence[Box]], names: Sequence[str], work: Work
) -> tuple[State, str | None]:
    """Raises: Untraceable: where there is no common box."""
    reached = [(field, name) for field, name in zip(fields, names, strict=True) if field.size is not None]
    if not reached:
        return Field(fields[0].source, (), ()), None
    layout = _common_layout(fields)
    parts = [list(part) for field, _ in reached for part in field.parts]
    names = [name for field, name in reached for _ in field.parts]
    notes: list[str] = []
    for index in range(len(parts[0])):
        sliding = [axis for part in parts if isinstance(axis := part[index], Sliding)]
        if len(sliding) < len(parts):
            box = everything()[index]
            if box is None:
                raise Untraceable("a branch sees a whole map whose size is unknown")
            for part in parts:
                part[index] = fixed(box)
            continue
        _check_strides(sliding, names)
        if any(axis.origin != sliding[0].origin for axis in sliding):
            widest, note = _widest(sliding, names, work)
            for part in parts:
                part[index] = widest
            if note is not None and note not in notes:
                notes.append(note)
            continue
        whole = [hull([part[index] for part in field.parts], work) for field, _ in reached]  # type: ignore[misc]
        note = _off_centre(whole, [name for _, name in reached], work)
        if note is not None and note not in notes:
            notes.append(note)
    hulls = joined(fields[0].source, list(map(tuple, parts)), layout, work)
    return replace(hulls, folded=any(field.folded for field in fields)), "; ".join(notes) or None


def _common_layout(fields: Sequence[Field]) -> Layout:
    """Returns the layout of the tensor in which fields meet. Raises: Untraceable: if they do not run along the same
    axes.
    """
    layout: list[int | None] = []
    for entries in zip(*(field.layout for field in fields if field.layout), strict=True):
        sliding = {
            axis
            for field, axis in zip((field for field in fields if field.layout), entries, strict=True)
            if axis is not None and any(isinstance(part[axis], Sliding) for part in field.parts)
        }
        if len(sliding) > 1 or not sliding.isdisjoint(layout):
            raise Untraceable("its branches exchange axes")
        layout.append(sliding.pop() if sliding else next((axis for axis in entries if axis is not None), None))
    return tuple(layout)


def _hull_of_windows(states: Sequence[State], shapes: Sequence[Shape], output: Shape) -> Field | None:
    """The hull where all lies behind windows alone, with one stride, one centre and one size of map, as it does nearly
    everywhere; `None`: there is more to it.
    """
    one, map_size = states[0], shapes[0][:-1]
    if not isinstance(one, Field) or not one.layout or len(one.layout) != len(map_size):
        return None
    if len(output) != len(shapes[0]) or any(1 == size != new for size, new in zip(map_size, output, strict=False)):
        return None  # an axis of size 1 is stretched
    widest = list(one.axes)
    for state, shape in zip(states, shapes, strict=True):
        if not isinstance(state, Field) or state.layout != one.layout or state.more or shape[:-1] != map_size:
            return None
        if state.folded:
            return None
        for index, (axis, known) in enumerate(zip(state.axes, widest, strict=True)):
            if not (isinstance(axis, Sliding) and isinstance(known, Sliding) and axis.period == known.period == 1):
                return None
            first, last, known_first, known_last = axis.first[0], axis.last[0], known.first[0], known.last[0]
            if first is None or last is None or known_first is None or known_last is None:
                return None
            if axis.shift != known.shift or axis.origin != known.origin or first + last != known_first + known_last:
                return None
            if first < known_first:
                widest[index] = axis
    return Field(one.source, tuple(widest), one.layout)


def _flattened_alike(states: Sequence[State]) -> tuple[list[Field], Shape] | None:
    """Returns the fields and the shape of maps that were flattened, whose elements so still lie where they lay.

    That there are as many of them settles one size that is unknown, but not two.
    """
    maps = [state.flattened for state in states if isinstance(state, Field) and state.flattened is not None]
    if len(maps) < len(states) or len({shape for _, shape in maps}) > 1 or maps[0][1].count(None) > 1:
        return None
    return [field for field, _ in maps], maps[0][1]


def _vectors_side_by_side(states: Sequence[State]) -> Field | None:
    """Says where elements of vectors see parts of what all of them see: each sees what it saw, and the largest counts.

    The offset is where the first of all boxes begins. Where it is not known what all elements see, the field is that
    of the input whose elements see the most, if it is one on all axes.
    """
    fields = [state for state in states if isinstance(state, Field) and not state.layout]
    reached = [(field, size) for field in fields if (size := field.size) is not None]
    if len(fields) < len(states) or not any(field.is_in_parts for field, _ in reached):
        return None
    largest = tuple(map(max, zip(*(size for _, size in reached), strict=True)))
    source, boxes = fields[0].source, hulls_of([boxes_of(field, ()) for field, _ in reached])
    axes = tuple(Fixed(size, *box) for size, box in zip(largest, boxes, strict=True) if box is not None)
    if len(axes) == len(largest):
        return Field(source, axes, ())
    widest = (field for field, size in reached if size == largest and field.is_unplaced)
    return next((replace(field, flattened=None) for field in widest), None)


def _reason(states: Sequence[State]) -> str | None:
    """Says why no box is known of what several inputs show at a position; `None`: it may be."""
    for state in states:
        if isinstance(state, Undefined):
            return state.reason
    vectors = [state for state in states if isinstance(state, Field) and state.is_in_parts]
    if len(vectors) > 1:
        return "the same element of its inputs may come from different positions"
    return "it holds a whole map whose size is unknown" if any(field.is_unplaced for field in vectors) else None


def _check_strides(axes: Sequence[Sliding], names: Sequence[str]) -> None:
    """Boxes that slide have a common box only at one stride. Raises: Untraceable: naming two branches."""
    one = axes[0]
    for axis, name in zip(axes, names, strict=True):
        if axis.stride != one.stride:
            raise Untraceable(f"not aligned: {names[0]} has effective stride {one.stride} and {name} has {axis.stride}")


def _widest(axes: Sequence[Sliding], names: Sequence[str], work: Work) -> tuple[Sliding, str | None]:
    """Returns the box around all others whatever sizes the paddings depend on, and a note on centres.

    Raises: Untraceable: where there is none.
    """
    widest, its_name = max(zip(axes, names, strict=True), key=lambda entry: entry[0].size or 0)
    note = None
    for axis, name in zip(axes, names, strict=True):
        contains, centred = around(widest, axis, work)
        if not contains:
            raise Untraceable(f"the paddings of {its_name} and {name} depend on a size that is unknown")
        if not centred:
            note = note or f"not aligned: {its_name} and {name} have different centres, at some sizes at least"
    return widest, note


def _off_centre(axes: Sequence[Sliding], names: Sequence[str], work: Work) -> str | None:
    """Names two branches whose boxes have the same stride but not the same centre (Araujo et al.'s alignment).

    Raises: Untraceable: where that shows only after too many positions.
    """
    one = axes[0]
    for axis, name in zip(axes[1:], names[1:], strict=True):
        period = lcm(axis.period, one.period)
        if period > 1:
            work.follow(period, one.shift)
        for p in range(period):
            ends = one.begin(p), one.end(p), axis.begin(p), axis.end(p)
            if None not in ends and ends[0] + ends[1] != ends[2] + ends[3]:  # type: ignore[operator]
                return f"not aligned: {names[0]} and {name} have different centres"
    return None


def _broadcast(field: Field, shape: Shape, output: Shape, work: Work) -> Field:
    """Stretches an axis of size 1 over a longer one, whose positions all see the same box. Raises: Untraceable."""
    lead = len(output) - len(shape)
    if lead and field.layout:
        field = replace(field, layout=(*(None,) * lead, *field.layout))
        shape = (*(1,) * lead, *shape)
    stretched = {
        axis for index, axis in enumerate(field.layout) if axis is not None and shape[index] == 1 and output[index] != 1
    }
    if not stretched:
        return field
    parts: list[Axes] = []
    for part in field.parts:
        boxes = {target: axis.box(1) for target in stretched if isinstance(axis := part[target], Sliding)}
        known = {target: box for target, box in boxes.items() if box is not None}
        if NOTHING not in known.values():
            parts.append(tuple(fixed(known[i]) if i in known else axis for i, axis in enumerate(part)))
    return joined(field.source, parts, field.layout, work) if parts else Field(field.source, (), ())
