"""Receptive fields that take long to follow: soon, in little memory, and with a note where it gets too much."""

from __future__ import annotations

import pytest

import cnncalc
from benchmarks.hostile import run
from benchmarks.hostile_inputs import HostileInput, net
from cnncalc.analysis.unknown_lengths import Made

pytestmark = pytest.mark.slow

LONG_PERIODS = """input: [65536, 65536, 3]
layers:
  - Resizing: {height: 65521, width: 65519, interpolation: bilinear, name: s}
"""
"""Every position of `s` sees another part of the input: 65,521 boxes on one axis, 65,519 on the other."""

SAME = "  - Conv2D: {filters: 3, kernel_size: 3, padding: same, from: s}\n"


def huge_strides(times: int) -> str:
    """An effective stride of 10^17/2, `times` times over, in front of boxes that come again after 65,521 positions."""
    step = f"  - MaxPooling2D: {{pool_size: 1, strides: {10**17}}}\n  - Resizing: {{height: 2, width: 2}}\n"
    return LONG_PERIODS.replace("layers:\n", "layers:\n" + step * times) + SAME * 30


def holes(branches: int, stride: int) -> str:
    """Transposed convolutions that each reach other positions, and 300 convolutions that read their sum."""
    text = "input: [8, 8, 8, 3]\nlayers:\n"
    for index in range(branches):
        kernel, length = 3 * index + 1, 6 * stride
        cut = 7 * stride + kernel - length - index
        text += (
            f"  - Conv3DTranspose: {{filters: 3, kernel_size: {kernel}, strides: {stride}, output_padding: 0, "
            f"from: input}}\n  - Cropping3D: {{cropping: {[[index, cut]] * 3}, name: c{index}}}\n"
        )
    text += f"  - Add: {{from: [{', '.join(f'c{index}' for index in range(branches))}], name: s}}\n"
    return text + "  - Conv3D: {filters: 3, kernel_size: 2, padding: same, from: s}\n" * 300


SPECS = {
    "1,000 convolutions read the same map": LONG_PERIODS + SAME * 1000,
    "1,000 poolings of the whole map": LONG_PERIODS + "  - GlobalAveragePooling2D: {from: s}\n" * 1000,
    "1,000 times flattened": LONG_PERIODS + "  - Flatten: {from: s}\n" * 1000,
    "1,000 squeezes": LONG_PERIODS
    + "  - GlobalAveragePooling2D: {keepdims: true, name: g}\n"
    + "  - Multiply: {from: [s, g]}\n" * 1000,
    "1,000 sums of equal maps": LONG_PERIODS
    + "  - Permute: {dims: [2, 1, 3], from: s}\n  - Permute: {dims: [2, 1, 3], name: p}\n"
    + "  - Add: {from: [s, p]}\n" * 1000,
    "1,000 sums that pad by an unknown size": "input: [null, null, 3]\nlayers:\n"
    + "".join(
        f"  - Conv2D: {{filters: 3, kernel_size: {kernel}, strides: 65536, padding: same, from: input, name: {name}}}\n"
        for kernel, name in [(65537, "a"), (65535, "b")]
    )
    + "  - Add: {from: [a, b]}\n" * 1000,
    "strides of a thousand digits": huge_strides(60),
    "15 branches with holes": holes(15, 64),
}


@pytest.mark.parametrize("name", SPECS)
def test_it_ends_soon_and_small(name: str) -> None:
    end = run(HostileInput(name, net(SPECS[name])))
    assert end.is_fine, end
    assert end.code == 0


def test_maps_that_are_equal_again_only_after_billions_of_positions() -> None:
    """65,521 and 65,519 are primes. Up by 65,522/65,521 and down again, boxes come again after 65,521 positions; with
    65,520/65,519 after 65,519: both together after 65,521*65,519 = 4,292,870,399."""
    a, b = 65_521, 65_519
    layers = "".join(
        f"  - Resizing: {{height: {height}, width: 1, interpolation: nearest, from: {source}, name: {name}}}\n"
        for height, source, name in [
            ((a + 1) * b, "input", "up_by_one"),
            (a * b, "up_by_one", "one"),
            (a * (b + 1), "input", "up_by_other"),
            (a * b, "up_by_other", "other"),
        ]
    )
    text = f"input: [{a * b}, 1, 3]\nlayers:\n{layers}  - Add: {{from: [one, other]}}\n"
    exact = {row.name: row.exact for row in cnncalc.loads(text).analyze().layers}
    assert exact["one"].receptive_field == exact["other"].receptive_field == (1, 1)
    assert exact["add"].receptive_field is None
    assert exact["add"].note == "its box repeats only every 4,292,870,399 positions, too many to follow"


def test_sizes_that_100_000_layers_make_of_an_unknown_one_are_compared() -> None:
    """Too deep for the stack, were each one to ask the one that it is made of."""
    one: object = "length"
    other: object = "length"
    for layer in range(100_000):
        one, other = Made(one, layer % 7), Made(other, layer % 7)
    assert one == other
    assert hash(one) == hash(other)
    assert one != Made(other, 0)


def test_sizes_are_equal_where_the_same_rules_make_them_of_the_same_one() -> None:
    half = Made("length", "half")
    assert Made(half, "half") == Made(Made("length", "half"), "half")
    assert Made(half, "half") not in (half, Made(half, "third"), Made(Made("width", "half"), "half"), "length")
