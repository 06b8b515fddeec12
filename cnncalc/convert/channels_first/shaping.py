"""Operations that put entries into another shape or order: Reshape, Transpose and their kin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from cnncalc.convert.channels_first.activation import Activation, channels_last, is_channels_last, order_of
from cnncalc.convert.channels_first.operands import axes_of, positive_axis, target_sizes
from cnncalc.convert.channels_first.operations import Dims, Operation
from cnncalc.convert.channels_first.translation import Rule, Translation

Group = tuple[list[int], list[int]]
"""Neighbouring axes before a Reshape, and those after it that have the same entries."""

_WALK: Final = 30
"""How far readers are followed to find out whether a tensor is a map with its channels first."""
_UNDECIDED: Final = frozenset(
    {"Add", "Sub", "Mul", "Div", "Cast", "Relu", "Clip", "Identity", "Pad", "Dropout", "Sigmoid", "LeakyRelu", "Swish",
     "Slice"}
)  # fmt: skip
_CHANNELS_FIRST: Final = frozenset(
    {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "AdaptiveAveragePool",
     "BatchNormalization", "InstanceNormalization", "GroupNormalization", "Resize", "Upsample", "DepthToSpace",
     "LRN", "PRelu"}
)  # fmt: skip


def is_map_first(t: Translation, name: str, rank: int) -> bool:
    """Says whether a tensor with `rank` axes is a map with its channels first, as far as what reads it tells."""
    waiting, seen = [name], {name}
    while waiting and len(seen) < _WALK:
        for reader in t.readers.get(waiting.pop(0), ()):
            if reader.kind in _CHANNELS_FIRST:
                return True
            if reader.kind == "Transpose":
                order = reader.integers("perm")
                if order[1:2] == (rank - 1,):
                    return False
                if order[-1:] == (1,):
                    return True
            if reader.kind in _UNDECIDED:
                new = [output for output in reader.outputs if output not in seen]
                seen.update(new)
                waiting += new
    return rank >= 4


def groups_of(before: Dims, after: Dims) -> list[Group] | None:
    """Pairs the axes before and after a Reshape that hold the same entries; None if sizes are unknown and differ."""
    groups: list[Group] = []
    i = j = 0
    while i < len(before) and j < len(after):
        left, right = [i], [j]
        i, j = i + 1, j + 1
        if before[left[0]] is None and after[right[0]] is None:
            groups.append((left, right))
            continue
        if before[left[0]] is None or after[right[0]] is None:
            return None
        a, b = before[left[0]] or 0, after[right[0]] or 0
        while a != b:
            if a < b:
                if i == len(before) or before[i] is None:
                    return None
                a *= before[i] or 0
                left.append(i)
                i += 1
            else:
                if j == len(after) or after[j] is None:
                    return None
                b *= after[j] or 0
                right.append(j)
                j += 1
        groups.append((left, right))
    if i < len(before) or j < len(after):  # sizes of 1 at the end
        if not groups:
            groups.append(([], []))
        groups[-1][0].extend(range(i, len(before)))
        groups[-1][1].extend(range(j, len(after)))
    return groups


def reshape(t: Translation, operation: Operation) -> None:
    """Translates Reshape to given sizes."""
    x = t.activation(operation)
    target = t.constant(operation, 1) if len(operation.inputs) > 1 else None
    wanted = operation.integers("shape") if target is None else target.values
    if wanted is None:
        raise operation.problem("unsupported-layer", "the sizes that it gives are not known")
    sizes = [None if size is None else int(size) for size in wanted]
    before = x.dims(t.batch)
    try:
        after = target_sizes(before, sizes, not operation.attribute("allowzero", int, 0))
    except (IndexError, ValueError) as error:
        raise operation.problem("declared-otherwise", f"{t.shown(before)} can't become {sizes}: {error}") from None
    if _is_shuffle(t, operation, before, after):
        return
    into(t, operation, x, after)


def _is_shuffle(t: Translation, operation: Operation, before: Dims, after: Dims) -> bool:
    """Adds a channel shuffle: channels in groups, groups and channels swapped, and all in one axis again."""
    swap = t.only_reader(operation.outputs[0])
    perm = (0, 2, 1, *range(3, len(after)))
    if len(after) != len(before) + 1 or (after[0], *after[3:]) != (before[0], *before[2:]) or len(before) < 3:
        return False
    if swap is None or swap.kind != "Transpose" or swap.integers("perm") != perm:
        return False
    last = t.only_reader(swap.outputs[0])
    passed = {id(swap)}
    while last is not None and last.kind == "Identity":
        passed.add(id(last))
        last = t.only_reader(last.outputs[0])
    if last is None or last.kind not in ("Reshape", "Flatten"):
        return False
    x = t.map(operation, t.activation(operation), len(before) - 2)
    name, shape = t.add(operation, "ChannelShuffle", {"groups": after[1]}, [x])
    t.done |= {*passed, id(last)}
    t.result(last, Activation(name, shape, x.order, x.batch_axis))
    return True


def into(t: Translation, operation: Operation, x: Activation, after: Dims) -> None:
    """Gives a tensor the sizes `after`. Axes whose entries stay together keep their place in the layer's output."""
    before = x.dims(t.batch)
    if None not in before and None not in after and math.prod(map(int, before)) != math.prod(map(int, after)):  # type: ignore[arg-type]
        raise operation.problem("declared-otherwise", f"{t.shown(before)} can't become {t.shown(after)}")
    groups = groups_of(before, after)
    if groups is None:
        raise operation.problem(
            "unsupported-layer", f"it puts {t.shown(before)} into {t.shown(after)}, with sizes that are unknown"
        )
    batch_axis = _batch_axis(t, x, groups, after)
    group_of = {axis: place for place, (left, _) in enumerate(groups) for axis in left}
    kept = [
        axis for axis in x.sequence() if x.shape[x.order[axis] or 0] != 1 or _is_kept(x, groups[group_of[axis]], after)
    ]
    sequence = [group_of[axis] for axis in kept]
    in_pieces = [place for index, place in enumerate(sequence) if index == 0 or sequence[index - 1] != place]
    is_in_order = all(
        [axis for axis in kept if group_of[axis] == place] == sorted(axis for axis in kept if group_of[axis] == place)
        or len(_real(t, groups[place][1], after, batch_axis)) <= 1
        for place in set(sequence)
    )
    if len(in_pieces) > len(set(in_pieces)) or not is_in_order:
        x = t.arrange(operation, x, sorted(x.sequence()))
        in_pieces = sorted(set(sequence))
    ours: list[int] = []
    for place in in_pieces:
        left, right = groups[place]
        if _is_kept(x, groups[place], after):
            ours += [right[left.index(axis)] for axis in x.sequence() if group_of[axis] == place]
        else:
            ours += _real(t, right, after, batch_axis)
    if len(x.shape) == 1 and len(ours) == len(after) - 1 > 1 and is_map_first(t, operation.outputs[0], len(after)):
        ours = [*ours[1:], ours[0]]  # a vector becomes a map
    target = [_own_size(t, after, axis, batch_axis) for axis in ours]
    t.result(operation, t.reshaped(operation, x, target, order_of(ours, len(after)), batch_axis))


def _is_kept(x: Activation, group: Group, after: Dims) -> bool:
    """Says whether a group is the same one axis before and after."""
    left, right = group
    return len(left) == len(right) == 1


def _real(t: Translation, axes: Sequence[int], after: Dims, batch_axis: int | None) -> list[int]:
    """Returns those of the new axes that a layer's output has: all but the batch and those of size 1."""
    return [axis for axis in axes if _own_size(t, after, axis, batch_axis) != 1]


def _own_size(t: Translation, after: Dims, axis: int, batch_axis: int | None) -> int | None:
    size = after[axis]
    return size // t.batch if size is not None and axis == batch_axis else size


def _batch_axis(t: Translation, x: Activation, groups: Sequence[Group], after: Dims) -> int | None:
    """Returns which of the new axes has the batch: the one that is the batch, else the first that is a multiple of
    it.
    """
    if x.batch_axis is None:
        return None
    right = next(right for left, right in groups if x.batch_axis in left)
    alone = [axis for axis in right if after[axis] == t.batch]
    multiples = [axis for axis in right if (size := after[axis]) is not None and size % t.batch == 0]
    found = [*alone[:1], *multiples[:1]]
    return found[0] if found else None


def flatten(t: Translation, operation: Operation) -> None:
    """Translates Flatten: the axes before `axis` become one, and the others too."""
    x = t.activation(operation)
    dims = x.dims(t.batch)
    axis = operation.attribute("axis", int, 1)
    axis = axis + len(dims) if axis < 0 else axis
    if any(size is None for size in dims[axis:]) and sum(size != 1 for size in dims[axis:]) > 1:
        raise operation.problem("unsupported-layer", "it flattens a map of unknown size", "give the sizes with --input")
    parts = dims[:axis], dims[axis:]
    if len(dims) == 2 and axis == 1:
        t.result(operation, x)
        return
    into(t, operation, x, tuple(None if None in part else math.prod(size or 0 for size in part) for part in parts))


def squeeze(t: Translation, operation: Operation) -> None:
    """Translates Squeeze: axes of size 1 go."""
    x = t.activation(operation)
    dims = x.dims(t.batch)
    axes = axes_of(operation, t.constants(operation), 1)
    wanted = {positive_axis(axis, len(dims)) for axis in axes} if axes else range(len(dims))
    dropped = {axis for axis in wanted if dims[axis] == 1 and (axes or axis != x.batch_axis)}
    kept = [axis for axis in range(len(dims)) if axis not in dropped]
    ours = [kept.index(axis) for axis in x.sequence() if axis in kept]
    batch_axis = kept.index(x.batch_axis) if x.batch_axis in kept else None
    target = [x.shape[x.order[axis] or 0] for axis in x.sequence() if axis in kept]
    t.result(operation, t.reshaped(operation, x, target, order_of(ours, len(kept)), batch_axis))


def unsqueeze(t: Translation, operation: Operation) -> None:
    """Translates Unsqueeze: axes of size 1 come in, which no layer needs to know of."""
    x = t.activation(operation)
    axes = axes_of(operation, t.constants(operation), 1) or ()
    rank = len(x.order) + len(axes)
    added = {positive_axis(axis, rank) for axis in axes}
    old = iter(range(len(x.order)))
    source = [None if axis in added else next(old) for axis in range(rank)]
    order = tuple(None if axis is None else x.order[axis] for axis in source)
    batch_axis = None if x.batch_axis is None else source.index(x.batch_axis)
    t.result(operation, Activation(x.layer, x.shape, order, batch_axis))


def transpose(t: Translation, operation: Operation) -> None:
    """Translates Transpose: the layout's are only another way to see the layer's output; others are a Permute."""
    x = t.activation(operation)
    rank = len(x.order)
    perm = operation.integers("perm", tuple(reversed(range(rank))))
    if sorted(perm) != list(range(rank)):
        raise operation.problem("damaged-file", f"its perm {list(perm)} does not name each of {rank} axes once")
    order = tuple(x.order[axis] for axis in perm)
    batch_axis = None if x.batch_axis is None else perm.index(x.batch_axis)
    y = Activation(x.layer, x.shape, order, batch_axis)
    sequence = y.sequence()
    readers = t.readers.get(operation.outputs[0], ())
    is_free = sequence == sorted(sequence) or is_channels_last(sequence) or all(r.kind == "MatMul" for r in readers)
    if not is_free:
        wanted = sorted(sequence)
        if is_channels_last(x.sequence()) and perm[:2] == (0, 1) and len(sequence) == rank - 1:
            wanted = channels_last(rank - 2)
        y = t.arrange(operation, y, wanted)
    t.result(operation, y)


def expand(t: Translation, operation: Operation) -> None:
    """Translates Expand: nothing if what reads it repeats axes of size 1 by itself."""
    x = t.activation(operation)
    target = t.weight(operation, 1).values
    if target is None:
        raise operation.problem("unsupported-layer", "the sizes that it gives are not known")
    rank = max(len(target), len(x.order))
    before = (1,) * (rank - len(x.order)) + x.dims(t.batch)
    after = tuple(
        old if new is None or new == 1 else int(new)
        for old, new in zip(before, (1,) * (rank - len(target)) + tuple(target), strict=True)
    )
    shift = rank - len(x.order)
    order = (None,) * shift + x.order
    y = Activation(x.layer, x.shape, order, None if x.batch_axis is None else x.batch_axis + shift)
    readers = t.readers.get(operation.outputs[0], ())
    grown = [axis for axis in range(rank) if before[axis] != after[axis]]
    if not grown or all(reader.kind in BROADCASTING for reader in readers):
        t.values[operation.outputs[0]] = y
        return
    if y.batch_axis is None and after[0] == t.batch and before[0] == 1:
        y = Activation(y.layer, y.shape, y.order, 0)
        grown.remove(0) if 0 in grown else None
    if grown:
        sequence = sorted({*y.sequence(), *grown}) if not is_channels_last(y.sequence()) else channels_last(rank - 2)
        y = t.arrange(operation, y, sequence)
        shape = [_own_size(t, after, axis, y.batch_axis) for axis in sequence]
        name, found = t.add(operation, "Expand", {"shape": shape}, [y])
        y = Activation(name, found, y.order, y.batch_axis)
    t.result(operation, y)


BROADCASTING: Final = frozenset({"Add", "Sub", "Mul", "Div", "Max", "Min", "Where", "Pow"})
"""Operations that repeat axes of size 1 as often as needed."""


def space(kind: str) -> Rule:
    """Makes the rule of DepthToSpace or SpaceToDepth."""

    def rule(t: Translation, operation: Operation) -> None:
        x = t.map(operation, t.activation(operation), 2)
        t.layer_result(operation, kind, {"block_size": operation.attribute("blocksize", int, 1)}, x)

    return rule


def resize(t: Translation, operation: Operation) -> None:
    """Translates Resize and Upsample: by whole factors an UpSampling, else a Resizing."""
    x = t.activation(operation)
    rank = len(x.order) - 2
    x = t.map(operation, x, rank)
    constants = t.constants(operation)
    place = {1: 0, 2: 1}.get(len(constants), 2)
    scales = constants[place] if place and place < len(constants) else None
    sizes = constants[3] if len(constants) > 3 else None
    given = [*(operation.attributes.get("scales") or [])] if scales is None else scales.values  # type: ignore[misc]
    lengths: list[int | None]
    factors: list[float | None]
    if sizes is not None and sizes.values:
        lengths = [None if size is None else int(size) for size in sizes.values[-rank:]]
        factors = [None if not old or new is None else new / old for old, new in zip(x.shape, lengths, strict=False)]
    elif given:
        factors = [None if factor is None else float(factor) for factor in given[-rank:]]
        lengths = [
            None if old is None or factor is None else math.floor(old * factor)
            for old, factor in zip(x.shape, factors, strict=False)
        ]
    else:
        raise operation.problem("unsupported-layer", "the size that it gives is not known")
    if all(factor == 1 for factor in factors):
        t.result(operation, x)
        return
    mode = {"linear": "bilinear", "cubic": "bicubic"}.get(operation.attribute("mode", str, "nearest"), "nearest")
    arguments: dict[str, object] = {}
    if all(factor is not None and factor >= 1 and factor == int(factor) for factor in factors):
        whole = [int(factor or 1) for factor in factors]
        kind = f"UpSampling{rank}D"
        arguments["size"] = whole[0] if len(set(whole)) == 1 else whole
        if mode != "nearest" and rank == 2:
            arguments["interpolation"] = mode
    elif rank == 2 and None not in lengths:
        kind = "Resizing"
        arguments = {"height": lengths[0], "width": lengths[1], "interpolation": mode}
    else:
        raise operation.problem(
            "unsupported-layer", f"it resizes {rank} axes by {factors}, for which there is no layer"
        )
    t.layer_result(operation, kind, arguments, x)


def identity(t: Translation, operation: Operation) -> None:
    """Translates what changes nothing at inference: casts, dropout, copies."""
    value = t.value(operation, 0)
    if value is None:
        raise operation.problem("damaged-file", "it reads nothing")
    t.result(operation, value)


RULES: Final[dict[str, Rule]] = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Transpose": transpose,
    "Expand": expand,
    "DepthToSpace": space("DepthToSpace"),
    "SpaceToDepth": space("SpaceToDepth"),
    "Resize": resize,
    "Upsample": resize,
    **dict.fromkeys(("Identity", "Cast", "CastLike", "Dropout"), identity),
}
