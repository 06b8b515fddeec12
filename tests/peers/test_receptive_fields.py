"""Exact receptive fields of random branching networks against gradients measured in PyTorch; their MACs against fvcore.

An output sees an input exactly where the gradient of the one by the other is not 0 (weights are positive: see
`torch_nets`). Compared are positions that no border cuts, which a second run finds: zeros as the input, 1 around every map.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("fvcore")

from fvcore.nn import FlopCountAnalysis  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc.analysis import Analysis  # noqa: E402
from cnncalc.receptive_field import Field, Fixed, Sliding, Undefined  # noqa: E402
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

    def box(self, *position: int) -> tuple[tuple[int, int] | None, ...]:
        """First and last input position, per axis of the input, that an output position sees."""
        return self.extent(self.output[0][position].sum())

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
    sizes, strides, offsets = found.size, found.effective_stride, found.offset
    for tensor_axis, target in enumerate(found.layout):
        axis = found.axes[target]
        if not isinstance(axis, Sliding):
            continue
        if axis.period > MOST_PHASES:
            return False
        positions = lines(measured.uncut, tensor_axis, 2 * axis.period)
        if len(positions) < axis.period + 1:
            return False
        boxes = {position[tensor_axis]: measured.box(*position)[target] for position in positions}
        for p, box in boxes.items():
            expected = axis.begin(p), axis.end(p)
            assert (box or (None, None)) == expected, f"axis {target}, position {p}: measured {box}, expected {expected}"
        assert sizes is not None
        assert sizes[target] == max(box[1] - box[0] + 1 for box in boxes.values() if box is not None)
        steps = {
            Fraction(boxes[p + axis.period][0] - box[0], axis.period)
            for p, box in boxes.items()
            if box is not None and p + axis.period in boxes
        }
        assert steps == {strides[target]}
        starts = {box[0] - p * strides[target] for p, box in boxes.items() if box is not None and p % axis.period == 0}
        assert starts <= {offsets[target]}
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
