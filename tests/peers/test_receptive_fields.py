"""Exact receptive fields of random branching networks against gradients measured in PyTorch; their MACs against fvcore.

An output sees an input exactly where the gradient of the one by the other is not 0 (weights are positive: see
`torch_nets`). Compared are positions that no border cuts, which a second run finds: zeros as the input, 1 around every map.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("fvcore")

from fvcore.nn import FlopCountAnalysis  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc.analysis import Analysis  # noqa: E402
from cnncalc.receptive_field import Field, Fixed, Sliding, Undefined, period_of  # noqa: E402
from tests.peers.random_nets import Spec, random_spec  # noqa: E402
from tests.peers.torch_nets import TorchNet  # noqa: E402

SEEDS = range(600)
COMPARED = 300
"""Networks with a field that slides, compared at every phase of the effective stride; other nets come on top."""
MOST_PHASES = 60


@dataclass
class Measured:
    """A network in PyTorch: what each position of its output sees."""

    spec: Spec
    analysis: Analysis = field(init=False)
    net: TorchNet = field(init=False)

    def __post_init__(self) -> None:
        self.analysis = Analysis(cnncalc.from_dict(self.spec).expansion)
        self.analysis.run()
        self.net = TorchNet(self.analysis.expansion)
        self.image = torch.ones(1, *self.spec["input"], dtype=torch.float64, requires_grad=True)
        self.output = self.net(self.image)
        self.net.border = 1.0
        with torch.no_grad():
            marks = self.net(torch.zeros_like(self.image))
        self.net.border = 0.0
        self.uncut = marks[0].sum(dim=-1) == 0 if marks.dim() > 2 else (marks.sum() == 0)

    def box(self, position: Sequence[int], stretch: Sequence[int]) -> tuple[tuple[int, int] | None, ...]:
        """First and last input position, per axis of the input, that an output position sees.

        `stretch`: how many positions from there on are taken together, on each axis.
        """
        part = tuple(slice(p, p + length) for p, length in zip(position, stretch, strict=True))
        return self.extent(self.output[0][part].sum())

    def has_holes(self) -> bool:
        """Whether a transposed convolution somewhere leaves positions that no input reaches."""
        axes = [axis for state in self.analysis.fields if isinstance(state, Field) for axis in state.axes]
        return any(isinstance(axis, Sliding) and None in axis.first for axis in axes)

    def whole(self) -> tuple[tuple[int, int] | None, ...]:
        """The same for all output positions together."""
        return self.extent(self.output.sum())

    def extent(self, output: torch.Tensor) -> tuple[tuple[int, int] | None, ...]:
        (gradient,) = torch.autograd.grad(output, self.image, retain_graph=True)
        seen = gradient[0].abs().sum(dim=-1) > 0
        boxes: list[tuple[int, int] | None] = []
        for axis in range(seen.dim()):
            others = tuple(other for other in range(seen.dim()) if other != axis)
            positions = (seen.any(dim=others) if others else seen).nonzero().flatten().tolist()
            boxes.append((positions[0], positions[-1]) if positions else None)
        return tuple(boxes)


def lines(uncut: torch.Tensor, axis: int, count: int) -> list[tuple[int, ...]]:
    """`count` positions one after the other along an axis, none of them cut; as many as there are where it is fewer."""
    along = uncut.movedim(axis, -1)
    runs = along.reshape(-1, along.shape[-1])
    best: list[int] = []
    where = 0
    # The middle first: that is where borders are far.
    for row in sorted(range(runs.shape[0]), key=lambda row: abs(row - runs.shape[0] // 2)):
        found = longest_run(runs[row].tolist())
        if len(found) > len(best):
            best, where = found, row
        if len(best) >= count:
            break
    rest = list(torch.unravel_index(torch.tensor(where), along.shape[:-1])) if along.dim() > 1 else []
    middle = max((len(best) - count) // 2, 0)
    positions = []
    for p in best[middle : middle + count]:
        position = [int(value) for value in rest]
        position.insert(axis, p)
        positions.append(tuple(position))
    return positions


def longest_run(flags: list[bool]) -> list[int]:
    runs = [
        [index for index, _ in group]
        for value, group in itertools.groupby(enumerate(flags), key=lambda entry: entry[1])
        if value
    ]
    return max(runs, key=len, default=[])


def compare_sliding(measured: Measured, found: Field) -> bool:
    """Compares the last layer's field; False where the map is too small to show every phase. Raises: AssertionError."""
    periods = [period_of([part[target] for part in found.parts]) for target in found.layout]
    one = [1] * len(periods)
    return all(
        compare_positions(measured, found, axis, period, one)
        and compare_axis(measured, found, axis, period, periods if measured.has_holes() else one)
        for axis, period in enumerate(periods)
        if isinstance(found.axes[found.layout[axis]], Sliding)
    )


def phases(measured: Measured, axis: int, period: int, stretch: list[int]) -> list[tuple[int, ...]] | None:
    """Positions that no border cuts, along an axis and through each of its phases; `None` where there are too few.

    `stretch`: how many positions from there on are not cut either, on each other axis.
    """
    if max(period, *stretch) > MOST_PHASES:
        return None
    uncut = measured.uncut
    for other, length in enumerate(stretch):
        if other != axis:
            if uncut.shape[other] < length:
                return None
            uncut = uncut.unfold(other, length, 1).all(dim=-1)
    positions = lines(uncut, axis, 2 * period)
    return positions if len(positions) > period else None


def compare_positions(measured: Measured, found: Field, axis: int, period: int, one: list[int]) -> bool:
    """What single positions see, one through each phase of an axis."""
    positions = phases(measured, axis, period, one)
    for position in positions or ():
        box, expected = measured.box(position, one), found.box(position)
        assert box == (expected or (None,) * len(box)), f"position {position}: measured {box}, expected {expected}"
    return positions is not None


def compare_axis(measured: Measured, found: Field, axis: int, period: int, stretch: list[int]) -> bool:
    """Size, effective stride and offset on one axis.

    A branch with holes shows its rows only in the columns that it reaches: then all phases of the other axes are taken
    together, which is what `stretch` says.
    """
    positions = phases(measured, axis, period, stretch)
    if positions is None:
        return False
    target = found.layout[axis]
    stretch = [1 if other == axis else length for other, length in enumerate(stretch)]
    boxes = {position[axis]: measured.box(position, stretch)[target] for position in positions}
    reached = {p: box for p, box in boxes.items() if box is not None}
    sizes, strides, offsets = found.size, found.effective_stride, found.offset
    if not reached:
        assert sizes is None
        return True
    assert strides is not None
    stride = strides[target]
    assert stride is not None
    if measured.has_holes():  # what is seen together need not be seen by any position alone
        assert sizes is None or sizes[target] <= max(last - first + 1 for first, last in reached.values())
    else:
        assert sizes is not None
        assert sizes[target] == max(last - first + 1 for first, last in reached.values())
    steps = {reached[p + period][0] - first for p, (first, _) in reached.items() if p + period in reached}
    assert steps == {period * stride}
    starts = {first - p * stride for p, (first, _) in reached.items() if p % period == 0}
    assert not starts or (offsets is not None and starts == {offsets[target]})
    return True


def compare_fixed(measured: Measured, found: Field) -> None:
    """Axes on which every output sees the same: all that the input shows of it, and just that where nothing is padded."""
    padded = not bool(measured.uncut.all())
    boxes = measured.whole()
    for axis, box, length in zip(found.axes, boxes, measured.spec["input"], strict=False):
        if not isinstance(axis, Fixed):
            continue
        assert box is not None
        assert axis.first <= box[0] <= box[1] <= axis.last
        if not padded:
            assert box == (axis.first, axis.last)
        assert axis.last - axis.first + 1 >= axis.size
        assert box == (max(axis.first, 0), min(axis.last, length - 1)) or padded


def compare_undefined(measured: Measured, found: Undefined) -> None:
    """All outputs together see no more than is said."""
    for known, box in zip(found.boxes, measured.whole(), strict=True):
        if known is not None and box is not None:
            assert known[0] <= box[0] <= box[1] <= known[1]


def networks() -> Iterator[tuple[int, Measured]]:
    for seed in SEEDS:
        yield seed, Measured(random_spec(seed))


def test_receptive_fields_shapes_and_macs_of_random_networks() -> None:
    compared = 0
    for seed, measured in networks():
        analysis = measured.analysis
        for node, made, value in zip(
            analysis.expansion.nodes, analysis.figures, measured.net.values, strict=True
        ):
            assert tuple(value.shape[1:]) == made.output.shape, f"seed {seed}: shape of {node.name}"
        found = analysis.fields[-1]
        try:
            if isinstance(found, Field):
                compare_fixed(measured, found)
                compared += bool(found.effective_stride) and compare_sliding(measured, found)
            else:
                assert isinstance(found, Undefined)
                compare_undefined(measured, found)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}\n{measured.spec}") from error
        counts = FlopCountAnalysis(measured.net, measured.image).unsupported_ops_warnings(False)
        by_operator = counts.uncalled_modules_warnings(False).by_operator()
        assert analysis.totals(analysis.rows()).macs == by_operator["conv"] + by_operator["linear"], f"seed {seed}: MACs"
    assert compared >= COMPARED
