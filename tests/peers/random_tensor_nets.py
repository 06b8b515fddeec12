"""Random branching networks of tensor operations, among the other layers of `random_nets`.

    spec = random_tensor_spec(seed=7)

They hold pixel shuffle and its way back, slices, padded channels, reductions, axes that come and go, parameters as
sources, matrix products of branches, and merges with what these leave.
"""

from __future__ import annotations

import random

from tests.peers.random_nets import Generator, Item, Spec


def random_tensor_spec(seed: int, *, max_items: int = 5) -> Spec:
    """A network of up to `max_items` items, of which most are tensor operations."""
    return _TensorGenerator(random.Random(seed), max_items).spec()


class _TensorGenerator(Generator):
    def any_step(self, shape: list[int]) -> list[Item]:
        if self.rng.random() < 0.45:
            return super().any_step(shape)
        steps = [
            self.shuffle, self.shuffle, self.unshuffle, self.cut, self.cut, self.pad_channels, self.reduce_channels,
            self.add_reduced, self.new_axis, self.stacked, self.add_parameter, self.put_before, self.product,
            self.function, self.divided, self.shrink_to,
        ]  # fmt: skip
        return self.rng.choice(steps)(shape)

    def spatial_axis(self) -> int:
        """An axis as Keras counts them."""
        return self.rng.randint(1, self.rank)

    def shuffle(self, shape: list[int]) -> list[Item]:
        size = self.rng.choice((2, 2, 3))
        return [{self.kind("Conv"): {"filters": 2 * size * size, "kernel_size": 3, "padding": "same"}},
                {"DepthToSpace": size}]  # fmt: skip

    def unshuffle(self, shape: list[int]) -> list[Item]:
        size = self.rng.choice((2, 2, 3))
        surplus = [[0, length % size] for length in shape[:-1]]
        return [{self.kind("Cropping"): {"cropping": surplus}}, {"SpaceToDepth": size},
                {self.kind("Conv"): {"filters": 2, "kernel_size": 1}}]  # fmt: skip

    def cut(self, shape: list[int]) -> list[Item]:
        axis = self.spatial_axis()
        length = shape[axis - 1]
        start = self.rng.choice((0, 1, 3, -length + 2))
        stop = self.rng.choice((None, None, -1, length - 2, length + 9))
        return [{"Slice": {"axis": axis, "start": start, "stop": stop, "step": self.rng.choice((1, 1, 2, 3))}}]

    def pad_channels(self, shape: list[int]) -> list[Item]:
        return [{"ChannelPadding": [self.rng.randint(0, 2), self.rng.randint(0, 2)]}]

    def reduction(self) -> str:
        return f"Reduce{self.rng.choice(('Mean', 'Max', 'Min', 'Sum'))}"

    def reduce_channels(self, shape: list[int]) -> list[Item]:
        reduced: Item = {self.reduction(): {"axis": -1, "keepdims": True}}
        if self.rng.random() < 0.5:  # spatial attention
            other: Item = {self.reduction(): {"axis": -1, "keepdims": True}}
            window: Item = {self.kind("Conv"): {"filters": 1, "kernel_size": 3, "padding": "same"}}
            gate: list[Item] = [{"Concatenate": {"branches": {"mean": [reduced], "max": [other]}}}, window]
            return [{"Multiply": {"branches": {"map": [], "gate": gate}}}]
        return [reduced]

    def add_reduced(self, shape: list[int]) -> list[Item]:
        """What one axis comes to, stretched over it again."""
        reduced: Item = {self.reduction(): {"axis": self.spatial_axis(), "keepdims": True}}
        return [{"Add": {"branches": {"map": [], "line": [reduced]}}}]

    def new_axis(self, shape: list[int]) -> list[Item]:
        """An axis that comes and goes."""
        axis = self.rng.randint(1, self.rank + 1)
        gone: Item = self.rng.choice(({"Squeeze": axis}, {self.reduction(): axis}))
        stretched = [-1] * (axis - 1) + [3] + [-1] * (self.rank + 2 - axis)
        if gone == {"Squeeze": axis} or self.rng.random() < 0.5:
            return [{"Expand": axis}, gone]
        return [{"Expand": axis}, {"Expand": {"shape": [*stretched]}}, gone]

    def stacked(self, shape: list[int]) -> list[Item]:
        """Branches with different windows, side by side on an axis of their own and added up: selective kernels."""
        kernels = self.rng.sample((1, 3, 5), 2)
        branches: dict[str, list[Item]] = {
            f"branch{kernel}": [{self.kind("Conv"): {"filters": 2, "kernel_size": kernel, "padding": "same"}}]
            for kernel in kernels
        }
        axis = self.rng.randint(1, self.rank + 1)
        return [{"Stack": {"axis": axis, "branches": branches}}, {self.reduction(): axis}]

    def add_parameter(self, shape: list[int]) -> list[Item]:
        sizes = self.rng.choice((shape[-1:], shape, [*shape[:1], *[1] * (len(shape) - 1)]))
        parameter: list[Item] = [{"Parameter": {"shape": list(sizes)}}]
        branches = {"map": list[Item](), "parameter": parameter}
        if self.rng.random() < 0.5:
            branches = dict(reversed(branches.items()))
        return [{"Add": {"branches": branches}}]

    def put_before(self, shape: list[int]) -> list[Item]:
        """A parameter before the positions of one axis, or behind them."""
        axis = self.spatial_axis()
        sizes = [self.rng.randint(1, 3) if index == axis - 1 else size for index, size in enumerate(shape)]
        branches: dict[str, list[Item]] = {"token": [{"Parameter": sizes}], "map": []}
        if self.rng.random() < 0.5:
            branches = dict(reversed(branches.items()))
        return [{"Concatenate": {"axis": axis, "branches": branches}}]

    def product(self, shape: list[int]) -> list[Item]:
        """Attention without its softmax: of both branches what is summed over is read whole."""
        dense: Item = {"Dense": shape[-1]}
        scores: list[Item] = [{"MatMul": {"transpose_b": True, "branches": {"queries": [dense], "keys": []}}}]
        if self.rng.random() < 0.5:
            return [{"MatMul": {"branches": {"scores": scores, "values": [dense]}}}]
        letters = "abc"[: self.rank - 1]
        equation = f"{letters}qd,{letters}kd->{letters}qk"
        return [{"Einsum": {"equation": equation, "branches": {"queries": [dense], "keys": []}}}]

    def function(self, shape: list[int]) -> list[Item]:
        return [self.rng.choice((
            {"Elementwise": "square"}, {"Elementwise": {"op": "multiply", "value": 2}}, {"Normalize": {"order": 2}},
        ))]  # fmt: skip

    def divided(self, shape: list[int]) -> list[Item]:
        window: Item = {self.kind("Conv"): {"filters": shape[-1], "kernel_size": 3, "padding": "same"}}
        return [{"Divide": {"branches": {"map": [], "by": [window]}}}]

    def shrink_to(self, shape: list[int]) -> list[Item]:
        """Adaptive pooling that keeps an axis, and cubic interpolation."""
        if self.rank == 2 and self.rng.random() < 0.5:
            return [{"UpSampling2D": {"size": self.numbers(1, 2, 3), "interpolation": "bicubic"}}]
        bins = [self.rng.choice((None, max(size // 2, 1))) for size in shape[:-1]]
        return [{self.kind("AdaptiveAveragePooling"): {"output_size": bins}}]
