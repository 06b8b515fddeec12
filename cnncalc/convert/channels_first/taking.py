"""Operations that take parts of tensors and put tensors side by side: Slice, Split, Gather, Concat."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cnncalc.convert.channels_first.activation import Activation, is_channels_last, order_of
from cnncalc.convert.channels_first.operands import positive_axis, slice_bounds, split_sizes, whole_numbers
from cnncalc.convert.channels_first.operations import Constant, Operation
from cnncalc.convert.channels_first.shaping import into
from cnncalc.convert.channels_first.translation import Rule, Translation


def cut(t: Translation, operation: Operation, x: Activation, axis: int, kept: range) -> Activation:
    """Takes some places of an axis of the file's tensor; all of them is no layer."""
    own = x.order[axis]
    length = x.size(axis, t.batch)
    if length is not None and kept == range(length):
        return x
    if own is None or axis == x.batch_axis:
        if axis == x.batch_axis and x.size(axis, t.batch) == t.batch:
            return x  # of the batch, which a spec does not have
        raise operation.problem("unsupported-layer", f"it takes {len(kept)} of {length} places of an axis")
    if not len(kept):
        raise operation.problem("unsupported-layer", "it takes nothing")
    arguments: dict[str, object] = {"start": kept.start, "stop": kept.stop}
    if own == len(x.shape) - 1 and kept.step == 1:
        name, shape = t.add(operation, "ChannelSlice", arguments, [x])
    else:
        step = {} if kept.step == 1 else {"step": kept.step}
        name, shape = t.add(operation, "Slice", {"axis": own + 1, **arguments, **step}, [x])
    return Activation(name, shape, x.order, x.batch_axis)


def slicing(t: Translation, operation: Operation) -> None:
    """Translates Slice: some places of one axis or of several."""
    x = t.activation(operation)
    for axis, start, end, step in slice_bounds(operation, t.constants(operation), len(x.order)):
        length = x.size(axis, t.batch)
        if length is None:
            if start == 0 and end >= 2**31 - 1 and step == 1:
                continue
            raise operation.problem(
                "unsupported-layer", "it takes part of an axis of unknown size", "give the sizes with --input"
            )
        kept = range(length)[start:end:step]
        if step < 0:
            if len(kept) != length:
                raise operation.problem("unsupported-layer", "it takes part of an axis backwards")
            layer, shape = t.opaque_layer(operation, x.shape, [x])
            x = replace(x, layer=layer, shape=shape)
            continue
        x = cut(t, operation, x, axis, kept)
    t.result(operation, x)


def split(t: Translation, operation: Operation) -> None:
    """Translates Split: several slices of one axis; those that nothing reads are left out."""
    x = t.activation(operation)
    axis = positive_axis(operation.attribute("axis", int, 0), len(x.order))
    start = 0
    for index, size in enumerate(split_sizes(operation, t.constants(operation), x.size(axis, t.batch))):
        if index < len(operation.outputs) and (
            t.readers.get(operation.outputs[index]) or operation.outputs[index] in t.graph.outputs
        ):
            t.result(operation, cut(t, operation, x, axis, range(start, start + size)), index)
        start += size


def gather(t: Translation, operation: Operation) -> None:
    """Translates Gather: one place of an axis, which goes, or places in a row; rows of a table are an Embedding."""
    table, indices = t.value(operation, 0), t.value(operation, 1)
    axis = operation.attribute("axis", int, 0)
    if isinstance(table, Constant) and isinstance(indices, Activation) and len(table.dims) == 2 and axis == 0:
        arguments = {"input_dim": table.dims[0], "output_dim": table.dims[1]}
        name, shape = t.add(operation, "Embedding", arguments, [indices], t.kernel_names(operation, 0))
        t.result(operation, Activation(name, shape, (*indices.order, len(shape) - 1), indices.batch_axis))
        return
    x = t.activation(operation)
    rank = len(x.order)
    axis = positive_axis(axis, rank)
    places = whole_numbers(indices) if isinstance(indices, Constant) else None
    length = x.size(axis, t.batch)
    if places is None or length is None or not isinstance(indices, Constant):
        t.opaque(operation, [x])
        return
    places = tuple(place % length for place in places)
    if indices.dims == ():
        y = cut(t, operation, x, axis, range(places[0], places[0] + 1))
        rest = [place for place in range(rank) if place != axis]
        ours = [rest.index(place) for place in y.sequence() if place != axis]
        batch_axis = rest.index(y.batch_axis) if y.batch_axis in rest else None
        target = [y.shape[y.order[place] or 0] for place in y.sequence() if place != axis]
        t.result(operation, t.reshaped(operation, y, target, order_of(ours, rank - 1), batch_axis))
    elif len(indices.dims) == 1 and places == tuple(range(places[0], places[0] + len(places))):
        t.result(operation, cut(t, operation, x, axis, range(places[0], places[-1] + 1)))
    elif sorted(places) == list(range(length)):
        if places != tuple(range(length)):  # in another order
            layer, shape = t.opaque_layer(operation, x.shape, [x])
            x = replace(x, layer=layer, shape=shape)
        before = x.dims(t.batch)
        into(t, operation, x, (*before[:axis], *indices.dims, *before[axis + 1 :]))
    else:
        t.opaque(operation, [x])


def concat(t: Translation, operation: Operation) -> None:
    """Translates Concat along an axis; constants among the inputs become sources."""
    values = [t.value(operation, index) for index in range(len(operation.inputs))]
    main = next(value for value in values if isinstance(value, Activation))
    rank = len(main.order)
    axis = positive_axis(operation.attribute("axis", int, 0), rank)
    sequence = main.sequence()
    needed = {place for value in values if isinstance(value, Activation) for place in value.sequence()} | {axis}
    if needed != set(sequence):
        missing = sorted(needed - set(sequence))
        channels = sequence[-1] if is_channels_last(sequence) else 1
        is_ascending = sequence == sorted(sequence)
        sequence = sorted(needed) if is_ascending else [*sorted({*sequence, *missing} - {channels}), channels]
    if axis == main.batch_axis:
        raise operation.problem("unsupported-layer", "it puts tensors side by side along the batch")
    parts: list[Activation] = []
    for value in values:
        if isinstance(value, Activation):
            parts.append(t.arrange(operation, value, sequence))
        elif value is not None and value.size:
            dims = tuple(1 if place == main.batch_axis else size for place, size in enumerate(value.dims))
            part = Constant(dims, value.values, value.sources)
            wanted = [part.dims[place] for place in sequence]
            if not value.sources:
                t.note_lost_parameters(operation)
            source = t.parameter(operation, part, sequence)
            if list(source.shape) != wanted:
                source = t.reshaped(operation, source, wanted, order_of(sequence, rank))
            parts.append(source)
    if len(parts) == 1:
        t.result(operation, parts[0])
        return
    own = sequence.index(axis)
    arguments: dict[str, object] = {} if own == len(sequence) - 1 else {"axis": own + 1}
    # A dense block joins all that came before again and again: it is longer by one than what was joined already.
    names = tuple(part.layer for part in parts)
    known = t.joined.get((names[:-1], own))
    joined = parts if known is None else [known, parts[-1]]
    name, shape = t.add(operation, "Concatenate", arguments, joined)
    t.joined[names, own] = Activation(name, shape, order_of(sequence, rank), None)
    batch_axis = next((part.batch_axis for part in parts if part.batch_axis is not None), None)
    t.result(operation, Activation(name, shape, order_of(sequence, rank), batch_axis))


def tile(t: Translation, operation: Operation) -> None:
    """Translates Tile: nearest upsampling by whole factors; nothing if all are 1."""
    x = t.activation(operation)
    counts = whole_numbers(t.constant(operation, 1))
    if counts is None:
        raise operation.problem("unsupported-layer", "how often it repeats is not known")
    if set(counts) == {1}:
        t.result(operation, x)
    else:
        t.opaque(operation, [x])


RULES: Final[dict[str, Rule]] = {"Slice": slicing, "Split": split, "Gather": gather, "Concat": concat, "Tile": tile}
