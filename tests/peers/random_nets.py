"""Random branching networks as specs, the same for the same seed: plain data for `cnncalc.from_dict`.

    spec = random_spec(seed=7)
    report = cnncalc.from_dict(spec).analyze()

They hold every kind whose geometry is not trivial: rectangular, strided, dilated, grouped, depthwise, separable and
transposed convolutions with any padding, poolings (uneven padding, `ceil_mode`, adaptive, global), padding, cropping,
nearest and bilinear upsampling, resizing, permuted axes, reshapes, Dense on maps and behind Flatten, and merges whose
branches are any of these, squeeze-and-excitation among them. Every network is small enough to run in PyTorch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import cnncalc

Item = dict[str, Any] | str
Spec = dict[str, Any]

INPUT_LENGTHS = {1: (90, 240), 2: (40, 72), 3: (20, 28)}
"""Shortest and longest input axis by the number of spatial axes."""
LONGEST = {1: 500, 2: 150, 3: 40}
"""Upsampling stops here."""
MAX_CHANNELS = 8


def random_spec(seed: int, *, max_items: int = 6) -> Spec:
    """A network of up to `max_items` items, merges with branches counted as one, and sometimes a head behind them."""
    return Generator(random.Random(seed), max_items).spec()


def random_flat_spec(seed: int) -> Spec:
    """Branches that end in Flatten and meet there: maps of one size, whose centres mostly differ."""
    generator = Generator(random.Random(seed), 1)
    generator.rank = generator.rng.choice((1, 2))
    generator.input = [*([80] if generator.rank == 1 else [28, 25]), 1]
    return generator.written(generator.extended([], generator.flat_merge))


class Generator:
    """Draws a network step by step; each step is tried until it fits."""

    def __init__(self, rng: random.Random, max_items: int) -> None:
        self.rng = rng
        self.max_items = max_items
        self.rank = rng.choices((1, 2, 3), (3, 12, 1))[0]
        low, high = INPUT_LENGTHS[self.rank]
        lengths = [rng.randint(low, high) for _ in range(self.rank)]
        self.input = [*lengths, rng.randint(1, 3)]

    # The whole net ----------------------------------------------------------------------------------------------

    def spec(self) -> Spec:
        items: list[Item] = []
        for _ in range(self.rng.randint(2, self.max_items)):
            items = self.extended(items, self.any_step)
        if self.rng.random() < 0.15:
            items = self.extended(items, self.head)
        return self.written(items)

    def written(self, items: Sequence[Item]) -> Spec:
        return {"name": "random", "input": self.input, "layers": list(items)}

    def shape(self, items: Sequence[Item]) -> list[int] | None:
        """The output shape; `None` where the items do not fit each other, or come to something too large."""
        if not items:
            return list(self.input)
        try:
            rows = cnncalc.from_dict(self.written(items)).analyze().layers
        except cnncalc.SpecError:
            return None
        if any(max(row.output_shape[:-1], default=1) > LONGEST[self.rank] for row in rows if len(row.output_shape) > 1):
            return None
        return [size or 0 for size in rows[-1].output_shape]

    def extended(self, items: list[Item], step: Callable[[list[int]], list[Item]]) -> list[Item]:
        """The items with what a step adds, tried again until it fits."""
        shape = self.shape(items)
        assert shape is not None
        for _ in range(20):
            longer = items + step(shape)
            if self.shape(longer) is not None:
                return longer
        return items

    def any_step(self, shape: list[int]) -> list[Item]:
        steps: list[tuple[Callable[[list[int]], list[Item]], int]] = [
            (self.keep, 12), (self.shrink, 8), (self.grow, 8), (self.merge, 16), (self.move, 4), (self.excite, 1),
        ]  # fmt: skip
        return self.rng.choices([step for step, _ in steps], [weight for _, weight in steps])[0](shape)

    # Arguments --------------------------------------------------------------------------------------------------

    def kind(self, name: str) -> str:
        return f"{name}{self.rank}D"

    def numbers(self, *choices: int) -> int | list[int]:
        """One number, or one per axis."""
        if self.rng.random() < 0.5:
            return self.rng.choice(choices)
        return [self.rng.choice(choices) for _ in range(self.rank)]

    def per_axis(self, value: int | list[int]) -> list[int]:
        return [value] * self.rank if isinstance(value, int) else value

    def filters(self) -> int:
        return self.rng.choice((1, 2, 2, 4, 6))

    def groups(self, shape: list[int], filters: int) -> int:
        divisors = [g for g in (1, 2, 3, 4) if shape[-1] % g == 0 and filters % g == 0]
        return self.rng.choice(divisors)

    def halves(self, extents: Sequence[int]) -> list[list[int]]:
        """Paddings that keep the length at stride 1, split unevenly."""
        pairs = []
        for extent in extents:
            before = self.rng.randint(0, extent - 1)
            pairs.append([before, extent - 1 - before])
        return pairs

    # Steps that keep the size of the map ------------------------------------------------------------------------

    def keep(self, shape: list[int]) -> list[Item]:
        steps = [
            self.same_convolution,
            self.same_convolution,
            self.padded_convolution,
            self.same_pool,
            self.there_and_back,
        ]
        steps += [self.pointwise]
        return self.rng.choice(steps)(shape)

    def same_convolution(self, shape: list[int]) -> list[Item]:
        kernel, dilation = self.numbers(1, 2, 3, 3, 4, 5), self.numbers(1, 1, 1, 2, 3)
        kind = self.rng.choice(("Conv", "Conv", "Conv", "DepthwiseConv", "SeparableConv"))
        if kind == "Conv" or self.rank == 3:
            filters = self.filters()
            return [{self.kind("Conv"): {
                "filters": filters, "kernel_size": kernel, "dilation_rate": dilation, "padding": "same",
                "groups": self.groups(shape, filters), "use_bias": self.rng.random() < 0.5,
            }}]  # fmt: skip
        options: dict[str, Any] = {"kernel_size": kernel, "dilation_rate": dilation, "padding": "same"}
        if kind == "SeparableConv":
            options["filters"] = self.filters()
        elif shape[-1] * 2 <= MAX_CHANNELS:
            options["depth_multiplier"] = self.rng.choice((1, 2))
        return [{self.kind(kind): options}]

    def padded_convolution(self, shape: list[int]) -> list[Item]:
        kernel, dilation = self.numbers(1, 2, 3, 4, 5), self.numbers(1, 1, 2)
        extents = [d * (k - 1) + 1 for k, d in zip(self.per_axis(kernel), self.per_axis(dilation), strict=True)]
        pads = self.halves(extents)
        options: dict[str, Any] = {"filters": self.filters(), "kernel_size": kernel, "dilation_rate": dilation}
        how = self.rng.choice(("argument", "layer", "causal"))
        if how == "causal" and self.rank == 1:
            return [{"Conv1D": options | {"padding": "causal"}}]
        if how == "layer":
            return [{self.kind("ZeroPadding"): {"padding": pads}}, {self.kind("Conv"): options}]
        return [{self.kind("Conv"): options | {"padding": pads}}]

    def same_pool(self, shape: list[int]) -> list[Item]:
        pool = {"pool_size": self.numbers(1, 2, 3, 4), "strides": 1, "padding": "same"}
        return [{self.kind(self.rng.choice(("MaxPooling", "AveragePooling"))): pool}]

    def pointwise(self, shape: list[int]) -> list[Item]:
        return [self.rng.choice((
            "BatchNormalization", "ReLU", {"Dropout": 0.5}, {"Dense": self.filters()}, {"Activation": "sigmoid"},
            "LayerNormalization", {"PReLU": {"shared_axes": list(range(1, self.rank + 1))}},
        ))]  # fmt: skip

    def there_and_back(self, shape: list[int]) -> list[Item]:
        """Down and up again, or the other way round: what a U-Net's skip connections are laid around."""
        scale = self.rng.choice((2, 2, 3))
        kernel = self.numbers(1, 2, 3, 5)
        down: Item = self.rng.choice((
            {self.kind("Conv"): {"filters": 2, "kernel_size": kernel, "strides": scale, "padding": "same"}},
            {self.kind("AveragePooling"): {"pool_size": scale}},
            {self.kind("MaxPooling"): {"pool_size": 3, "strides": scale, "padding": "same"}},
        ))  # fmt: skip
        up: Item = self.rng.choice((
            {self.kind("Conv") + "Transpose":
                {"filters": 2, "kernel_size": self.numbers(1, 2, 3, 4, 5), "strides": scale, "padding": "same"}},
            {self.kind("UpSampling"): scale},
            {"UpSampling2D": {"size": scale, "interpolation": "bilinear"}} if self.rank == 2 else
            {self.kind("UpSampling"): scale},
        ))  # fmt: skip
        return [up, down] if self.rng.random() < 0.3 else [down, *self.optional_convolution(), up]

    def optional_convolution(self) -> list[Item]:
        if self.rng.random() < 0.5:
            return []
        return [{self.kind("Conv"): {"filters": 2, "kernel_size": self.numbers(2, 3), "padding": "same"}}]

    # Steps that change the size ---------------------------------------------------------------------------------

    def shrink(self, shape: list[int]) -> list[Item]:
        kernel, strides = self.numbers(1, 2, 3, 4, 5), self.numbers(1, 2, 2, 3)
        kind = self.rng.choice(
            ("convolution", "padded convolution", "pool", "ceiling pool", "crop", "resize", "adaptive")
        )
        if kind in ("convolution", "padded convolution"):
            filters = self.filters()
            padding: Any = self.rng.choice(("valid", "same"))
            if kind == "padded convolution":
                padding = [[self.rng.randint(0, 3), self.rng.randint(0, 3)] for _ in range(self.rank)]
            return [{self.kind("Conv"): {
                "filters": filters, "kernel_size": kernel, "strides": strides, "padding": padding,
                "dilation_rate": self.numbers(1, 1, 1, 2), "groups": self.groups(shape, filters),
            }}]  # fmt: skip
        if kind in ("pool", "ceiling pool"):
            sizes = self.numbers(2, 2, 3, 4)
            padding = self.rng.choice(("valid", "same", self.pool_padding(sizes)))
            name = self.kind(self.rng.choice(("MaxPooling", "AveragePooling")))
            pool = {"pool_size": sizes, "strides": strides, "padding": padding, "ceil_mode": kind == "ceiling pool"}
            return [{name: pool}]
        if kind == "resize" and self.rank == 2:
            return [self.resize(shape, (max(shape[0] * 2 // 3, 1), max(shape[1] // 2, 1)))]
        if kind == "adaptive" and self.rank == 2:
            bins = [max(size // self.rng.choice((2, 3)), 1) for size in shape[:-1]]
            name = self.rng.choice(("AdaptiveMaxPooling2D", "AdaptiveAveragePooling2D"))
            return [{name: {"output_size": bins}}]
        pairs = [[self.rng.randint(0, 3), self.rng.randint(0, 3)] for _ in range(self.rank)]
        return [{self.kind("Cropping"): {"cropping": pairs}}]

    def pool_padding(self, sizes: int | list[int]) -> list[list[int]]:
        return [[self.rng.randint(0, size // 2), self.rng.randint(0, size // 2)] for size in self.per_axis(sizes)]

    def resize(self, shape: list[int], to: Sequence[int]) -> Item:
        interpolation = self.rng.choice(("nearest", "bilinear"))
        return {"Resizing": {"height": to[0], "width": to[1], "interpolation": interpolation}}

    def grow(self, shape: list[int]) -> list[Item]:
        kind = self.rng.choice(("transposed", "transposed", "transposed", "up", "bilinear", "resize", "pad"))
        if kind == "transposed":
            return [self.transposed(shape)]
        if kind == "bilinear" and self.rank == 2:
            return [{"UpSampling2D": {"size": self.numbers(1, 2, 3), "interpolation": "bilinear"}}]
        if kind == "resize" and self.rank == 2:
            return [self.resize(shape, (shape[0] * 3 // 2, shape[1] + shape[1] // 4))]
        if kind == "pad":
            pairs = [[self.rng.randint(0, 3), self.rng.randint(0, 3)] for _ in range(self.rank)]
            return [{self.kind("ZeroPadding"): {"padding": pairs}}]
        return [{self.kind("UpSampling"): {"size": self.numbers(1, 2, 3)}}]

    def transposed(self, shape: list[int]) -> Item:
        filters = self.filters()
        strides = self.numbers(1, 2, 2, 3)
        options: dict[str, Any] = {
            "filters": filters, "kernel_size": self.numbers(1, 2, 3, 4, 5), "strides": strides,
            "dilation_rate": self.numbers(1, 1, 1, 2, 3), "groups": self.groups(shape, filters),
        }  # fmt: skip
        padding = self.rng.choice(("valid", "same", "numbers"))
        options["padding"] = padding
        if padding == "numbers":
            options["padding"] = [[self.rng.randint(0, 2), self.rng.randint(0, 2)] for _ in range(self.rank)]
        if self.rng.random() < 0.3:
            options["output_padding"] = [self.rng.randint(0, stride - 1) for stride in self.per_axis(strides)]
        return {self.kind("Conv") + "Transpose": options}

    def move(self, shape: list[int]) -> list[Item]:
        """Axes in another order, a reshape that changes nothing, a softmax along one axis."""
        dims = list(range(1, self.rank + 1))
        self.rng.shuffle(dims)
        kinds: list[Item] = [{"Permute": [*dims, self.rank + 1]}] * 6
        kinds += [{"Reshape": [*shape[:-1], -1]}, {"Softmax": {"axis": self.rng.randint(1, self.rank)}}]
        return [self.rng.choice(kinds)]

    # Merges -----------------------------------------------------------------------------------------------------

    def merge(self, shape: list[int]) -> list[Item]:
        """Branches that come to the same size; for an Add a last convolution brings them to the same channels."""
        effect = self.rng.choice((self.keep_branch, self.keep_branch, self.shrink_branch, self.grow_branch))
        count = self.rng.choice((2, 2, 3))
        scale = self.numbers(2, 2, 3)
        branches = [effect(shape, scale) for _ in range(count)]
        kind = self.rng.choice(("Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract"))
        if kind == "Subtract":
            branches = branches[:2]
        if kind != "Concatenate":
            filters = self.filters()
            last: Item = {self.kind("Conv"): {"filters": filters, "kernel_size": 1}}
            branches = [[*branch, last] for branch in branches]
        named = {f"branch{index + 1}": branch for index, branch in enumerate(branches)}
        merge: Item = {kind: {"branches": named}}
        # The channels of a concatenation would grow without end.
        return [merge, {self.kind("Conv"): {"filters": 2, "kernel_size": 1}}] if kind == "Concatenate" else [merge]

    def flat_merge(self, shape: list[int]) -> list[Item]:
        """The same of vectors: each map is cropped by 3 in all, here or there, and flattened."""
        effect = self.rng.choice((self.keep_branch, self.keep_branch, self.shrink_branch, self.grow_branch))
        scale = self.numbers(2, 2, 3)
        branches: dict[str, list[Item]] = {}
        for index in range(self.rng.choice((2, 2, 3))):
            before = self.rng.randint(0, 3)
            branches[f"branch{index + 1}"] = [
                *effect(shape, scale),
                {self.kind("Conv"): {"filters": 1, "kernel_size": 1}},
                {self.kind("Cropping"): {"cropping": [[before, 3 - before]] * self.rank}},
                "Flatten",
            ]
        return [{self.rng.choice(("Add", "Concatenate")): {"branches": branches}}]

    def keep_branch(self, shape: list[int], scale: int | list[int]) -> list[Item]:
        if self.rng.random() < 0.2:
            return []
        branch: list[Item] = []
        for _ in range(self.rng.randint(1, 2)):
            step = self.rng.choice(
                (self.same_convolution, self.padded_convolution, self.same_pool, self.there_and_back)
            )
            # What follows a convolution can't rely on its number of channels: groups would not fit.
            branch += step([*shape[:-1], 1] if branch else shape)
        return branch

    def shrink_branch(self, shape: list[int], scale: int | list[int]) -> list[Item]:
        kernel = self.numbers(1, 2, 3, 5)
        strided: Item = self.rng.choice((
            {self.kind("Conv"): {"filters": 2, "kernel_size": kernel, "strides": scale, "padding": "same"}},
            {self.kind("MaxPooling"): {"pool_size": kernel, "strides": scale, "padding": "same"}},
            {self.kind("AveragePooling"): {"pool_size": scale, "padding": "same"}},
            {self.kind("AveragePooling"): {"pool_size": scale, "strides": scale, "ceil_mode": True}},
        ))  # fmt: skip
        branch: list[Item] = [strided]
        if self.rng.random() < 0.5:
            branch.insert(self.rng.randint(0, 1), self.same_convolution([*shape[:-1], 1])[0])
        return branch

    def grow_branch(self, shape: list[int], scale: int | list[int]) -> list[Item]:
        dilation = self.numbers(1, 1, 2, 3)
        if self.rank == 2 and self.rng.random() < 0.3:
            return [{"UpSampling2D": {"size": scale, "interpolation": self.rng.choice(("nearest", "bilinear"))}}]
        if self.rng.random() < 0.3:
            return [{self.kind("UpSampling"): {"size": scale}}]
        return [{self.kind("Conv") + "Transpose": {
            "filters": 2, "kernel_size": self.numbers(1, 2, 3, 4, 5), "strides": scale, "padding": "same",
            "dilation_rate": dilation,
        }}]  # fmt: skip

    def excite(self, shape: list[int]) -> list[Item]:
        """Squeeze and excitation: a gate from the whole map for each channel of it."""
        channels = shape[-1]
        keep = self.rng.random() < 0.5
        pool: Item = {self.kind("GlobalAveragePooling"): {"keepdims": keep}}
        gate: list[Item] = [
            pool,
            {"Dense": max(channels // 2, 1)},
            {"Dense": {"units": channels, "activation": "sigmoid"}},
        ]
        if not keep:
            gate.append({"Reshape": [1] * self.rank + [channels]})
        return [{"Multiply": {"branches": {"gate": gate, "map": []}}}]

    # Heads ------------------------------------------------------------------------------------------------------

    def head(self, shape: list[int]) -> list[Item]:
        heads: list[list[Item]] = [
            ["Flatten"],
            ["Flatten", {"Dense": 3}, "ReLU", {"Dense": 2}],
            [{self.kind("GlobalAveragePooling"): {}}, {"Dense": 3}],
            [{self.kind("GlobalMaxPooling"): {"keepdims": True}}],
            ["Flatten", {"Dense": 12}, {"Reshape": [1] * (self.rank - 1) + [6, 2]}],
            [{"Reshape": [-1, 1]}, "GlobalAveragePooling1D"],
            [{"Reshape": [-1, shape[-1]]}],
            [{"Permute": [self.rank + 1, *range(1, self.rank + 1)]}, "Flatten", {"Dense": 2}],
        ]
        return self.rng.choice(heads)
