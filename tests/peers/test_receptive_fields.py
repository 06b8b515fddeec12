"""Exact receptive fields of random branching networks against gradients measured in PyTorch; their MACs against fvcore.

An output sees an input exactly where the gradient of the one by the other is not 0 (weights are positive: see
`torch_nets`). Compared are positions that no border cuts, which a second run finds: zeros as the input, 1 around
every map.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("fvcore")

from fvcore.nn import FlopCountAnalysis  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc.analysis.analyze import Analysis  # noqa: E402
from cnncalc.receptive_fields.field import Field, Fixed, Sliding, Undefined, period_of  # noqa: E402
from tests.peers.random_nets import Spec, random_flat_spec, random_spec  # noqa: E402
from tests.peers.random_tensor_nets import random_tensor_spec  # noqa: E402
from tests.peers.torch_nets import TorchNet  # noqa: E402

SEEDS = range(800)
COMPARED = 320
"""Networks with a field that slides, compared at every phase of the effective stride; other nets come on top."""
COVERED = frozenset(
    {
        "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D", "groups: 2",
        "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
        "MaxPooling2D", "AveragePooling2D", "ceil_mode: true", "AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D",
        "ZeroPadding2D", "Cropping2D", "UpSampling2D", "interpolation: bilinear", "Resizing", "Permute", "Reshape",
        "Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract",
    }
)  # fmt: skip
"""What is in a network that slides to its end; global pooling and Dense behind Flatten make fields that do not."""
TENSOR_SEEDS = range(500)
TENSOR_COMPARED = 300
TENSOR_OPERATIONS = frozenset(
    {
        "DepthToSpace", "SpaceToDepth", "Slice", "ChannelPadding", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum",
        "Expand", "Squeeze", "Stack", "Parameter", "MatMul", "Einsum", "Elementwise", "Normalize", "Divide",
    }
)  # fmt: skip
FLAT_SEEDS = range(20)
MOST_PHASES = 100
"""Positions of one network that are looked at on each axis."""

Boxes = tuple[tuple[int, int], ...]
"""First and last position, per axis of the input."""


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
            self.marks = self.net(torch.zeros_like(self.image))[0]  # 0: no border has a part in it
        self.net.border = 0.0
        self.uncut = self.marks.sum(dim=-1) == 0

    def box(self, position: Sequence[int]) -> Boxes | None:
        """First and last input position, per axis of the input, that an output position sees; `None`: nothing."""
        return self.extent(self.output[0][tuple(position)].sum())

    def has_holes(self) -> bool:
        """Whether a transposed convolution somewhere leaves positions that no input reaches."""
        axes = [axis for state in self.analysis.fields if isinstance(state, Field) for axis in state.axes]
        return any(isinstance(axis, Sliding) and None in axis.first for axis in axes)

    def whole(self) -> Boxes | None:
        """The same for all output positions together."""
        return self.extent(self.output.sum())

    def extent(self, output: torch.Tensor) -> Boxes | None:
        (gradient,) = torch.autograd.grad(output, self.image, retain_graph=True)
        seen = gradient[0].abs().sum(dim=-1).nonzero()
        if not len(seen):
            return None
        return tuple(zip(seen.amin(dim=0).tolist(), seen.amax(dim=0).tolist(), strict=True))


def lines(uncut: torch.Tensor, axis: int, count: int) -> list[tuple[int, ...]]:
    """`count` positions one after the other along an axis, none of them cut; as many as there are where it is fewer."""
    if not uncut.numel():
        return []
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
    spread = any(node.kind.endswith("Transpose") for node in measured.analysis.expansion.nodes)
    if spread and any(isinstance(axis, Fixed) for axis in found.axes):
        return False  # an axis on which everything is seen keeps no holes
    periods = [1 if target is None else period_of([part[target] for part in found.parts]) for target in found.layout]
    return all(
        compare_axis(measured, found, axis, periods)
        for axis, target in enumerate(found.layout)
        if target is not None and isinstance(found.axes[target], Sliding)
    )


def compare_axis(measured: Measured, found: Field, axis: int, periods: list[int]) -> bool:
    """What positions along an axis see, two through each of its phases, and what that says of the whole.

    A branch with holes shows its rows only in the columns that it reaches: then each is looked at in all phases of the
    other axes, which is what `phases` holds.
    """
    holes = measured.has_holes()
    phases = [range(period if holes and other != axis else 1) for other, period in enumerate(periods)]
    if max(periods) > MOST_PHASES or math.prod(map(len, phases)) * periods[axis] > MOST_PHASES:
        return False
    positions = lines(uncut_blocks(measured.uncut, phases), axis, 2 * periods[axis])
    if len(positions) <= periods[axis]:
        return False
    target = found.layout[axis]
    assert target is not None
    seen: dict[int, list[tuple[int, int]]] = {}
    for position in positions:
        for steps in itertools.product(*phases):
            place = tuple(p + step for p, step in zip(position, steps, strict=True))
            box, expected = measured.box(place), within_fixed(found, measured.box(place), found.box(place))
            assert box == expected, f"position {place}: measured {box}, expected {expected}"
            if box is not None:
                seen.setdefault(position[axis], []).append(box[target])
    sizes, strides, offsets = found.size, found.effective_stride, found.offset
    if not seen:
        assert sizes is None
        return True
    assert sizes is not None
    assert sizes[target] == max(last - first + 1 for boxes in seen.values() for first, last in boxes)
    assert strides is not None
    stride = strides[target]
    assert stride is not None
    begins = {p: min(first for first, _ in boxes) for p, boxes in seen.items()}
    period = periods[axis]
    moved = {begins[p + period] - begin for p, begin in begins.items() if p + period in begins}
    assert moved <= {period * stride}  # where there is a phase that nothing reaches there may be no pair
    starts = {begin - p * stride for p, begin in begins.items() if p % period == 0}
    assert not starts or (offsets is not None and starts == {offsets[target]})
    return True


def within_fixed(found: Field, box: Boxes | None, expected: Boxes | None) -> Boxes | None:
    """What is expected; on an axis that is seen whole, padding included, what is measured if it lies within that."""
    if box is None or expected is None:
        return expected
    return tuple(
        seen if isinstance(axis, Fixed) and first <= seen[0] and seen[1] <= last else (first, last)
        for axis, seen, (first, last) in zip(found.axes, box, expected, strict=True)
    )


def uncut_blocks(uncut: torch.Tensor, phases: list[range]) -> torch.Tensor:
    """Where a block of positions begins that no border cuts."""
    for axis, steps in enumerate(phases):
        if uncut.shape[axis] < len(steps):
            return uncut[:0]
        uncut = uncut.unfold(axis, len(steps), 1).all(dim=-1)
    return uncut


def compare_fixed(measured: Measured, found: Field) -> None:
    """Axes on which every output sees the same: nothing beyond it, and just that where nothing is padded."""
    padded = not bool(measured.uncut.all())
    boxes = measured.whole()
    for index, axis in enumerate(found.axes):
        if isinstance(axis, Fixed):
            assert boxes is not None
            first, last = boxes[index]
            assert axis.first <= first <= last <= axis.last
            assert padded or (first, last) == (axis.first, axis.last)
            assert axis.size <= axis.last - axis.first + 1


def compare_undefined(measured: Measured, found: Undefined) -> None:
    """All outputs together see no more than is said."""
    for known, box in zip(found.boxes, measured.whole() or (), strict=False):
        if known is not None:
            assert known[0] <= box[0] <= box[1] <= known[1]


def compare(measured: Measured) -> bool:
    """Compares the field of the last layer; whether it is one that slides, looked at in every phase."""
    found = measured.analysis.fields[-1]
    if isinstance(found, Field):
        compare_fixed(measured, found)
        return found.effective_stride is not None and compare_sliding(measured, found)
    assert isinstance(found, Undefined)
    compare_undefined(measured, found)
    return False


def kinds(spec: Spec) -> set[str]:
    """The kinds of a network, with what its arguments add to them."""
    expansion = cnncalc.from_dict(spec).expansion
    found = {node.kind for node in expansion.nodes}
    options = {"interpolation: bilinear": "bilinear", "ceil_mode: true": "True", "groups: 2": "'groups': 2"}
    return found | {name for name, text in options.items() if text in str(spec)}


def counted_macs(measured: Measured) -> int:
    """What fvcore counts of convolutions and matrix products."""
    counts = FlopCountAnalysis(measured.net, measured.image).unsupported_ops_warnings(False).by_operator()
    return int(counts["conv"] + counts["linear"])


def test_random_networks_see_what_pytorch_measures_and_cost_what_fvcore_counts() -> None:
    compared, seen = 0, set[str]()
    for seed in SEEDS:
        spec = random_spec(seed)
        measured = Measured(spec)
        analysis = measured.analysis
        for node, made, value in zip(analysis.expansion.nodes, analysis.figures, measured.net.values, strict=True):
            assert tuple(value.shape[1:]) == made.output.shape, f"seed {seed}: shape of {node.name}"
        try:
            slides = compare(measured)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}\n{spec}") from error
        if slides:
            compared += 1
            seen |= kinds(spec)
            assert analysis.totals().exact.macs == counted_macs(measured), f"seed {seed}: MACs"
        if compared == COMPARED:
            break
    assert compared == COMPARED
    assert seen >= COVERED, f"no network compared has {COVERED - seen}"


def test_networks_of_tensor_operations_see_what_pytorch_measures_and_cost_what_it_counts() -> None:
    compared, seen = 0, set[str]()
    for seed in TENSOR_SEEDS:
        spec = random_tensor_spec(seed)
        measured = Measured(spec)
        analysis = measured.analysis
        for node, made, value in zip(analysis.expansion.nodes, analysis.figures, measured.net.values, strict=True):
            assert tuple(value.shape[1:]) == made.output.shape, f"seed {seed}: shape of {node.name}\n{spec}"
        # Stretching is a product of matrices in `torch_nets`; an Einsum that sums over one number is none in PyTorch.
        trivial = any(made.symbols.get("contracted") == (1,) for made in analysis.figures)
        if not trivial and not any(stretches in str(spec) for stretches in ("UpSampling", "Resizing")):
            with FlopCounterMode(display=False) as counter, torch.no_grad():
                measured.net(measured.image.detach())  # the counter hooks into what wants a gradient
            macs = analysis.totals().exact.macs
            assert 2 * (macs or 0) == counter.get_total_flops(), f"seed {seed}: MACs\n{spec}"
        try:
            compared += compare(measured)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}\n{spec}") from error
        seen |= kinds(spec)
    assert seen >= TENSOR_OPERATIONS, f"no network has {TENSOR_OPERATIONS - seen}"
    assert compared >= TENSOR_COMPARED


@pytest.mark.parametrize("seed", FLAT_SEEDS)
def test_elements_of_flattened_maps_see_what_pytorch_measures(seed: int) -> None:
    """The largest box of an element that no border cuts, axis by axis."""
    spec = random_flat_spec(seed)
    measured = Measured(spec)
    found = measured.analysis.fields[-1]
    seen = [measured.box((index,)) for index in (measured.marks == 0).nonzero().flatten().tolist()]
    sizes = [tuple(last - first + 1 for first, last in box) for box in seen if box is not None]
    assert isinstance(found, Field), spec
    assert found.size == tuple(map(max, zip(*sizes, strict=True))), spec
